"""What changes from week to week: the state of customers and of their open debts."""

from __future__ import annotations

import copy
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from propension.arrays import Array
from propension.simulate.debts import Debts
from propension.simulate.timeline import NEVER, Timeline
from propension.simulate.traits import Traits

FUTURE, OPEN, SETTLED, NEVER_ISSUED = range(4)
UNASSIGNED, POLICY, EXPLORE, CONTROL, FORCED = range(5)


@dataclass(frozen=True)
class Book:
    """What is fixed: who the customers are, what they may buy, and when.

    ``median`` is the country's median debt.
    """

    traits: Traits
    debts: Debts
    timeline: Timeline
    median: int


@dataclass
class State:
    """Arrays that every step moves on; the last four by debt, the others by customer.

    Attributes
    ----------
    shock : good and bad spells of ability
    spell : out of work, or its trade in a slump
    satisfaction : lowered by service problems and by being pestered
    forgot : a debt slipped its mind
    reminded : was reminded, last week, of a debt to pay this week
    press : lasting effect of contacts on wanting to pay, log-odds
    saturation : contact attempts of late, fading
    plan : instalments still due of an accepted plan
    promised_until : day by which payment was promised; -1 for no open promise
    rest : weeks before another part payment
    seen, late, broken : debts fallen due, of these late, and promises broken
    lapsed : buys no more
    treatment, arm : what is being done to it this month, and why
    status, balance, disputed_until, disputed : of each debt
    """

    shock: Array
    spell: Array
    satisfaction: Array
    forgot: Array
    reminded: Array
    press: Array
    saturation: Array
    plan: Array
    promised_until: Array
    rest: Array
    seen: Array
    late: Array
    broken: Array
    lapsed: Array
    treatment: Array
    arm: Array
    status: Array
    balance: Array
    disputed_until: Array
    disputed: Array

    @property
    def past_late(self) -> Array:
        """Share of debts paid late so far, drawn towards three in ten."""
        share: Array = (self.late + 0.6) / (self.seen + 2)
        return share

    def copy(self) -> State:
        """A state that can be moved on without touching this one."""
        return copy.deepcopy(self)


DEBT_FIELDS = ("status", "balance", "disputed_until", "disputed")


class Draws(NamedTuple):
    """The chance of one step: one uniform a customer for each decision, then one normal.

    Every step draws the same numbers whatever is decided, so that two worlds that differ in
    a treatment share all other luck.
    """

    spell: Array
    lapse: Array
    recall: Array
    arm: Array
    treatment: Array
    work: Array
    channel: Array
    hour: Array
    offset: Array
    reach: Array
    answer: Array
    remind: Array
    term: Array
    dispute: Array
    dispute_days: Array
    forget: Array
    on_time: Array
    bounce: Array
    pay: Array
    share: Array
    pay_day: Array
    payday_pull: Array
    shock: Array


def draw_chance(rng: Generator, n: int) -> Draws:
    """Draw the chance of one step for ``n`` customers."""
    uniforms = rng.random((len(Draws._fields) - 1, n))
    return Draws._make([*uniforms, rng.standard_normal(n)])


def first_state(rng: Generator, book: Book) -> State:
    """The state before the first step: no debts yet, shocks in their long-run mix."""
    n, debts = len(book.traits), len(book.debts)
    zero, no, counts = np.zeros(n), np.zeros(n, dtype=bool), np.zeros(n, dtype=np.int64)
    return State(
        shock=0.6 * rng.standard_normal(n),
        spell=rng.random(n) < 0.05,
        satisfaction=zero.copy(),
        forgot=no.copy(),
        reminded=no.copy(),
        press=zero.copy(),
        saturation=zero.copy(),
        plan=counts.copy(),
        promised_until=np.full(n, -1, dtype=np.int64),
        rest=counts.copy(),
        seen=counts.copy(),
        late=counts.copy(),
        broken=counts.copy(),
        lapsed=no.copy(),
        treatment=counts.copy(),
        arm=np.full(n, UNASSIGNED),
        status=np.full(debts, FUTURE, dtype=np.int8),
        balance=book.debts.amount.copy(),
        disputed_until=np.full(debts, -1, dtype=np.int64),
        disputed=np.zeros(debts, dtype=bool),
    )


class Arrears(NamedTuple):
    """What each customer owes past its due date.

    ``payable`` leaves out what is in dispute; ``oldest`` is the first debt overdue (-1 for
    none) and ``oldest_due`` its due date. ``debts`` are the payable debts, oldest first.
    """

    total: Array
    payable: Array
    oldest: Array
    oldest_due: Array
    debts: Array

    @property
    def exists(self) -> Array:
        """Customers with something overdue."""
        return self.oldest >= 0


def find_arrears(book: Book, state: State, due_before: int, day: int) -> Arrears:
    """Add up what fell due before ``due_before``; disputes are looked at on ``day``."""
    debts, n = book.debts, len(book.traits)
    overdue = np.flatnonzero((state.status == OPEN) & (debts.due < due_before))
    free = state.disputed_until[overdue] < day
    customer, balance = debts.customer[overdue], state.balance[overdue]
    oldest = np.full(n, -1, dtype=np.int64)
    oldest[customer[::-1]] = overdue[::-1]
    return Arrears(
        total=np.bincount(customer, balance, n),
        payable=np.bincount(customer[free], balance[free], n),
        oldest=oldest,
        oldest_due=np.where(oldest >= 0, debts.due[oldest], NEVER),
        debts=overdue[free],
    )


def replicate(
    book: Book, state: State, customers: Array, copies: int, issued_by: int
) -> tuple[Book, State]:
    """Some customers, ``copies`` times over, with their unsettled debts issued by a day."""
    place = np.full(len(book.traits), -1, dtype=np.int64)
    place[customers] = np.arange(len(customers))
    unsettled = (state.status == OPEN) | (state.status == FUTURE)
    matter = unsettled & (book.debts.issued <= issued_by)
    kept = np.flatnonzero(matter & (place[book.debts.customer] >= 0))
    people, debts = np.tile(customers, copies), np.tile(kept, copies)
    copy_of = np.repeat(np.arange(copies), len(kept))
    fewer = book.debts.take(debts)
    moved = replace(fewer, customer=place[fewer.customer] + copy_of * len(customers))
    arrays = {
        f.name: getattr(state, f.name)[debts if f.name in DEBT_FIELDS else people]
        for f in fields(State)
    }
    return replace(book, traits=book.traits.take(people), debts=moved), State(**arrays)
