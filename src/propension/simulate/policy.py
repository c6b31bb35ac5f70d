"""Who gets which treatment: a legacy policy that presses bad payers, and a randomised arm."""

from __future__ import annotations

import numpy as np

from propension.arrays import Array
from propension.simulate.log import Log
from propension.simulate.state import (
    CONTROL,
    EXPLORE,
    FORCED,
    OPEN,
    POLICY,
    UNASSIGNED,
    Arrears,
    Book,
    Draws,
    State,
    find_arrears,
)
from propension.simulate.timeline import Step

POLICY_VERSION = "legacy-1"
TREATMENTS = ("do_nothing", "reminder", "soft_call", "firm_call", "instalment_plan", "letter")
DO_NOTHING, REMINDER, SOFT_CALL, FIRM_CALL, INSTALMENT_PLAN, LETTER = range(len(TREATMENTS))
ARM_NAMES = {POLICY: "treatment", EXPLORE: "explore", CONTROL: "control"}
_GIVE_UP_DAYS = 240
# By treatment: chance that an assigned account is worked in a given week.
_INTENSITY = np.array([0.0, 0.8, 0.8, 0.8, 0.8, 0.35])


def policy_probabilities(days_past_due: Array, past_late: Array, broken: Array) -> Array:
    """Chance of every treatment under the legacy policy, shape (n_accounts, n_treatments).

    A softmax of what the company saw: how late the account is and how late it was before. So
    contact goes with not paying, and the chances are known.
    """
    age = np.log1p(days_past_due / 15)
    habit = past_late - 0.35
    utilities = np.stack(
        [
            1.0 - 1.0 * age - 2.5 * habit + 4.0 * (days_past_due > _GIVE_UP_DAYS),
            1.6 - 1.1 * age - 1.0 * habit,
            np.full_like(age, 0.9),
            -1.1 + 0.9 * age + 2.5 * habit + 0.4 * np.minimum(broken, 3),
            -1.3 + 0.4 * age,
            -2.2 + 0.9 * age + 1.0 * habit,
        ],
        axis=1,
    )
    weights = np.exp(utilities)
    probabilities: Array = weights / weights.sum(axis=1, keepdims=True)
    return probabilities


def assign_treatments(
    book: Book, state: State, step: Step, draws: Draws, random_share: float, log: Log
) -> None:
    """At the start of a month, decide what every overdue account will get in it.

    ``random_share`` of the accounts draw one treatment in six, whoever they are; the others
    draw from the policy. Silenced accounts get none, forced ones keep theirs.
    """
    as_of = step.start - 1
    arrears = find_arrears(book, state, as_of, as_of)
    forced = state.arm == FORCED
    decided = arrears.exists & ~forced & (book.traits.silent >= step.start)
    account = np.flatnonzero(decided)
    days = (as_of - arrears.oldest_due)[account]
    chances = policy_probabilities(days, state.past_late[account], state.broken[account])
    explored = draws.arm[account] < random_share
    chances[explored] = 1 / len(TREATMENTS)
    treatment = (draws.treatment[account, None] > np.cumsum(chances, axis=1)[:, :-1]).sum(axis=1)
    arm = np.select([~explored, treatment == DO_NOTHING], [POLICY, CONTROL], EXPLORE)
    state.arm[~forced], state.treatment[~forced] = UNASSIGNED, DO_NOTHING
    state.arm[account], state.treatment[account] = arm, treatment
    log.add(
        "assignments",
        customer=account,
        as_of=as_of,
        treatment=treatment,
        arm=arm,
        probability=chances[np.arange(len(account)), treatment],
    )


def choose_work(
    book: Book, state: State, step: Step, draws: Draws, arrears: Arrears
) -> tuple[Array, Array, Array]:
    """Customers worked this week, with the treatment and the debt it is about.

    Assigned accounts get theirs; what falls overdue within the month gets a reminder, later
    a soft call; some late payers are reminded before a debt is due.
    """
    assigned = state.arm != UNASSIGNED
    days = step.start - arrears.oldest_due
    treatment = np.where(assigned, state.treatment, np.where(days > 12, SOFT_CALL, REMINDER))
    chance = np.where(
        assigned, _INTENSITY[treatment], np.clip(0.15 + 1.2 * state.past_late, 0, 0.9)
    )
    coming = _next_due(book, state, step)
    early = ~arrears.exists & (coming >= 0) & np.isin(state.arm, (UNASSIGNED, POLICY))
    chance = np.select(
        [arrears.exists, early], [chance, np.clip(2.5 * state.past_late - 0.2, 0, 0.9)], 0.0
    )
    treatment = np.where(early, REMINDER, treatment)
    debt = np.where(arrears.exists, arrears.oldest, coming)
    workable = book.traits.silent > step.end
    worked = np.flatnonzero((draws.work < chance) & workable & (treatment != DO_NOTHING))
    return worked, treatment[worked], debt[worked]


def _next_due(book: Book, state: State, step: Step) -> Array:
    """A debt issued earlier that the customer means to pay next week; -1 for none."""
    debts = book.debts
    coming = (debts.planned > step.end) & (debts.planned <= step.end + 8)
    ahead = np.flatnonzero(coming & (state.status == OPEN) & (debts.issued < step.start))
    debt = np.full(len(book.traits), -1, dtype=np.int64)
    debt[debts.customer[ahead]] = ahead
    return debt
