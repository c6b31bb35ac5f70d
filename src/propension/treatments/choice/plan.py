"""One treatment for every account: by arm and strategy, within all limits, with the chance it had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from propension.config import CHAMPION, Policy
from propension.treatments.allocation import Allocation, Resource, WhatIf, allocate, what_if
from propension.treatments.allocation.dual import price_out
from propension.treatments.allocation.problem import Choice, Floats, Problem, Values, check_problem
from propension.treatments.choice.exploring import Exploration, draw_treatments, trim
from propension.treatments.choice.limits import Limit
from propension.treatments.choice.slate import Mask, Slate

# Why an account does not get what its strategy would rather have done.
NO_REASON, CONTROL, EXPLORE, COSTS_MORE = (
    "",
    "control_group",
    "explore_group",
    "adds_less_than_it_costs",
)
_WORDS = (NO_REASON, CONTROL, EXPLORE, COSTS_MORE)
# Less than anything is paid for.
_ANY_USE = 1e-9


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
class Plan:
    """What is chosen for every account, by place.

    Attributes
    ----------
    choice : array of int16
        Row of ``Slate.treatments``.
    probability : array
        Chance with which the account got this treatment, over the draws of arm, strategy and
        exploration; 1 where nothing else could have come.
    missed : array of int16
        What its strategy would rather have done; the choice itself where it was.
    reason : array of int16
        Position in ``reasons`` of what kept it from that.
    reasons : tuple of str
    limits : list of Limit
    used : array
        By limit.
    pools : list of Pool
        The champion's first.
    """

    choice: Choice
    probability: Floats
    missed: Choice
    reason: Choice
    reasons: tuple[str, ...]
    limits: list[Limit]
    used: Floats
    pools: list[Pool]

    def what_if(self, capacities: Mapping[str, float]) -> list[WhatIf]:
        """Return what every pool would do under other capacities, what is drawn staying as it is.

        Parameters
        ----------
        capacities : mapping of str to float
            New capacities by name of a resource.

        Raises
        ------
        ConfigurationError
            If a name is not known.
        """
        before = {limit.resource.name: limit.resource.capacity for limit in self.limits}
        found = []
        for pool in self.pools:
            ours = {resource.name: resource.capacity for resource in pool.resources}
            new = {
                name: max(0.0, ours.get(name, 0.0) + pool.share * (limit - before.get(name, limit)))
                for name, limit in capacities.items()
            }
            found.append(what_if(pool.values, pool.resources, pool.allocation, new))
        return found


def make_plan(policy: Policy, slate: Slate, limits: list[Limit]) -> Plan:
    """Choose for every account.

    The control group gets what it is owed, exploring accounts what they draw; all others share
    what is left of every limit, each strategy by the number of its accounts. Who is owed a service gets
    it in every arm.

    Parameters
    ----------
    policy : Policy
    slate : Slate
    limits : list of Limit

    Raises
    ------
    PolicyError
        If a limit cannot be used.
    """
    resources = [limit.resource for limit in limits]
    whole = check_problem(slate.values, resources)
    arm = slate.accounts["arm"].to_numpy()
    control = arm == "control"
    owed: Mask = np.any(slate.open() & slate.service[:, None], axis=0)
    exploring = (arm == "explore") & ~owed
    exploration = draw_treatments(slate, resources, policy.experiment, exploring)
    drawn = np.where(exploring, exploration.drawn, 0).astype(np.int16)
    drawn, unsure = trim(whole, drawn, slate.accounts["drawn"].to_numpy())
    left = np.maximum(whole.capacities - whole.use(drawn), 0.0)
    follows = np.where(control, CHAMPION, slate.accounts["strategy"].to_numpy())
    sharing = _Sharing(policy, slate, replace(whole, capacities=left), resources, ~exploring)
    taken = [
        sharing.take(strategy, follows, control)
        for strategy in (CHAMPION, *policy.experiment.challengers)
    ]
    choice = drawn.copy()
    for part in taken:
        choice[part.members] = part.chosen
    alone = sharing.alone(taken[0], control)
    chances = _Chances(policy, taken, alone, exploration, owed)
    probability = np.where(unsure & exploring, 1.0, chances.of(choice))
    missed, reason, reasons = _missed(slate, whole, taken, choice, (control, exploring), limits)
    return Plan(
        choice, probability, missed, reason, reasons, limits, whole.use(choice),
        [part.pool for part in taken if part.pool is not None],
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Taken:
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
class _Sharing:
    """What is left of every limit, and the accounts that share it."""

    policy: Policy
    slate: Slate
    problem: Problem
    resources: list[Resource]
    pooled: Mask

    def take(self, strategy: str, follows: NDArray[np.object_], control: Mask) -> _Taken:
        """Return what a strategy does with its share."""
        values = self.slate.values_of(self.policy, strategy)
        best = values.argmax(axis=0).astype(np.int16)
        members = np.flatnonzero(self.pooled & (follows == strategy))
        if not len(members):
            prices = np.zeros(len(self.resources))
            return _Taken(strategy, members, best[members], best, best, prices, None)
        share = len(members) / int(self.pooled.sum())
        ours = values[:, members]
        ours[np.ix_(~self._owed, control[members])] = -np.inf
        part = self.problem.take(members)
        limits = [
            replace(resource, capacity=share * capacity, weight=weight)
            for resource, capacity, weight in zip(
                self.resources, part.capacities, part.weights, strict=True
            )
        ]
        allocation = allocate(ours, limits)
        prices = np.array([allocation.prices[resource.name] for resource in limits])
        _, would = price_out(replace(self.problem, values=values), prices)
        treated = ~control[members]
        would[members[treated]] = allocation.choice[treated]
        pool = Pool(strategy, share, ours, limits, allocation)
        return _Taken(strategy, members, allocation.choice, would, best, prices, pool)

    def alone(self, champion: _Taken, control: Mask) -> Choice:
        """Return what every account gets in the control group."""
        values = np.where(self._owed[:, None] & self.slate.open(), self.slate.values, -np.inf)
        values[0] = 0.0
        problem = replace(self.problem, values=values.astype(np.float32))
        _, choice = price_out(problem, champion.prices)
        inside = control[champion.members]
        choice[champion.members[inside]] = champion.chosen[inside]
        return choice

    @property
    def _owed(self) -> Mask:
        owed: Mask = self.slate.service.copy()
        owed[0] = True
        return owed


@dataclass(frozen=True, eq=False)
class _Chances:
    """How likely every account is to get a treatment, before arm, strategy and exploration are drawn."""

    policy: Policy
    taken: list[_Taken]
    alone: Choice
    exploration: Exploration
    owed: Mask

    def of(self, choice: Choice) -> Floats:
        """Return the chance of a choice, in (0, 1]."""
        experiment = self.policy.experiment
        tried = {name: found.share for name, found in experiment.challengers.items()}
        shares = {CHAMPION: 1 - sum(tried.values())} | tried
        treated = np.zeros(len(choice))
        for part in self.taken:
            treated += shares[part.strategy] * (part.would == choice)
        explored = np.where(self.owed, treated, self.exploration.chance(choice))
        control, explore = experiment.control_share, experiment.explore_share
        chance = control * (self.alone == choice) + explore * explored
        chance += (1 - control - explore) * treated
        known: Floats = np.clip(np.round(chance, 6), 1e-6, 1.0)
        return known


def _missed(
    slate: Slate,
    whole: Problem,
    taken: list[_Taken],
    choice: Choice,
    arms: tuple[Mask, Mask],
    limits: list[Limit],
) -> tuple[Choice, Choice, tuple[str, ...]]:
    """Return what every account's strategy would rather have done, and what kept it from that.

    The control group and exploring accounts look to the champion.
    """
    control, exploring = arms
    drawn = control | exploring
    reasons = (*_WORDS, *(f"capacity:{limit.resource.name}" for limit in limits))
    missed, reason = choice.copy(), np.zeros(len(choice), np.int16)
    for part in taken:
        members = part.members[~drawn[part.members]]
        if part.strategy == CHAMPION:
            members = np.union1d(members, np.flatnonzero(drawn))
        settled = np.where(drawn, part.would, choice)[members]
        best, first = part.best[members], slate.first(part.strategy)[members].astype(np.int16)
        short = members[best != settled]
        missed[short] = part.best[short]
        reason[short] = len(_WORDS) + _scarcest(whole, part, short) if limits else 0
        idle = (settled == 0) & (best == 0) & (first != 0)
        missed[members[idle]], reason[members[idle]] = first[idle], _WORDS.index(COSTS_MORE)
    wished = taken[0].would
    for arm, word in ((control, CONTROL), (exploring, EXPLORE)):
        kept = arm & (wished != choice) & (wished != 0)
        missed[kept], reason[kept] = wished[kept], _WORDS.index(word)
    reason[missed == choice] = 0
    return missed, reason, reasons


def _scarcest(whole: Problem, part: _Taken, accounts: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the limit that what is best for each account pays most for; where none has a price, one it uses."""
    paid = []
    for place, price in enumerate(part.prices):
        use = whole.use_of(place, part.best[accounts], accounts)
        paid.append(price * use + _ANY_USE * (use > 0))
    scarcest: NDArray[np.intp] = np.argmax(paid, axis=0)
    return scarcest
