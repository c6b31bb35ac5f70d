"""The scoring flow, from Parquet to the published list: stages, CPU seconds and peak memory by size.

    .venv/bin/python benchmarks/scoring.py --customers 100000 300000 1000000 --work /tmp/scoring

Portfolios of `ledger_data.py`; the model is trained on a simulated one of 20,000 customers. Each run is a process of its own
that starts from nothing, as a scheduled job does; it prints Markdown, from the run's own manifest.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from ledger_data import write_tables

from propension.simulate import simulate_portfolio

DEMO = Path(__file__).parents[1] / "conf" / "demo"
COMMAND = Path(sys.executable).parent / "propension"


def place(folder: Path, customers: int, memory_gb: float, models: Path) -> Path:
    """Make a portfolio's folder: tables and settings; return the latter."""
    if not (folder / "data").exists():
        write_tables(folder / "data", customers)
    shutil.copy(DEMO / "policy.yaml", folder)
    text = (DEMO / "propension.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("path: models", f"path: {models}\n  name: bench"),
        (
            "# resources: { threads: 2, memory_gb: 4",
            f"resources: {{ threads: 2, memory_gb: {memory_gb:g}",
        ),
    ):
        if old not in text:
            raise SystemExit(
                f"conf/demo/propension.yaml: {old!r} is no longer there. Correct this script."
            )
        text = text.replace(old, new, 1)
    config = folder / "propension.yaml"
    config.write_text(text, encoding="utf-8")
    return config


def run(*arguments: str) -> tuple[float, float, float]:
    """Run the command; return wall seconds, CPU seconds with its children, and peak memory of the process in GB."""
    begin = time.perf_counter()
    process = subprocess.Popen([COMMAND, *arguments], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"propension {' '.join(arguments)} failed.")
    return time.perf_counter() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=[100_000, 300_000, 1_000_000])
    parser.add_argument("--memory-gb", type=float, default=4)
    parser.add_argument("--work", type=Path, required=True)
    given = parser.parse_args()
    models = given.work.resolve() / "models"
    if not (given.work / "simulated").exists():
        simulate_portfolio(given.work / "simulated" / "data", accounts=20_000, months=24, seed=1)
        small = place(given.work / "simulated", 20_000, given.memory_gb, models)
        run("train", "--config", str(small))
    for customers in given.customers:
        config = place(given.work / str(customers), customers, given.memory_gb, models)
        shutil.rmtree(config.parent / "outputs", ignore_errors=True)
        wall, cpu, peak = run("score", "--config", str(config))
        (manifest,) = config.parent.glob("outputs/as_of=*/manifest.json")
        told = json.loads(manifest.read_text(encoding="utf-8"))
        rows = told["outputs"]["scored.parquet"]["rows"]
        print(
            f"\n{customers:,} customers, {rows:,} accounts on the list: {wall:.1f} s, CPU {cpu:.1f} s, {peak:.2f} GB\n"
        )
        print("| stage | wall s | CPU s | peak GB |\n|---|---|---|---|")
        for stage in told["stages"]:
            print(
                f"| {stage['name']} | {stage['wall_seconds']:.1f} | {stage['cpu_seconds']:.1f} "
                f"| {stage['peak_memory_mb'] / 1024:.2f} |"
            )
        print(flush=True)


if __name__ == "__main__":
    main()
