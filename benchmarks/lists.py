"""The CSV file and the workbook of a list, repeated to so many rows: CPU seconds of each.

python benchmarks/lists.py PORTFOLIO/propension.yaml PORTFOLIO/outputs/as_of=... [--rows 50000]
"""

import argparse
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from propension.config import Outputs, load_policy, load_settings
from propension.outputs import SCORED_SCHEMA, Besides, read_allocation
from propension.outputs.lists import write_csv
from propension.outputs.workbook import write_workbook

REPEATED = """
SELECT * REPLACE (row_number() OVER (ORDER BY priority, n) AS priority, account_id || '-' || n AS account_id)
FROM read_parquet($1), range(1 + $2 // (SELECT count(*) FROM read_parquet($1))) copies(n)
ORDER BY priority LIMIT $2
"""


def main() -> None:
    """Write both and print how long each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=50_000)
    asked = parser.parse_args()
    settings = load_settings(asked.config)
    policy = load_policy(settings.resolve(settings.policy))
    besides = Besides(limits=read_allocation(asked.folder)["limits"])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scored = folder / "scored.parquet"
        values = [str(asked.folder / "scored.parquet"), asked.rows]
        rows = duckdb.sql(REPEATED, params=values).to_arrow_table()
        pq.write_table(rows.select(SCORED_SCHEMA.names).cast(SCORED_SCHEMA), scored)
        started = time.process_time()
        write_csv(scored, folder / "scored.csv")
        csv_seconds = time.process_time() - started
        started, book = time.process_time(), folder / "scored.xlsx"
        write_workbook(
            scored, book, policy, settings.portfolio, Outputs(excel_rows=asked.rows), besides
        )
        seconds = time.process_time() - started
        size = book.stat().st_size / 1e6
    print(
        f"{asked.rows:,} rows: CSV {csv_seconds:.1f} CPU s; workbook {seconds:.1f} CPU s, {size:.1f} MB"
    )


if __name__ == "__main__":
    main()
