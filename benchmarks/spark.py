"""A list made on Spark beside one machine's: CPU of all processes, wall time, memory and disk, by step.

    .venv/bin/python benchmarks/spark.py --customers 20000 60000 200000 [--master local[2]]

Needs pyspark and Java. Every size and engine in a process of its own; prints Markdown. The customers have about 5 debts, 5
payments and 10 contacts each; more than half of them have something to collect. Capacities grow with the portfolio.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OMP_WAIT_POLICY="passive")

import psutil
import yaml

AS_OF = dt.date(2026, 6, 30)
# Some rows are recorded days later.
TODAY = AS_OF + dt.timedelta(30)
POLICY = Path(__file__).parents[1] / "conf" / "demo" / "policy.yaml"
STAGES = ("overdue", "upcoming")
MODEL = ("propension_benchmark", "1")


class Meter:
    """CPU and memory of this process and all under it."""

    def __init__(self) -> None:
        self.steps: dict[str, tuple[float, float]] = {}
        self.peak, self._used = 0.0, {}
        self._process = psutil.Process()
        threading.Thread(target=self._watch, daemon=True).start()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        cpu, wall = self._cpu(), time.perf_counter()
        yield
        before = self.steps.get(name, (0.0, 0.0))
        used = (self._cpu() - cpu, time.perf_counter() - wall)
        self.steps[name] = (before[0] + used[0], before[1] + used[1])

    def _cpu(self) -> float:
        # Of processes that are gone, what was last seen.
        self._look()
        return sum(self._used.values())

    def _look(self) -> float:
        held = 0
        for process in [self._process, *self._process.children(recursive=True)]:
            try:
                times = process.cpu_times()
                self._used[process.pid] = times.user + times.system
                held += process.memory_info().rss
            except psutil.Error:
                continue
        return held / 1e9

    def _watch(self) -> None:
        while True:
            self.peak = max(self.peak, self._look())
            time.sleep(0.2)


def settings_of(folder: Path, master: str):
    """The portfolio's settings and a policy whose teams grow with it."""
    from propension.config import load_settings

    told = {
        "portfolio": {"name": "benchmark"},
        "source": {"path": "data"},
        "resources": {"threads": 2, "memory_gb": 6},
        "spark": {"master": master, "partitions": 8},
    }
    (folder / "propension.yaml").write_text(yaml.safe_dump(told), encoding="utf-8")
    return load_settings(folder / "propension.yaml")


def write_policy(folder: Path, customers: int):
    from propension.config import load_policy

    content = yaml.safe_load(POLICY.read_text(encoding="utf-8"))
    for capacity in content["capacities"].values():
        if "minutes" in capacity:
            capacity["minutes"] = customers / 4
        else:
            capacity["accounts"] = customers // 50
    (folder / "policy.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    return load_policy(folder / "policy.yaml")


def make_bundle(folder: Path, features: Path):
    """A model of 300 trees, of the size that training makes."""
    import lightgbm as lgb
    import numpy as np
    import pyarrow.parquet as pq

    from propension.features import catalogue
    from propension.model import Bundle, Encoding

    if not folder.exists():
        rows = pq.read_table(features)
        encoding = Encoding.learn(catalogue(), rows)
        matrix = encoding.matrix(rows)
        days = np.nan_to_num(matrix[:, encoding.names.index("days_past_due")])
        paid = np.random.default_rng(1).random(len(days)) < 1 / (1 + np.exp(days / 60 - 1))
        told = {"objective": "binary", "num_leaves": 15, "max_depth": 6, "verbosity": -1}
        names = {"feature_name": list(encoding.names)}
        data = lgb.Dataset(matrix, paid, categorical_feature=list(encoding.categories), **names)
        booster = lgb.train(told | {"num_threads": 1, "seed": 1}, data, num_boost_round=300)
        target = {"stage": "overdue", "horizon_days": 30, "paid_share": 0.8}
        Bundle(booster, encoding, target, {}).save(folder)
    return Bundle.load(folder)


def embedded(folder: Path, customers: int, meter: Meter) -> int:
    """The list as one machine makes it, without the files for people."""
    from propension.explain import score_features
    from propension.features import catalogue, write_features
    from propension.outputs import StageFiles, write_scored
    from propension.snapshots import contact_history, open_streams, prepare_streams, write_facts
    from propension.sources import extract
    from propension.treatments import Occasion, rulebook_of

    settings, policy = settings_of(folder, "local[2]"), write_policy(folder, customers)
    target, work, files = settings.target, folder / "embedded", []
    with meter.step("check the tables"):
        extraction = extract(settings, work, TODAY)
    with meter.step("streams"):
        streams = prepare_streams(extraction, settings.resources, "CO")
    engine = open_streams(streams, settings.resources)
    for stage in STAGES:
        floor, days = target.population(stage)
        ours = StageFiles(
            *(work / f"{stage}_{n}.parquet" for n in ("facts", "features", "scores")), *MODEL
        )
        with meter.step("features"):
            write_features(engine, AS_OF, catalogue(), floor, ours.features, days)
        with meter.step("facts"):
            write_facts(engine, AS_OF, target, settings.outputs, ours.facts, stage)
        bundle = make_bundle(folder.parent / "bundle", ours.features)
        with meter.step("score and explain"):
            score_features(bundle, ours.features, catalogue(), settings, ours.scores)
        files.append(ours)
    with meter.step("decide and write"):
        history = contact_history(engine, AS_OF, rulebook_of(policy).memory_days)
        engine.close()
        occasion = Occasion(settings.portfolio, AS_OF, history=history)
        identity = {"currency": "COP", "policy_version": "1", "run_id": "benchmark"}
        rows = write_scored(files, policy, occasion, identity, settings.resources, work)
    return rows["scored.parquet"]


def on_spark(folder: Path, customers: int, meter: Meter, master: str) -> int:
    """The same on Spark, stopped whatever happens."""
    with ExitStack() as opened:
        rows = _on_spark(folder, customers, meter, (master, opened))
        with meter.step("stop"):
            opened.close()
    return rows


def _on_spark(folder: Path, customers: int, meter: Meter, session: tuple[str, ExitStack]) -> int:
    from propension.distributed import deciding as d
    from propension.distributed import open_spark
    from propension.distributed.lists import write_list
    from propension.distributed.queries import write_history, write_query, write_streams
    from propension.distributed.scoring import write_scores
    from propension.distributed.tables import read_tables
    from propension.features import catalogue, feature_sql
    from propension.outputs import StageFiles
    from propension.snapshots import facts_sql
    from propension.treatments import Occasion, rulebook_of

    master, opened = session
    settings, policy = settings_of(folder, master), write_policy(folder, customers)
    target, work, files = settings.target, folder / "spark", []
    with meter.step("start"):
        spark = opened.enter_context(open_spark(settings))
    with meter.step("check the tables"):
        extraction = read_tables(spark, settings, work / "tables", TODAY)
    with meter.step("streams"):
        names = write_streams(spark, extraction, "CO", work / "streams")
    for stage in STAGES:
        floor, days = target.population(stage)
        ours = StageFiles(*(work / stage / n for n in ("facts", "features", "scores")), *MODEL)
        with meter.step("features"):
            sql = feature_sql(AS_OF, catalogue(), names, floor, days)
            write_query(spark, sql, ours.features)
        with meter.step("facts"):
            write_query(spark, facts_sql(AS_OF, names, target, settings.outputs, stage), ours.facts)
        bundle = make_bundle(folder.parent / "bundle", ours.features)
        with meter.step("score and explain"):
            write_scores(spark, bundle, settings, ours.features, ours.scores)
        files.append(ours)
    identity = {"currency": "COP", "policy_version": "1", "run_id": "benchmark"}
    deciders = d.Deciders(policy, Occasion(settings.portfolio, AS_OF), settings, identity)
    inputs, history, parts = work / "inputs", work / "history", work / "parts"
    with meter.step("past contacts, ranks, thresholds"):
        write_history(spark, names, AS_OF, rulebook_of(policy).memory_days, work)
        standing = d.gather_inputs(spark, files, deciders, inputs)
        whole = d.learn_whole(spark, inputs, deciders, standing)
    with meter.step("weigh"):
        d.weigh_parts(spark, inputs, history, deciders, whole, parts)
    with meter.step("settle"):
        settled = d.settle_parts(spark, parts, policy, settings.spark.sample_accounts)
    whole = replace(whole, terms=settled.terms)
    with meter.step("decide, sort and write"):
        decided = d.decide_parts(spark, inputs, history, deciders, whole)
        rows, _ = write_list(decided, work / "decided", folder)
    return rows


def measure(engine: str, customers: int, work: Path, master: str) -> None:
    """Run one size on one engine; print what it took as JSON."""
    from ledger_data import write_tables

    folder = work / str(customers)
    if not (folder / "data").exists():
        write_tables(folder / "data", customers)
    shutil.rmtree(folder / engine, ignore_errors=True)
    meter = Meter()
    if engine == "spark":
        rows = on_spark(folder, customers, meter, master)
    else:
        rows = embedded(folder, customers, meter)
    kept = sum(file.stat().st_size for file in (folder / engine).rglob("*") if file.is_file())
    told = {"rows": rows, "peak_gb": meter.peak, "disk_gb": kept / 1e9, "steps": meter.steps}
    print(json.dumps(told))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=[20_000, 60_000, 200_000])
    parser.add_argument("--engines", nargs="+", default=["embedded", "spark"])
    parser.add_argument("--master", default="local[2]")
    parser.add_argument("--work", type=Path, default=Path("/tmp/propension-spark"))
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        measure(chosen.engines[0], chosen.customers[0], chosen.work, chosen.master)
        return
    for engine in chosen.engines:
        found = {}
        for customers in chosen.customers:
            command = [
                sys.executable, __file__, "--one", "--engines", engine, "--customers", str(customers),
                "--work", str(chosen.work), "--master", chosen.master,
            ]  # fmt: skip
            said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            found[customers] = json.loads(said.strip().splitlines()[-1])
            print(
                json.dumps({"engine": engine, "customers": customers, **found[customers]}),
                flush=True,
            )
        tell(engine, found)


def tell(engine: str, found: dict[int, dict]) -> None:
    """Print a table of CPU seconds by step and size."""
    heads = [f"{n:,} customers, {told['rows']:,} listed" for n, told in found.items()]
    print(
        f"\n{engine}: CPU s (wall s)\n\n| step | {' | '.join(heads)} |\n|---|{'---|' * len(heads)}"
    )
    for step in next(iter(found.values()))["steps"]:
        cells = [
            f"{told['steps'][step][0]:.1f} ({told['steps'][step][1]:.0f})"
            for told in found.values()
        ]
        print(f"| {step} | {' | '.join(cells)} |")
    sums = [
        [sum(part) for part in zip(*told["steps"].values(), strict=True)] for told in found.values()
    ]
    print("| all | " + " | ".join(f"{cpu:.1f} ({wall:.0f})" for cpu, wall in sums) + " |")
    for name in ("peak_gb", "disk_gb"):
        print(f"| {name} | " + " | ".join(f"{told[name]:.2f}" for told in found.values()) + " |")


if __name__ == "__main__":
    main()
