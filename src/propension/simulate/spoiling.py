"""Faults of a whole table, one at a time: what stops a run before any row is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

_EVERY = 100  # rows from one fault to the next


def _groups(path: Path) -> Iterator[pa.Table]:
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            yield file.read_row_group(group)


def _rewrite(path: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    part = path.with_suffix(".part")
    with pq.ParquetFile(path) as file:
        schema = change(file.schema_arrow.empty_table()).schema
    with pq.ParquetWriter(part, schema) as writer:
        for rows in _groups(path):
            writer.write_table(change(rows))
    part.replace(path)


def _missing_table(folder: Path) -> tuple[str, int]:
    (folder / "payments.parquet").unlink()
    (folder / "payments.csv").unlink(missing_ok=True)
    return "payments", 0


def _missing_column(folder: Path) -> tuple[str, int]:
    _rewrite(folder / "debts.parquet", lambda rows: rows.drop_columns("due_on"))
    return "debts", 0


def _empty_table(folder: Path) -> tuple[str, int]:
    _rewrite(folder / "debts.parquet", lambda rows: rows.slice(0, 0))
    return "debts", 0


def _mixed_currency(folder: Path) -> tuple[str, int]:
    def change(rows: pa.Table) -> pa.Table:
        place = pa.array(range(rows.num_rows), pa.int64())
        foreign = pc.equal(pc.subtract(place, pc.multiply(pc.divide(place, _EVERY), _EVERY)), 0)
        mixed = pc.if_else(foreign, "XXX", rows["currency"])
        return rows.set_column(rows.schema.get_field_index("currency"), "currency", mixed)

    path = folder / "debts.parquet"
    _rewrite(path, change)
    return "debts", pq.read_metadata(path).num_rows


def _unreadable_line(folder: Path) -> tuple[str, int]:
    """Payments as a text file in which some lines have a field too many."""
    path, planted = folder / "payments.parquet", 0
    with (folder / "payments.csv").open("wb") as text:
        for number, rows in enumerate(_groups(path)):
            sink = pa.BufferOutputStream()
            header = pyarrow.csv.WriteOptions(include_header=number == 0)
            pyarrow.csv.write_csv(rows, sink, header)
            lines = sink.getvalue().to_pybytes().splitlines()
            for line in range(1, len(lines), _EVERY):
                lines[line] += b",again"
                planted += 1
            text.write(b"\n".join(lines) + b"\n")
    path.unlink()
    return "payments", planted


FAULT_KINDS: dict[str, Callable[[Path], tuple[str, int]]] = {
    "missing_table": _missing_table,
    "missing_column": _missing_column,
    "empty_table": _empty_table,
    "mixed_currency": _mixed_currency,
    "unreadable_line": _unreadable_line,
}


def spoil_table(folder: Path, kind: str | None) -> dict[str, dict[str, int]]:
    """Spoil one table of a folder; return kind -> table -> rows as its finding counts them.

    Parameters
    ----------
    folder : Path
        Holds the tables of a portfolio.
    kind : str or None
        A key of ``FAULT_KINDS``; with None nothing is done.
    """
    if not kind:
        return {}
    table, rows = FAULT_KINDS[kind](folder)
    return {kind: {table: rows}}
