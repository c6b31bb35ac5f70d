"""What customers would buy: every debt that is issued unless its customer is cut off first."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.random import Generator

from propension.arrays import Array
from propension.simulate.timeline import Timeline, month_days, month_of
from propension.simulate.traits import PEOPLE, Traits

# At least 15, so that a debt recorded late is known well before it is due.
_TERMS_DAYS = (15, 20, 30)


@dataclass(frozen=True)
class Debts:
    """Debts in order of customer and issue, one array element a debt.

    ``planned`` is the day on which the customer means to pay, at latest ``due``.
    """

    customer: Array
    issued: Array
    due: Array
    planned: Array
    amount: Array

    def __len__(self) -> int:
        return len(self.customer)

    def take(self, debts: Array) -> Debts:
        """Some of the debts, in the order given."""
        return Debts(**{f.name: getattr(self, f.name)[debts] for f in fields(self)})


def draw_debts(rng: Generator, traits: Traits, timeline: Timeline, median: int) -> Debts:
    """Draw the debts of every customer over the whole calendar.

    Parameters
    ----------
    rng : Generator
    traits : Traits
    timeline : Timeline
    median : int
        Median debt in whole currency units.
    """
    n, months = len(traits), len(timeline.months)
    companies = traits.sector < PEOPLE
    issues = rng.random((n, months), dtype=np.float32) < traits.billing[:, None]
    # A company may have a second invoice in the same month.
    second = rng.random((n, months), dtype=np.float32) < 0.4
    customer, month = (
        np.concatenate(parts)
        for parts in zip(
            np.nonzero(issues), np.nonzero(issues & second & companies[:, None]), strict=True
        )
    )
    billing_day = rng.integers(0, 28, n)[customer]
    anywhere = traits.billing[customer] < 0.9
    anywhere[np.count_nonzero(issues) :] = True
    day = np.where(anywhere, rng.integers(0, 28, len(customer)), billing_day)
    issued = month_days(timeline.months)[month] + day
    bought = issued >= np.maximum(traits.since, timeline.first)[customer]
    order = np.lexsort((issued[bought], customer[bought]))
    customer, issued = customer[bought][order], issued[bought][order]
    due = issued + rng.choice(_TERMS_DAYS, n)[customer]
    return Debts(
        customer=customer,
        issued=issued,
        due=due,
        planned=_plan(rng, traits, customer, issued, due),
        amount=_amounts(rng, traits.usual[customer], median),
    )


def _plan(rng: Generator, traits: Traits, customer: Array, issued: Array, due: Array) -> Array:
    """Day on which each debt is meant to be paid."""
    habit, n = traits.habit[customer], len(customer)
    early = due - (rng.beta(1.2, 1.6, n) * (due - issued)).astype(np.int64)
    exact = due - (rng.random(n) < 0.2)
    payday = last_payday(due, traits.liquidity_day[customer])
    liquid = np.where(payday > issued, payday, due)
    planned: Array = np.select([habit == 0, habit == 1], [exact, early], liquid)
    return planned


def last_payday(days: Array, liquidity_day: Array) -> Array:
    """Last day, on or before each, that is the customer's liquidity day."""
    here = month_days(month_of(days)) + liquidity_day - 1
    before = month_days(month_of(days) - 1) + liquidity_day - 1
    last: Array = np.where(here <= days, here, before)
    return last


def _amounts(rng: Generator, usual: Array, median: int) -> Array:
    """Whole currency units, to about three digits."""
    spread = np.clip(usual * np.exp(rng.normal(0, 0.5, len(usual))), 1 / 12, 25)
    unit = max(1, 10 ** (len(str(median)) - 3))
    amounts: Array = np.maximum(unit, np.round(median * spread / unit) * unit)
    return amounts
