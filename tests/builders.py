"""Tiny portfolios with named defaults: tables, settings, and what an extraction makes of them.

>>> write_portfolio(folder, debts=[{}, {"amount": 250}], payments=[])  # doctest: +SKIP

writes customer C1, her debts D1 and D2 (of 100 and 250), and a payments table without rows.
"""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from propension.config import Settings, load_settings
from propension.schema import TABLES
from propension.schema.tables import ColumnType
from propension.sources import Extraction, extract

Row = Mapping[str, Any]

TODAY = dt.date(2026, 6, 30)
OMIT = object()
"""A value that leaves its column out of the row, and out of the table where no row has it."""

DEFAULTS: dict[str, Row] = {
    "customers": {"customer_id": "C1", "name": "Ana Gómez", "kind": "person"},
    "debts": {
        "debt_id": "D1",
        "customer_id": "C1",
        "issued_on": dt.date(2026, 1, 1),
        "due_on": dt.date(2026, 1, 31),
        "amount": Decimal("100.00"),
    },
    "payments": {
        "payment_id": "P1",
        "debt_id": "D1",
        "paid_on": dt.date(2026, 2, 10),
        "amount": Decimal("40.00"),
    },
    "contacts": {
        "contact_id": "K1",
        "customer_id": "C1",
        "at": dt.datetime(2026, 2, 5, 15, 30),
        "channel": "call",
        "direction": "out",
        "outcome": "right_party",
    },
    "promises": {
        "promise_id": "R1",
        "customer_id": "C1",
        "made_on": dt.date(2026, 2, 5),
        "due_on": dt.date(2026, 2, 15),
        "amount": Decimal("60.00"),
    },
    "disputes": {"dispute_id": "Q1", "debt_id": "D1", "opened_on": dt.date(2026, 2, 6)},
    "flags": {"customer_id": "C1", "flag": "hardship", "from_on": dt.date(2026, 2, 7)},
    "attributes": {"customer_id": "C1", "known_on": dt.date(2026, 1, 1)},
}
_NUMBERED = {"customers", "debts", "payments", "contacts", "promises", "disputes"}
_ARROW_TYPES: dict[ColumnType, pa.DataType] = {
    "text": pa.string(),
    "date": pa.date32(),
    "instant": pa.timestamp("us"),
    "amount": pa.decimal128(18, 2),
    "number": pa.float64(),
    "integer": pa.int32(),
    "boolean": pa.bool_(),
}


def write_portfolio(
    folder: Path, kind: Literal["parquet", "csv"] = "parquet", **tables: Sequence[Row]
) -> Path:
    """Write tables into ``folder/data``; return that folder.

    Parameters
    ----------
    folder : Path
    kind : {"parquet", "csv"}
        Parquet holds the contract's types where the values fit; CSV holds any text.
    **tables : list of rows
        Rows of canonical tables need only what differs from ``DEFAULTS``; their own ids are
        numbered (D1, D2...). ``[]`` writes a table without rows. Other tables are written as
        they come. ``customers``, ``debts`` and ``payments`` have one row each when not given.
    """
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    for name in {"customers": 0, "debts": 0, "payments": 0} | tables:
        rows = [complete(name, row, number) for number, row in enumerate(tables.get(name, [{}]), 1)]
        columns = list(dict.fromkeys(key for row in rows for key in row)) or list(DEFAULTS[name])
        if kind == "csv":
            write_csv(data / f"{name}.csv", rows, columns)
        else:
            table = {column: _array(name, column, rows) for column in columns}
            pq.write_table(pa.table(table), data / f"{name}.parquet")
    return data


def complete(table: str, row: Row, number: int = 1) -> dict[str, Any]:
    """Return a row with its table's defaults where it says nothing, as the table's nth."""
    defaults = dict(DEFAULTS.get(table, {}))
    if table in _NUMBERED:
        key = TABLES[table].key[0]
        defaults[key] = f"{defaults[key][0]}{number}"
    return {key: value for key, value in (defaults | dict(row)).items() if value is not OMIT}


def write_csv(
    file: Path,
    rows: Sequence[Row],
    columns: Sequence[str] = (),
    delimiter: str = ",",
    encoding: str = "utf-8",
) -> None:
    """Write rows as text: ISO dates, blank where a row holds None or nothing."""
    with file.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, columns or list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def write_config(folder: Path, **overrides: Any) -> Path:
    """Write ``propension.yaml`` and the template's policy; return the settings' file.

    ``write_config(folder, source={"csv": {"decimal": ","}})`` changes only what it names.
    """
    settings: dict[str, Any] = {
        "portfolio": {"name": "test"},
        "source": {"path": "data"},
        "resources": {"threads": 1, "memory_gb": 1},
    }
    folder.mkdir(parents=True, exist_ok=True)
    with as_file(files("propension.config") / "template" / "policy.yaml") as policy:
        shutil.copy(policy, folder / "policy.yaml")
    file = folder / "propension.yaml"
    text = yaml.safe_dump(_merged(settings, overrides), allow_unicode=True, sort_keys=False)
    file.write_text(text, encoding="utf-8")
    return file


def settings_of(folder: Path, **overrides: Any) -> Settings:
    """Read the settings in ``folder``; they are written first where absent or overridden."""
    file = folder / "propension.yaml"
    if overrides or not file.exists():
        write_config(folder, **overrides)
    return load_settings(file)


def extraction_of(folder: Path, today: dt.date = TODAY, **overrides: Any) -> Extraction:
    """Extract the portfolio in ``folder`` into ``folder/canonical``."""
    return extract(settings_of(folder, **overrides), folder / "canonical", today)


def _array(table: str, column: str, rows: Sequence[Row]) -> pa.Array:
    values = [row.get(column) for row in rows]
    kinds = {c.name: c.type for c in TABLES[table].columns} if table in TABLES else {}
    if column not in kinds:
        return pa.array(values)
    try:
        if kinds[column] == "amount":
            values = [None if value is None else Decimal(str(value)) for value in values]
        return pa.array(values, type=_ARROW_TYPES[kinds[column]])
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([row.get(column) for row in rows])


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in changes.items():
        both = isinstance(value, Mapping) and isinstance(base.get(key), Mapping)
        merged[key] = _merged(base[key], value) if both else value
    return merged
