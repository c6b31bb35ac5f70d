"""Expressions people write in settings and policies: parsed, and only over known names."""

from __future__ import annotations

import re
from collections.abc import Iterator

import sqlglot
from sqlglot import exp

from propension.errors import ConfigurationError, nearest

_SCALAR = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null,
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between, exp.Is,
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Coalesce, exp.Abs, exp.Least, exp.Greatest,
)  # fmt: skip
_AGGREGATE = (
    exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Filter, exp.Where, exp.Star, exp.Distinct,
    exp.Case, exp.If, exp.Nullif, exp.Sqrt, exp.Mod,
)  # fmt: skip
# The engine gives up at a thousand.
MAX_DEPTH = 300
_SCALAR_WORDS = (
    "comparisons, AND, OR, NOT, IN, BETWEEN, IS NULL, arithmetic, coalesce, abs, least and greatest"
)
_AGGREGATE_WORDS = f"{_SCALAR_WORDS}, CASE, nullif, sqrt, count, sum, avg, min and max with FILTER"


def parse_expression(
    text: str,
    columns: set[str],
    where: str,
    aggregates: bool = False,
    error: type[ConfigurationError] = ConfigurationError,
) -> exp.Expr:
    """Return an expression, after making sure of every name and operation in it.

    Parameters
    ----------
    text : str
        For example ``propensity < 0.4 AND value_tier = 'high'``.
    columns : set of str
        The only names it may use.
    where : str
        Dotted place in the file, for messages.
    aggregates : bool
        Allow aggregates with FILTER, CASE, nullif and sqrt too.
    error : type
        What is raised.

    Raises
    ------
    ConfigurationError
        If it does not parse, is nested too deep, uses an unknown name, or an operation that is not allowed.
    """
    try:
        parsed = sqlglot.parse_one(text, read="duckdb")
        for depth, node in _by_depth(parsed):
            if depth > MAX_DEPTH:
                raise RecursionError
            _refuse_operation(node, text, where, aggregates, error)
            _refuse_name(node, columns, where, error)
    except sqlglot.errors.SqlglotError as fault:
        # The parser shows the insides of what it read; that something is missing is enough.
        detail = re.sub(
            r"Required keyword: .*?<class .*?>", "a value is missing", str(fault).splitlines()[0]
        )
        hint = " Write a share as 0.8, not as 80%." if re.search(r"\d\s*%", text) else ""
        raise error(
            f"{where}: {text!r} is not an expression ({detail}). Correct it.{hint}"
        ) from None
    except RecursionError:
        raise error(f"{where}: the expression is nested too deep. Write it flatter.") from None
    return parsed


def _by_depth(root: exp.Expr) -> Iterator[tuple[int, exp.Expr]]:
    """Yield every part with its depth; a chain of ANDs or ORs is as deep as it is long."""
    waiting = [(1, root)]
    while waiting:
        depth, node = waiting.pop()
        yield depth, node
        waiting += [(depth + 1, child) for child in node.iter_expressions(reverse=True)]


def _refuse_operation(
    node: exp.Expr, text: str, where: str, aggregates: bool, error: type[ConfigurationError]
) -> None:
    if type(node) not in (_SCALAR + _AGGREGATE if aggregates else _SCALAR):
        words = _AGGREGATE_WORDS if aggregates else _SCALAR_WORDS
        used = f"{node.name}()" if isinstance(node, exp.Anonymous) else node.key.upper()
        raise error(f"{where}: {text!r} uses {used}, which is not allowed here. Use {words}.")


def _refuse_name(
    node: exp.Expr, columns: set[str], where: str, error: type[ConfigurationError]
) -> None:
    if isinstance(node, exp.Column):
        name = node.name if not node.table else f"{node.table}.{node.name}"
        if name not in columns:
            raise error(f"{where}: {name} is not known here{_hint(name, columns)}.", column=name)


def _hint(name: str, columns: set[str]) -> str:
    known = ", ".join(sorted(columns))
    return (
        nearest(name.lower(), columns)
        or f". A text is written in quotes, '{name}'. Columns: {known}"
    )
