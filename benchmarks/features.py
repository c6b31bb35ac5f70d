"""Features: CPU seconds and peak memory by size and dates, beside pandas; each in its own process.

python benchmarks/features.py --customers 100000 1000000 [--memory-gb 2] [--work DIR]
"""

import argparse
import datetime as dt
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TWELVE = [dt.date(2026, 5, 31) - dt.timedelta(days=30 * step) for step in range(12)]


def own(folder: Path, dates: int, memory_gb: float, names: tuple[str, ...] = ()) -> int:
    """Prepare streams and build features; the rows written."""
    from propension.config.settings import Resources
    from propension.features import catalogue, write_features
    from propension.snapshots import open_streams, prepare_streams
    from propension.sources import Extraction, TableCount

    tables = {path.stem: TableCount(0, 0, 0, "") for path in folder.glob("*.parquet")}
    extraction = Extraction(folder, tables, (), dt.date(2024, 7, 1), dt.date(2026, 6, 30))
    resources = Resources(threads=1, memory_gb=memory_gb)
    engine = open_streams(prepare_streams(extraction, resources, "CO"), resources)
    features = [feature for feature in catalogue() if not names or feature.name in names]
    rows = 0
    for date in TWELVE[:dates]:
        rows += write_features(engine, date, features, 0, folder.parent / f"out_{date}.parquet")
    return rows


def measured(task: str, folder: Path, memory_gb: float) -> dict[str, float]:
    """Run one task in this process and say what it took."""
    import pandas as pd
    from peers import NAMES, by_group, vectorised

    import propension.features  # noqa: F401

    # What importing takes is not the work's.
    started = time.process_time()
    if task.startswith("own"):
        dates = 12 if "12" in task else 1
        rows = own(folder, dates, memory_gb, NAMES if "same" in task else ())
    elif task == "pandas":
        rows = len(vectorised(folder, pd.Timestamp(TWELVE[0])))
    else:
        rows = len(by_group(folder, pd.Timestamp(TWELVE[0]), 2000))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {"cpu": time.process_time() - started, "peak_gb": peak, "rows": rows}


def prepared(customers: int, work: Path) -> Path:
    """Canonical tables of a size, as an extraction leaves them."""
    from ledger_data import write_tables

    from propension.config.settings import Resources
    from propension.schema import TABLES
    from propension.sources import open_engine

    folder = work / str(customers) / "canonical"
    if (folder / "debts.parquet").exists():
        return folder
    raw = work / str(customers) / "raw"
    write_tables(raw, customers)
    folder.mkdir(parents=True)
    engine = open_engine(Resources(), work / "spill")
    for file in raw.glob("*.parquet"):
        held = {row[0] for row in engine.execute(f"DESCRIBE FROM '{file}'").fetchall()}
        columns = ", ".join(
            f'"{c.name}"::{c.sql_type} AS "{c.name}"'
            if c.name in held
            else f'NULL::{c.sql_type} AS "{c.name}"'
            for c in TABLES[file.stem].columns
        )
        engine.execute(f"COPY (SELECT {columns} FROM '{file}') TO '{folder / file.name}'")
    engine.close()
    return folder


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, nargs="+", default=[100_000])
    parser.add_argument("--memory-gb", type=float, default=4)
    parser.add_argument(
        "--tasks", nargs="+", default=["own 1", "own 12", "own same 1", "pandas", "by_group"]
    )
    parser.add_argument(
        "--work", type=Path, default=Path(tempfile.gettempdir()) / "propension-benchmarks"
    )
    parser.add_argument("--one", nargs=2, metavar=("TASK", "FOLDER"))
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measured(arguments.one[0], Path(arguments.one[1]), arguments.memory_gb)))
        return
    for customers in arguments.customers:
        folder = prepared(customers, arguments.work)
        for task in arguments.tasks:
            command = [sys.executable, __file__, "--one", task, str(folder)]
            command += ["--memory-gb", str(arguments.memory_gb)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            found = json.loads(done.stdout.splitlines()[-1])
            print(
                f"| {customers:,} | {task} | {found['cpu']:.1f} | {found['peak_gb']:.2f} | "
                f"{found['rows']:,} | {found['cpu'] / found['rows'] * 1e6:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
