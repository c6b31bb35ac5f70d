"""Bands, tiers, flags and segments, declared in the policy."""

from propension.segments.assign import rule_columns, segment_sql
from propension.segments.rules import parse_rule

__all__ = ["parse_rule", "rule_columns", "segment_sql"]
