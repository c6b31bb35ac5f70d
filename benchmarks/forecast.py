"""The cash forecast beside the methods people use, on past days whose thirteen weeks are over.

    .venv/bin/python benchmarks/forecast.py --work WORK [--seeds 0 1 2 3 4] [--customers 10000]
    .venv/bin/python benchmarks/forecast.py --work WORK --b2b SHARED/b2b_brazil

WORK keeps streams and lists. Prints Markdown for docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", OMP_WAIT_POLICY="passive")

import duckdb
import numpy as np

from propension.config import Settings, load_settings
from propension.explain import score_features
from propension.features import catalogue, write_features
from propension.model import assemble, build_training_data, split_in_time
from propension.model.fitting import fit_bundle
from propension.monitoring.forecast import (
    WEEKS,
    CurveLists,
    collected_weeks,
    expected_parts,
    forecast_cash,
)
from propension.monitoring.forecast.cash import PAST_DAYS, independent_forecasts
from propension.monitoring.forecast.intervals import half_width
from propension.outputs import SCORED_NAME
from propension.simulate import simulate_portfolio
from propension.snapshots import RECEIPTS, bucket_sql, open_streams, prepare_streams, write_facts
from propension.sources import extract

FORTNIGHT = dt.timedelta(days=14)
CONF = Path(__file__).parents[1] / "conf" / "b2b_brazil" / "propension.yaml"

_SCORED = """
COPY (
    SELECT f.as_of, f.account_id, f.stage, f.overdue_amount AS amount_at_stake, s.propensity,
           s.recovery_share * f.overdue_amount::DOUBLE AS expected_recovery, s.* LIKE 'propensity_%'
    FROM '{folder}/facts.parquet' f JOIN '{folder}/scores.parquet' s USING (account_id)
) TO '{scored}' (FORMAT parquet)
"""
# Of the debts open on a day: what they owe by bucket, and what of it comes in by week.
_OWED = """
SELECT {bucket} AS bucket, sum(balance)::DOUBLE FROM ledger
WHERE valid_from <= DATE '{day}' AND DATE '{day}' < valid_to AND balance > 0 GROUP BY bucket
"""
_CAME = """
SELECT {bucket} AS bucket, ((known_on - DATE '{day}' - 1) // 7)::INTEGER AS week, sum(amount)::DOUBLE
FROM {receipts} WHERE known_on > DATE '{day}' AND known_on <= DATE '{day}' + 91
  AND debt IN (SELECT debt FROM ledger WHERE valid_from <= DATE '{day}' AND DATE '{day}' < valid_to AND balance > 0)
GROUP BY ALL
"""
BUCKETS = ("current", "1-30", "31-60", "61-90", "91-120", "121+")


@dataclass(frozen=True)
class World:
    """A portfolio's streams, its lists, and the days that forecasts are made on."""

    name: str
    engine: duckdb.DuckDBPyConnection
    lists: list[Path]
    origins: list[dt.date]
    known_from: dt.date
    until: dt.date


def open_world(
    folder: Path, settings: Settings, trained_on: dt.date, first: dt.date, last: dt.date
) -> World:
    """Lists every fortnight after a model was trained; forecasts are judged from ``first`` to ``last``."""
    settings = settings.model_copy(
        update={
            "resources": settings.resources.model_copy(update={"threads": 1, "memory_gb": 2}),
            "model": settings.model.model_copy(update={"test_from": None}),
        }
    )
    extraction = extract(settings, folder / "canonical", dt.date(2027, 1, 1))
    streams = prepare_streams(extraction, settings.resources, settings.portfolio.country)
    engine = open_streams(streams, settings.resources)
    lists = folder / "lists"
    if not lists.exists():
        features = catalogue(settings.features)
        data = folder / "snapshots"
        shutil.rmtree(data, ignore_errors=True)
        build_training_data(settings, extraction, streams, trained_on, data)
        rows = assemble(data, settings.target)
        windows = split_in_time(rows.dates, settings.target.horizon_days, settings.model)
        bundle = fit_bundle(settings, features, rows, windows, "overdue")
        day = last
        while day > trained_on:
            write_facts(engine, day, settings.target, settings.outputs, folder / "facts.parquet")
            write_features(engine, day, features, 0, folder / "features.parquet")
            score_features(
                bundle, folder / "features.parquet", features, settings, folder / "scores.parquet"
            )
            out = lists / f"as_of={day}"
            out.mkdir(parents=True)
            duckdb.sql(_SCORED.format(folder=folder, scored=out / SCORED_NAME))
            day -= FORTNIGHT
    origins = []
    while last >= first:
        origins.append(last)
        last -= FORTNIGHT
    [(known_from,)] = engine.execute("SELECT min(known_on) FROM debt_rows").fetchall()
    return World(
        folder.name,
        engine,
        sorted(lists.glob("as_of=*")),
        origins[::-1],
        known_from,
        extraction.data_until,
    )


class Ageing:
    """Every bucket's historic share collected in each of the weeks after, times what it owes now."""

    def __init__(self, engine: duckdb.DuckDBPyConnection) -> None:
        self.engine = engine
        self.seen: dict[dt.date, tuple[np.ndarray, np.ndarray]] = {}

    def of(self, day: dt.date) -> tuple[np.ndarray, np.ndarray]:
        if day not in self.seen:
            bucket = bucket_sql(f"(DATE '{day}' - due_on)")
            owed, came = np.zeros(6), np.zeros((6, WEEKS))
            for name, amount in self.engine.execute(
                _OWED.format(bucket=bucket, day=day)
            ).fetchall():
                owed[BUCKETS.index(name)] = amount
            sql = _CAME.format(bucket=bucket, receipts=RECEIPTS, day=day)
            for name, week, amount in self.engine.execute(sql).fetchall():
                came[BUCKETS.index(name), week] = amount
            self.seen[day] = owed, came
        return self.seen[day]

    def forecast(self, origin: dt.date, known_from: dt.date) -> np.ndarray:
        """By bucket and week, from the days of the last year whose thirteen weeks were over."""
        days = [origin - dt.timedelta(days=91) - k * FORTNIGHT for k in range(20)]
        past = [self.of(day) for day in days if day >= known_from]
        owed, came = (np.sum(side, axis=0) for side in zip(*past, strict=True))
        share = np.divide(came, owed[:, None], out=np.zeros_like(came), where=owed[:, None] > 0)
        return self.of(origin)[0][:, None] * share


@dataclass(frozen=True)
class Judged:
    """Of every method its forecasts and intervals, and what came; rows are origins."""

    came: np.ndarray
    overdue_came: np.ndarray
    expected: dict[str, np.ndarray]
    overdue: dict[str, np.ndarray]
    width: dict[str, np.ndarray]


def judge(world: World) -> Judged:
    ageing = Ageing(world.engine)
    alone = CurveLists(world.engine, [], world.until)

    def simple(day: dt.date) -> dict[str, np.ndarray]:
        parts = expected_parts(world.engine, alone, world.known_from, day)
        buckets = ageing.forecast(day, world.known_from)
        came = sum(
            collected_weeks(world.engine, day - dt.timedelta(days=7 * k), day)[0]
            for k in range(1, 14)
        )
        return {
            "run rate": np.full(WEEKS, came / 13),
            "ageing buckets, open items alone": buckets.sum(axis=0),
            "ageing buckets, and our part not billed": buckets.sum(axis=0) + parts["not_billed"],
            "ours without lists": sum(parts.values()),
            "overdue: ageing buckets": buckets[1:].sum(axis=0),
            "overdue: ours without lists": parts["overdue"],
        }

    grid: dict[dt.date, dict[str, np.ndarray]] = {}
    came_on: dict[dt.date, np.ndarray] = {}
    first = max(
        world.origins[0] - dt.timedelta(days=364), world.known_from + dt.timedelta(days=182)
    )
    for day in fortnights(world.origins[-1], first):
        grid[day] = simple(day)
        came_on[day] = collected_weeks(world.engine, day, world.until)
    expected, overdue, width = ({} for _ in range(3))
    for name in grid[world.origins[0]]:
        chosen = np.array([grid[day][name] for day in world.origins])
        if name.startswith("overdue: "):
            overdue[name.removeprefix("overdue: ")] = chosen
            continue
        expected[name] = chosen
        width[name] = np.array([past_width(grid, came_on, name, day) for day in world.origins])
    started = time.process_time()
    ours = [forecast_cash(world.engine, day, world.lists) for day in world.origins]
    cost = (time.process_time() - started) / len(ours)
    print(f"{world.name}: {len(ours)} forecasts, {cost:.1f} CPU s each", flush=True)
    expected["ours"] = np.array([[week.expected.value for week in each.weeks] for each in ours])
    overdue["ours"] = np.array([[week.parts["overdue"] for week in each.weeks] for each in ours])
    width["ours"] = np.array(
        [
            [
                (w.high or np.nan) / w.value - 1
                for w in (*(k.expected for k in each.weeks), each.total)
            ]
            for each in ours
        ]
    )
    return Judged(
        np.array([came_on[day] for day in world.origins]),
        np.array([ageing.of(day)[1][1:].sum(axis=0) for day in world.origins]),
        expected,
        overdue,
        width,
    )


def fortnights(last: dt.date, first: dt.date) -> Iterator[dt.date]:
    while last >= first:
        yield last
        last -= FORTNIGHT


def past_width(grid, came_on, name: str, origin: dt.date) -> np.ndarray:
    """Half widths of the weeks and the total, from the method's own past forecasts."""
    days = [day for day in grid if origin - dt.timedelta(days=PAST_DAYS) <= day < origin]
    expected, came = np.array([grid[d][name] for d in days]), np.array([came_on[d] for d in days])
    for row, day in enumerate(days):
        came[row, (origin - day).days // 7 :] = np.nan
    widths = [width(expected[:, week], came[:, week], week + 1) for week in range(WEEKS)]
    return np.array([*widths, width(expected.sum(axis=1), came.sum(axis=1), WEEKS)])


def width(expected: np.ndarray, came: np.ndarray, weeks: int) -> float:
    count = int(np.isfinite(came).sum())
    return half_width(expected, came, independent_forecasts(count, weeks))


def joined(found: list[Judged]) -> Judged:
    """Several portfolios, each of the same weight: in shares of what came in it on average."""
    size = [each.came.mean() for each in found]

    def stack(pick) -> dict[str, np.ndarray]:
        return {
            name: np.concatenate(
                [pick(each)[name] / one for each, one in zip(found, size, strict=True)]
            )
            for name in pick(found[0])
        }

    return Judged(
        np.concatenate([each.came / one for each, one in zip(found, size, strict=True)]),
        np.concatenate([each.overdue_came / one for each, one in zip(found, size, strict=True)]),
        stack(lambda each: each.expected),
        stack(lambda each: each.overdue),
        {name: np.concatenate([each.width[name] for each in found]) for name in found[0].width},
    )


def report(title: str, judged: Judged) -> None:
    came, total = judged.came, judged.came.sum(axis=1)
    print(f"\n{title}: {len(came)} forecasts\n")
    print(
        "| | week 1 | 2 | 4 | 8 | 13 | all weeks | 13-week total | bias of the total | weeks inside 80% (median half width) | totals inside 80% (median half width) |"
    )
    print("|---" * 11 + "|")
    # Where some method has no interval yet, none is judged.
    known = np.isfinite(list(judged.width.values())).all(axis=0)
    for name, expected in judged.expected.items():
        error = np.abs(expected - came)
        by_week = " | ".join(share(error[:, w].sum() / came[:, w].sum()) for w in (0, 1, 3, 7, 12))
        off = np.abs(expected.sum(axis=1) - total).sum() / total.sum()
        bias = expected.sum() / came.sum() - 1
        wide = judged.width[name]
        weeks, totals = wide[:, :WEEKS], wide[:, WEEKS]
        inside = (np.abs(came / expected - 1) <= weeks)[known[:, :WEEKS]]
        within = (np.abs(total / expected.sum(axis=1) - 1) <= totals)[known[:, WEEKS]]
        print(
            f"| {name} | {by_week} | {share(error.sum() / came.sum())} | {share(off)} | {bias:+.1%} | "
            f"{inside.mean():.0%} of {len(inside)} ({np.median(weeks[known[:, :WEEKS]]):.0%}) | "
            f"{within.mean():.0%} of {len(within)} ({np.median(totals[known[:, WEEKS]]):.0%}) |"
        )
    came, total = judged.overdue_came, judged.overdue_came.sum(axis=1)
    print("\n| of what was overdue on the day | all weeks | 13-week total | bias of the total |")
    print("|---|---|---|---|")
    for name, expected in judged.overdue.items():
        off = np.abs(expected.sum(axis=1) - total).sum() / total.sum()
        print(
            f"| {name} | {share(np.abs(expected - came).sum() / came.sum())} | {share(off)} | "
            f"{expected.sum() / came.sum() - 1:+.1%} |"
        )


def share(value: float) -> str:
    return f"{value:.1%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(5)))
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--b2b", type=Path)
    chosen = parser.parse_args()
    if chosen.b2b:
        if not chosen.b2b.exists():
            raise SystemExit(f"{chosen.b2b}: not there; skipped.")
        settings = load_settings(CONF)
        source = settings.source.model_copy(update={"path": chosen.b2b.resolve()})
        folder = chosen.work / "b2b_brazil"
        folder.mkdir(parents=True, exist_ok=True)
        days = [dt.date(2019, 6, 30), dt.date(2019, 12, 29), dt.date(2020, 9, 27)]
        world = open_world(folder, settings.model_copy(update={"source": source}), *days)
        report("b2b_brazil", judge(world))
        return
    found = []
    for seed in chosen.seeds:
        folder = chosen.work / f"{chosen.customers}_{seed}"
        if not (folder / "data").exists():
            simulate_portfolio(folder / "data", chosen.customers, 36, seed)
        settings = Settings.model_validate(
            {"portfolio": {"name": "forecast"}, "source": {"path": str(folder / "data")}}
        )
        days = [dt.date(2025, 3, 31), dt.date(2025, 10, 12), dt.date(2026, 3, 29)]
        found.append(judge(open_world(folder, settings, *days)))
    report(f"simulator, seeds {chosen.seeds}", joined(found))


if __name__ == "__main__":
    main()
