"""Carry the treatments out: attempts, who answers, and what it does to them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from propension.arrays import Array
from propension.config import CHANNELS
from propension.simulate.behaviour import (
    PLAN_PARTS,
    ability_now,
    firmness,
    sigmoid,
    willingness_now,
)
from propension.simulate.log import Log
from propension.simulate.policy import (
    FIRM_CALL,
    INSTALMENT_PLAN,
    LETTER,
    REMINDER,
    SOFT_CALL,
    choose_work,
)
from propension.simulate.state import Arrears, Book, Draws, State
from propension.simulate.timeline import Step

CALL, SMS, WHATSAPP, EMAIL, LETTER_POST = (
    CHANNELS.index(name) for name in ("call", "sms", "whatsapp", "email", "letter")
)
TALKED, REFUSED, PROMISED = range(3)
# By treatment: attempts a week at most, and the chance that it brings back what was forgotten.
_ATTEMPTS = np.array([0, 1, 3, 4, 3, 1])
_REMINDS = np.array([0, 0.85, 0.95, 0.1, 0.95, 0.2])


class Contacted(NamedTuple):
    """By customer: day of the last attempt (0 for none), and reminded of what is due next."""

    last_day: Array
    reminded: Array


class Work(NamedTuple):
    """One week's work on some customers, one array element a customer worked."""

    customer: Array
    debt: Array
    treatment: Array
    channel: Array
    hour: Array
    made: Array
    reached: Array
    offset: Array
    last_day: Array


def contact(
    book: Book, state: State, step: Step, draws: Draws, arrears: Arrears, log: Log
) -> Contacted:
    """Work the accounts of the week, before anyone pays."""
    customer, treatment, debt = choose_work(book, state, step, draws, arrears)
    chosen = _attempt(book, step, draws, customer, treatment, debt)
    work = Work(*(values[chosen.last_day > 0] for values in chosen))
    answer, promised_until = _answers(book, state, step, draws, work)
    log.add(
        "works",
        start=step.start,
        end=step.end,
        answer=answer,
        promised_until=promised_until,
        balance=state.balance[work.debt],
        **{name: getattr(work, name) for name in Work._fields if name != "last_day"},
    )
    _affect(book, state, step, draws, work)
    last_day = np.zeros(len(book.traits), dtype=np.int64)
    last_day[work.customer] = work.last_day
    ahead = work.reached & (book.debts.due[work.debt] >= step.start)
    reminded = np.zeros(len(book.traits), dtype=bool)
    reminded[work.customer[ahead]] = True
    return Contacted(last_day, reminded)


def _attempt(
    book: Book, step: Step, draws: Draws, customer: Array, treatment: Array, debt: Array
) -> Work:
    """Try on successive days until someone answers, or the week's attempts are used up."""
    traits = book.traits
    channel = _channel(book, draws, customer, treatment)
    hour = 7 + 11 * draws.hour[customer]
    liked = np.where(channel == traits.taste[customer], 1.25, 0.9)
    awake = np.where(np.abs(hour - traits.best_hour[customer] - 0.5) <= 2, 1.3, 0.85)
    valid = np.select(
        [channel == EMAIL, channel == LETTER_POST],
        [traits.email_valid[customer], True],
        traits.phone_valid[customer],
    )
    answers = np.select(
        [channel == LETTER_POST, treatment == REMINDER, channel == WHATSAPP],
        [0.8, 0.5 + 0.4 * traits.reach[customer] * liked, 0.8 * traits.reach[customer] * liked],
        traits.reach[customer] * liked * awake,
    )
    chance = np.clip(answers * valid, 1e-9, 0.95)
    failures = np.floor(np.log1p(-draws.reach[customer]) / np.log1p(-chance))
    most = np.minimum(_ATTEMPTS[treatment], step.days)
    made = np.minimum(failures + 1, most).astype(np.int64)
    offset = np.floor(draws.offset[customer] * (step.days - most + 1)).astype(np.int64)
    last_day = never_on_sunday(step.start + offset + made - 1, step.start, step.end)
    return Work(customer, debt, treatment, channel, hour, made, failures < most, offset, last_day)


def never_on_sunday(day: Array, first: Array | int, last: Array | int) -> Array:
    """The day, or the Monday after a Sunday, or the Saturday before; 0 where neither is in."""
    sunday = (day + 4) % 7 == 0
    moved = np.where(day < last, day + 1, day - 1)
    moved = np.where(moved >= first, moved, 0)
    kept: Array = np.where(sunday, moved, day)
    return kept


def _channel(book: Book, draws: Draws, customer: Array, treatment: Array) -> Array:
    draw, taste = draws.channel[customer], book.traits.taste[customer]
    message = np.select([draw < 0.45, draw < 0.8], [SMS, WHATSAPP], EMAIL)
    likes_message = np.isin(taste, (SMS, WHATSAPP, EMAIL)) & (draws.offset[customer] < 0.5)
    message = np.where(likes_message, taste, message)
    message = np.where((message == SMS) & book.traits.no_sms[customer], EMAIL, message)
    talk = np.where((taste == WHATSAPP) & (draw < 0.3), WHATSAPP, CALL)
    channel: Array = np.select(
        [treatment == REMINDER, treatment == LETTER], [message, LETTER_POST], talk
    )
    return channel


def _answers(book: Book, state: State, step: Step, draws: Draws, work: Work) -> tuple[Array, Array]:
    """What people say when reached in person, and the day they promise to pay by (0: none)."""
    customer = work.customer
    willingness = willingness_now(book, state, step.months)[customer]
    ability = ability_now(book, state, step.months)[customer]
    asked = np.isin(work.treatment, (SOFT_CALL, FIRM_CALL, INSTALMENT_PLAN)) & work.reached
    overdue = book.debts.due[work.debt] < step.start
    refuses = 0.02 + 0.4 * sigmoid(-2 * (willingness + 1))
    promises = 0.05 + 1.25 * sigmoid(1.5 * (willingness + 0.4)) * sigmoid(1.5 * ability + 0.6)
    promises = promises * np.where(work.treatment == FIRM_CALL, 0.4, 1)
    draw = draws.answer[customer]
    promised = asked & overdue & (draw > 1 - promises)
    term = 4 + np.floor(9 * draws.term[customer]).astype(np.int64)
    until = np.where(promised, work.last_day + term, 0)
    state.promised_until[customer[promised]] = until[promised]
    return np.select([promised, asked & (draw < refuses)], [PROMISED, REFUSED], TALKED), until


def _affect(book: Book, state: State, step: Step, draws: Draws, work: Work) -> None:
    """Move the state of those who were tried, and of those who were reached."""
    reached, customer = work.reached, work.customer
    willingness = willingness_now(book, state, step.months)[customer]
    ability = ability_now(book, state, step.months)[customer]
    firm = firmness(ability, willingness)
    press = np.select(
        [work.treatment == FIRM_CALL, work.treatment == LETTER, work.treatment == SOFT_CALL],
        [firm, 0.6 * firm, 0.3],
        0.0,
    )
    # Those who are pestered listen less.
    worn = np.exp(-0.15 * state.saturation[customer])
    state.press[customer] += np.where(reached, press * worn, 0)
    reminded = reached & (draws.remind[customer] < _REMINDS[work.treatment])
    state.forgot[customer[reminded]] = False
    offered = reached & (work.treatment == INSTALMENT_PLAN) & (state.plan[customer] == 0)
    accepted = offered & (draws.term[customer] < 0.9 * sigmoid(1.5 * (willingness + 1)))
    state.plan[customer[accepted]] = PLAN_PARTS
    state.saturation[customer] += work.made
    hurt = 0.12 * (work.treatment == FIRM_CALL) * (willingness > 0) * reached
    tired = 0.03 * (state.saturation[customer] > 6)
    state.satisfaction[customer] -= hurt + tired
