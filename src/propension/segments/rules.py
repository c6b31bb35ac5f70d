"""The rule language of the policy: conditions over the columns of the list."""

from __future__ import annotations

from propension.errors import PolicyError
from propension.schema import parse_expression


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
    return f"coalesce({parse_expression(rule, columns, where, error=PolicyError)}, FALSE)"
