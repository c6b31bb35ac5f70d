"""What rings, after how many runs, when something is planted in a simulated portfolio; and what rings when nothing is.

    .venv/bin/python benchmarks/health.py --work WORK [--customers 10000] [--seeds 0 1 2]

Ten monthly lists after a training; what is planted begins after the fourth. WORK keeps tables and
lists. Prints Markdown for docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", OMP_WAIT_POLICY="passive")

import duckdb

from propension.config import Settings
from propension.explain import score_features
from propension.features import catalogue, write_features
from propension.model import Bundle, build_training_data, train_model
from propension.monitoring.health import HealthReport, check_health, keep_profile
from propension.outputs import (
    INPUTS_NAME,
    SCORED_NAME,
    SCORED_SCHEMA,
    scored_facts_sql,
    write_manifest,
)
from propension.outputs.manifest import MANIFEST_NAME
from propension.simulate import simulate_portfolio
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
    """What is planted in which tables, as SQL, and the signals that are meant to ring."""

    name: str
    tables: dict[str, str]
    signals: tuple[str, ...]


WORLDS = (
    World("nothing", {}, ()),
    World(
        "a unit changes: incomes in thousands",
        {
            "attributes": "SELECT * REPLACE (CASE WHEN known_on >= DATE '{day}' THEN {income} / 1000 "
            "ELSE {income} END AS {income})"
        },
        ("feature_shift",),
    ),
    World(
        "a shock: four payments in ten do not come",
        {
            "payments": "SELECT * FROM {file} WHERE paid_on < DATE '{day}' OR hash(payment_id) % 10 >= 4"
        },
        ("bias", "auc_loss", "score_shift", "feature_shift", "row_growth"),
    ),
    World(
        "a channel dies: calls reach nobody",
        {
            "contacts": "SELECT * REPLACE (CASE WHEN \"at\" >= DATE '{day}' AND channel = 'call' AND direction = 'out' "
            "THEN 'no_answer' ELSE outcome END AS outcome)",
            "promises": "SELECT * FROM {file} WHERE made_on < DATE '{day}'",
        },
        ("feature_shift", "missing_change", "score_shift", "row_growth"),
    ),
    World(
        "late recording: payments ten days later",
        {
            "payments": "SELECT * REPLACE (CASE WHEN paid_on >= DATE '{day}' "
            "THEN coalesce(recorded_at, paid_on) + INTERVAL 10 DAY ELSE recorded_at END AS recorded_at)"
        },
        ("late_days",),
    ),
)
INCOME = "monthly_income"


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


def train(work: Path, customers: int, seed: int) -> Bundle:
    """A model of the quiet portfolio, as of the day before the first list."""
    data, folder = work / "data", work / "model"
    if not folder.exists():
        if not data.exists():
            simulate_portfolio(data, customers, 34, seed)
        settings = settings_of(work, data)
        extraction, streams = _streams(settings, work / "quiet")
        build_training_data(settings, extraction, streams, TRAINED_ON, work / "snapshots")
        train_model(settings, catalogue(settings.features), work / "snapshots", None, folder)
    return Bundle.load(folder)


def _streams(settings: Settings, folder: Path) -> tuple[Extraction, Path]:
    extraction = extract(settings, folder / "canonical", dt.date(2027, 1, 1))
    return extraction, prepare_streams(extraction, settings.resources, "CO")


def plant(world: World, data: Path, folder: Path) -> Path:
    """Tables with what is planted from ``STARTS`` on."""
    planted = folder / "data"
    planted.mkdir(parents=True, exist_ok=True)
    for file in data.glob("*.parquet"):
        sql = world.tables.get(file.stem, "SELECT *")
        sql = sql if "{file}" in sql else sql + " FROM {file}"
        sql = sql.format(file=f"'{file}'", day=STARTS, income=INCOME)
        duckdb.sql(f"COPY ({sql}) TO '{planted / file.name}' (FORMAT parquet)")
    return planted


def live(world: World, work: Path, bundle: Bundle, number: int) -> list[HealthReport]:
    """Score ten months, one by one, and read their health after each."""
    folder = work / f"world_{number}"
    data = plant(world, work / "data", folder)
    settings = settings_of(folder, data)
    _, streams = _streams(settings, folder)
    engine = open_streams(streams, settings.resources)
    found = []
    try:
        for day in DAYS:
            list_folder = settings.outputs_folder / f"as_of={day}"
            if not (list_folder / MANIFEST_NAME).exists():
                _write_list(engine, settings, bundle, day, list_folder)
                _write_manifest(data, day, list_folder)
            found.append(check_health(engine, settings, day, lambda *_: bundle))
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


def _first(reports: list[HealthReport], signal: str, level: str) -> int | None:
    """Runs after which a signal was first at a level, counted from what was planted."""
    for run, report in enumerate(reports[QUIET:], 1):
        if any(a.signal.name == signal and a.level in (level, "act") for a in report.alerts):
            return run
    return None


def _row(world: World, reports: list[HealthReport]) -> str:
    meant = []
    for signal in world.signals:
        watched, acted = (_first(reports, signal, level) for level in ("watch", "act"))
        if watched:
            meant.append(f"{signal} {watched}" + (f" ({acted})" if acted else ""))
    quiet = reports if not world.signals else reports[:QUIET]
    false = Counter(
        f"{alert.signal.name} {alert.subject} {alert.level}".replace("  ", " ")
        for report in quiet
        for alert in report.alerts
    )
    alarms = ", ".join(f"{name} x{count}" for name, count in false.most_common()) or "none"
    others = sorted(
        {
            f"{alert.signal.name} {alert.subject}".strip()
            for report in reports[QUIET:]
            for alert in report.alerts
            if world.signals and alert.signal.name not in world.signals
        }
    )
    advice = [
        f"{one.action} ({one.rule})" for report in reports[QUIET:] for one in report.recommendations
    ]
    said = ", ".join(f"{told} x{len(list(run))}" for told, run in groupby(advice))
    return f"| {world.name} | {', '.join(meant) or '-'} | {', '.join(others) or '-'} | {said} | {len(quiet)} | {alarms} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    chosen = parser.parse_args()
    print(
        "| planted | rings after runs (asks for action after) | others | recommended, run by run | quiet runs | false alarms |"
    )
    print("|---|---|---|---|---|---|")
    for seed in chosen.seeds:
        work = chosen.work / f"{chosen.customers}_{seed}"
        work.mkdir(parents=True, exist_ok=True)
        bundle = train(work, chosen.customers, seed)
        for number, world in enumerate(WORLDS):
            print(_row(world, live(world, work, bundle, number)), flush=True)


if __name__ == "__main__":
    main()
