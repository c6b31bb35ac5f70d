"""The canonical tables, the checks they must pass, and what checks find."""

from propension.schema.checks import RULES, UNSETTLING_RULES, RowCheck, row_checks
from propension.schema.expressions import parse_expression
from propension.schema.findings import SEVERITIES, Finding, Severity, refuse_if_fatal
from propension.schema.tables import FLAGS, OUTCOMES, SQL_TYPES, TABLES, Column, Table

__all__ = [
    "FLAGS",
    "OUTCOMES",
    "RULES",
    "SEVERITIES",
    "SQL_TYPES",
    "TABLES",
    "UNSETTLING_RULES",
    "Column",
    "Finding",
    "RowCheck",
    "Severity",
    "Table",
    "parse_expression",
    "refuse_if_fatal",
    "row_checks",
]
