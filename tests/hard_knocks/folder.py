"""The folder of a small portfolio, and ways to change what is in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

# On the clean list, of no group, with debts, payments and contacts: see test_clean.
VICTIM = "C000026"
Row = dict[str, str]


class Folder:
    """A copy of the clean portfolio that a knock may spoil.

    Attributes
    ----------
    during : ExitStack
        What a knock does to the process for as long as the command runs.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.data = root / "data"
        self.config = root / "propension.yaml"
        self.policy = root / "policy.yaml"
        self.outputs = root / "outputs"
        self.during = ExitStack()

    # Text files

    def csv(self, table: str) -> Path:
        return self.data / f"{table}.csv"

    def bytes(self, table: str, change: Callable[[bytes], bytes]) -> None:
        self.csv(table).write_bytes(change(self.csv(table).read_bytes()))

    def text(self, table: str, change: Callable[[str], str]) -> None:
        self.bytes(table, lambda held: change(held.decode()).encode())

    def rows(self, table: str) -> list[Row]:
        with self.csv(table).open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    def write(self, table: str, rows: Sequence[Mapping[str, Any]], **dialect: Any) -> None:
        out = io.StringIO(newline="")
        names = list(dict.fromkeys(name for row in rows for name in row))
        writer = csv.DictWriter(out, names, **{"lineterminator": "\n", **dialect})
        writer.writeheader()
        writer.writerows(rows)
        self.csv(table).write_bytes(out.getvalue().encode())

    def map(self, table: str, change: Callable[[Row], Row], **dialect: Any) -> None:
        """Change every row of a table."""
        self.write(table, [change(row) for row in self.rows(table)], **dialect)

    def cell(self, table: str, column: str, value: object) -> list[str]:
        """Change one cell of the victim's; return the victim."""
        rows = self.rows(table)
        row = self.victims(table, rows)[0]
        row[column] = str(value(row[column]) if callable(value) else value)
        self.write(table, rows)
        return [VICTIM]

    def victims(self, table: str, rows: Sequence[Row]) -> list[Row]:
        """Rows of a table that are the victim's."""
        if "customer_id" in rows[0]:
            return [row for row in rows if row["customer_id"] == VICTIM]
        debts = {row["debt_id"] for row in self.victims("debts", self.rows("debts"))}
        return [row for row in rows if row["debt_id"] in debts]

    # Parquet

    def parquet(self, table: str, change: Callable[[pa.Table], pa.Table]) -> None:
        file = self.data / f"{table}.parquet"
        pq.write_table(change(pq.read_table(file)), file)

    # YAML

    def settings(self, **changes: Any) -> None:
        _change(self.config, changes)

    def rules(self, **changes: Any) -> None:
        _change(self.policy, changes)

    def segment(self, **changes: Any) -> None:
        """Change the policy's first segment."""
        held = yaml.safe_load(self.policy.read_text(encoding="utf-8"))
        held["segments"][0] |= changes
        self.rules(segments=held["segments"])

    def append(self, text: str) -> None:
        """Write lines at the end of propension.yaml."""
        with self.config.open("a", encoding="utf-8") as stream:
            stream.write(text)


def _change(file: Path, changes: Mapping[str, Any]) -> None:
    held = yaml.safe_load(file.read_text(encoding="utf-8"))
    text = yaml.safe_dump(_merged(held, changes), allow_unicode=True, sort_keys=False)
    file.write_text(text, encoding="utf-8")


def _merged(held: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(held)
    for key, value in changes.items():
        both = isinstance(value, Mapping) and isinstance(held.get(key), Mapping)
        merged[key] = _merged(held[key], value) if both else value
    return merged
