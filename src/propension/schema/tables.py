"""The canonical tables: the input contract, declared once.

Sources cast to it, checks read it, documentation is generated from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from propension.config import CHANNELS

ColumnType = Literal["text", "date", "instant", "amount", "number", "integer", "boolean"]

SQL_TYPES: dict[ColumnType, str] = {
    "text": "VARCHAR",
    "date": "DATE",
    "instant": "TIMESTAMP",
    # Exact decimals: sums do not depend on the order of rows.
    "amount": "DECIMAL(18,2)",
    "number": "DOUBLE",
    "integer": "INTEGER",
    "boolean": "BOOLEAN",
}

FLAGS = ("deceased", "insolvent", "litigation", "hardship", "do_not_contact")
OUTCOMES = (
    "no_answer",
    "invalid",
    "third_party",
    "delivered",
    "read",
    "right_party",
    "refused",
    "promise",
)


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    Attributes
    ----------
    name : str
    type : ColumnType
    required : bool
        The column must exist and hold a value in every row.
    allowed : tuple of str
        When given, the only values accepted.
    personal : bool
        Identifies a person: masked wherever it is not asked for.
    """

    name: str
    type: ColumnType = "text"
    required: bool = False
    allowed: tuple[str, ...] = ()
    personal: bool = False

    @property
    def sql_type(self) -> str:
        """Type of the column in the engine."""
        return SQL_TYPES[self.type]


@dataclass(frozen=True)
class Table:
    """One canonical table.

    Attributes
    ----------
    name : str
    key : tuple of str
        Columns that identify a row; empty where nothing does. A key column that is
        not required only identifies the rows that hold it.
    columns : tuple of Column
    event : str
        The column that says when the row's event happened; empty for today's state.
    references : tuple of (column, table)
        Where a column's values must exist.
    required : bool
        The portfolio cannot be used without this table.
    open_columns : bool
        Further columns are kept as they come.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    event: str = ""
    references: tuple[tuple[str, str], ...] = ()
    required: bool = False
    open_columns: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the declared columns, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def required_columns(self) -> set[str]:
        """Names of the columns that must exist."""
        return {column.name for column in self.columns if column.required}


def _required(name: str, kind: ColumnType = "text", allowed: tuple[str, ...] = ()) -> Column:
    return Column(name, kind, required=True, allowed=allowed)


_RECORDED_AT = Column("recorded_at", "instant")
_OF_CUSTOMER = (("customer_id", "customers"),)
_OF_DEBT = (("debt_id", "debts"),)

CUSTOMERS = Table(
    name="customers",
    key=("customer_id",),
    required=True,
    open_columns=True,
    columns=(
        _required("customer_id"),
        Column("name", personal=True),
        Column("kind", allowed=("person", "company")),
        Column("group_id"),
        Column("country"),
        Column("region"),
        Column("timezone"),
        Column("industry"),
        Column("product_line"),
        Column("since", "date"),
        Column("language"),
        Column("preferred_channel", allowed=CHANNELS),
        Column("phone", personal=True),
        Column("email", personal=True),
        Column("phone_valid", "boolean"),
        Column("email_valid", "boolean"),
        Column("opt_out_channels"),
        Column("income_day", "integer"),
        Column("monthly_income", "amount"),
        Column("credit_limit", "amount"),
        Column("solvency", allowed=("known", "unknown", "none")),
        Column("vulnerable", "boolean"),
    ),
)

DEBTS = Table(
    name="debts",
    key=("debt_id",),
    event="issued_on",
    required=True,
    references=_OF_CUSTOMER,
    columns=(
        _required("debt_id"),
        _required("customer_id"),
        Column("account_id"),
        Column("contract_id"),
        _required("issued_on", "date"),
        _required("due_on", "date"),
        _required("amount", "amount"),
        Column("currency"),
        Column("product"),
        _RECORDED_AT,
    ),
)

PAYMENTS = Table(
    name="payments",
    # One receipt may pay several debts.
    key=("payment_id", "debt_id"),
    event="paid_on",
    required=True,
    references=_OF_DEBT,
    columns=(
        Column("payment_id"),
        _required("debt_id"),
        _required("paid_on", "date"),
        _required("amount", "amount"),
        Column("method"),
        Column("bounced", "boolean"),
        _RECORDED_AT,
    ),
)

CONTACTS = Table(
    name="contacts",
    key=("contact_id",),
    event="at",
    references=_OF_CUSTOMER,
    columns=(
        Column("contact_id"),
        _required("customer_id"),
        Column("debt_id"),
        _required("at", "instant"),
        _required("channel", allowed=CHANNELS),
        _required("direction", allowed=("out", "in")),
        _required("outcome", allowed=OUTCOMES),
        Column("minutes", "number"),
        Column("treatment"),
        _RECORDED_AT,
    ),
)

PROMISES = Table(
    name="promises",
    key=("promise_id",),
    event="made_on",
    references=_OF_CUSTOMER,
    columns=(
        Column("promise_id"),
        _required("customer_id"),
        Column("debt_id"),
        _required("made_on", "date"),
        _required("due_on", "date"),
        _required("amount", "amount"),
        _RECORDED_AT,
    ),
)

DISPUTES = Table(
    name="disputes",
    key=("dispute_id",),
    event="opened_on",
    references=_OF_DEBT,
    columns=(
        Column("dispute_id"),
        _required("debt_id"),
        _required("opened_on", "date"),
        Column("closed_on", "date"),
        Column("reason"),
        _RECORDED_AT,
    ),
)

FLAG_ROWS = Table(
    name="flags",
    key=("customer_id", "flag", "from_on"),
    event="from_on",
    references=_OF_CUSTOMER,
    columns=(
        _required("customer_id"),
        _required("flag", allowed=FLAGS),
        _required("from_on", "date"),
        Column("until_on", "date"),
        _RECORDED_AT,
    ),
)

ATTRIBUTES = Table(
    name="attributes",
    key=("customer_id", "known_on"),
    event="known_on",
    references=_OF_CUSTOMER,
    open_columns=True,
    columns=(_required("customer_id"), _required("known_on", "date")),
)

# Parents before children: a refused parent refuses its children.
TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        CUSTOMERS,
        DEBTS,
        PAYMENTS,
        CONTACTS,
        PROMISES,
        DISPUTES,
        FLAG_ROWS,
        ATTRIBUTES,
    )
}
