"""The engine's own statements in Spark's words, so that nothing is written twice."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

# The engine's functions that Spark has under another name.
_RENAMED = {"epoch_us": "unix_micros"}
# The zones Spark knows; the engine has them from a function of its own.
TIME_ZONES = "time_zones"


def to_spark(sql: str) -> str:
    """Return a statement of the engine's dialect in Spark's."""
    return spark_text(parse_sql(sql))


def parse_sql(sql: str) -> exp.Expr:
    """Return a statement of the engine's dialect as a tree."""
    return sqlglot.parse_one(sql, read="duckdb")


def spark_text(statement: exp.Expr) -> str:
    """Return a tree of the engine's dialect in Spark's."""
    return statement.transform(_rewritten).sql(dialect="spark")


def _rewritten(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.CTE):
        # Spark reads every named query where it is used, and has no words to ask for it.
        node.set("materialized", None)
    elif isinstance(node, exp.Anonymous) and node.name.lower() in _RENAMED:
        node.set("this", _RENAMED[node.name.lower()])
    elif _is_call(node, "isfinite"):
        (value,) = node.expressions
        return sqlglot.parse_one(
            f"abs({value.sql('duckdb')}) < CAST('Infinity' AS DOUBLE)", read="duckdb"
        )
    elif isinstance(node, exp.Table) and _is_call(node.this, "pg_timezone_names"):
        node.set("this", exp.to_identifier(TIME_ZONES))
    elif isinstance(node, exp.DataType) and node.this == exp.DType.ENUM:
        return exp.DataType.build("text")
    elif isinstance(node, exp.Mode) and isinstance(node.this, exp.Order):
        # Of the most frequent the least, as by order.
        return exp.Anonymous(this="mode", expressions=[node.this.this, exp.true()])
    elif isinstance(node, exp.Div):
        # The engine divides in double precision, whatever it divides; Spark keeps few digits of decimals.
        for side in ("this", "expression"):
            node.set(side, exp.cast(node.args[side].copy(), "double"))
    elif isinstance(node, exp.RegexpReplace):
        # A group is named by a dollar there.
        node.args["replacement"].set("this", node.args["replacement"].name.replace("\\", "$"))
    return node


def _is_call(node: object, name: str) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.lower() == name
