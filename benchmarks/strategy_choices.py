"""What may be chosen on one decision day, what a choice is worth, and the simple rules that choose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from strategy_world import POLICY, TREATMENTS, World

from propension.treatments.allocation import Resource, allocate
from propension.treatments.effects import prior_effects

NAMES = {"reminder": "friendly_reminder"} | {name: name for name in TREATMENTS[1:]}
PRIORS = {
    name: {"overdue": {k: v for k, v in POLICY.treatments[own].effect.items() if k != "upcoming"}}
    for name, own in NAMES.items()
}
# The first row of everything by treatment is doing nothing.
COSTS = np.array([0.0] + [POLICY.treatments[own].cost for own in NAMES.values()])
REMINDER, SOFT_CALL, FIRM_CALL, PLAN, LETTER = range(1, 6)
CALLS = [SOFT_CALL, FIRM_CALL, PLAN]
# An account each: agents' minutes for one in five, letters for 8%, reminders for a quarter.
USE = np.array(
    [
        [0, 0, *(POLICY.treatments[name].minutes for name in TREATMENTS[1:4]), 0],
        [0, 0, 0, 0, 0, 1],
        [0, 1, 0, 0, 0, 0],
    ],
    dtype=float,
)
CAPACITY_PER_ACCOUNT = np.array([1.2, 0.08, 0.25])
FIRM_FROM_DAYS = 60


@dataclass(frozen=True)
class Case:
    """One decision day: what is at stake, who may get what, and what the truth is.

    ``known`` is what the list says is owed, ``owed`` what truly is; both are the same for everybody
    where amounts are set aside.
    """

    world: World
    known: np.ndarray
    owed: np.ndarray
    allowed: np.ndarray
    capacity: np.ndarray

    @classmethod
    def of(cls, world: World) -> Case:
        today = world.today
        silenced, phone = (column(today, name).astype(bool) for name in ("silenced", "has_phone"))
        allowed = np.ones((len(COSTS), today.num_rows), dtype=bool)
        allowed[1:] = ~silenced
        allowed[CALLS] &= phone
        capacity = np.floor(CAPACITY_PER_ACCOUNT * today.num_rows)
        return cls(world, column(today, "amount_at_stake"), world.owed, allowed, capacity)

    def amounts_aside(self) -> Case:
        """The same with every account owing what the mean one does: what counts is who pays."""
        mean = self.known.mean()
        return replace(
            self, known=np.full(len(self.known), mean), owed=np.where(self.owed > 0, mean, 0.0)
        )

    def values(self, effects: np.ndarray) -> np.ndarray:
        """Expected value less cost of doing nothing and of every treatment, by account."""
        values = np.vstack([np.zeros(len(self.known)), effects * self.known])
        return np.where(self.allowed, values - COSTS[:, None], -np.inf)

    def worth(self, choice: np.ndarray, effects: np.ndarray) -> np.ndarray:
        """True incremental recovery of a choice, net of its costs and gross."""
        rows = np.arange(len(choice))
        added = np.vstack([np.zeros(len(choice)), effects])[choice, rows]
        gross = (added * self.owed).sum()
        return np.array([gross - COSTS[choice].sum(), gross])


def column(table: pa.Table, name: str) -> np.ndarray:
    return table[name].to_numpy()


# Ways to choose within the capacities


def allocated(case: Case, values: np.ndarray) -> np.ndarray:
    names = ("minutes", "letters", "reminders")
    resources = [Resource(*each) for each in zip(names, case.capacity.tolist(), USE, strict=True)]
    return allocate(values, resources).choice


def take(choice: np.ndarray, left: np.ndarray, order: np.ndarray, rows: np.ndarray) -> int:
    """Give accounts, in order, their treatments until a capacity ends; how many got theirs."""
    used = np.cumsum(USE[:, rows], axis=1)
    fits = (used <= left[:, None]).all(axis=0)
    count = len(order) if fits.all() else int(fits.argmin())
    choice[order[:count]] = rows[:count]
    if count:
        left -= used[:, count - 1]
    return count


def greedy(case: Case, values: np.ndarray) -> np.ndarray:
    """First come by value: the pair of account and treatment worth most, then the next that fits."""
    choice, left = np.zeros(values.shape[1], np.intp), case.capacity.copy()
    values = values.copy()
    while True:
        best = np.where(choice == 0, values.argmax(axis=0), 0)
        order = np.argsort(-values.max(axis=0), kind="stable")
        order = order[best[order] > 0]
        count = take(choice, left, order, best[order])
        if count == len(order):
            return choice
        values[best[order[count]]] = -np.inf


def preferred_only(case: Case, values: np.ndarray) -> np.ndarray:
    """First come by value, but nobody gets anything but the treatment worth most for it."""
    best = values.argmax(axis=0)
    kept = np.where(np.arange(len(values))[:, None] == best, values, -np.inf)
    kept[0] = values[0]
    return greedy(case, kept)


def worked_down(case: Case, order: np.ndarray, ladder: tuple[str, ...]) -> np.ndarray:
    """Work a list from the top: its first rung until that ends, then the next rung."""
    days = column(case.world.today, "days_past_due")
    late = np.where(days > FIRM_FROM_DAYS, FIRM_CALL, SOFT_CALL)
    rungs = {
        "soft": np.full(len(days), SOFT_CALL), "soft or firm": late,
        "letters": np.full(len(days), LETTER), "reminders": np.full(len(days), REMINDER),
    }  # fmt: skip
    choice, left = np.zeros(len(days), np.intp), case.capacity.copy()
    for rung in ladder:
        rows = rungs[rung][order]
        free = (choice[order] == 0) & case.allowed[rows, order]
        take(choice, left, order[free], rows[free])
    return choice


LADDERS = [
    (calls, *then)
    for calls in ("soft", "soft or firm")
    for then in (("letters", "reminders"), ("reminders", "letters"), ("reminders",))
]


def simple_rules(case: Case) -> Iterator[tuple[str, str, np.ndarray]]:
    """Rule, variant and choice."""
    today = case.world.today
    keys = {
        "oldest first": column(today, "days_past_due"),
        "largest balance first": column(today, "amount_at_stake"),
        "highest propensity first": column(today, "propensity"),
        "expected recovery first": column(today, "expected_recovery"),
        "any order": np.random.default_rng(0).random(today.num_rows),
    }
    for rule, key in keys.items():
        order = np.argsort(-key, kind="stable")
        for ladder in LADDERS:
            yield rule, ", ".join(ladder), worked_down(case, order, ladder)
    believed = case.values(prior_effects(PRIORS, TREATMENTS, today))
    rule = "quadrant rules with priors"
    yield rule, "the preferred treatment only", preferred_only(case, believed)
    yield rule, "the next when it ends", greedy(case, believed)
