"""What is drawn, what that leaves of every limit, and what each strategy does with its share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from propension.arrays import Flags, Floats
from propension.config import CHAMPION, Policy
from propension.treatments.allocation import Allocation, Resource, allocate
from propension.treatments.allocation.dual import price_out
from propension.treatments.allocation.problem import Choice, Problem, Values, check_problem
from propension.treatments.choice.exploring import Exploration, draw_treatments, trim
from propension.treatments.choice.limits import Limit
from propension.treatments.choice.slate import CLOSED, Slate
from propension.treatments.choice.terms import Terms, choose_at, drop_late


@dataclass(frozen=True, eq=False)
class Pool:
    """The accounts that one strategy allocates among, with its share of what there is.

    Attributes
    ----------
    strategy : str
    share : float
        Of the accounts of all pools, and so of what drawing leaves of every limit.
    values : array of float32, shape (n_treatments, n_accounts_of_the_pool)
    resources : list of Resource
    allocation : Allocation
    """

    strategy: str
    share: float
    values: Values
    resources: list[Resource]
    allocation: Allocation


@dataclass(frozen=True, eq=False)
class Arms:
    """Who is left alone, who is owed a service, who draws, and for whom people chose.

    Attributes
    ----------
    control, owed, exploring, decided : bool arrays of shape (n_accounts,)
    wished : array of int16
        What people chose, also for the control, which does not get it; else -1.
    """

    control: Flags
    owed: Flags
    exploring: Flags
    decided: Flags
    wished: Choice

    @property
    def sharing(self) -> Flags:
        """Who shares what the others leave."""
        mask: Flags = ~self.exploring & ~self.decided
        return mask

    @classmethod
    def of(cls, slate: Slate) -> Arms:
        """Return the arms; who is owed a service does not draw, and nobody draws against people's choice."""
        arm, wished = slate.accounts["arm"].to_numpy(), slate.wished()
        owed: Flags = np.any(slate.open() & slate.service[:, None], axis=0)
        decided = (wished != CLOSED) & (arm != "control")
        return cls(arm == "control", owed, (arm == "explore") & ~owed & ~decided, decided, wished)


@dataclass(frozen=True, eq=False)
class Drawing:
    """What exploring accounts draw and people chose, and what that leaves.

    Attributes
    ----------
    arms : Arms
    exploration : Exploration
    drawn : array of int16
        By place, what is drawn or chosen by people; 0 where neither.
    unsure : bool array
        Whose chance is no longer known.
    whole : Problem
        All accounts, with all there is of every limit.
    resources : list of Resource
    """

    arms: Arms
    exploration: Exploration
    drawn: Choice
    unsure: Flags
    whole: Problem
    resources: list[Resource]


def draw(
    policy: Policy, slate: Slate, limits: Sequence[Limit], terms: Terms | None = None
) -> Drawing:
    """Return what is drawn or chosen by people: within what teams can do, or as the terms of a larger portfolio say."""
    resources = [limit.resource for limit in limits]
    whole, arms = check_problem(slate.values, resources), Arms.of(slate)
    factor = None
    if terms is not None:
        factor = np.array([terms.factor.get(name, 1.0) for name in slate.treatments])
    exploration = draw_treatments(slate, resources, policy.experiment, arms.exploring, factor)
    chosen = np.where(arms.decided, arms.wished, 0)
    drawn = np.where(arms.exploring, exploration.drawn, chosen).astype(np.int16)
    number = slate.accounts["drawn"].to_numpy()
    if terms is None:
        drawn, unsure = trim(whole, drawn, number)
    else:
        names = [resource.name for resource in resources]
        drawn, unsure = drop_late(whole, names, drawn, number, terms.last)
    return Drawing(arms, exploration, drawn, unsure, whole, resources)


@dataclass(frozen=True, eq=False)
class Taken:
    """What a strategy does about its own accounts, and would do about every other.

    Attributes
    ----------
    members : array of int
        Places of its own accounts.
    chosen : array of int16
        For them.
    would : array of int16
        For all accounts, were they in the treatment arm and its own.
    best : array of int16
        The same if there were no limits.
    prices : array
        By resource.
    pool : Pool or None
        None where it has no accounts.
    """

    strategy: str
    members: NDArray[np.intp]
    chosen: Choice
    would: Choice
    best: Choice
    prices: Floats
    pool: Pool | None


@dataclass(frozen=True, eq=False)
class Sharing:
    """What is left of every limit, and the accounts that share it.

    Attributes
    ----------
    problem : Problem
        All accounts, with what drawing leaves of every limit.
    follows : array of str
        The strategy of every account; the champion's where it is left alone.
    """

    policy: Policy
    slate: Slate
    problem: Problem
    resources: list[Resource]
    arms: Arms
    follows: NDArray[np.object_]

    @classmethod
    def of(cls, policy: Policy, slate: Slate, drawing: Drawing) -> Sharing:
        """Return what a drawing leaves."""
        whole, control = drawing.whole, drawing.arms.control
        left = np.maximum(whole.capacities - whole.use(drawing.drawn), 0.0)
        follows = np.where(control, CHAMPION, slate.accounts["strategy"].to_numpy())
        problem = replace(whole, capacities=left)
        return cls(policy, slate, problem, drawing.resources, drawing.arms, follows)

    def members(self, strategy: str) -> NDArray[np.intp]:
        """Return the places of a strategy's own accounts."""
        return np.flatnonzero(self.arms.sharing & (self.follows == strategy))

    def pool(self, strategy: str) -> Problem:
        """Return what is open for a strategy's own accounts: of those left alone, what they are owed."""
        members = self.members(strategy)
        part = self.problem.take(members)
        values = self.slate.values_of(self.policy, strategy)[:, members]
        values[np.ix_(~self._owed, self.arms.control[members])] = -np.inf
        return replace(part, values=values)

    def take(self, strategy: str) -> Taken:
        """Return what a strategy does with its share."""
        values = self.slate.values_of(self.policy, strategy)
        best = values.argmax(axis=0).astype(np.int16)
        members = self.members(strategy)
        if not len(members):
            prices = np.zeros(len(self.resources))
            return Taken(strategy, members, best[members], best, best, prices, None)
        share = len(members) / int(self.arms.sharing.sum())
        part, control = self.pool(strategy), self.arms.control[members]
        limits = [
            replace(resource, capacity=share * capacity, weight=weight)
            for resource, capacity, weight in zip(
                self.resources, part.capacities, part.weights, strict=True
            )
        ]
        allocation = allocate(part.values, limits)
        prices = np.array([allocation.prices[resource.name] for resource in limits])
        _, would = price_out(replace(self.problem, values=values), prices)
        would[members[~control]] = allocation.choice[~control]
        pool = Pool(strategy, share, part.values, limits, allocation)
        return Taken(strategy, members, allocation.choice, would, best, prices, pool)

    def take_at(self, strategy: str, terms: Terms) -> Taken:
        """Return what a strategy does at given terms, whatever there is."""
        values, members = self.slate.values_of(self.policy, strategy), self.members(strategy)
        best = values.argmax(axis=0).astype(np.int16)
        prices = terms.prices_of(strategy, self.names)
        cuts, number = terms.cuts.get(strategy, ()), self.slate.accounts["drawn"].to_numpy()

        def chosen(values: Values) -> Choice:
            problem = replace(self.problem, values=values)
            return choose_at(problem, self.names, prices, cuts, number)

        would = chosen(values)
        alone = chosen(self._alone(values)) if self.arms.control[members].any() else would
        own = np.where(self.arms.control, alone, would)[members]
        return Taken(strategy, members, own, would, best, prices, None)

    def alone(self, champion: Taken) -> Choice:
        """Return what every account gets in the control group."""
        problem = replace(
            self.problem, values=self._alone(self.slate.values_of(self.policy, CHAMPION))
        )
        _, choice = price_out(problem, champion.prices)
        inside = self.arms.control[champion.members]
        choice[champion.members[inside]] = champion.chosen[inside]
        return choice

    @property
    def names(self) -> list[str]:
        """Of the limits."""
        return [resource.name for resource in self.resources]

    def _alone(self, values: Values) -> Values:
        values = np.where(self._owed[:, None], values, np.float32(-np.inf))
        values[0] = 0.0
        return values

    @property
    def _owed(self) -> Flags:
        owed: Flags = self.slate.service.copy()
        owed[0] = True
        return owed
