"""The figures of the workbook's first page, and which columns have anything to show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from propension.outputs.columns import SCORED_COLUMNS

GROUPED_BY = ("segment", "risk_band", "treatment", "team", "arm")
SHOWN_REASONS = 3

_MEASURES = """
    count(*), coalesce(sum(amount_at_stake), 0)::DOUBLE,
    avg(propensity) FILTER (isfinite(propensity)),
    coalesce(sum(expected_recovery), 0)::DOUBLE
"""


@dataclass(frozen=True)
class Totals:
    """What is at stake in a group of accounts, and expected of it.

    ``code`` is the group's coded value, None where accounts have none; ``propensity`` is the
    mean of the accounts that have one.
    """

    code: str | None
    accounts: int
    amount_at_stake: float
    propensity: float | None
    expected_recovery: float


@dataclass(frozen=True)
class ListSummary:
    """A scored list in figures.

    Attributes
    ----------
    as_of : datetime.date or None
        None where the list has no rows.
    currency : str
        Currencies found, joined by a comma; more than one makes the sums meaningless.
    totals : Totals
        The whole list.
    groups : mapping of str to tuple of Totals
        By segment, treatment, team and arm (largest amount at stake first) and by risk band (A first).
    filled : mapping of str to int
        Rows with something to show, by column.
    reasons : int
        Most reasons any account has, at most ``SHOWN_REASONS``.
    account_is_customer : bool
        Whether both identifiers are the same on every row.
    has_cents : bool
        Whether any balance has a fraction.
    """

    as_of: dt.date | None
    currency: str
    totals: Totals
    groups: Mapping[str, tuple[Totals, ...]]
    filled: Mapping[str, int]
    reasons: int
    account_is_customer: bool
    has_cents: bool


def summarise(scored: Path) -> ListSummary:
    """Return the figures of a scored list; the same file always gives the same bits."""
    # One thread adds floats in one order.
    with duckdb.connect(config={"threads": 1}) as connection:
        facts = _row(
            connection,
            scored,
            """max(as_of), coalesce(string_agg(DISTINCT currency, ', ' ORDER BY currency), ''),
            coalesce(max(len(reasons)), 0),
            coalesce(bool_and(customer_id IS NOT DISTINCT FROM account_id), true),
            coalesce(bool_or(overdue_amount % 1 <> 0 OR open_amount % 1 <> 0), false)""",
        )
        counts = _row(connection, scored, ", ".join(map(_count_filled, SCORED_COLUMNS)))
        totals = Totals(None, *_row(connection, scored, _MEASURES))
        groups = {name: _totals_by(connection, scored, name) for name in GROUPED_BY}
    as_of, currency, most_reasons, account_is_customer, has_cents = facts
    return ListSummary(
        as_of=as_of,
        currency=currency,
        totals=totals,
        groups=groups,
        filled={column.name: n for column, n in zip(SCORED_COLUMNS, counts, strict=True)},
        reasons=min(most_reasons, SHOWN_REASONS),
        account_is_customer=account_is_customer,
        has_cents=has_cents,
    )


def _count_filled(column: Any) -> str:
    if column.kind == "list":
        return f"count(*) FILTER (len({column.name}) > 0)"
    return f"count(nullif({column.name}, ''))" if column.kind == "text" else f"count({column.name})"


def _row(connection: duckdb.DuckDBPyConnection, scored: Path, select: str) -> tuple[Any, ...]:
    rows = connection.execute(f"SELECT {select} FROM read_parquet(?)", [str(scored)]).fetchall()
    return tuple(rows[0])


def _totals_by(
    connection: duckdb.DuckDBPyConnection, scored: Path, column: str
) -> tuple[Totals, ...]:
    order = "1 NULLS LAST" if column == "risk_band" else "3 DESC, 2 DESC, 1 NULLS LAST"
    rows = connection.execute(
        f"SELECT {column}, {_MEASURES} FROM read_parquet(?) GROUP BY 1 ORDER BY {order}",
        [str(scored)],
    ).fetchall()
    return tuple(Totals(*row) for row in rows)
