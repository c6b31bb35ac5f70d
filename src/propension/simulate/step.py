"""One week in the life of a book of customers: the same for what happened and for the truth."""

from __future__ import annotations

import numpy as np

from propension.simulate.contacting import contact
from propension.simulate.log import Log
from propension.simulate.paying import Week, pay_on_time, plan_week
from propension.simulate.policy import assign_treatments
from propension.simulate.state import (
    FUTURE,
    NEVER_ISSUED,
    OPEN,
    SETTLED,
    Arrears,
    Book,
    Draws,
    State,
    find_arrears,
)
from propension.simulate.timeline import Step

_BLOCKED_DAYS = 90
_DISPUTABLE_DAYS = 40


def begin_step(
    book: Book, state: State, step: Step, draws: Draws, random_share: float, log: Log
) -> Week:
    """Everything in a week but the payment of arrears: hidden change, bills, work, disputes.

    Parameters
    ----------
    book, state, step, draws
        ``state`` is moved on in place.
    random_share : float
        Share of overdue accounts whose treatment is drawn at random at a month's start.
    log : Log

    Returns
    -------
    Week
        What may come of the arrears; ``pay_arrears`` carries it out.
    """
    arrears = find_arrears(book, state, step.start, step.start)
    _renew(book, state, step, draws, arrears, log)
    _issue(book, state, step, arrears)
    if step.starts_month:
        assign_treatments(book, state, step, draws, random_share, log)
    contacted = contact(book, state, step, draws, arrears, log)
    _dispute(book, state, step, draws, log)
    pay_on_time(book, state, step, draws, arrears.exists, log)
    state.reminded = contacted.reminded
    _count_due(book, state, step)
    return plan_week(book, state, step, draws, contacted.last_day)


def _renew(book: Book, state: State, step: Step, draws: Draws, arrears: Arrears, log: Log) -> None:
    """Time passes: spells begin and end, shocks move on, impressions fade."""
    if step.starts_month:
        state.shock = 0.8 * state.shock + 0.36 * draws.shock
        enters = 0.012 * np.exp(-0.5 * book.traits.ability)
        turns = draws.spell < np.where(state.spell, 0.2, enters)
        state.spell = state.spell ^ turns
        begun = np.flatnonzero(state.spell & turns)
        log.add("spells", customer=begun, day=step.start)
        prolonged = arrears.oldest_due < step.start - 120
        state.lapsed |= draws.lapse < np.where(prolonged, 0.3, 0.003)
    broken = (state.promised_until >= 0) & (state.promised_until < step.start)
    state.broken += broken & (arrears.oldest_due < state.promised_until)
    state.promised_until[broken] = -1
    state.forgot &= draws.recall > 0.15
    state.plan[draws.recall > 0.95] = 0
    state.satisfaction *= 0.94
    state.press *= 0.6
    state.saturation *= 0.75
    state.rest = np.maximum(state.rest - 1, 0)


def _issue(book: Book, state: State, step: Step, arrears: Arrears) -> None:
    """Bill the week's debts; whoever is long in arrears, has gone or has stopped gets none."""
    due_to_issue = (book.debts.issued >= step.start) & (book.debts.issued <= step.end)
    debt = np.flatnonzero(due_to_issue & (state.status == FUTURE))
    cut_off = (
        (arrears.oldest_due < step.start - _BLOCKED_DAYS)
        | state.lapsed
        | (book.traits.stops <= step.end)
    )
    state.status[debt] = np.where(cut_off[book.debts.customer[debt]], NEVER_ISSUED, OPEN)


def _dispute(book: Book, state: State, step: Step, draws: Draws, log: Log) -> None:
    """A service problem with a customer's newest debt: it is disputed, and trust suffers."""
    debts = book.debts
    young = (debts.issued >= step.start - _DISPUTABLE_DAYS) & (debts.issued < step.start)
    open_debts = np.flatnonzero(young & (state.status == OPEN) & ~state.disputed)
    newest = np.full(len(book.traits), -1, dtype=np.int64)
    newest[debts.customer[open_debts]] = open_debts
    weekly = book.traits.trouble * step.exposure * 0.5
    troubled = np.flatnonzero((newest >= 0) & (draws.dispute < weekly))
    debt = newest[troubled]
    draw = draws.dispute_days[troubled]
    # Fast ones close within a week; one in ten stays open for good.
    days = np.where(draw > 0.9, 3_000, np.ceil(5 - 22 * np.log1p(-draw))).astype(np.int64)
    state.disputed[debt] = True
    state.disputed_until[debt] = step.end + days
    state.satisfaction[troubled] -= 1.0
    opened = step.start + np.floor(step.days * (draws.dispute / weekly)[troubled]).astype(np.int64)
    log.add("disputes", debt=debt, opened_on=opened, closed_on=opened + days)


def _count_due(book: Book, state: State, step: Step) -> None:
    """Remember what fell due this week, and what of it was not paid in time."""
    falls_due = (book.debts.due >= step.start) & (book.debts.due <= step.end)
    issued = falls_due & ((state.status == OPEN) | (state.status == SETTLED))
    customer, n = book.debts.customer, len(book.traits)
    state.seen += np.bincount(customer[issued], minlength=n)
    unpaid = issued & (state.status == OPEN)
    state.late += np.bincount(customer[unpaid], minlength=n)
