"""Faults planted in good rows: one of every kind that the data contract looks for."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
from numpy.random import Generator

from propension.schema.checks import UNSETTLING_RULES, RowCheck, row_checks
from propension.schema.tables import TABLES, Table
from propension.simulate.fault_bed import FaultBed

_NONSENSE = {
    "date": "31/02/20x6",
    "instant": "yesterday",
    "amount": "12.345,6",
    "number": "n/a",
    "integer": "1st",
    "boolean": "perhaps",
}
_OLD, _FAR = "1900-01-01", "9999-12-31"
# One cell makes each of these; the rules that are missing here take a second row.
_CELLS = {
    "not_allowed": "other",
    "missing_value": None,
    "unknown_zone": "Mars/Olympus",
    "due_before_issued": "1951-01-01",
    "due_before_made": "1951-01-01",
    "closed_before_opened": "1951-01-01",
    "amount_not_positive": "-5.00",
    "amount_zero": "0.00",
}


class FaultPlanter:
    """Plants faults in piece after piece, and counts them.

    Parameters
    ----------
    share : float
        Share of every table's rows at fault; with 0 tables pass unchanged.
    today : date
        The day on which the tables will be checked, or one before it.

    Attributes
    ----------
    planted : dict of rule to (dict of table to rows)
    """

    def __init__(self, share: float, today: dt.date) -> None:
        self.planted: dict[str, dict[str, int]] = {}
        self._share, self._today = share, today

    def plant(self, tables: dict[str, pa.Table], rng: Generator) -> dict[str, pa.Table]:
        """Tables with faults, every declared column as text; unchanged where none are asked."""
        if not self._share:
            return tables
        # One of each at least, once: small portfolios have them all too.
        bed = FaultBed(tables, rng, self._share, least=0 if self.planted else 1)
        for table in bed.contract:
            for check in _checks(table, self._today):
                _plant_cells(bed, table, check)
            bed.plant_duplicates(table)
            bed.plant_conflicts(table)
            bed.plant_orphans(table)
        bed.spoil_cells(TABLES["customers"], "unknown_channel", "opt_out_channels", "pigeon")
        _plant_relations(bed)
        for (rule, name), rows in bed.counts.items():
            found = self.planted.setdefault(rule, {})
            found[name] = found.get(name, 0) + rows
        return tables | bed.tables()


def _checks(table: Table, today: dt.date) -> list[RowCheck]:
    """Every rule that one row of a table can break by itself."""
    staged = set(table.column_names)
    staged |= {f"_bad_{c.name}" for c in table.columns if c.type != "text" or c.allowed}
    return row_checks(table, staged, today)


def _plant_cells(bed: FaultBed, table: Table, check: RowCheck) -> None:
    value = _bad_value(table, check)
    if check.action == "kept":
        bed.spoil_cells(table, check.rule, check.column, value)
        return
    for _ in range(bed.quota(table.name)):
        bed.count(check.rule, table.name)
        if table.name != "payments":
            bed.add_copy(table, **{check.column: value})
            continue
        # A debt of its own, as its balance will be unknown.
        bed.add_payment(bed.add_debt(), **{check.column: value})
        if check.rule in UNSETTLING_RULES and check.column != "debt_id":
            bed.count("balance_unknown", "debts")


def _bad_value(table: Table, check: RowCheck) -> str | None:
    if check.rule == "wrong_type":
        kind = next(column.type for column in table.columns if column.name == check.column)
        return _NONSENSE[kind]
    if check.rule == "date_out_of_range":
        return _OLD if check.column in (table.event, "recorded_at") else _FAR
    return _CELLS[check.rule]


def _plant_relations(bed: FaultBed) -> None:
    """Faults that lie between two rows."""
    for _ in range(bed.quota("debts")):
        debt = bed.add_debt()
        issued = dt.date.fromisoformat(debt["issued_on"] or "")
        bed.add_payment(debt, paid_on=str(issued - dt.timedelta(days=3)))
        bed.count("paid_before_issued", "payments")
        bed.count("balance_unknown", "debts")

        debt = bed.add_debt()
        first = bed.add_payment(debt)
        bed.add_payment(debt, payment_id=first["payment_id"], amount="2.00")
        bed.count("conflicting_key", "payments")
        bed.count("balance_unknown", "debts")
        # The one that is kept is left without its debt.
        bed.count("parent_refused", "payments")

        debt = bed.add_debt()
        bed.add_payment(debt, amount=f"9{debt['amount']}")
        bed.count("over_payment", "debts")

        debt = bed.add_debt(due_on="1951-01-01")
        bed.add_payment(debt)
        bed.count("due_before_issued", "debts")
        bed.count("parent_refused", "payments")
        if bed.quota("disputes"):
            bed.add_copy(TABLES["disputes"], debt_id=debt["debt_id"])
            bed.count("parent_refused", "disputes")

        debt = bed.add_debt()
        debt["account_id"] = account = f"A-{debt['debt_id']}"
        bed.add_debt(account_id=account, customer_id=bed.another_customer(debt["customer_id"]))
        bed.count("shared_account", "debts", 2)
