"""Terms for a portfolio in parts: what its parts say is added up, none is ever at hand whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from propension.arrays import Floats
from propension.config import CHAMPION, Policy
from propension.errors import ModelError
from propension.treatments.allocation import Resource
from propension.treatments.allocation.dual import highest_prices, refine_prices, search_prices
from propension.treatments.allocation.problem import ROUNDING
from propension.treatments.choice.exploring import draw_factors
from propension.treatments.choice.limits import Limit, most_of_group
from propension.treatments.choice.market import Ask, Market, added
from propension.treatments.choice.part import (
    LOTS,
    Part,
    Use,
    draw_lots,
    drawn_use,
    keen,
    keen_use,
    take_census,
)
from propension.treatments.choice.slate import catalogue_order
from propension.treatments.choice.terms import Cut, Terms

# Passes over all parts that prices are refined by, at most.
PASSES = 8
# By this share prices are lowered, so that a little more is asked for than there is; who goes without is then said
# exactly. At the very prices whole groups of equal accounts may all want something, or none of them.
_LOWERED = 0.01
_EDGES = 48


@dataclass(frozen=True, eq=False)
class Share:
    """What one strategy does with its share of every limit.

    Attributes
    ----------
    strategy : str
    accounts : int
    value : float
    bound : float
        What no allocation among its accounts can be worth more than.
    """

    strategy: str
    accounts: int
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """Share of all there may be to gain over doing nothing that may be missed."""
        return (self.bound - self.value) / self.bound if self.bound > 0 else 0.0


@dataclass(frozen=True, eq=False)
class Settled:
    """Terms, and what they come to.

    Attributes
    ----------
    terms : Terms
    limits : list of Limit
        The whole portfolio's, without weights.
    used : dict of str to float
        By limit; never more than its capacity.
    shares : list of Share
    arms : dict of str to int
        Accounts by arm.
    """

    terms: Terms
    limits: list[Limit]
    used: Use
    shares: list[Share] = field(default_factory=list)
    arms: dict[str, int] = field(default_factory=dict)


def settle(policy: Policy, ask: Ask, sample: Sequence[Part], passes: int = PASSES) -> Settled:
    """Return terms under which the parts, each for itself, keep every limit of the whole.

    Prices come from a sample of the parts and are refined by what all parts would take at them;
    lowered a little, they leave slightly too many who would pay, and the accounts to which a unit is
    worth least go without.

    Parameters
    ----------
    policy : Policy
    ask : callable
        Reaches every part.
    sample : sequence of Part
        Some of them.
    passes : int
        Over all parts that prices are refined by, at most.
    """
    censuses = ask(partial(take_census, policy=policy))
    limits = _whole_limits(policy, censuses)
    names = [limit.resource.name for limit in limits]
    capacities = np.array([limit.resource.capacity for limit in limits]) * (1 + ROUNDING)
    terms, drawn = _settle_draws(policy, ask, limits, capacities, censuses)
    left = {
        name: max(0.0, capacity - drawn[name])
        for name, capacity in zip(names, capacities.tolist(), strict=True)
    }
    used, shares = dict(drawn), []
    members = {
        strategy: sum(census["members"][strategy] for census in censuses)
        for strategy in (CHAMPION, *policy.experiment.challengers)
    }
    for strategy, count in members.items():
        if count:
            part = count / sum(members.values())
            room = {name: part * capacity for name, capacity in left.items()}
            market = Market(policy, ask, terms, strategy, room)
            terms, bound = _settle_prices(market, list(sample), count, passes)
            terms, value, use = _settle_cuts(replace(market, terms=terms), list(sample))
            shares.append(Share(strategy, count, value, max(bound, value)))
            used = {name: used[name] + use[name] for name in names}
    arms: Counter[str] = Counter()
    for census in censuses:
        arms.update(census["arms"])
    return Settled(terms, limits, used, shares, dict(arms))


def _whole_limits(policy: Policy, censuses: list[dict[str, Any]]) -> list[Limit]:
    """The limits of all parts, with what there is for all."""
    order = [*policy.capacities, *policy.budgets, *policy.pressure]
    found = {told["resource"]: told for census in censuses for told in census["limits"]}
    limits = []
    for told in sorted(found.values(), key=lambda t: (order.index(t["name"]), t["group"] or "")):
        name, capacity = told["resource"], told["capacity"]
        if told["group"] is not None:
            inside = sum(census["groups"].get(name, 0) for census in censuses)
            capacity = most_of_group(policy.pressure[told["name"]].at_most, inside)
        resource = Resource(name, capacity, np.array(told["use"]))
        limits.append(Limit(told["name"], told["group"], told["unit"], resource))
    return limits


def _settle_draws(
    policy: Policy,
    ask: Ask,
    limits: list[Limit],
    capacities: Floats,
    censuses: list[dict[str, Any]],
) -> tuple[Terms, Use]:
    """How much less is drawn, and the last draws for which there is room; with what they use."""
    names = [limit.resource.name for limit in limits]
    expected = added([census["expected"] for census in censuses], names)
    amounts = np.array([np.asarray(limit.resource.use) for limit in limits])
    treatments = catalogue_order(policy)
    factor = draw_factors(
        policy.experiment,
        amounts.reshape(len(limits), len(treatments)),
        capacities,
        np.array([expected[name] for name in names]),
    )
    terms = Terms(factor=dict(zip(treatments, factor.tolist(), strict=True)))
    use = added(ask(partial(drawn_use, policy=policy, terms=terms)), names)
    for name, capacity in zip(names, capacities.tolist(), strict=True):
        if use[name] > capacity:
            question = partial(draw_lots, policy=policy, terms=terms, limit=name)
            lots = np.sum(np.array(ask(question)), axis=0)
            fit = int(np.searchsorted(np.cumsum(lots), capacity, side="right"))
            terms = replace(terms, last={**terms.last, name: fit / LOTS})
            use = added(ask(partial(drawn_use, policy=policy, terms=terms)), names)
    return terms, use


def _settle_prices(
    market: Market, sample: list[Part], accounts: int, passes: int
) -> tuple[Terms, float]:
    """Prices a little below those of the least bound, and the bound."""
    if not market.room:
        return market.terms, float("-inf")
    problem = market.pooled(sample, accounts)
    start = search_prices(problem, seed=0)
    found = refine_prices(market, highest_prices(problem), start, passes)
    return market.at((1 - _LOWERED) * found.prices), found.value


def _settle_cuts(market: Market, sample: list[Part]) -> tuple[Terms, float, Use]:
    """Who goes without, until every limit holds; with what is left of value and use."""
    policy, strategy, terms = market.policy, market.strategy, market.terms
    for _ in range(len(market.room) + 1):
        answers = market.taken(terms)
        use = added([used for _, used in answers], market.names)
        over = [name for name in market.names if use[name] > market.room[name]]
        if not over:
            return terms, sum(value for value, _ in answers), use
        asked = (strategy, over[0])
        worth = [keen(part, policy, terms, asked)[0] for part in sample]
        edges = _edges(np.concatenate([np.zeros(0), *worth]))
        question = partial(keen_use, policy=policy, terms=terms, asked=asked, edges=edges)
        by_worth = np.sum(np.array(market.ask(question)), axis=0)
        terms = terms.with_cut(strategy, _cut(over[0], edges, by_worth, market.room[over[0]]))
    raise ModelError(
        f"allocation: {', '.join(over)} cannot be kept by prices alone. Report this, with the policy.",
        limits=over,
    )


def _edges(worth: Floats) -> Floats:
    """Bounds that part the accounts of a sample evenly, finer where there are the most to lose by."""
    if not len(worth):
        return np.zeros(0)
    return np.unique(np.quantile(worth, np.linspace(0, 1, _EDGES + 1)))


def _cut(limit: str, edges: Floats, by_worth: Floats, room: float) -> Cut:
    """Who keeps a limit: from the most worth downwards, in the last step by lot, as far as there is room."""
    bounds = np.concatenate([[-np.inf], edges, [np.inf]])
    totals = by_worth.sum(axis=1)
    above = np.append(np.cumsum(totals[::-1])[::-1], 0.0)
    step = int(np.flatnonzero(above > room)[-1])
    lots = above[step + 1] + np.cumsum(by_worth[step])
    fit = int(np.searchsorted(lots, room, side="right"))
    return Cut(limit, float(bounds[step]), float(bounds[step + 1]), fit / LOTS)
