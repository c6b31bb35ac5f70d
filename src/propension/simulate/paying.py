"""Payments of one step: on the planned day, or later out of arrears."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from propension.arrays import Array
from propension.simulate.behaviour import (
    Chances,
    forget_chance,
    on_time_chance,
    payment_chances,
)
from propension.simulate.debts import last_payday
from propension.simulate.log import Log
from propension.simulate.state import (
    OPEN,
    SETTLED,
    Arrears,
    Book,
    Draws,
    State,
    find_arrears,
)
from propension.simulate.timeline import Step


class Week(NamedTuple):
    """The arrears of a week, what may come of them, and on which day it would.

    ``undo`` is a uniform draw that decides when a payment is taken back.
    """

    arrears: Arrears
    chances: Chances
    pay_day: Array
    undo: Array
    end: int


def plan_week(book: Book, state: State, step: Step, draws: Draws, last_contact: Array) -> Week:
    """Say what may come of the arrears of a week.

    Parameters
    ----------
    book, state, step, draws
    last_contact : array of shape (n_customers,)
        Day of the week's last contact attempt: nobody pays before it.
    """
    arrears = find_arrears(book, state, step.end, step.start)
    chances = payment_chances(book, state, step, arrears, draws.share)
    first = np.maximum(np.maximum(step.start, arrears.oldest_due + 1), last_contact)
    first = np.minimum(first, step.end)
    day = first + np.floor(draws.pay_day * (step.end - first + 1)).astype(np.int64)
    payday = last_payday(np.full(len(day), step.end), book.traits.liquidity_day)
    drawn_to = (payday >= first) & (draws.payday_pull < 0.5)
    return Week(arrears, chances, np.where(drawn_to, payday, day), draws.share, step.end)


def pay_on_time(
    book: Book, state: State, step: Step, draws: Draws, in_arrears: Array, log: Log
) -> None:
    """Settle debts on the planned day, unless they are forgotten or cannot be paid."""
    debts = book.debts
    planned = (debts.planned >= step.start) & (debts.planned <= step.end)
    debt = np.flatnonzero(planned & (state.status == OPEN))
    debt = debt[state.disputed_until[debt] < debts.planned[debt]]
    chance = on_time_chance(book, state, step, in_arrears)
    forgets = draws.forget < forget_chance(book) * np.where(state.reminded, 0.3, 1)
    pays = ~forgets & (draws.on_time < chance) & (book.traits.stops > step.end)
    bounces = draws.bounce < 0.005 + 0.04 * (1 - chance)
    customer = debts.customer[debt]
    forgetful = customer[forgets[customer]]
    state.forgot[forgetful] = True
    tried = debt[pays[customer]]
    bounced = bounces[debts.customer[tried]]
    log.add(
        "payments",
        debt=tried,
        day=debts.planned[tried],
        amount=state.balance[tried],
        bounced=bounced,
        settles=~bounced,
    )
    paid = tried[~bounced]
    state.status[paid], state.balance[paid] = SETTLED, 0


def pay_arrears(book: Book, state: State, week: Week, draw: Array, log: Log) -> None:
    """Carry out what ``draw`` (uniform, one a customer) picks among the week's chances."""
    chances, arrears = week.chances, week.arrears
    bounds = np.cumsum([chances.full, chances.part, chances.bounce, chances.reversal], axis=0)
    full, part, bounced, reversed_ = (
        (draw < bound) & (draw >= before)
        for before, bound in zip([0, *bounds[:-1]], bounds, strict=True)
    )
    amount = np.where(full, arrears.payable, np.where(part, chances.part_amount, 0))
    _allocate(book, state, arrears, amount, week.pay_day, log)
    _log_failures(state, week, bounced, reversed_, log)
    cleared = full | (part & (amount >= arrears.payable))
    state.forgot[cleared], state.press[cleared] = False, 0
    state.promised_until[cleared] = -1
    state.plan[part & (state.plan > 0)] -= 1
    state.plan[cleared] = 0
    state.rest[part] = 3


def _allocate(
    book: Book, state: State, arrears: Arrears, amount: Array, day: Array, log: Log
) -> None:
    """Give each customer's money to its oldest debts first."""
    debt = arrears.debts[amount[book.debts.customer[arrears.debts]] > 0]
    customer, balance = book.debts.customer[debt], state.balance[debt]
    running = np.cumsum(balance) - balance
    first = np.flatnonzero(np.diff(customer, prepend=-1))
    before = running - np.repeat(running[first], np.diff(np.append(first, len(debt))))
    paid = np.clip(amount[customer] - before, 0, balance)
    got = paid > 0
    debt, paid = debt[got], paid[got]
    state.balance[debt] -= paid
    settled = state.balance[debt] == 0
    state.status[debt[settled]] = SETTLED
    log.add(
        "payments",
        debt=debt,
        day=day[customer[got]],
        amount=paid,
        bounced=False,
        settles=settled,
    )


def _log_failures(state: State, week: Week, bounced: Array, reversed_: Array, log: Log) -> None:
    """Payments that bounce, and payments taken back a few days later: nothing is settled."""
    debt, day = week.arrears.oldest[bounced], week.pay_day[bounced]
    log.add("payments", debt=debt, day=day, amount=state.balance[debt], bounced=True, settles=False)
    reversed_ &= week.pay_day < week.end
    debt, day = week.arrears.oldest[reversed_], week.pay_day[reversed_]
    back = day + 1 + np.floor(week.undo[reversed_] * (week.end - day)).astype(np.int64)
    for when, sign in ((day, 1), (back, -1)):
        log.add(
            "payments",
            debt=debt,
            day=when,
            amount=sign * state.balance[debt],
            bounced=False,
            settles=False,
        )
