"""Every KPI over months and groups: what can be computed, what cannot yet, and what cannot at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from propension.config import Texts
from propension.errors import DataError
from propension.monitoring.kpis.balances import BALANCE_KPIS
from propension.monitoring.kpis.effort import EFFORT_KPIS
from propension.monitoring.kpis.kpi import (
    ACCOUNT_MONTHS,
    COHORT_MONTHS,
    DIMENSIONS,
    Dimension,
    Kpi,
    Moment,
    Need,
)
from propension.monitoring.kpis.months import Month, months_until
from propension.monitoring.kpis.recovery import RECOVERY_KPIS
from propension.monitoring.kpis.rows import MonthRows
from propension.snapshots import stream_tables

KPIS: tuple[Kpi, ...] = (*BALANCE_KPIS, *RECOVERY_KPIS, *EFFORT_KPIS)
KPI_SCHEMA = pa.schema(
    [
        ("kpi", pa.string()),
        ("month", pa.date32()),
        ("dimension", pa.string()),
        ("group", pa.string()),
        ("numerator", pa.float64()),
        ("denominator", pa.float64()),
        ("value", pa.float64()),
        ("is_mature", pa.bool_()),
    ]
)
_ABSENT: dict[Need, Texts] = {
    "contacts": Texts(
        es="el origen no tiene la tabla contacts",
        pt="a origem não tem a tabela contacts",
        en="the source has no table contacts",
    ),
    "promises": Texts(
        es="el origen no tiene la tabla promises",
        pt="a origem não tem a tabela promises",
        en="the source has no table promises",
    ),
    "lists": Texts(
        es="no hay listas anteriores con las que medirlo",
        pt="não há listas anteriores com que medir",
        en="there are no past lists to tell it by",
    ),
}


@dataclass(frozen=True)
class KpiReport:
    """The KPIs of a portfolio as of a date.

    Attributes
    ----------
    as_of : date
    rows : Table
        ``KPI_SCHEMA``: one row per KPI, month and group. ``month`` is the month's last day or, of
        the month under way, the as-of date; of ``vintage``, the last day of the cohort's, and its group
        the months since then. ``value`` is null where the denominator is zero or not known. What is not
        ``is_mature`` can still change.
    absent : dict of str to Texts
        KPIs that cannot be computed, and why.
    """

    as_of: dt.date
    rows: pa.Table
    absent: dict[str, Texts]

    def of(self, kpi: str, dimension: str = "all") -> pa.Table:
        """Return the rows of a KPI within a dimension, by month and group."""
        chosen = pc.and_(
            pc.equal(self.rows["kpi"], kpi), pc.equal(self.rows["dimension"], dimension)
        )
        return self.rows.filter(chosen).sort_by([("month", "ascending"), ("group", "ascending")])

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values that JSON holds."""
        rows = self.rows.set_column(1, "month", self.rows["month"].cast(pa.string()))
        found: dict[str, list[dict[str, Any]]] = {kpi.name: [] for kpi in KPIS}
        for row in rows.to_pylist():
            found[row.pop("kpi")].append(row)
        absent = {name: reason.model_dump() for name, reason in self.absent.items()}
        return {
            "as_of": self.as_of.isoformat(),
            "kpis": [
                kpi.as_dict() | {"absent": absent.get(kpi.name), "rows": found[kpi.name]}
                for kpi in KPIS
            ],
        }


def measure_kpis(
    engine: duckdb.DuckDBPyConnection,
    as_of: dt.date,
    lists: Sequence[Path] = (),
    months: int = 13,
) -> KpiReport:
    """Return every KPI of the last months, in total and by group, as known on ``as_of``.

    Parameters
    ----------
    engine : connection
        On the known-at streams.
    as_of : date
    lists : sequence of Path
        Folders of past lists, from ``lists_to_read``: they tell segments, arms and costs.
    months : int
        At most so many, the one under way among them.

    Raises
    ------
    DataError
        If nothing was known yet in the month of ``as_of``.
    """
    [(first_day,)] = engine.execute("SELECT min(known_on) FROM debt_rows").fetchall()
    # The first month is looked at only if all of it is there.
    chosen = months_until(as_of, first_day, months) if first_day else []
    if not chosen:
        raise DataError(
            f"kpis: on {as_of} there is no month of data yet. Choose a later --as-of, or load more history."
        )
    streams = stream_tables(engine)
    absent = dict(_absent(streams, lists))
    rows = MonthRows(engine, streams, lists, as_of)
    tables: list[pa.Table] = []
    for month in chosen:
        rows.make(month, chosen[0].opened_on)
        for moment, day in (("opening", month.opened_on), ("close", month.closed_on)):
            asked = [kpi for kpi in KPIS if kpi.moment == moment and kpi.name not in absent]
            tables += _measured(engine, asked, month, as_of, rows.dimensions(day))
    return KpiReport(as_of, pa.concat_tables(tables), absent)


def _absent(streams: set[str], lists: Sequence[Path]) -> Iterator[tuple[str, Texts]]:
    has = {
        "contacts": "contact_rows" in streams,
        "promises": "promise_rows" in streams,
        "lists": bool(lists),
    }
    for kpi in KPIS:
        if kpi.needs is not None and not has[kpi.needs]:
            yield kpi.name, _ABSENT[kpi.needs]


def _measured(
    engine: duckdb.DuckDBPyConnection,
    kpis: Sequence[Kpi],
    month: Month,
    as_of: dt.date,
    dimensions: set[Dimension],
) -> Iterator[pa.Table]:
    """Rows of some KPIs of a month, all of the same moment."""
    [moment] = {kpi.moment for kpi in kpis}
    figures = engine.sql(_figures_sql(kpis, moment)).to_arrow_table()
    for kpi in kpis:
        if kpi.rows == COHORT_MONTHS:
            yield _rows(kpi, engine.sql(_cohort_sql(kpi)).to_arrow_table(), month.is_over)
            continue
        within = pa.array(sorted(dimensions & {"all", *kpi.within}))
        rows = figures.filter(pc.is_in(figures["dimension"], within))
        closed_on = pa.repeat(pa.scalar(month.closed_on), rows.num_rows)
        final = month.opened_on + dt.timedelta(days=kpi.matures_days or 0)
        yield _rows(kpi, rows.append_column("month", closed_on), month.is_over and final <= as_of)


def _figures_sql(kpis: Sequence[Kpi], moment: Moment) -> str:
    """One statement of all KPIs of a moment, in total and within every dimension."""
    groups = {name: _group(name, moment) for name in DIMENSIONS}
    sets = ", ".join(["()", *(f"({group})" for group in groups.values())])
    names = " ".join(f"WHEN grouping({group}) = 0 THEN '{n}'" for n, group in groups.items())
    values = ", ".join(groups.values())
    figures = ", ".join(_figures(kpi) for kpi in kpis if kpi.rows == ACCOUNT_MONTHS)
    return (
        f"SELECT CASE {names} ELSE 'all' END AS dimension, coalesce({values}, 'all') AS \"group\", {figures} "
        f"FROM {ACCOUNT_MONTHS} GROUP BY GROUPING SETS ({sets}) ORDER BY ALL"
    )


def _group(dimension: str, moment: Moment) -> str:
    changes = dimension in ("dpd_bucket", "segment", "arm")
    return f"opening_{dimension}" if changes and moment == "opening" else dimension


def _cohort_sql(kpi: Kpi) -> str:
    return (
        "SELECT cohort AS month, 'age_months' AS dimension, age_months::VARCHAR AS \"group\", "
        f"{_figures(kpi)} FROM {COHORT_MONTHS} GROUP BY cohort, age_months ORDER BY cohort"
    )


def _figures(kpi: Kpi) -> str:
    below = f"({kpi.denominator})" if kpi.denominator else "NULL"
    return f'({kpi.numerator})::DOUBLE AS "{kpi.name}", {below}::DOUBLE AS "{kpi.name} of"'


def _rows(kpi: Kpi, figures: pa.Table, is_mature: bool) -> pa.Table:
    above, below = figures[kpi.name], figures[f"{kpi.name} of"]
    value = above
    if kpi.denominator:
        value = pc.divide(above, pc.if_else(pc.equal(below, 0), None, below))
    count = figures.num_rows
    columns = {
        "kpi": pa.repeat(kpi.name, count),
        "month": figures["month"],
        "dimension": figures["dimension"],
        "group": figures["group"],
        "numerator": above,
        "denominator": below,
        "value": value,
        "is_mature": pa.repeat(is_mature, count),
    }
    return pa.table(columns, schema=KPI_SCHEMA)
