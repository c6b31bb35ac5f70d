"""Where a portfolio's thresholds lie: what is needed to judge a part of it as the whole would."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from propension.config import Policy

AXES = ("ability", "willingness")


@dataclass(frozen=True)
class Standing:
    """Thresholds between bands that are drawn by rank.

    Attributes
    ----------
    tiers : (float, float)
        Worth above which an account is of medium, and of high value.
    bounds : mapping of str to (float, float)
        By axis: below the first an account is on one side, from the second on the other. Without an
        axis that is unknown or the same for everybody.
    """

    tiers: tuple[float, float]
    bounds: Mapping[str, tuple[float, float]]


class Sorted(Protocol):
    """The values of some columns of a portfolio in order, wherever they are."""

    def count(self, column: str) -> int:
        """Return how many values there are."""
        ...

    def at(self, column: str, positions: Sequence[int]) -> list[float]:
        """Return the values at some positions, from 0."""
        ...


def find_standing(policy: Policy, values: Sorted) -> Standing:
    """Return the thresholds of a portfolio; see ``tier_sql`` and ``quadrant_sql``.

    Parameters
    ----------
    policy : Policy
    values : Sorted
        Of ``worth`` (see ``worth_sql``) and the two axes.
    """
    tiers, quadrants = policy.value_tiers, policy.quadrants
    bounds = {}
    for axis, share in (("ability", quadrants.ability), ("willingness", quadrants.willingness)):
        count = values.count(axis)
        if not count:
            continue
        least, most = values.at(axis, [0, count - 1])
        if least < most:
            zone = quadrants.dead_zone
            low, high = (_quantile(values, axis, count, share + by) for by in (-zone, zone))
            bounds[axis] = (low, high)
    return Standing((_above(values, tiers.medium), _above(values, tiers.high)), bounds)


def _quantile(values: Sorted, column: str, count: int, share: float) -> float:
    """The value that a share of the portfolio lies below, between two where it falls between them."""
    place = (count - 1) * min(max(share, 0.0), 1.0)
    low, high = values.at(column, [math.floor(place), math.ceil(place)])
    return low if low == high else low + (high - low) * (place - math.floor(place))


def _above(values: Sorted, share: float) -> float:
    """The worth above which an account's rank, of those below it, is at least a share."""
    last = values.count("worth") - 1
    if last < 1:
        return -math.inf if share <= 0 else math.inf
    # As ranks are compared: in the same division.
    below = math.ceil(share * last)
    while below > 0 and (below - 1) / last >= share:
        below -= 1
    while below / last < share:
        below += 1
    if below == 0:
        return -math.inf
    return values.at("worth", [below - 1])[0]
