"""The hidden side of every customer: what it can, what it wants, and how it is reached."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.random import Generator

from propension.arrays import Array
from propension.config import CHANNELS
from propension.simulate.timeline import NEVER

PRODUCT_LINES = ("consumer_credit", "telecom", "utilities", "trade_credit")
INDUSTRIES = ("agriculture", "construction", "manufacturing", "retail", "services", "transport")
# Company sectors are the industries; private customers come after them.
PEOPLE = len(INDUSTRIES)
STOPPING_FLAGS = ("deceased", "insolvent")
FLAG_SHARES = {
    "deceased": 0.0025,
    "insolvent": 0.004,
    "litigation": 0.005,
    "do_not_contact": 0.008,
}
_NO_TASTE = -1


@dataclass(frozen=True)
class Traits:
    """Traits that do not change, one array element a customer.

    Attributes
    ----------
    ability, willingness : standard-normal scale
    ability_slope, willingness_slope : change a month
    forgetfulness, reach : 0..1
    strategic : could pay and will not
    trouble : chance of a service problem on a debt
    best_hour : local hour at which the customer answers best
    taste : index of the preferred channel in ``CHANNELS``; -1 for none
    phone_valid, email_valid, has_phone, has_email, no_sms : bool
    sector : index in ``INDUSTRIES``; ``PEOPLE`` for private customers
    product : index in ``PRODUCT_LINES``
    group : number of its corporate group; -1 for none
    liquidity_day : day of the month on which money comes in, 1..28
    habit : 0 pays on the due date, 1 some time before, 2 on its liquidity day
    income : standard normal
    usual : its usual debt as a multiple of the country's median
    billing : chance of a debt in a month
    since : day it became a customer
    stops : day it died or became insolvent
    silent : day from which nobody may contact it
    flags : first day of each flag of ``FLAG_SHARES``, shape (n, 4)
    """

    ability: Array
    willingness: Array
    ability_slope: Array
    willingness_slope: Array
    forgetfulness: Array
    strategic: Array
    trouble: Array
    reach: Array
    best_hour: Array
    taste: Array
    phone_valid: Array
    email_valid: Array
    has_phone: Array
    has_email: Array
    no_sms: Array
    sector: Array
    product: Array
    group: Array
    liquidity_day: Array
    habit: Array
    income: Array
    usual: Array
    billing: Array
    since: Array
    stops: Array
    silent: Array
    flags: Array

    def __len__(self) -> int:
        return len(self.ability)

    def take(self, customers: Array) -> Traits:
        """The traits of some customers, in the order given."""
        return Traits(**{f.name: getattr(self, f.name)[customers] for f in fields(self)})


def draw_traits(rng: Generator, n: int, first: int, last: int) -> Traits:
    """Draw the traits of ``n`` customers; three in ten arrive between ``first`` and ``last``."""
    company = rng.random(n) < 0.15
    since = np.where(
        rng.random(n) < 0.3,
        rng.integers(first, last - 45, n),
        first - rng.integers(30, 3_000, n),
    )
    flags = _draw_flags(rng, company, np.maximum(since, first), last)
    stops = flags[:, : len(STOPPING_FLAGS)].min(axis=1)
    names = list(FLAG_SHARES)
    return Traits(
        **_draw_axes(rng, n, company),
        **_draw_contactability(rng, n),
        **_draw_billing(rng, n, company),
        since=since,
        stops=stops,
        silent=np.minimum(stops, flags[:, names.index("do_not_contact")]),
        flags=flags,
    )


def _draw_axes(rng: Generator, n: int, company: Array) -> dict[str, Array]:
    ability, attitude, income, size, ability_slope, willingness_slope = rng.standard_normal((6, n))
    group = np.where(company & (rng.random(n) < 0.2), rng.integers(0, n // 200 + 1, n), -1)
    shared = rng.standard_normal(n // 200 + 1)
    ability = np.where(group >= 0, 0.8 * ability + 0.6 * shared[group], ability)
    strategic = rng.random(n) < 0.025
    willingness = 0.15 * ability + np.sqrt(1 - 0.15**2) * attitude
    income = 0.5 * ability + np.sqrt(0.75) * income
    return {
        "ability": np.where(strategic, 0.3 + np.abs(ability), ability),
        "willingness": np.where(strategic, -1.6 - 0.4 * np.abs(attitude), willingness),
        "ability_slope": 0.02 * ability_slope,
        "willingness_slope": 0.02 * willingness_slope,
        "forgetfulness": rng.beta(1.3, 3.5, n),
        "strategic": strategic,
        "trouble": 0.02 * rng.gamma(0.8, 1.25, n),
        "group": group,
        "income": income,
        "usual": np.exp(0.3 * income + 0.69 * size + 0.5 * company),
    }


def _draw_contactability(rng: Generator, n: int) -> dict[str, Array]:
    reach = rng.beta(2.6, 3, n)
    has_phone, has_email = rng.random(n) < 0.97, rng.random(n) < 0.85
    # Letters and visits are nobody's taste.
    taste = rng.choice(len(CHANNELS) - 2, n, p=[0.35, 0.2, 0.3, 0.15])
    return {
        "reach": reach,
        "best_hour": np.clip(np.round(rng.normal(11.5, 2.6, n)), 7, 17),
        "taste": np.where(rng.random(n) < 0.8, taste, _NO_TASTE),
        "has_phone": has_phone,
        "has_email": has_email,
        "phone_valid": has_phone & (rng.random(n) < 0.8 + 0.2 * reach),
        "email_valid": has_email & (rng.random(n) < 0.75 + 0.2 * reach),
        "no_sms": rng.random(n) < 0.03,
    }


def _draw_billing(rng: Generator, n: int, company: Array) -> dict[str, Array]:
    payday = rng.choice([1, 5, 15, 28], n)
    # Some are billed every month, most now and then.
    monthly = rng.random(n) < 0.15
    return {
        "sector": np.where(company, rng.integers(0, PEOPLE, n), PEOPLE),
        "product": np.where(company, PRODUCT_LINES.index("trade_credit"), rng.integers(0, 3, n)),
        "liquidity_day": np.where(rng.random(n) < 0.7, payday, rng.integers(1, 29, n)),
        "habit": rng.choice(3, n, p=[0.5, 0.25, 0.25]),
        "billing": np.where(monthly, 0.95, np.clip(rng.gamma(3, 0.12, n), 0.05, 0.95)),
    }


def _draw_flags(rng: Generator, company: Array, starts: Array, last: int) -> Array:
    n = len(company)
    drawn = rng.random((n, len(FLAG_SHARES))) < np.array(list(FLAG_SHARES.values()))
    drawn[:, 0] &= ~company  # companies do not die
    day = starts[:, None] + (rng.random(drawn.shape) * (last - starts)[:, None]).astype(np.int64)
    return np.where(drawn, day, NEVER)
