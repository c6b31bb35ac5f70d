"""The same statements in the dialect of a distributed engine."""

from __future__ import annotations

import sqlglot
from sqlglot import exp


def to_spark(sql: str) -> str:
    """Return a statement of the engine's dialect in Spark's."""
    statement = sqlglot.parse_one(sql, read="duckdb")
    # Spark reads every named query where it is used, and has no words to ask for it.
    for query in statement.find_all(exp.CTE):
        query.set("materialized", None)
    return statement.sql(dialect="spark")
