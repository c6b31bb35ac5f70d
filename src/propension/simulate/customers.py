"""The visible side of customers, which only hints at the hidden one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.random import Generator

from propension.arrays import Array
from propension.config import CHANNELS, COUNTRIES, Country
from propension.simulate.arrow import Columns, Numbering, ids, words
from propension.simulate.log import Events
from propension.simulate.traits import INDUSTRIES, PEOPLE, PRODUCT_LINES, Traits

_GIVEN = ("Ana", "Camila", "Carlos", "Diego", "Elena", "Felipe", "Juan", "Laura", "Lucía", "Mateo")
_FAMILY = ("Castro", "Díaz", "García", "Gómez", "López", "Martínez", "Moreno", "Pérez", "Rojas")
_TRADES = ("Comercial", "Distribuidora", "Ferretería", "Industrias", "Transportes", "Textiles")
_AGES = ("18-29", "30-44", "45-59", "60+")
_MONTHLY_INCOME = 8  # in median debts


def customer_columns(rng: Generator, traits: Traits, numbering: Numbering, code: str) -> Columns:
    """Columns of ``customers``; ``code`` is a key of ``COUNTRIES``."""
    n, company = len(traits), traits.sector < PEOPLE
    place = COUNTRIES[code]
    return {
        "customer_id": numbering.customers(np.arange(n)),
        "name": _names(rng, company),
        "kind": words(("person", "company"), company.astype(int)),
        "group_id": numbering.customers(traits.group, "G"),
        "country": words((code,), np.zeros(n)),
        "region": _draw(rng, place.regions, n),
        "timezone": words((place.timezone,), np.zeros(n)),
        "industry": words(INDUSTRIES, np.where(company, traits.sector, -1)),
        "product_line": words(PRODUCT_LINES, traits.product),
        "since": traits.since,
        "language": words((place.language,), np.zeros(n)),
        "audit_sex": _draw(rng, ("F", "M"), n, ~company),
        "audit_age_group": _draw(rng, _AGES, n, ~company),
        **_addresses(traits, numbering, place),
        **_finances(rng, traits, place),
    }


def _draw(rng: Generator, vocabulary: Sequence[str], n: int, kept: Array | bool = True) -> pa.Array:
    return words(vocabulary, np.where(kept, rng.integers(0, len(vocabulary), n), -1))


def _names(rng: Generator, company: Array) -> pa.Array:
    n = len(company)
    family = _draw(rng, _FAMILY, n)
    person = pc.binary_join_element_wise(_draw(rng, _GIVEN, n), family, _draw(rng, _FAMILY, n), " ")
    firm = pc.binary_join_element_wise(_draw(rng, _TRADES, n), family, " ")
    return pc.if_else(pa.array(company), firm, person)


def _addresses(traits: Traits, numbering: Numbering, country: Country) -> Columns:
    numbers = numbering.offset + np.arange(1, len(traits) + 1)
    subscriber = np.where(traits.has_phone, 3_100_000_000 + numbers, -1)
    user = ids("customer", np.where(traits.has_email, numbers, -1), 1)
    return {
        "preferred_channel": words(CHANNELS, traits.taste),
        "phone": ids(country.dialling, subscriber, 10),
        "email": pc.binary_join_element_wise(user, "example.com", "@"),
        "phone_valid": traits.phone_valid,
        "email_valid": traits.email_valid,
        "opt_out_channels": words(("sms",), np.where(traits.no_sms, 0, -1)),
    }


def _finances(rng: Generator, traits: Traits, country: Country) -> Columns:
    n, person = len(traits), traits.sector == PEOPLE
    earned = earned_monthly(traits, country)
    declared = np.round(earned * np.exp(rng.normal(0, 0.15, n)))
    misjudged = np.where(rng.random(n) < 0.2, rng.integers(-3, 4, n), 0)
    payday = np.clip(traits.liquidity_day + misjudged, 1, 28)
    seen = traits.ability + rng.standard_normal(n)
    solvency = np.select([rng.random(n) < 0.5, seen < -1.5], [1, 2], 0)
    return {
        "income_day": np.where(rng.random(n) < 0.75, payday, np.nan),
        "monthly_income": np.where(person & (rng.random(n) < 0.7), declared, np.nan),
        "credit_limit": np.where(rng.random(n) < 0.6, np.round(2 * earned, -1), np.nan),
        "solvency": words(("known", "unknown", "none"), solvency),
        "vulnerable": rng.random(n) < np.where(seen < -1, 0.08, 0.015),
    }


def earned_monthly(traits: Traits, country: Country) -> Array:
    """True income of a month, in whole currency units."""
    earned: Array = np.round(_MONTHLY_INCOME * country.debt * np.exp(0.6 * traits.income))
    return earned


def attribute_columns(
    rng: Generator, traits: Traits, axes: Events, numbering: Numbering, country: Country
) -> Columns:
    """Columns of ``attributes``: what was learnt of each customer on each quarter day.

    The bureau's score follows ability and willingness of that day, with a bias of its own for
    every customer.
    """
    n, person = len(traits), traits.sector == PEOPLE
    day, ability, willingness = (
        axes[name].reshape(-1, n) for name in ("day", "ability", "willingness")
    )
    noise, slip = 20 * rng.standard_normal(day.shape), 0.1 * rng.standard_normal(day.shape)
    score = 650 + 42 * (ability + willingness) + 49 * rng.standard_normal(n) + noise
    score = np.where(rng.random(day.shape) < 0.9, np.clip(score, 150, 950), np.nan)
    asked = person & (rng.random(day.shape) < 0.8)
    income = np.where(asked, earned_monthly(traits, country) * np.exp(slip), np.nan)
    employees = np.where(person, np.nan, np.ceil(np.exp(rng.normal(2.7, 1.2, n))))
    customer, quarter = np.nonzero((day >= traits.since).T)
    return {
        "customer_id": numbering.customers(customer),
        "known_on": day[quarter, customer],
        "monthly_income": np.round(income[quarter, customer]),
        "bureau_score": np.round(score[quarter, customer]),
        "employees": employees[customer],
    }
