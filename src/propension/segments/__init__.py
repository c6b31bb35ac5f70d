"""Bands, tiers, quadrants, flags and segments, declared in the policy."""

from propension.segments.assign import named_rules, rule_columns, segment_sql
from propension.segments.bands import worth_sql
from propension.segments.columns import RULE_COLUMNS, columns_from, example_row, read_columns
from propension.segments.rules import parse_rule
from propension.segments.standing import AXES, Sorted, Standing, find_standing

__all__ = [
    "AXES",
    "RULE_COLUMNS",
    "Sorted",
    "Standing",
    "columns_from",
    "example_row",
    "find_standing",
    "named_rules",
    "parse_rule",
    "read_columns",
    "rule_columns",
    "segment_sql",
    "worth_sql",
]
