"""From options to one treatment per account: what each is worth, what there is, who draws, who is left alone."""

from propension.treatments.choice.limits import (
    Limit,
    groups_sql,
    kept_groups,
    largest_groups,
    read_limits,
)
from propension.treatments.choice.part import Part
from propension.treatments.choice.plan import Plan, make_plan
from propension.treatments.choice.settle import Settled, settle
from propension.treatments.choice.sharing import Pool
from propension.treatments.choice.slate import (
    Slate,
    catalogue_order,
    make_slate,
    read_accounts,
    read_positions,
)
from propension.treatments.choice.terms import Terms

__all__ = [
    "Limit",
    "Part",
    "Plan",
    "Pool",
    "Settled",
    "Slate",
    "Terms",
    "catalogue_order",
    "groups_sql",
    "kept_groups",
    "largest_groups",
    "make_plan",
    "make_slate",
    "read_accounts",
    "read_limits",
    "read_positions",
    "settle",
]
