"""How people pay: the probabilities of one week, in closed form.

Paying takes ability and willingness at once, so the chance of a payment is a product of the
two. Numbers are log-odds; ``docs/simulator.md`` writes the formulae out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from propension.arrays import Array
from propension.simulate.debts import last_payday
from propension.simulate.state import Arrears, Book, State
from propension.simulate.timeline import Step

# Below these a customer cannot, or will not: about half of those who get overdue.
ABLE_FROM, WILLING_FROM = -0.5, -0.5
QUADRANTS = ("can_wants", "cannot_wants", "can_wont", "cannot_wont")
SPELL_LOSS = 1.3
PLAN_PARTS = 3
# Share of what is left that each instalment pays, by how many are due: 40%, 40% and 20% in all.
_PLAN_SHARES = np.array([1, 1, 2 / 3, 0.4])

# Peak month (January = 0) and strength of the good season of each industry.
_PEAKS = ((5, 0.45), (8, 0.25), (2, 0.15), (11, 0.5), (6, 0.1), (9, 0.25))
# Bonuses in December, school and tax bills in January and February.
_PEOPLE_SEASON = (-0.35, -0.2, 0, 0, 0, 0.15, 0.1, 0, 0, 0, 0.1, 0.35)


def _seasons() -> Array:
    months = np.arange(12)
    trades = [strength * np.cos(2 * np.pi * (months - peak) / 12) for peak, strength in _PEAKS]
    return np.array([*trades, _PEOPLE_SEASON])


_SEASONS = _seasons()


def sigmoid(log_odds: Array) -> Array:
    """Probability of log-odds."""
    probability: Array = 1 / (1 + np.exp(-log_odds))
    return probability


def ability_now(book: Book, state: State, months: float) -> Array:
    """Ability of every customer some months into the simulation."""
    traits = book.traits
    drift = traits.ability_slope * months + book.timeline.economy(months)
    ability: Array = traits.ability + drift + state.shock - SPELL_LOSS * state.spell
    return ability


def willingness_now(book: Book, state: State, months: float) -> Array:
    """Willingness of every customer some months into the simulation."""
    traits = book.traits
    willingness: Array = traits.willingness + traits.willingness_slope * months + state.satisfaction
    return willingness


def quadrant_of(ability: Array, willingness: Array) -> Array:
    """Index in ``QUADRANTS``."""
    quadrant: Array = (ability < ABLE_FROM) + 2 * (willingness < WILLING_FROM)
    return quadrant


def firmness(ability: Array, willingness: Array) -> Array:
    """What pressing does to wanting, log-odds: good where one can and will not, bad elsewhere."""
    can_wont = sigmoid(4 * (ability - ABLE_FROM)) * sigmoid(-4 * (willingness - WILLING_FROM))
    effect: Array = 2.4 * can_wont - 2.0 * (1 - can_wont)
    return effect


def on_time_chance(book: Book, state: State, step: Step, in_arrears: Array) -> Array:
    """Chance of paying a debt on the planned day, if it is not forgotten."""
    ability = ability_now(book, state, step.months) + _season(book, step)
    willingness = willingness_now(book, state, step.months)
    return sigmoid(2.8 + 1.2 * ability + 1.2 * willingness - 1.2 * in_arrears)


def forget_chance(book: Book) -> Array:
    """Chance that a debt about to be paid slips the customer's mind."""
    chance: Array = 0.5 * book.traits.forgetfulness
    return chance


class Chances(NamedTuple):
    """What may happen to each customer's arrears this week, and what it would take.

    ``full``, ``part``, ``bounce`` and ``reversal`` exclude one another. ``part_amount`` is what
    a part payment would be.
    """

    full: Array
    part: Array
    bounce: Array
    reversal: Array
    part_amount: Array


def payment_chances(
    book: Book, state: State, step: Step, arrears: Arrears, share: Array
) -> Chances:
    """Chances of the week, given the arrears in it.

    Parameters
    ----------
    book, state, step
    arrears : Arrears
        What is overdue by the end of the step.
    share : array of shape (n_customers,)
        Uniform draws that decide how much a part payment is.
    """
    can_odds, can, want = _can_and_want(book, state, step, arrears)
    planned = state.plan > 0
    # Whoever has a plan pays its instalments, which take less at once.
    full = can * want * np.where(planned, 0.5, 0.9)
    instalment = want * sigmoid(can_odds + 1.6) * 0.8
    part = np.where(planned, instalment, 0.5 * want * (1 - can) * (state.rest == 0))
    exposed = (step.end - np.maximum(step.start - 1, arrears.oldest_due)) / step.days
    weeks = np.clip(exposed, 0, 1) * step.exposure
    alive = (arrears.payable > 0) & (book.traits.stops > step.end)
    # An agency settles some of what is very old, whoever owes it.
    settled = (0.015 + 0.03 * can) * (arrears.oldest_due < step.start - 150)
    full = alive * (1 - (1 - np.minimum(full + settled, 0.98)) ** weeks)
    part = alive * (1 - full) * (1 - (1 - part) ** weeks)
    rest = 1 - full - part
    part_share = np.where(planned, _PLAN_SHARES[state.plan], 0.2 + 0.35 * share)
    return Chances(
        full=full,
        part=part,
        bounce=rest * full * (0.04 + 0.12 * (1 - can)),
        reversal=rest * full * 0.05,
        part_amount=np.minimum(np.ceil(part_share * arrears.payable), arrears.payable),
    )


def _can_and_want(
    book: Book, state: State, step: Step, arrears: Arrears
) -> tuple[Array, Array, Array]:
    ability = ability_now(book, state, step.months) + _season(book, step)
    willingness = willingness_now(book, state, step.months)
    burden = np.log(np.maximum(arrears.total, 1) / (book.median * book.traits.usual))
    days_past_due = np.clip(step.end - arrears.oldest_due, 0, None)
    # Many who are late are only a few days short of money, or of attention.
    fresh = np.exp(-days_past_due / 10)
    promised = (state.promised_until >= step.start) * sigmoid(2 * willingness + 1)
    can_odds = (
        2.2
        + 1.8 * ability
        + _liquidity(book, step)
        + 1.5 * fresh
        + 1.5 * promised
        - 0.45 * np.clip(burden, -1.5, 4)
    )
    tired = 0.12 * np.maximum(state.saturation - 4, 0)
    want_odds = (
        2.6
        + 1.8 * willingness
        + 1.5 * fresh
        - 0.4 * np.log1p(days_past_due / 15)
        + state.press
        + 2.5 * promised
        - tired
    )
    return can_odds, sigmoid(can_odds), sigmoid(want_odds) * (1 - 0.85 * state.forgot)


def _season(book: Book, step: Step) -> Array:
    season: Array = _SEASONS[:, step.calendar_month][book.traits.sector]
    return season


def _liquidity(book: Book, step: Step) -> Array:
    """More in the week in which money comes in, less in the others."""
    payday = last_payday(np.full(len(book.traits), step.end), book.traits.liquidity_day)
    return np.where(payday >= step.start, 0.75, -0.25)
