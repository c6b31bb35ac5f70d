"""What other capacities would be worth: ``calls=+20%`` in words, the difference in value with its bounds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from numpy.typing import ArrayLike

from propension.errors import ConfigurationError, nearest
from propension.treatments.allocation.problem import Resource
from propension.treatments.allocation.solution import Allocation, allocate

# A limit of a group is named as its group is, in whatever words.
_CHANGE = re.compile(r"\s*(.*\S)\s*=\s*([+-]?)(\d+(?:\.\d+)?)(%?)\s*")


@dataclass(frozen=True, eq=False)
class WhatIf:
    """An allocation under other capacities beside the one that was asked about.

    Attributes
    ----------
    allocation : Allocation
    difference : float
        Value of the new choice less that of the old one.
    at_least, at_most : float
        Between which the difference of the two best possible values is proven to lie.
    """

    allocation: Allocation
    difference: float
    at_least: float
    at_most: float


def what_if(
    values: ArrayLike,
    resources: Sequence[Resource],
    base: Allocation,
    capacities: Mapping[str, float],
    seed: int = 0,
) -> WhatIf:
    """Return what allocating under other capacities would bring; it begins with the prices of ``base``.

    Parameters
    ----------
    values, resources
        As ``base`` was allocated.
    base : Allocation
    capacities : mapping of str to float
        New capacities by resource; the others stay.
    seed : int

    Raises
    ------
    ConfigurationError
        If a capacity names no resource, or values or resources cannot be used.
    """
    known = {resource.name: resource.capacity for resource in resources}
    for name in capacities:
        _refuse_unknown(name, known)
    changed = [replace(r, capacity=capacities.get(r.name, r.capacity)) for r in resources]
    found = allocate(values, changed, seed=seed, start=base.prices)
    return WhatIf(
        found, found.value - base.value, found.value - base.bound, found.bound - base.value
    )


def parse_capacity_changes(
    changes: Iterable[str], capacities: Mapping[str, float]
) -> dict[str, float]:
    """Return the new capacity of every resource that is changed, never below zero.

    Parameters
    ----------
    changes : iterable of str
        ``calls=+20%`` and ``calls=-20%`` change by a share, ``letters=+50`` and ``letters=-50`` by an
        amount; ``visits=12`` sets it.
    capacities : mapping of str to float
        As they are, by resource.

    Raises
    ------
    ConfigurationError
        If a change cannot be read, or names no resource or one twice.

    >>> parse_capacity_changes(["calls=+20%", "visits=12"], {"calls": 50.0, "visits": 30.0})
    {'calls': 60.0, 'visits': 12.0}
    """
    changed: dict[str, float] = {}
    for text in changes:
        match = _CHANGE.fullmatch(text)
        if match is None or (match[4] and not match[2]):
            raise ConfigurationError(
                f"--capacity: cannot read {text!r}. Write calls=+20%, letters=-50 or visits=12.",
                change=text,
            )
        name, sign, number, percent = match.groups()
        _refuse_unknown(name, capacities)
        if name in changed:
            raise ConfigurationError(
                f"--capacity: {name} is changed twice. Say it once.", name=name
            )
        amount = float(number) * (capacities[name] / 100 if percent else 1)
        direction = {"+": 1, "-": -1, "": 0}[sign]
        new = capacities[name] + direction * amount if direction else amount
        changed[name] = max(0.0, new)
    return changed


def _refuse_unknown(name: str, capacities: Mapping[str, float]) -> None:
    if name in capacities:
        return
    hint = nearest(name, capacities) or f". Resources: {', '.join(sorted(capacities))}"
    raise ConfigurationError(f"--capacity: there is no resource {name}{hint}.", name=name)
