"""What rings, after how many runs, when something is planted in a simulated portfolio; and what rings when nothing is.

    .venv/bin/python benchmarks/health.py --work WORK [--customers 10000] [--months 58] [--seeds 0 1 2] [--worlds 0 1 2]

Ten monthly lists after a training; what is planted begins after the fourth. The fewer months of debts there are, the
more the portfolio still ages, which is no quiet. WORK keeps tables, lists and, in ``reports``, what was measured.
Prints Markdown for docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", OMP_WAIT_POLICY="passive")

import duckdb

from propension.config import Settings
from propension.explain import score_features
from propension.features import catalogue, write_features
from propension.model import Bundle, build_training_data, recalibrate_model, train_model
from propension.monitoring.health import check_health, keep_profile
from propension.outputs import (
    INPUTS_NAME,
    SCORED_NAME,
    SCORED_SCHEMA,
    scored_facts_sql,
    write_manifest,
)
from propension.simulate import Shock, simulate_portfolio
from propension.snapshots import open_streams, prepare_streams, write_facts
from propension.sources import Extraction, extract

TRAINED_ON, STARTS = dt.date(2025, 8, 31), dt.date(2026, 1, 1)
DAYS = [
    dt.date(month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
    for month in range(2025 * 12 + 9, 2025 * 12 + 19)
]
QUIET = sum(day < STARTS for day in DAYS)
EVENT = {"contacts": "at", "payments": "paid_on", "debts": "issued_on", "promises": "made_on"}


@dataclass(frozen=True)
class World:
    """What is planted, in tables as SQL or in the simulator, and the signals meant to ring."""

    name: str
    tables: dict[str, str] = field(default_factory=dict)
    signals: tuple[str, ...] = ()
    shock: Shock | None = None


WORLDS = (
    World("nothing"),
    World(
        "a unit changes: incomes in thousands",
        {
            "attributes": "SELECT * REPLACE (CASE WHEN known_on >= DATE '{day}' THEN {income} / 1000 "
            "ELSE {income} END AS {income})"
        },
        ("feature_shift",),
    ),
    World(
        "a shock: everybody's ability falls by one standard deviation",
        signals=("bias", "auc_loss", "slope", "score_shift", "feature_shift"),
        shock=Shock(STARTS, 1.0),
    ),
    World(
        "a deep shock: by two",
        signals=("bias", "auc_loss", "slope", "score_shift", "feature_shift"),
        shock=Shock(STARTS, 2.0),
    ),
    World(
        "a load loses four payments in ten",
        {
            "payments": "SELECT * FROM {file} WHERE paid_on < DATE '{day}' OR hash(payment_id) % 10 >= 4"
        },
        ("bias", "auc_loss", "score_shift", "feature_shift", "row_loss"),
    ),
    World(
        "a channel dies: calls reach nobody",
        {
            "contacts": "SELECT * REPLACE (CASE WHEN \"at\" >= DATE '{day}' AND channel = 'call' AND direction = 'out' "
            "THEN 'no_answer' ELSE outcome END AS outcome)",
            "promises": "SELECT * FROM {file} WHERE made_on < DATE '{day}'",
        },
        ("feature_shift", "missing_change", "score_shift", "row_loss"),
    ),
    World(
        "late recording: payments ten days later",
        {
            "payments": "SELECT * REPLACE (CASE WHEN paid_on >= DATE '{day}' "
            "THEN coalesce(recorded_at, paid_on) + INTERVAL 10 DAY ELSE recorded_at END AS recorded_at)"
        },
        ("late_days",),
    ),
    World(
        "a shock, and a unit that changes",
        {
            "attributes": "SELECT * REPLACE (CASE WHEN known_on >= DATE '{day}' THEN {income} / 1000 "
            "ELSE {income} END AS {income})"
        },
        ("feature_shift", "bias", "auc_loss", "slope", "score_shift"),
        Shock(STARTS, 1.0),
    ),
)
INCOME = "monthly_income"
Report = dict[str, Any]
# Customers, months of debts, seed.
Size = tuple[int, int, int]


def settings_of(folder: Path, data: Path) -> Settings:
    text = dict.fromkeys(("es", "pt", "en"), INCOME)
    return Settings.model_validate(
        {
            "portfolio": {"name": "health"},
            "source": {"path": str(data)},
            "outputs": {"path": str(folder / "outputs")},
            "features": {"extra": [{"name": INCOME, "text": text}]},
            "target": {"horizons": [], "stages": ["overdue"]},
            "resources": {"threads": 1, "memory_gb": 2},
        }
    )


def train(work: Path, size: Size) -> Bundle:
    """A model of the quiet portfolio, as of the day before the first list."""
    data, folder = work / "data", work / "model"
    if not folder.exists():
        if not data.exists():
            simulate_portfolio(data, *size)
        settings = settings_of(work, data)
        extraction, streams = _streams(settings, work / "quiet")
        build_training_data(settings, extraction, streams, TRAINED_ON, work / "snapshots")
        train_model(settings, catalogue(settings.features), work / "snapshots", None, folder)
    return Bundle.load(folder)


def _streams(settings: Settings, folder: Path) -> tuple[Extraction, Path]:
    extraction = extract(settings, folder / "canonical", dt.date(2027, 1, 1))
    return extraction, prepare_streams(extraction, settings.resources, "CO")


def plant(world: World, work: Path, folder: Path, size: Size) -> Path:
    """Tables with what is planted from ``STARTS`` on."""
    source = work / "data"
    if world.shock:
        source = folder / "shocked"
        simulate_portfolio(source, *size, shock=world.shock)
    planted = folder / "data"
    planted.mkdir(parents=True, exist_ok=True)
    for file in source.glob("*.parquet"):
        sql = world.tables.get(file.stem, "SELECT *")
        sql = sql if "{file}" in sql else sql + " FROM {file}"
        sql = sql.format(file=f"'{file}'", day=STARTS, income=INCOME)
        duckdb.sql(f"COPY ({sql}) TO '{planted / file.name}' (FORMAT parquet)")
    return planted


def live(world: World, work: Path, bundle: Bundle, size: Size) -> list[Report]:
    """Score ten months, one by one, and read their health after each; what was read is kept."""
    number = WORLDS.index(world)
    folder, kept = work / f"world_{number}", work / "reports" / f"{number}.json"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        data = plant(world, work, folder, size)
        found = _read_health(settings_of(folder, data), data, work, bundle, number)
        kept.write_text(json.dumps(found), encoding="utf-8")
        shutil.rmtree(folder / "canonical")
    found: list[Report] = json.loads(kept.read_text(encoding="utf-8"))
    return found


def _read_health(
    settings: Settings, data: Path, work: Path, bundle: Bundle, number: int
) -> list[Report]:
    _, streams = _streams(settings, settings.outputs_folder.parent)
    engine = open_streams(streams, settings.resources)
    found = []
    try:
        for run, day in enumerate(DAYS):
            folder = settings.outputs_folder / f"as_of={day}"
            quiet = work / "world_0" / "outputs" / folder.name
            # Until then all worlds are one.
            if number and run < QUIET:
                shutil.copytree(quiet, folder)
                continue
            _write_list(engine, settings, bundle, day, folder)
            _write_manifest(data, day, folder)
            report = check_health(engine, settings, day, lambda *_: bundle).as_dict()
            for one in report["measured"]:
                one["facts"] = {}
            found.append(report)
    finally:
        engine.close()
    return found


def _write_list(engine, settings, bundle, day, folder) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    features = catalogue(settings.features)
    files = [folder / f"{name}.parquet" for name in ("facts", "features", "scores")]
    write_facts(engine, day, settings.target, settings.outputs, files[0])
    write_features(engine, day, features, 0, files[1])
    score_features(bundle, files[1], features, settings, files[2])
    sql = scored_facts_sql(tuple(f"read_parquet('{file}')" for file in files), ("health", "1"))
    inputs = folder / INPUTS_NAME
    with duckdb.connect() as db:
        db.execute(
            f"COPY (SELECT * EXCLUDE (reasons) FROM ({sql}) ORDER BY account_id) TO '{inputs}' (FORMAT parquet)"
        )
        held = {row[0] for row in db.execute(f"DESCRIBE FROM '{inputs}'").fetchall()}
        listed = db.sql(f"SELECT * FROM '{inputs}'").to_arrow_table()
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = [
        listed[f.name].cast(f.type) if f.name in held else pa.nulls(listed.num_rows, f.type)
        for f in SCORED_SCHEMA
    ]
    pq.write_table(pa.table(columns, schema=SCORED_SCHEMA), folder / SCORED_NAME)
    keep_profile(folder, {"overdue": (bundle, files[1])})
    for file in files:
        file.unlink()


def _write_manifest(data: Path, day: dt.date, folder: Path) -> None:
    """Rows known by the day, by table, as that day's extraction would have counted them."""
    inputs = {}
    for table, event in EVENT.items():
        sql = f"SELECT count(*) FROM '{data}/{table}.parquet' WHERE greatest(\"{event}\"::DATE, recorded_at::DATE) <= DATE '{day}'"
        [(rows,)] = duckdb.sql(sql).fetchall()
        inputs[table] = {"read": rows, "kept": rows, "refused": 0, "content_hash": ""}
    write_manifest(folder, {"as_of": day, "inputs": inputs, "findings": []})


def recalibrate(world: World, work: Path, bundle: Bundle, seed: int) -> str:
    """Recalibrate as of the third run after a shock; both models on the newest month by then."""
    data = work / f"world_{WORLDS.index(world)}" / "data"
    with tempfile.TemporaryDirectory(dir=work) as name:
        folder = Path(name)
        settings = settings_of(folder, data)
        extraction, streams = _streams(settings, folder)
        build_training_data(settings, extraction, streams, DAYS[QUIET + 2], folder / "snapshots")
        told = recalibrate_model(
            settings, catalogue(settings.features), folder / "snapshots", bundle, folder / "new"
        )
    told_of = [told.metrics[name] for name in ("champion", "model")]
    bias = [f"{one['mean_propensity'] - one['paid_share']:+.3f}" for one in told_of]
    loss = [f"{one['log_loss']:.3f}" for one in told_of]
    month = told.windows["test"]["last"]
    return f"| {world.name} | {seed} | {month} | {' to '.join(bias)} | {' to '.join(loss)} | {told.verdict} |"


def _first(reports: list[Report], signal: str, level: str) -> int | None:
    """Runs after which a signal was first at a level, counted from what was planted."""
    for run, report in enumerate(reports, 1):
        if any(a["signal"] == signal and a["level"] in (level, "act") for a in report["alerts"]):
            return run
    return None


def _quiet_row(seed: int, reports: list[Report]) -> str:
    alerts = [alert for report in reports for alert in report["alerts"]]
    counted = Counter(f"{a['level']} {a['signal']} {a['subject']}".strip() for a in alerts)
    levels = Counter(alert["level"] for alert in alerts)
    noisy = sum(bool(report["alerts"]) for report in reports)
    said = _said(reports)
    told = ", ".join(f"{name} x{count}" for name, count in counted.most_common()) or "none"
    return f"| {seed} | {len(reports)} | {levels['act']} | {levels['watch']} | {noisy} | {told} | {said} |"


def _planted_row(world: World, seed: int, reports: list[Report]) -> str:
    meant = []
    for signal in world.signals:
        watched, acted = (_first(reports, signal, level) for level in ("watch", "act"))
        if watched:
            meant.append(f"{signal} {watched}" + (f" ({acted})" if acted else ""))
    others = Counter(
        alert["signal"]
        for report in reports
        for alert in report["alerts"]
        if alert["signal"] not in world.signals and alert["level"] == "act"
    )
    also = ", ".join(f"{name} x{count}" for name, count in others.most_common()) or "-"
    return f"| {world.name} | {seed} | {', '.join(meant) or '-'} | {also} | {_said(reports)} |"


def _said(reports: list[Report]) -> str:
    advice = [
        f"{one['action']} ({one['rule']})"
        for report in reports
        for one in report["recommendations"]
    ]
    return ", ".join(f"{told} x{len(list(run))}" for told, run in groupby(advice))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--months", type=int, default=58)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--worlds", type=int, nargs="+", default=list(range(len(WORLDS))))
    chosen = parser.parse_args()
    quiet = [
        "| seed | runs | act | watch | runs that ring | what rang | recommended |",
        "|" + "---|" * 7,
    ]
    planted = [
        "| planted | seed | rings after runs (asks for action after) | others that ask for action | recommended, run by run |",
        "|" + "---|" * 5,
    ]
    anew = [
        "| recalibrated | seed | month of the test | bias | log-loss | gate |",
        "|" + "---|" * 6,
    ]
    for seed in chosen.seeds:
        size = (chosen.customers, chosen.months, seed)
        work = chosen.work / "_".join(map(str, size))
        work.mkdir(parents=True, exist_ok=True)
        bundle = train(work, size)
        _say(f"{size} trained")
        for number in sorted({0, *chosen.worlds}):
            reports = live(WORLDS[number], work, bundle, size)
            row = (
                _planted_row(WORLDS[number], seed, reports) if number else _quiet_row(seed, reports)
            )
            (planted if number else quiet).append(row)
            _say(row)
            if WORLDS[number].shock and not WORLDS[number].tables:
                anew.append(recalibrate(WORLDS[number], work, bundle, seed))
                _say(anew[-1])
    print("\n".join([*quiet, "", *planted, "", *anew]))


def _say(told: str) -> None:
    print(f"{time.process_time():.0f} s CPU: {told}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
