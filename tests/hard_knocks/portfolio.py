"""The clean portfolio: simulated, with a champion of few trees and the list that it makes."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

TODAY = dt.date(2026, 7, 1)
NOW = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
AS_OF = dt.date(2026, 6, 30)
# Beside the template's, so that a run is short.
SMALL = {
    "portfolio": {"name": "knocks", "country": "CO", "currency": "COP", "language": "es"},
    "source": {"kind": "files", "path": "data"},
    "policy": "policy.yaml",
    "target": {"stages": ["overdue"]},
    "snapshots": {"history_days": 150},
    "model": {"max_trees": 40, "max_depth": 3, "min_rows_per_leaf": 10, "gate": {"draws": 50}},
    "outputs": {"path": "outputs"},
    "resources": {"threads": 1, "memory_gb": 1},
}


@dataclass(frozen=True)
class Clean:
    """What every knock starts from and is compared with."""

    csv: Path
    parquet: Path
    scored: pa.Table
    findings: list[dict[str, Any]]


@contextmanager
def plain_process() -> Iterator[None]:
    """Call flows and their tasks as plain functions, the same code without a server, on a fixed day."""
    from pipelines import monitoring, scoring, tasks, training
    from propension import clock

    environment = dict(os.environ)
    modules = (scoring, training, monitoring, clock)
    before = [dict(vars(module)) for module in modules]
    plain = SimpleNamespace(**_plain(tasks))
    for module in (scoring, training, monitoring):
        vars(module).update(_plain(module), create_markdown_artifact=lambda **_: None)
    vars(scoring).update(open_steps=lambda _: nullcontext(plain))
    vars(clock).update(now_utc=lambda: NOW, today_utc=lambda: TODAY)
    try:
        yield
    finally:
        for module, names in zip(modules, before, strict=True):
            vars(module).update(names)
        os.environ.clear()
        os.environ.update(environment)


def _plain(module: ModuleType) -> dict[str, Any]:
    from prefect import Flow, Task

    names = vars(module).items()
    return {name: held.fn for name, held in names if isinstance(held, Task | Flow)}


def build_clean(folder: Path) -> Clean:
    """Simulate, train and score; return the portfolio in both forms with its list."""
    from pipelines.portfolio import create_portfolio
    from propension.simulate import simulate_portfolio

    parquet = folder / "parquet"
    create_portfolio(parquet)
    simulate_portfolio(parquet / "data", accounts=300, months=14, seed=11, until=AS_OF)
    (parquet / "data" / "assignments.parquet").unlink()
    _accent_names(parquet / "data" / "customers.parquet")
    settings = SMALL | {"registry": {"path": str(folder / "models")}}
    (parquet / "propension.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    _train(parquet / "propension.yaml", folder / "work")
    csv = folder / "csv"
    shutil.copytree(parquet, csv, ignore=shutil.ignore_patterns("*.parquet"))
    for file in (parquet / "data").glob("*.parquet"):
        target = csv / "data" / f"{file.stem}.csv"
        duckdb.execute(f"COPY (FROM '{file}') TO '{target}' (HEADER)")
    from pipelines.scoring import scoring

    made = scoring(parquet / "propension.yaml")
    scored = pq.read_table(Path(made["folder"]) / "scored.parquet", partitioning=None)
    shutil.rmtree(parquet / "outputs")
    return Clean(csv, parquet, scored, made["findings"])


def _accent_names(file: Path) -> None:
    """Give everybody a name that other encodings write otherwise."""
    customers = pq.read_table(file)
    names = [f"Ñandú Gómez {row}" for row in range(len(customers))]
    position = customers.schema.get_field_index("name")
    pq.write_table(customers.set_column(position, "name", pa.array(names)), file)


def _train(config: Path, work: Path) -> None:
    """Register a champion, without the reports that a training run writes."""
    from propension.config import load_settings
    from propension.features import catalogue
    from propension.model import Registry, build_training_data, train_model
    from propension.snapshots import prepare_streams
    from propension.sources import extract

    settings = load_settings(config)
    extraction = extract(settings, work / "canonical", TODAY)
    streams = prepare_streams(extraction, settings.resources, settings.portfolio.country, None)
    build_training_data(settings, extraction, streams, None, work / "data", "overdue")
    features = catalogue(settings.features)
    train_model(settings, features, work / "data", None, work / "bundle", "overdue")
    registry = Registry(settings, "overdue")
    number, _ = registry.register(work / "bundle")
    if registry.champion() is None:
        registry.promote(number)
    shutil.rmtree(work)
