"""Tiny ledgers: canonical rows with named defaults, written as an extraction and looked at on any date."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from propension.config import Outputs, Target
from propension.config.settings import Resources
from propension.features import SHIPPED, Feature, write_features
from propension.labels import (
    horizon_label_sql,
    upcoming_label_sql,
    write_evidence,
    write_labels,
)
from propension.schema import SQL_TYPES, TABLES
from propension.snapshots import open_streams, prepare_streams, with_states, write_facts
from propension.sources import Extraction, TableCount

Row = dict[str, Any]
Rows = dict[str, list[Row]]

DUE_ON = dt.date(2024, 3, 1)
REQUIRED = ("customers", "debts", "payments")
_ARROW_TYPES = {
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "DECIMAL(18,2)": pa.decimal128(18, 2),
    "DOUBLE": pa.float64(),
    "INTEGER": pa.int32(),
    "BOOLEAN": pa.bool_(),
}
NUMBERED_IN = {"account": "accounts", "debt": "debt_rows", "customer": "customer_rows"}
RESOURCES = Resources(threads=1, memory_gb=1)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def days_after(start: dt.date, days: int) -> dt.date:
    return start + dt.timedelta(days=days)


class Ledger:
    """Rows of a portfolio. Without more said: one customer C1 who owes 100 on debt D1."""

    def __init__(self, rows: Mapping[str, Sequence[Row]] | None = None) -> None:
        self.rows: Rows = {name: list(found) for name, found in (rows or {}).items()}
        for name in REQUIRED:
            self.rows.setdefault(name, [])

    def _add(self, table: str, defaults: Row, values: Row) -> Ledger:
        self.rows.setdefault(table, []).append(defaults | values)
        return self

    def with_table(self, name: str) -> Ledger:
        """Let an optional table exist, even without rows."""
        self.rows.setdefault(name, [])
        return self

    def customer(self, customer_id: str = "C1", **values: Any) -> Ledger:
        return self._add("customers", {"customer_id": customer_id}, values)

    def debt(
        self, debt_id: str = "D1", due_on: dt.date = DUE_ON, amount: Any = 100, **values: Any
    ) -> Ledger:
        defaults = {
            "debt_id": debt_id,
            "customer_id": "C1",
            "issued_on": days_after(due_on, -30),
            "due_on": due_on,
            "amount": Decimal(str(amount)),
        }
        row = defaults | values
        if row["customer_id"] not in {found["customer_id"] for found in self.rows["customers"]}:
            self.customer(row["customer_id"])
        return self._add("debts", row, {})

    def payment(
        self, paid_on: dt.date, amount: Any = 100, debt_id: str = "D1", **values: Any
    ) -> Ledger:
        defaults = {"debt_id": debt_id, "paid_on": paid_on, "amount": Decimal(str(amount))}
        return self._add("payments", defaults, values)

    def contact(self, on: dt.date, outcome: str = "no_answer", **values: Any) -> Ledger:
        defaults = {
            "customer_id": "C1",
            "at": dt.datetime.combine(on, dt.time(15, 30)),
            "channel": "call",
            "direction": "out",
            "outcome": outcome,
        }
        return self._add("contacts", defaults, values)

    def promise(self, made_on: dt.date, due_on: dt.date, **values: Any) -> Ledger:
        defaults = {
            "customer_id": "C1",
            "made_on": made_on,
            "due_on": due_on,
            "amount": Decimal(50),
        }
        return self._add("promises", defaults, values)

    def dispute(self, opened_on: dt.date, debt_id: str = "D1", **values: Any) -> Ledger:
        return self._add("disputes", {"debt_id": debt_id, "opened_on": opened_on}, values)

    def flag(self, flag: str, from_on: dt.date, **values: Any) -> Ledger:
        return self._add("flags", {"customer_id": "C1", "flag": flag, "from_on": from_on}, values)

    def attribute(self, known_on: dt.date, **values: Any) -> Ledger:
        return self._add("attributes", {"customer_id": "C1", "known_on": known_on}, values)

    def write(self, folder: Path) -> Extraction:
        """Write the rows as canonical Parquet, as an extraction leaves them."""
        return write_extraction(folder, self.rows)


def write_extraction(folder: Path, rows: Mapping[str, Sequence[Row]]) -> Extraction:
    """Write typed canonical tables into ``folder`` and return them as an extraction."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, found in rows.items():
        pq.write_table(typed_table(name, found), folder / f"{name}.parquet")
    counts = {name: TableCount(len(found), len(found), 0, "") for name, found in rows.items()}
    first, last = data_span(rows)
    return Extraction(folder, counts, (), first, last)


def typed_table(name: str, rows: Sequence[Row]) -> pa.Table:
    """Return rows with every declared column in its canonical type, further columns as they come."""
    table = TABLES[name]
    types = {column.name: _ARROW_TYPES[SQL_TYPES[column.type]] for column in table.columns}
    further = sorted({column for row in rows for column in row} - set(types))
    arrays = {
        column: pa.array([_fitting(row.get(column), kind) for row in rows], kind)
        for column, kind in types.items()
    }
    return pa.table(arrays | {column: [row.get(column) for row in rows] for column in further})


def _fitting(value: Any, kind: pa.DataType) -> Any:
    """Return a day as its first instant where an instant is kept."""
    is_day = isinstance(value, dt.date) and not isinstance(value, dt.datetime)
    return dt.datetime.combine(value, dt.time()) if is_day and kind == pa.timestamp("us") else value


def data_span(rows: Mapping[str, Iterable[Row]]) -> tuple[dt.date | None, dt.date | None]:
    """First event and last day on which anything was recorded, as an extraction reports them."""
    happened: list[dt.date] = []
    recorded: list[dt.date] = []
    for name, found in rows.items():
        event = TABLES[name].event
        if event and name not in ("flags", "attributes"):
            happened += [as_day(row[event]) for row in found]
            recorded += [known_on(row, event) for row in found]
    return min(happened, default=None), max(recorded, default=None)


def as_day(value: dt.date | dt.datetime) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value


def known_on(row: Row, event: str) -> dt.date:
    """Day on which a row is known by itself: when it happened or was recorded, the later."""
    happened = as_day(row[event])
    return max(happened, as_day(row["recorded_at"])) if row.get("recorded_at") else happened


class Portfolio:
    """Prepared streams of an extraction, looked at on any date."""

    def __init__(
        self, extraction: Extraction, resources: Resources = RESOURCES, country: str = ""
    ) -> None:
        self.engine = open_streams(prepare_streams(extraction, resources, country), resources)
        self.scratch = Path(tempfile.mkdtemp(dir=extraction.folder))

    def __enter__(self) -> Portfolio:
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.close()
        shutil.rmtree(self.scratch)

    def states(self, as_of: dt.date, state: str) -> list[Row]:
        """Rows of a state on a date, with the ids that their numbers stand for."""
        found = self.engine.execute(with_states(as_of, {state}, 0) + f"SELECT * FROM {state}")
        columns = [column[0] for column in found.description]
        rows = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
        for number, table in NUMBERED_IN.items():
            if number in columns:
                ids = dict(
                    self.engine.execute(f"SELECT {number}, {number}_id FROM {table}").fetchall()
                )
                rows = [row | {f"{number}_id": ids[row[number]]} for row in rows]
        return rows

    def debts(self, as_of: dt.date) -> dict[str, Row]:
        """State of every debt known on a date, by debt_id."""
        found = sorted(self.states(as_of, "debt_states"), key=lambda row: row["debt_id"])
        return {row["debt_id"]: row for row in found}

    def features(
        self,
        as_of: dt.date,
        features: Sequence[Feature] = SHIPPED,
        floor: float = 0,
        upcoming_days: int | None = None,
    ) -> pa.Table:
        path = self.scratch / "features.parquet"
        count = write_features(self.engine, as_of, features, floor, path, upcoming_days)
        return _read_back(path, count)

    def facts(self, as_of: dt.date, floor: float = 0, personal_data: str = "masked") -> pa.Table:
        path = self.scratch / "facts.parquet"
        target = Target(min_overdue_amount=floor)
        outputs = Outputs.model_validate({"personal_data": personal_data})
        count = write_facts(self.engine, as_of, target, outputs, path)
        return _read_back(path, count)

    def labels(self, as_of: dt.date, known_until: dt.date, **target: Any) -> pa.Table:
        """Labels of the target's own horizon."""
        path, terms = self.scratch / "labels.parquet", Target(**target)
        count = write_labels(self.engine, as_of, terms, known_until, path)
        own = {f"{name}_{terms.horizon_days}d": name for name in ("collected_amount", "is_paid")}
        names = {"as_of": "as_of", "account_id": "account_id", "amount": "overdue_amount"} | own
        return _read_back(path, count).select(list(names)).rename_columns(list(names.values()))

    def horizon_labels(self, as_of: dt.date, known_until: dt.date, **target: Any) -> pa.Table:
        return self._selected(horizon_label_sql(as_of, Target(**target), known_until))

    def upcoming_labels(self, as_of: dt.date, known_until: dt.date, **target: Any) -> pa.Table:
        return self._selected(upcoming_label_sql(as_of, Target(**target), known_until))

    def evidence(self, as_of: dt.date, known_until: dt.date, **target: Any) -> pa.Table:
        path = self.scratch / "evidence.parquet"
        count = write_evidence(self.engine, as_of, Target(**target), known_until, path)
        return _read_back(path, count)

    def _selected(self, sql: str) -> pa.Table:
        path = self.scratch / "selected.parquet"
        self.engine.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")
        return pq.read_table(path)


def _read_back(path: Path, count: int) -> pa.Table:
    table = pq.read_table(path)
    if table.num_rows != count:
        raise AssertionError(f"{path.name}: said {count} rows, wrote {table.num_rows}")
    return table


def by_account(table: pa.Table) -> dict[str, Row]:
    """Rows of a table by account_id."""
    rows = table.to_pylist()
    found = {row["account_id"]: row for row in rows}
    if len(found) != len(rows):
        raise AssertionError("an account has several rows")
    return found


def bits(table: pa.Table) -> list[tuple[Any, ...]]:
    """Every value of a table so that equal means equal bit for bit."""
    columns = [[_exact(value) for value in column.to_pylist()] for column in table.columns]
    return [tuple(table.column_names), *zip(*columns, strict=True)]


def _exact(value: Any) -> Any:
    return value.hex() if isinstance(value, float) else value
