"""The same statements in the dialect of a distributed engine."""

from __future__ import annotations

import sqlglot


def to_spark(sql: str) -> str:
    """Return a statement of the engine's dialect in Spark's."""
    return sqlglot.transpile(sql, read="duckdb", write="spark")[0]
