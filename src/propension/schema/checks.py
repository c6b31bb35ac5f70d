"""The data contract as SQL conditions over staged rows; one declaration per rule.

A staged table holds ``_row`` (its number in the source), the canonical columns cast to
their types, and ``_bad_<column>`` where a value could not be read as its type allows.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Literal
from zoneinfo import available_timezones

from propension.config import CHANNELS
from propension.schema.tables import Column, Table

FIRST_DATE = dt.date(1950, 1, 1)
LAST_DATE = dt.date(2100, 1, 1)

RULES: dict[str, tuple[str, str]] = {
    # rule: (what was found, what to do); {column} is filled in, and {a} as its article
    "wrong_type": (
        "have {a} {column} that cannot be read",
        "Check source.csv.date_formats and source.csv.decimal, or cast it in the mapping.",
    ),
    "not_allowed": (
        "have {a} {column} outside its allowed values",
        "Translate the values in the mapping's SQL.",
    ),
    "unknown_zone": (
        "have {a} {column} that is no time zone of the IANA",
        "Write it as in America/Bogota, in the source or in the mapping.",
    ),
    "unknown_channel": (
        "name something in {column} that is no channel, and is not heeded",
        f"Write {', '.join(CHANNELS[:-1])} or {CHANNELS[-1]}, in the source or in the mapping.",
    ),
    "missing_value": ("have no {column}", "Fill it in the source or in the mapping."),
    "date_out_of_range": (
        "have {a} {column} that is impossible or in the future",
        "Correct the dates in the source, or check source.csv.date_formats.",
    ),
    "duplicate_key": (
        "repeat the {column} of another row; one row of each was kept",
        "Remove the copies, or map a column that identifies the row.",
    ),
    "conflicting_key": (
        "repeat the {column} of another row and say something else; one row of each was kept",
        "Correct the rows, or map a column that identifies each.",
    ),
    "orphan_key": (
        "have {a} {column} that exists nowhere else",
        "Load the missing rows, or check that both tables write the id alike.",
    ),
    "parent_refused": (
        "belong to a row that was itself set aside ({column})",
        "Correct the row they belong to.",
    ),
    "due_before_issued": (
        "are due before they were issued",
        "Check that issued_on and due_on are not exchanged.",
    ),
    "paid_before_issued": (
        "have a paid_on before their debt's issued_on",
        "Check paid_on, or the debt the payment is booked to.",
    ),
    "closed_before_opened": ("were closed before they were opened", "Check closed_on."),
    "due_before_made": ("are due before they were made", "Check made_on and due_on."),
    "amount_not_positive": (
        "have an amount of zero or less",
        "Check the amount; credit notes belong in payments.",
    ),
    "amount_zero": ("have an amount of zero", "Remove them, or map the right amount."),
    "balance_unknown": (
        "have a payment that was set aside, so their balance is unknown",
        "Correct the payments: until then these debts are not scored.",
    ),
    "over_payment": (
        "were paid more than their amount; their balance counts as zero",
        "Book the excess to another debt, or return it.",
    ),
    "shared_account": (
        "belong to an account_id that several customers share; its first customer is used",
        "Give every customer accounts of its own.",
    ),
}

# Faults of a payment after which nobody can say what is left of its debt.
UNSETTLING_RULES = (
    "conflicting_key",
    "wrong_type",
    "missing_value",
    "date_out_of_range",
    "paid_before_issued",
    "amount_zero",
)


@dataclass(frozen=True)
class RowCheck:
    """A condition that holds on the rows at fault.

    Attributes
    ----------
    rule : str
        Key of ``RULES``.
    column : str
    condition : str
        SQL over the columns of the staged table.
    action : {"refused", "kept"}
        Kept rows lose the column's value.
    """

    rule: str
    column: str
    condition: str
    action: Literal["refused", "kept"]


_TABLE_CHECKS: dict[str, tuple[RowCheck, ...]] = {
    "debts": (
        RowCheck("due_before_issued", "due_on", "due_on < issued_on", "refused"),
        RowCheck("amount_not_positive", "amount", "amount <= 0", "refused"),
    ),
    "payments": (RowCheck("amount_zero", "amount", "amount = 0", "refused"),),
    "promises": (
        RowCheck("due_before_made", "due_on", "due_on < made_on", "refused"),
        RowCheck("amount_not_positive", "amount", "amount <= 0", "refused"),
    ),
    "disputes": (
        RowCheck("closed_before_opened", "closed_on", "closed_on < opened_on", "refused"),
    ),
}


def row_checks(table: Table, staged_columns: set[str], today: dt.date) -> list[RowCheck]:
    """Return the checks that one staged table can fail by looking at single rows.

    Parameters
    ----------
    table : Table
    staged_columns : set of str
        Columns of the staged table, ``_bad_...`` included.
    today : date
        Nothing can have happened, or been recorded, after it.
    """
    checks = [
        check
        for column in table.columns
        if column.name in staged_columns
        for check in _column_checks(table, column, staged_columns, today)
    ]
    if table.name == "customers" and "timezone" in staged_columns:
        checks.append(_zone_check())
    return checks + [
        check for check in _TABLE_CHECKS.get(table.name, ()) if check.column in staged_columns
    ]


@cache
def _zone_check() -> RowCheck:
    zones = ", ".join(f"'{zone}'" for zone in sorted(available_timezones()))
    return RowCheck("unknown_zone", "timezone", f"timezone NOT IN ({zones})", "kept")


def _column_checks(
    table: Table, column: Column, staged_columns: set[str], today: dt.date
) -> list[RowCheck]:
    # Without the day it was recorded nobody can say when a row was known: it is not used.
    name = column.name
    action = "refused" if column.required or name == "recorded_at" else "kept"
    bad = f'"_bad_{name}"'
    has_bad = f"_bad_{name}" in staged_columns
    checks = []
    if has_bad:
        rule = "not_allowed" if column.allowed else "wrong_type"
        checks.append(RowCheck(rule, name, bad, action))  # type: ignore[arg-type]
    if column.required:
        absent = f'"{name}" IS NULL' + (f" AND NOT {bad}" if has_bad else "")
        checks.append(RowCheck("missing_value", name, absent, "refused"))
    if column.type in ("date", "instant"):
        happened = name in (table.event, "recorded_at")
        last = today + dt.timedelta(days=1) if happened else LAST_DATE
        outside = f"\"{name}\" < DATE '{FIRST_DATE}' OR \"{name}\" > DATE '{last}'"
        # 9999-12-31 for "open-ended" must not lift a flag: the value is ignored, the row stays.
        checks.append(RowCheck("date_out_of_range", name, outside, action))  # type: ignore[arg-type]
    return checks
