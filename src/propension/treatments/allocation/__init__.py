"""Allocation: one treatment per account, of most value within capacities and budgets."""

from propension.treatments.allocation.problem import Resource
from propension.treatments.allocation.solution import Allocation, allocate
from propension.treatments.allocation.what_if import WhatIf, parse_capacity_changes, what_if

__all__ = [
    "Allocation",
    "Resource",
    "WhatIf",
    "allocate",
    "parse_capacity_changes",
    "what_if",
]
