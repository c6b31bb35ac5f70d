"""Columns become Arrow: ids, words, dates and amounts in the types of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from propension.arrays import Array
from propension.schema.tables import TABLES, ColumnType
from propension.simulate.timeline import NEVER

Columns = dict[str, Any]

DAY_US = 86_400_000_000  # microseconds in a day
_EVENTS_PER_CUSTOMER = 10_000
_TYPES: dict[ColumnType, pa.DataType] = {
    "text": pa.string(),
    "date": pa.date32(),
    "instant": pa.timestamp("us"),
    "amount": pa.decimal128(18, 2),
    "number": pa.float64(),
    "integer": pa.int32(),
    "boolean": pa.bool_(),
}
_OPEN_COLUMNS: dict[str, dict[str, ColumnType]] = {
    "customers": {"audit_sex": "text", "audit_age_group": "text"},
    "attributes": {"monthly_income": "amount", "bureau_score": "integer", "employees": "integer"},
    # Our own log of past decisions: beside the contract's tables until the contract has it.
    "assignments": {
        "account_id": "text",
        "as_of": "date",
        "treatment": "text",
        "arm": "text",
        "assignment_probability": "number",
        "policy_version": "text",
    },
}


def table_schema(name: str) -> pa.Schema:
    """Arrow schema of a simulated table."""
    declared = TABLES[name].columns if name in TABLES else ()
    kinds = {column.name: column.type for column in declared}
    kinds |= _OPEN_COLUMNS.get(name, {})
    return pa.schema([(column, _TYPES[kind]) for column, kind in kinds.items()])


def to_table(name: str, columns: Columns) -> pa.Table:
    """Rows of a simulated table in its schema.

    Dates are day numbers (``NEVER`` is null), instants microseconds, amounts whole units (NaN
    is null); texts come as Arrow arrays. Columns nobody made are null.
    """
    schema = table_schema(name)
    rows = len(next(iter(columns.values())))
    arrays = [
        _array(columns[field.name], field.type)
        if field.name in columns
        else pa.nulls(rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.Array):
        return values.cast(kind)
    if kind == pa.date32():
        return pa.array(values.astype(np.int32), mask=values >= NEVER).cast(kind)
    if kind in (_TYPES["amount"], _TYPES["integer"]):
        missing = np.isnan(values)
        whole = pa.array(np.where(missing, 0, values).astype(np.int64), mask=missing)
        # An integer fits a decimal only by way of one with room for any 64 bits.
        wide = whole.cast(pa.decimal128(21, 2)) if kind == _TYPES["amount"] else whole
        return wide.cast(kind)
    return pa.array(values, type=kind, from_pandas=True)


def words(vocabulary: Sequence[str], codes: Array) -> pa.Array:
    """The word of each code; null where the code is negative."""
    indices = pa.array(codes.astype(np.int8), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(vocabulary)).cast(pa.string())


def ids(prefix: str, numbers: Array, width: int) -> pa.Array:
    """Ids such as C000042; null where the number is negative."""
    digits = pa.array(numbers, mask=numbers < 0).cast(pa.string())
    return pc.binary_join_element_wise(prefix, pc.utf8_lpad(digits, width, "0"), "")


@dataclass(frozen=True)
class Numbering:
    """Ids of one piece of customers: ``offset`` customers come before it.

    Events are numbered within their customer, so that a piece needs to know nothing of others.
    """

    offset: int
    width: int

    def customers(self, index: Array, prefix: str = "C") -> pa.Array:
        """Ids of the piece's customers, counted from 0; null where negative."""
        return ids(prefix, np.where(index < 0, -1, self.offset + index + 1), self.width)

    def events(self, prefix: str, numbers: Array) -> pa.Array:
        """Ids of events numbered by ``number_within``; null where negative."""
        shifted = numbers + self.offset * _EVENTS_PER_CUSTOMER
        return ids(prefix, np.where(numbers < 0, -1, shifted), self.width + 4)


def number_within(customer: Array) -> Array:
    """Numbers of events in the order of their customers (from 0)."""
    first = np.flatnonzero(np.diff(customer, prepend=-1))
    counts = np.diff(np.append(first, len(customer)))
    place = np.arange(len(customer)) - np.repeat(first, counts)
    numbers: Array = (customer + 1) * _EVENTS_PER_CUSTOMER + place + 1
    return numbers
