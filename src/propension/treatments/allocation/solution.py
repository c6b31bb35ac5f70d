"""One treatment per account: the most value that fits into the capacities, and what proves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from propension.treatments.allocation.dual import search_prices
from propension.treatments.allocation.problem import (
    Choice,
    Problem,
    Resource,
    Values,
    check_problem,
)
from propension.treatments.allocation.repair import (
    EXACT_PAIRS,
    Ranking,
    rank_treatments,
    repair,
    settle_all,
    shed,
)

# Where whole segments share one value, the values of what is scarce are told apart by up to this share
# of a gain; where use is off by this share of a capacity and by this many accounts, they do.
_JITTER = 0.005
_OFF_SHARE, _OFF_ACCOUNTS = 0.02, 50


@dataclass(frozen=True, eq=False)
class Allocation:
    """A treatment for every account, within all capacities.

    Attributes
    ----------
    choice : array of int16, shape (n_accounts,)
        Row of ``values`` chosen for each account.
    value : float
        What the choice is worth, added up in double precision.
    bound : float
        What no choice within the capacities can be worth more than.
    idle_value : float
        What doing nothing with everybody is worth.
    prices : dict of str to float
        What one more unit of each resource would add.
    used : dict of str to float
    """

    choice: Choice
    value: float
    bound: float
    idle_value: float
    prices: dict[str, float]
    used: dict[str, float]

    @property
    def gap(self) -> float:
        """Share of all there may be to gain over doing nothing that the choice may miss."""
        stake = self.bound - self.idle_value
        return (self.bound - self.value) / stake if stake > 0 else 0.0


def allocate(
    values: ArrayLike,
    resources: Sequence[Resource],
    *,
    seed: int = 0,
    start: Mapping[str, float] | None = None,
) -> Allocation:
    """Return the choice of most value within every capacity, to a proven gap.

    Parameters
    ----------
    values : array of float32, shape (n_treatments, n_accounts)
        Expected value less cost; -inf where a treatment is not allowed. The first row is doing
        nothing, always allowed.
    resources : sequence of Resource
    seed : int
        The same inputs and seed give the same choice.
    start : mapping of str to float, optional
        Prices by resource to begin with: those of a similar allocation.

    Raises
    ------
    PolicyError
        If values or resources cannot be used.
    """
    problem = check_problem(values, resources)
    names = [resource.name for resource in resources]
    begin = None if start is None else np.array([start.get(name, 0.0) for name in names])
    prices = search_prices(problem, seed, begin)
    ranking = rank_treatments(problem, prices)
    bound = ranking.bound
    if (problem.use(ranking.first) <= problem.capacities).all() and not prices.any():
        choice = ranking.first
    elif np.isfinite(problem.values[1:]).sum() <= EXACT_PAIRS:
        choice, proven = settle_all(problem)
        choice = shed(problem, prices, choice)
        bound = min(bound, max(proven, problem.value(choice)))
    else:
        choice = repair(problem, _apart(problem, ranking, seed))
    value = problem.value(choice)
    return Allocation(
        choice,
        value,
        # Equal but for rounding where the choice is the best there is.
        max(bound, value),
        problem.idle_value,
        dict(zip(names, prices.tolist(), strict=True)),
        dict(zip(names, problem.use(choice).tolist(), strict=True)),
    )


def _apart(problem: Problem, ranking: Ranking, seed: int) -> Ranking:
    """Return the ranking, or where equal accounts leave it far from the capacities, one that parts them.

    Only the ranking is of jittered values: the bound, and the value of the choice, never are.
    """
    use = problem.use(ranking.first)
    users = np.array([np.count_nonzero(amounts[ranking.first]) for amounts in problem.amounts])
    off = np.where(ranking.prices > 0, np.abs(use - problem.capacities), 0)
    few = _OFF_ACCOUNTS * use / np.maximum(users, 1)
    if (off <= np.maximum(_OFF_SHARE * problem.capacities, few)).all():
        return ranking
    scarce: NDArray[np.bool_] = np.any(problem.amounts[ranking.prices > 0] > 0, axis=0)
    parted = replace(problem, values=_jittered(problem.values, scarce, seed))
    return rank_treatments(parted, search_prices(parted, seed, ranking.prices))


def _jittered(values: Values, scarce: NDArray[np.bool_], seed: int) -> Values:
    rng, parted = np.random.default_rng(seed), values.copy()
    low, width = np.float32(1 - _JITTER), np.float32(2 * _JITTER)
    for place in np.flatnonzero(scarce):
        treatment = parted[place]
        factor = low + width * rng.random(values.shape[1], np.float32)
        treatment[:] = values[0] + factor * (treatment - values[0])
    return parted
