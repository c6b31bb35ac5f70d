"""What KPIs of thirteen months and a cash forecast cost; each in its own process.

.venv/bin/python benchmarks/kpis.py [--customers 100000 1000000] [--memory-gb 2]
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


def measured(task: str, folder: Path, memory_gb: float) -> dict[str, float]:
    """Run one task in this process and say what it took."""
    from ledger_data import UNTIL

    from propension.config import Settings
    from propension.monitoring import forecast_cash, measure_kpis
    from propension.snapshots import open_streams, prepare_streams
    from propension.sources import extract

    settings = Settings.model_validate(
        {
            "portfolio": {"name": "kpis"},
            "source": {"path": str(folder)},
            "resources": {"threads": 1, "memory_gb": memory_gb},
        }
    )
    streams = folder.parent / "streams.duckdb"
    if not streams.exists():
        extraction = extract(settings, folder.parent / "canonical", dt.date(2027, 1, 1))
        prepare_streams(extraction, settings.resources, path=streams)
    engine = open_streams(streams, settings.resources)
    started = time.process_time()
    if task == "kpis":
        measure_kpis(engine, UNTIL)
    if task == "forecast":
        forecast_cash(engine, UNTIL)
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {"seconds": seconds, "peak_gb": peak}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--memory-gb", type=float, default=2)
    parser.add_argument("--task", nargs=2)
    chosen = parser.parse_args()
    if chosen.task:
        print(json.dumps(measured(chosen.task[0], Path(chosen.task[1]), chosen.memory_gb)))
        return
    from ledger_data import write_tables

    print("| customers | what | CPU s | peak GB |\n|---|---|---|---|")
    for customers in chosen.customers:
        with tempfile.TemporaryDirectory() as work:
            folder = Path(work) / "tables"
            write_tables(folder, customers)
            for task in ("streams", "kpis", "forecast"):
                command = [sys.executable, __file__, "--task", task, str(folder)]
                command += ["--memory-gb", str(chosen.memory_gb)]
                told = subprocess.run(command, check=True, capture_output=True, text=True)
                found = json.loads(told.stdout)
                if task != "streams":
                    print(
                        f"| {customers:,} | {task} | {found['seconds']:.1f} | {found['peak_gb']:.2f} |",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
