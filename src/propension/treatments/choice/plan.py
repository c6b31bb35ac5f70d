"""One treatment for every account: by arm and strategy, within all limits, with the chance it had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from propension.arrays import Flags, Floats
from propension.config import CHAMPION, Policy
from propension.treatments.allocation import WhatIf, what_if
from propension.treatments.allocation.problem import Choice, Problem
from propension.treatments.choice.exploring import Exploration
from propension.treatments.choice.limits import Limit
from propension.treatments.choice.sharing import Arms, Pool, Sharing, Taken, draw
from propension.treatments.choice.slate import CLOSED, Slate
from propension.treatments.choice.terms import Terms

# Why an account does not get what its strategy would rather have done.
NO_REASON, CONTROL, EXPLORE, COSTS_MORE, BY_PEOPLE = (
    "",
    "control_group",
    "explore_group",
    "adds_less_than_it_costs",
    "chosen_by_people",
)
_WORDS = (NO_REASON, CONTROL, EXPLORE, COSTS_MORE, BY_PEOPLE)
# Less than anything is paid for.
_ANY_USE = 1e-9


@dataclass(frozen=True, eq=False)
class Plan:
    """What is chosen for every account, by place.

    Attributes
    ----------
    choice : array of int16
        Row of ``Slate.treatments``.
    probability : array
        Chance with which the account got this treatment, over the draws of arm, strategy and
        exploration; 1 where nothing else could have come, and where people chose: in every arm, also
        where it was not followed, so that the arms are compared without the same accounts.
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


def make_plan(
    policy: Policy, slate: Slate, limits: list[Limit], terms: Terms | None = None
) -> Plan:
    """Choose for every account.

    The control group gets what it is owed, exploring accounts what they draw, those for which people chose what
    they chose, or nothing where there is no room for it; all others share
    what is left of every limit, each strategy by the number of its accounts. Who is owed a service gets
    it in every arm.

    Parameters
    ----------
    policy : Policy
    slate : Slate
    limits : list of Limit
    terms : Terms or None
        What was settled for a portfolio of which the slate is a part; nothing is allocated then, and
        no account's choice depends on the others of the slate.

    Raises
    ------
    PolicyError
        If a limit cannot be used.
    """
    drawing = draw(policy, slate, limits, terms)
    sharing = Sharing.of(policy, slate, drawing)
    strategies = (CHAMPION, *policy.experiment.challengers)
    taken = [
        sharing.take(strategy) if terms is None else sharing.take_at(strategy, terms)
        for strategy in strategies
    ]
    choice = drawing.drawn.copy()
    for part in taken:
        choice[part.members] = part.chosen
    arms, whole = drawing.arms, drawing.whole
    chances = _Chances(policy, taken, sharing.alone(taken[0]), drawing.exploration, arms.owed)
    is_certain = drawing.unsure & arms.exploring | (arms.wished != CLOSED)
    probability = np.where(is_certain, 1.0, chances.of(choice))
    missed, reason, reasons = _missed(slate, whole, taken, choice, arms, limits)
    return Plan(
        choice, probability, missed, reason, reasons, limits, whole.use(choice),
        [part.pool for part in taken if part.pool is not None],
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Chances:
    """How likely every account is to get a treatment, before arm, strategy and exploration are drawn."""

    policy: Policy
    taken: list[Taken]
    alone: Choice
    exploration: Exploration
    owed: Flags

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
    taken: list[Taken],
    choice: Choice,
    arms: Arms,
    limits: list[Limit],
) -> tuple[Choice, Choice, tuple[str, ...]]:
    """Return what every account's strategy would rather have done, and what kept it from that.

    The control group and exploring accounts look to the champion; those for which people chose, to the
    strategy they would follow.
    """
    control, exploring = arms.control, arms.exploring
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
    would = _unasked(slate, taken, arms)
    for arm, word in ((control, CONTROL), (exploring, EXPLORE), (arms.decided, BY_PEOPLE)):
        kept = arm & (would != choice) & (would != 0)
        missed[kept], reason[kept] = would[kept], _WORDS.index(word)
    denied = np.flatnonzero((arms.wished != CLOSED) & (arms.wished != choice))
    missed[denied] = arms.wished[denied]
    crowded = len(_WORDS) + _fullest(whole, choice, missed, denied) if limits else 0
    reason[denied] = np.where(control[denied], _WORDS.index(CONTROL), crowded)
    reason[missed == choice] = 0
    return missed, reason, reasons


def _unasked(slate: Slate, taken: list[Taken], arms: Arms) -> Choice:
    """Return what would be done about every account if people had not chosen and nothing were drawn."""
    would = taken[0].would.copy()
    arm, strategy = (slate.accounts[name].to_numpy() for name in ("arm", "strategy"))
    for part in taken[1:]:
        asked = arms.decided & (arm == "treatment") & (strategy == part.strategy)
        would[asked] = part.would[asked]
    return would


def _fullest(
    whole: Problem, choice: Choice, missed: Choice, accounts: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return, of the limits that what each account missed uses, the one of which least is left."""
    share = np.divide(
        whole.use(choice),
        whole.capacities,
        out=np.ones(len(whole.capacities)),
        where=whole.capacities > 0,
    )
    filled = [
        share[place] * (whole.use_of(place, missed[accounts], accounts) > 0)
        for place in range(len(share))
    ]
    fullest: NDArray[np.intp] = np.argmax(filled, axis=0)
    return fullest


def _scarcest(whole: Problem, part: Taken, accounts: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the limit that what is best for each account pays most for; where none has a price, one it uses."""
    paid = []
    for place, price in enumerate(part.prices):
        use = whole.use_of(place, part.best[accounts], accounts)
        paid.append(price * use + _ANY_USE * (use > 0))
    scarcest: NDArray[np.intp] = np.argmax(paid, axis=0)
    return scarcest
