"""One piece's tables as text, and the faulty rows that come to them.

Rows that ``check`` would set aside are added as copies of good ones, with ids of their own, so
that nothing else depends on them; values that it would only ignore are spoilt in place. So
the number of rows planted is the number that should be found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import cycle, islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.random import Generator

from propension.schema.tables import TABLES, Table

Row = dict[str, Any]

# Good rows that copies are made of.
_TEMPLATES = 200
# Kinds of fault a table has, roughly: they share its rows at fault.
_KINDS = 10
# What may change in a row without another fault coming of it; nothing in a payment.
_OTHERWISE: dict[str, Row] = {
    "customers": {"region": "elsewhere"},
    "debts": {"product": "other"},
    "contacts": {"treatment": "other"},
    "promises": {"debt_id": None},
    "disputes": {"reason": "other"},
    "flags": {"until_on": "2099-12-31"},
    "attributes": {"bureau_score": 151},
}


class FaultBed:
    """Where faults are planted.

    Parameters
    ----------
    tables : dict of str to Table
        One piece, clean.
    rng : Generator
        Chooses the rows.
    share : float
        Share of every table's rows to be at fault.
    least : int
        Rows of every kind at least.
    """

    def __init__(
        self, tables: dict[str, pa.Table], rng: Generator, share: float, least: int
    ) -> None:
        self.counts: dict[tuple[str, str], int] = defaultdict(int)
        self._share, self._least = share, least
        self.contract = [table for name, table in TABLES.items() if name in tables]
        self._tables = {t.name: _as_text(t, tables[t.name]) for t in self.contract}
        self._added: dict[str, list[Row]] = defaultdict(list)
        self._templates: dict[str, Iterator[Row]] = {}
        self._free: dict[str, Iterator[int]] = {}
        for name, table in self._tables.items():
            rows = rng.permutation(_sound_rows(name, table)).tolist()
            kept = -(-len(rows) // 2) if len(rows) < 2 * _TEMPLATES else _TEMPLATES
            self._templates[name] = cycle(_take(table, rows[:kept]))
            # No row is used twice, so that no row has two faults.
            self._free[name] = iter(rows[kept:])
        self._serial = 0

    def count(self, rule: str, table: str, rows: int = 1) -> None:
        """Note that rows were planted."""
        self.counts[rule, table] += rows

    def quota(self, table: str) -> int:
        """Rows of every kind of fault in a table; none in an empty one."""
        rows = int(self._tables[table].num_rows)
        return max(self._least, round(self._share * rows / _KINDS)) if rows else 0

    def add_copy(self, table: Table, **changes: Any) -> Row:
        """Add a changed copy of a good row, with an id of its own."""
        row = dict(next(self._templates[table.name]))
        self._serial += 1
        own = f"{table.name[:-1]}_id"
        if own in table.key:
            row[own] = f"{row[own]}X{self._serial}"
        row |= changes
        self._added[table.name].append(row)
        return row

    def add_debt(self, **changes: Any) -> Row:
        """Add a good debt, but for the changes, that nothing refers to."""
        return self.add_copy(TABLES["debts"], **changes)

    def add_payment(self, debt: Row, **changes: Any) -> Row:
        """Add a good payment of one unit, but for the changes, on a debt."""
        good = {
            "debt_id": debt["debt_id"],
            "paid_on": debt["issued_on"],
            "amount": "1.00",
            "bounced": "false",
            "recorded_at": debt["recorded_at"],
        }
        return self.add_copy(TABLES["payments"], **(good | changes))

    def another_customer(self, customer_id: str) -> str:
        """A customer who is not this one."""
        first, second = self._tables["customers"]["customer_id"][:2].to_pylist()
        return str(second if customer_id == first else first)

    def spoil_cells(self, table: Table, rule: str, column: str, value: str | None) -> None:
        """Replace the value of some rows in place."""
        rows = list(islice(self._free[table.name], self.quota(table.name)))
        if not rows:
            return
        text = self._tables[table.name]
        mask = np.zeros(text.num_rows, dtype=bool)
        mask[rows] = True
        spoilt = pc.replace_with_mask(
            text[column].combine_chunks(),
            pa.array(mask),
            pa.array([value] * len(rows), pa.string()),
        )
        at = text.schema.get_field_index(column)
        self._tables[table.name] = text.set_column(at, column, spoilt)
        self.count(rule, table.name, len(rows))

    def plant_duplicates(self, table: Table) -> None:
        """Deliver some rows twice."""
        rows = _take(
            self._tables[table.name], islice(self._free[table.name], self.quota(table.name))
        )
        self._added[table.name] += rows
        self.count("duplicate_key", table.name, len(rows))

    def plant_conflicts(self, table: Table) -> None:
        """Deliver some rows twice, and otherwise the second time; see ``_OTHERWISE``."""
        if table.name not in _OTHERWISE:
            return
        rows = _take(
            self._tables[table.name], islice(self._free[table.name], self.quota(table.name))
        )
        self._added[table.name] += [row | _OTHERWISE[table.name] for row in rows]
        self.count("conflicting_key", table.name, len(rows))

    def plant_orphans(self, table: Table) -> None:
        """Add rows that refer to nothing."""
        for column, _ in table.references:
            for _ in range(self.quota(table.name)):
                self.add_copy(table, **{column: f"nobody-{self._serial}"})
                self.count("orphan_key", table.name)

    def tables(self) -> dict[str, pa.Table]:
        """The tables with what was planted in them."""
        return {
            name: pa.concat_tables(
                [table, pa.Table.from_pylist(self._added[name], schema=table.schema)]
            )
            for name, table in self._tables.items()
        }


def _take(table: pa.Table, rows: Iterable[int]) -> list[Row]:
    taken: list[Row] = table.take(pa.array(rows, pa.int64())).to_pylist()
    return taken


def _as_text(table: Table, rows: pa.Table) -> pa.Table:
    """Declared columns as text, as in a careless export; the others keep their types."""
    arrays = [
        rows[name].cast(pa.string()) if name in table.column_names else rows[name]
        for name in rows.column_names
    ]
    return pa.table(arrays, names=rows.column_names)


def _sound_rows(name: str, rows: pa.Table) -> np.ndarray[Any, np.dtype[np.int64]]:
    # A bounced payment whose flag cannot be read would count as money.
    sound = pc.equal(rows["bounced"], "false") if name == "payments" else None
    return np.arange(rows.num_rows) if sound is None else np.flatnonzero(sound.to_numpy())
