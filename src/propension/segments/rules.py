"""The rule language of the policy: SQL conditions over named columns, and nothing else."""

from __future__ import annotations

import difflib

import sqlglot
from sqlglot import exp

from propension.errors import PolicyError

_ALLOWED = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null,
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between, exp.Is,
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Coalesce, exp.Abs, exp.Least, exp.Greatest,
)  # fmt: skip


def parse_rule(rule: str, columns: set[str], where: str) -> str:
    """Return a rule as SQL, after making sure it is a condition over known columns.

    Parameters
    ----------
    rule : str
        For example ``propensity < 0.4 AND value_tier = 'high'``.
    columns : set of str
        The only names it may use.
    where : str
        Dotted place of the rule in the policy, for messages.

    Raises
    ------
    PolicyError
        If it does not parse, uses an unknown name, or anything but comparisons, AND, OR,
        NOT, IN, BETWEEN, IS NULL, arithmetic, coalesce, abs, least and greatest.
    """
    try:
        parsed = sqlglot.parse_one(rule, read="duckdb")
    except (sqlglot.errors.ParseError, sqlglot.errors.TokenError) as error:
        detail = str(error).splitlines()[0]
        raise PolicyError(f"{where}: {rule!r} is not a condition ({detail}). Correct it.") from None
    for node in parsed.walk():
        if type(node) not in _ALLOWED:
            raise PolicyError(
                f"{where}: {rule!r} uses {node.key.upper()}, which rules may not. Use comparisons, AND, OR, "
                "NOT, IN, BETWEEN, IS NULL, arithmetic, coalesce, abs, least and greatest."
            )
        if isinstance(node, exp.Column):
            _known(node.name if not node.table else f"{node.table}.{node.name}", columns, where)
    return f"coalesce({parsed.sql(dialect='duckdb')}, FALSE)"


def _known(name: str, columns: set[str], where: str) -> None:
    if name not in columns:
        close = difflib.get_close_matches(name, columns, 1)
        hint = f"did you mean {close[0]}?" if close else f"columns: {', '.join(sorted(columns))}."
        raise PolicyError(f"{where}: {name} is not a column of the list; {hint}", column=name)
