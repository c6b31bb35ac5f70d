"""Assemble the declared expressions into one statement per as-of date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import duckdb

from propension.errors import ConfigurationError
from propension.features.feature import Feature
from propension.features.streams import GROUPED
from propension.snapshots import OF_POPULATION, available_states, stream_tables, with_states
from propension.sources import first_line, quoted, write_query

_NO_HOLIDAYS = "(SELECT NULL AS days_to_holiday)"


def feature_sql(
    as_of: dt.date,
    features: Sequence[Feature],
    streams: set[str],
    min_overdue_amount: float = 0,
    upcoming_days: int | None = None,
) -> str:
    """Return one SELECT: as_of, account_id and every feature, a row per account in the population.

    The features of a stream the source does not have are null.

    Parameters
    ----------
    as_of : date
    features : sequence of Feature
    streams : set of str
        Prepared streams that exist.
    min_overdue_amount : float
        Accounts that owe less are not looked at.
    upcoming_days : int or None
        When given, the accounts of the stage ``upcoming``; see ``with_states``.
    """
    states = available_states(streams)
    parts = [with_states(as_of, states, min_overdue_amount, upcoming_days)]
    joins = []
    for stream, (state, key) in GROUPED.items():
        chosen = [feature for feature in features if feature.stream == stream]
        if chosen and state in states:
            columns = ", ".join(f"{feature.sql} AS {quoted(feature.name)}" for feature in chosen)
            parts.append(
                f"{stream}_features AS (SELECT {key}, {columns} FROM {state} {OF_POPULATION[key]} GROUP BY {key})"
            )
            on = f"{stream}_features.{key} = c.{key}"
            joins.append(f"LEFT JOIN {stream}_features ON {on}")
    if "attribute_states" in states:
        joins.append("LEFT JOIN attribute_states ON attribute_states.customer_id = c.customer_id")
    parts.append(_profile(features, states))
    read = [_read(feature, states) for feature in features if feature.stream != "derived"]
    parts.append(
        f"joined AS (SELECT {', '.join(['c.as_of', 'c.account', 'c.account_id', *read])} FROM population p "
        f"JOIN profile_features c ON c.account = p.account {' '.join(joins)})"
    )
    final = ", ".join(
        f"{_typed(feature, feature.sql if feature.stream == 'derived' else quoted(feature.name))}"
        for feature in features
    )
    return ",\n".join(parts) + f"\nSELECT as_of, account_id, {final} FROM joined ORDER BY account"


def _profile(features: Sequence[Feature], states: set[str]) -> str:
    # By itself: attributes may hold columns of any name, and none may stand for a customer's.
    columns = [f"{f.sql} AS {quoted(f.name)}" for f in features if f.stream == "profile"]
    keys = ["as_of", "account", "account_id", "customer", "customer_id", "group_id"]
    read = ", ".join([*keys, *columns])
    holidays = "holiday_states" if "holiday_states" in states else _NO_HOLIDAYS
    return (
        f"profile_features AS (SELECT {read} FROM accounts CROSS JOIN as_of_date "
        f"CROSS JOIN {holidays})"
    )


def _read(feature: Feature, states: set[str]) -> str:
    name = quoted(feature.name)
    if feature.stream == "profile":
        return f"c.{name} AS {name}"
    if feature.stream == "attributes":
        source = f"attribute_states.{feature.sql}" if "attribute_states" in states else "NULL"
        return f"{source} AS {name}"
    if GROUPED[feature.stream][0] not in states:
        return f"NULL AS {name}"
    column = f"{feature.stream}_features.{name}"
    return (
        f"{column} AS {name}"
        if feature.empty is None
        else f"coalesce({column}, {feature.empty}) AS {name}"
    )


def _typed(feature: Feature, sql: str) -> str:
    return f"({sql})::{'VARCHAR' if feature.is_category else 'DOUBLE'} AS {quoted(feature.name)}"


def write_features(
    engine: duckdb.DuckDBPyConnection,
    as_of: dt.date,
    features: Sequence[Feature],
    min_overdue_amount: float,
    path: Path,
    upcoming_days: int | None = None,
) -> int:
    """Write the features of every account on a date as Parquet, by account_id; return the rows.

    Raises
    ------
    ConfigurationError
        If an extra feature names a column that attributes does not have, or one of texts
        as a number.
    """
    streams = stream_tables(engine)
    sql = feature_sql(as_of, features, streams, min_overdue_amount, upcoming_days)
    try:
        return write_query(engine, sql, path)
    except (duckdb.BinderException, duckdb.ConversionException) as error:
        extra = [feature.name for feature in features if feature.family == "extra"]
        raise ConfigurationError(
            f"features.extra: {first_line(error)}. The extra features are {', '.join(extra) or 'none'}; "
            "each must be a column of attributes or an aggregate over its stream, and hold numbers unless it is of "
            "kind: category."
        ) from None
