"""The rule language of the policy: conditions over the columns of the list."""

from __future__ import annotations

from sqlglot import exp

from propension.errors import PolicyError, nearest
from propension.schema import parse_expression
from propension.segments.columns import RULE_COLUMNS
from propension.writing import VALUE_LABELS

# What is neither true nor false, whatever the columns hold; the engine would take 'yes' and 5 for true.
_VALUES = (
    exp.Literal, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Abs, exp.Least, exp.Greatest,
)  # fmt: skip
# Of these columns a text that is none of their codes is a slip: the rule would never hold.
_CODES = {
    column.name: list(VALUE_LABELS[column.name])
    for column in RULE_COLUMNS
    if column.name in VALUE_LABELS
}
_NO_TRUTH = {column.name for column in RULE_COLUMNS if column.kind != "BOOLEAN"}


def parse_rule(rule: str, columns: set[str], where: str) -> str:
    """Return a rule as SQL that is true or false; where a value is missing it does not hold.

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
        If it is not a condition over known columns; see ``parse_expression``.
    """
    parsed = parse_expression(rule, columns, where, error=PolicyError)
    for node in parsed.find_all(exp.EQ, exp.NEQ, exp.In):
        _refuse_unknown_code(node, where)
    waiting = [parsed]
    while waiting:
        part = waiting.pop()
        if isinstance(part, exp.And | exp.Or | exp.Not | exp.Paren | exp.Coalesce):
            waiting += part.iter_expressions()
        elif isinstance(part, _VALUES) or (isinstance(part, exp.Column) and part.name in _NO_TRUTH):
            raise PolicyError(
                f"{where}: {part.sql(dialect='duckdb')} is not true or false. Compare it with something."
            )
    return f"coalesce({parsed.sql(dialect='duckdb')}, FALSE)"


def _refuse_unknown_code(comparison: exp.Expr, where: str) -> None:
    parts = list(comparison.iter_expressions())
    columns = [part.name for part in parts if isinstance(part, exp.Column) and part.name in _CODES]
    for column in columns:
        for part in parts:
            if isinstance(part, exp.Literal) and part.is_string and part.name not in _CODES[column]:
                hint = nearest(part.name, _CODES[column]) or f". Codes: {', '.join(_CODES[column])}"
                raise PolicyError(f"{where}: {column} is never '{part.name}'{hint}.", column=column)
