"""Whether the data keep coming as they used to: how many, how late, how many at fault."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
from scipy.stats import binomtest, norm, ttest_ind_from_stats

from propension.config import Monitoring
from propension.monitoring.health.measurement import Measurement
from propension.outputs import list_date, read_manifest
from propension.outputs.manifest import MANIFEST_NAME
from propension.snapshots import stream_tables

# By table of the streams: the day on which its rows happened.
HAPPENED = {
    "debt_rows": "issued_on", "payment_rows": "paid_on", "contact_rows": "contacted_on",
    "promise_rows": "made_on", "dispute_rows": "opened_on",
}  # fmt: skip
_FIRST_DAYS, _LONGEST_DAYS = 30, 60
# Times more, or fewer: beyond it there is no telling apart.
_MOST = 100.0
# A median absolute deviation of a normal variable, in standard deviations.
_DEVIATION = 0.6745

_LATENESS = """
SELECT count(*), avg(late), coalesce(stddev_samp(late), 0)
FROM (SELECT least(known_on - {happened}, {longest})::DOUBLE AS late FROM {table}
      WHERE known_on > DATE '{after}' AND known_on <= DATE '{until}')
"""


@dataclass(frozen=True)
class Run:
    """What the manifest of a list says of the tables behind it."""

    as_of: dt.date
    read: Mapping[str, int]
    refused: Mapping[str, int]
    orphans: Mapping[str, int]
    faults: Mapping[tuple[str, str, str], int]


@dataclass(frozen=True)
class News:
    """What came between two runs, and how many days that took."""

    as_of: dt.date
    days: int
    read: Mapping[str, int]
    refused: Mapping[str, int]
    orphans: Mapping[str, int]


def read_runs(lists: Sequence[Path]) -> list[Run]:
    """Return what manifests say, oldest first; lists without one are passed over."""
    found = []
    for folder in sorted(lists):
        if not (folder / MANIFEST_NAME).exists():
            continue
        manifest = read_manifest(folder)
        inputs = manifest.get("inputs", {})
        faults: dict[tuple[str, str, str], int] = defaultdict(int)
        orphans: dict[str, int] = defaultdict(int)
        for one in manifest.get("findings", []):
            if one["severity"] != "note":
                faults[one["table"], one["rule"], one["column"]] += one["rows"]
            if one["rule"] == "orphan_key":
                orphans[one["table"]] += one["rows"]
        found.append(
            Run(
                list_date(folder),
                {table: count["read"] for table, count in inputs.items()},
                {table: count["refused"] for table, count in inputs.items()},
                dict(orphans),
                dict(faults),
            )
        )
    return found


def measure_records(
    engine: duckdb.DuckDBPyConnection, lists: Sequence[Path], settings: Monitoring
) -> list[Measurement]:
    """Return row counts, shares at fault, new findings and lateness of every list's data, against the runs before it.

    Parameters
    ----------
    engine : connection
        On the known-at streams.
    lists : sequence of Path
    settings : Monitoring
    """
    runs = read_runs(lists)
    news = [new for one, other in pairwise(runs) if (new := _news(one, other))]
    found = [*_findings(runs, settings)]
    for place, new in enumerate(news):
        before = news[max(0, place - settings.lists) : place]
        if len(before) >= settings.min_lists:
            found += _growth(new, before)
            found += _faults(new, before)
    days = [list_date(folder) for folder in sorted(lists)]
    return [*found, *_lateness(engine, days, settings)]


def _news(before: Run, after: Run) -> News | None:
    """None where both runs saw the same source, as when past dates are scored again."""
    if before.read == after.read:
        return None

    def more(name: str) -> dict[str, int]:
        was, now = getattr(before, name), getattr(after, name)
        return {table: now.get(table, 0) - was.get(table, 0) for table in {*was, *now}}

    days = (after.as_of - before.as_of).days
    return News(after.as_of, days, more("read"), more("refused"), more("orphans"))


def _growth(new: News, before: Sequence[News]) -> Iterator[Measurement]:
    for table in sorted(new.read):
        rates = np.array([one.read.get(table, 0) / one.days for one in before])
        usual, rate = float(np.median(rates)), new.read[table] / new.days
        if usual <= 0:
            continue
        times = max(1 / _MOST, min(_MOST, rate / usual))
        # No less than the chance of counting, no less than how uneven days were before.
        counting = math.sqrt(usual * new.days) / new.days
        spread = max(counting, float(np.median(np.abs(rates - usual))) / _DEVIATION)
        beyond = (rate - usual) / spread
        facts = {"rows_a_day": rate, "usual_rows_a_day": usual}
        for signal, value, side in (
            ("row_growth", times, beyond),
            ("row_loss", 1 / times, -beyond),
        ):
            chance = float(norm.sf(side))
            yield Measurement(signal, "", table, new.as_of, value, p_value=chance, facts=facts)


def _faults(new: News, before: Sequence[News]) -> Iterator[Measurement]:
    for signal, name in (("refused_share", "refused"), ("orphan_share", "orphans")):
        for table in sorted(new.read):
            read, fault = new.read[table], getattr(new, name).get(table, 0)
            if read <= 0:
                continue
            seen = sum(one.read.get(table, 0) for one in before)
            usual = max(0, sum(getattr(one, name).get(table, 0) for one in before)) / max(1, seen)
            fault = min(max(0, fault), read)
            value = max(0.0, fault / read - usual)
            chance = binomtest(fault, read, min(1.0, usual), alternative="greater").pvalue
            facts = {"share": fault / read, "usual_share": usual, "rows": fault}
            yield Measurement(
                signal, "", table, new.as_of, value, p_value=float(chance), facts=facts
            )


def _findings(runs: Sequence[Run], settings: Monitoring) -> Iterator[Measurement]:
    """Yield the faults that none of the runs before had; nothing at all says so too."""
    for place, run in enumerate(runs):
        before = runs[max(0, place - settings.lists) : place]
        if not before:
            continue
        known = {key for one in before for key in one.faults}
        yield Measurement("new_finding", "", "", run.as_of, 0.0)
        for table, rule, column in sorted(run.faults.keys() - known):
            rows = run.faults[table, rule, column]
            share = rows / max(1, run.read.get(table, 0))
            subject = f"{table}: {rule} {column}".strip()
            yield Measurement(
                "new_finding", "", subject, run.as_of, min(1.0, share), facts={"rows": rows}
            )


def _lateness(
    engine: duckdb.DuckDBPyConnection, days: Sequence[dt.date], settings: Monitoring
) -> Iterator[Measurement]:
    """Yield how much later than before rows were recorded, of what became known between two lists."""
    for table in sorted(HAPPENED.keys() & stream_tables(engine)):
        seen = [_late(engine, table, days, place) for place in range(len(days))]
        for place, (rows, mean, deviation) in enumerate(seen):
            before = [one for one in seen[max(0, place - settings.lists) : place] if one[0]]
            if rows < 2 or len(before) < settings.min_lists:
                continue
            usual, spread, count = _pooled(before)
            # Were all as late as before to the day, the smallest step would count as beyond chance.
            chance = ttest_ind_from_stats(
                mean, max(deviation, 0.5), rows, usual, max(spread, 0.5), count, False, "greater"
            ).pvalue
            facts = {"days": mean, "usual_days": usual, "rows": rows}
            yield Measurement(
                "late_days", "", table.removesuffix("_rows") + "s", days[place],
                max(0.0, mean - usual), p_value=float(chance), facts=facts,
            )  # fmt: skip


def _late(
    engine: duckdb.DuckDBPyConnection, table: str, days: Sequence[dt.date], place: int
) -> tuple[int, float, float]:
    after = days[place - 1] if place else days[0] - dt.timedelta(days=_FIRST_DAYS)
    sql = _LATENESS.format(
        happened=HAPPENED[table], longest=_LONGEST_DAYS, table=table, after=after, until=days[place]
    )
    [(rows, mean, deviation)] = engine.execute(sql).fetchall()
    return rows, mean or 0.0, deviation


def _pooled(parts: Sequence[tuple[int, float, float]]) -> tuple[float, float, int]:
    """Mean, deviation and rows of several samples together."""
    rows, means, deviations = (
        np.array(column, dtype=np.float64) for column in zip(*parts, strict=True)
    )
    mean = float(np.average(means, weights=rows))
    variance = np.average(deviations**2 + (means - mean) ** 2, weights=rows)
    return mean, float(np.sqrt(variance)), int(rows.sum())
