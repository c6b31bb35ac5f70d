"""The truth no company knows: who can and wants to pay, and what every treatment would do.

The chance of paying within 30 days is the mean, over seeded futures, of a chance that is exact
within each: the same step function as the portfolio's own is run on copies of every overdue
account; each week's closed-form chance of crossing the line is added up, and the copy goes on
as one that has not crossed it. All treatments share the same luck, so effects are paired.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.random import Generator

from propension.arrays import Array
from propension.simulate.arrow import Numbering, words
from propension.simulate.behaviour import (
    ABLE_FROM,
    QUADRANTS,
    ability_now,
    quadrant_of,
    willingness_now,
)
from propension.simulate.log import Log
from propension.simulate.paying import Week, pay_arrears
from propension.simulate.policy import DO_NOTHING, TREATMENTS
from propension.simulate.state import (
    FORCED,
    OPEN,
    Book,
    State,
    draw_chance,
    find_arrears,
    replicate,
)
from propension.simulate.step import begin_step

HORIZON_DAYS = 30
PAID_SHARE = 0.8
FUTURES = 32
CAUSES = ("dispute", "strategic", "forgetful", "liquidity", "unknown")


def true_customers(book: Book, state: State, numbering: Numbering) -> pa.Table:
    """True axes, quadrant and cause of delay of every customer on the last day."""
    ability, willingness = _axes(book, state, book.timeline.last)
    disputing = np.zeros(len(book.traits), dtype=bool)
    in_dispute = (state.status == OPEN) & (state.disputed_until > book.timeline.last)
    disputing[book.debts.customer[in_dispute]] = True
    quadrant = quadrant_of(ability, willingness)
    forgetful = state.forgot | (book.traits.forgetfulness > 0.4)
    cannot = ability < ABLE_FROM
    cause = np.select(
        [disputing, quadrant == QUADRANTS.index("can_wont"), cannot, forgetful],
        [CAUSES.index(name) for name in ("dispute", "strategic", "liquidity", "forgetful")],
        CAUSES.index("unknown"),
    )
    return pa.table(
        {
            "customer_id": numbering.customers(np.arange(len(book.traits))),
            "ability": ability,
            "willingness": willingness,
            "forgetfulness": book.traits.forgetfulness,
            "quadrant": words(QUADRANTS, quadrant),
            "likely_cause": words(CAUSES, cause),
        }
    )


def true_outcomes(
    new_generator: Callable[[], Generator],
    book: Book,
    state: State,
    as_of: int,
    numbering: Numbering,
) -> tuple[pa.Table, pa.Table]:
    """True chances of paying, and true effects of the treatments, of the accounts overdue on a day.

    Parameters
    ----------
    new_generator : callable
        Gives the same fresh generator at every call.
    book, state
        As they stood at the close of ``as_of``; they are not changed.
    as_of : int
        The end of a step.
    numbering : Numbering

    Returns
    -------
    tuple of Table
        ``propensity`` and ``effects``.
    """
    arrears = find_arrears(book, state, as_of, as_of + 1)
    accounts = np.flatnonzero(arrears.exists)
    few = replicate(book, state, accounts, FUTURES, as_of + HORIZON_DAYS)
    legacy = _chance_of_paying(new_generator(), *few, as_of, None)
    chances = [
        _chance_of_paying(new_generator(), *few, as_of, treatment)
        for treatment in range(len(TREATMENTS))
    ]
    key = {
        "customer_id": numbering.customers(accounts),
        "as_of": pa.array(np.full(len(accounts), as_of, np.int32)).cast(pa.date32()),
    }
    ability, willingness = (axis[accounts] for axis in _axes(book, state, as_of))
    outcome = {
        "p_pay_30d": legacy,
        "p_pay_30d_untreated": chances[DO_NOTHING],
        "overdue_amount": arrears.total[accounts],
        "ability": ability,
        "willingness": willingness,
        "quadrant": words(QUADRANTS, quadrant_of(ability, willingness)),
    }
    return pa.table(key | outcome), _effects(key, chances)


def _effects(key: dict[str, pa.Array], chances: list[Array]) -> pa.Table:
    """What each treatment adds to the untreated chance."""
    untreated = chances[DO_NOTHING]
    return pa.concat_tables(
        pa.table(
            key
            | {
                "treatment": words((TREATMENTS[treatment],), np.zeros(len(untreated))),
                "effect": chance - untreated,
            }
        )
        for treatment, chance in enumerate(chances)
        if treatment != DO_NOTHING
    )


def _axes(book: Book, state: State, day: int) -> tuple[Array, Array]:
    step = next(step for step in book.timeline.steps if step.start <= day <= step.end)
    months = step.months
    return ability_now(book, state, months), willingness_now(book, state, months)


def _chance_of_paying(
    rng: Generator, book: Book, state: State, as_of: int, treatment: int | None
) -> Array:
    """Chance of paying by account, under one treatment (None: the legacy policy)."""
    state = state.copy()
    if treatment is not None:
        state.arm[:], state.treatment[:] = FORCED, treatment
    customer = book.debts.customer
    owed = (state.status == OPEN) & (book.debts.due < as_of)
    start = np.bincount(customer[owed], state.balance[owed], len(book.traits))
    # Balances are whole numbers: half a unit keeps rounding from deciding.
    allowed_left = start - np.ceil(PAID_SHARE * start - 1e-6) + 0.5
    chance, alive = np.zeros(len(start)), np.ones(len(start))
    deaf = Log(deaf=True)
    for step in book.timeline.steps_after(as_of, HORIZON_DAYS):
        draws = draw_chance(rng, len(start))
        week = begin_step(book, state, step, draws, 0.0, deaf)
        crosses = _crossing_chance(book, state, week, owed, allowed_left)
        in_time = week.pay_day <= as_of + HORIZON_DAYS
        chance += alive * crosses * in_time
        alive *= 1 - crosses
        # The copy lives on as one that has not crossed the line this week.
        pay_arrears(book, state, week, crosses + (1 - crosses) * draws.pay, deaf)
    accounts = len(start) // FUTURES
    means: Array = chance.reshape(FUTURES, accounts).mean(axis=0)
    return means


def _crossing_chance(
    book: Book, state: State, week: Week, owed: Array, allowed_left: Array
) -> Array:
    """Chance that this week's payment leaves no more than allowed of what was overdue."""
    n, customer = len(allowed_left), book.debts.customer
    left = np.bincount(customer[owed], state.balance[owed], n)
    payable = week.arrears.debts[owed[week.arrears.debts]]
    reachable = np.bincount(customer[payable], state.balance[payable], n)
    full = left - reachable <= allowed_left
    part = left - np.minimum(reachable, week.chances.part_amount) <= allowed_left
    chance: Array = week.chances.full * full + week.chances.part * (full & part)
    return chance
