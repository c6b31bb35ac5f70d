"""What a table and a column of the contract are."""

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


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    Attributes
    ----------
    name : str
    meaning : str
        What it holds, how it is written, what each allowed value says, and what is lost where it
        is empty: Markdown in one line.
    type : ColumnType
    required : bool
        The column must exist and hold a value in every row.
    allowed : tuple of str
        When given, the only values accepted.
    personal : bool
        Identifies a person: masked wherever it is not asked for.
    letters : {"as written", "upper", "lower"}
        How a code is read, however it is written.
    """

    name: str
    meaning: str
    type: ColumnType = "text"
    required: bool = False
    allowed: tuple[str, ...] = ()
    personal: bool = False
    letters: Literal["as written", "upper", "lower"] = "as written"

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
    meaning : str
        What a row is and what is lost without the table: Markdown in one line.
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
    meaning: str
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


def required(
    name: str, meaning: str, kind: ColumnType = "text", allowed: tuple[str, ...] = ()
) -> Column:
    """Return a column that must hold a value in every row."""
    return Column(name, meaning, kind, required=True, allowed=allowed)


RECORDED_AT = Column(
    "recorded_at",
    "When your systems learnt of the row, in UTC. Nothing uses a row before that. Empty: it counts as known on the day it "
    "happened, so that what was booked late makes the model look better in the past than it will be.",
    "instant",
)
OF_CUSTOMER = (("customer_id", "customers"),)
OF_DEBT = (("debt_id", "debts"),)
# The values of a column of channels, in words.
ONE_CHANNEL = ", ".join(f"`{channel}`" for channel in CHANNELS[:-1]) + f" or `{CHANNELS[-1]}`"
# Of columns that are kept for what is to come.
UNREAD = "Nothing reads it yet."
