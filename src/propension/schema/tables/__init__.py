"""The canonical tables: the input contract, declared once.

Sources cast to it, checks read it, documentation is generated from it.
"""

from propension.schema.tables.contacts import CONTACTS, DISPUTES, OUTCOMES, PROMISES
from propension.schema.tables.customers import ATTRIBUTES, CUSTOMERS, FLAG_ROWS, FLAGS
from propension.schema.tables.debts import DEBTS, PAYMENTS
from propension.schema.tables.table import SQL_TYPES, Column, ColumnType, Table

__all__ = ["FLAGS", "OUTCOMES", "SQL_TYPES", "TABLES", "Column", "ColumnType", "Table"]

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
