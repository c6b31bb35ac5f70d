"""Bands, tiers, quadrants, flags and segments, declared in the policy."""

from propension.segments.assign import named_rules, rule_columns, segment_sql
from propension.segments.columns import RULE_COLUMNS, columns_from, example_row, read_columns
from propension.segments.rules import parse_rule

__all__ = [
    "RULE_COLUMNS",
    "columns_from",
    "example_row",
    "named_rules",
    "parse_rule",
    "read_columns",
    "rule_columns",
    "segment_sql",
]
