"""Who owes: visible customers, and the hidden traits that decide how they pay.

Rows travel as arrays by column name. Days are integers since 1970-01-01, ids are integers
from 1, and names that no canonical table declares are hidden: they are never written.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Columns = dict[str, NDArray[Any]]

NEVER = 100_000  # a day far beyond any simulated one: it has not happened


class Country(NamedTuple):
    """What differs between countries; ``debt`` is the median debt in whole currency units."""

    currency: str
    debt: int
    language: str
    timezone: str
    dialling: str
    regions: tuple[str, ...]


COUNTRIES = {
    "CO": Country("COP", 400_000, "es", "America/Bogota", "+57", ("DC", "ANT", "VAC", "ATL")),
    "MX": Country("MXN", 2_500, "es", "America/Mexico_City", "+52", ("CMX", "JAL", "NLE", "PUE")),
    "PE": Country("PEN", 400, "es", "America/Lima", "+51", ("LIM", "ARE", "LAL", "PIU")),
    "CL": Country("CLP", 90_000, "es", "America/Santiago", "+56", ("RM", "VS", "BI", "AN")),
    "AR": Country("ARS", 150_000, "es", "America/Buenos_Aires", "+54", ("C", "B", "X", "S")),
    "BR": Country("BRL", 600, "pt", "America/Sao_Paulo", "+55", ("SP", "RJ", "MG", "BA")),
    "EC": Country("USD", 120, "es", "America/Guayaquil", "+593", ("P", "G", "A", "M")),
    "US": Country("USD", 250, "en", "America/New_York", "+1", ("NY", "FL", "NJ", "PA")),
    "ES": Country("EUR", 200, "es", "Europe/Madrid", "+34", ("MD", "CT", "AN", "VC")),
}

_GIVEN = ("Ana", "Camila", "Carlos", "Diego", "Elena", "Felipe", "Juan", "Laura", "Lucía", "Mateo")
_FAMILY = ("Castro", "Díaz", "García", "Gómez", "López", "Martínez", "Moreno", "Pérez", "Rojas")
_TRADES = ("Comercial", "Distribuidora", "Ferretería", "Industrias", "Transportes", "Textiles")
_INDUSTRIES = ("agriculture", "construction", "manufacturing", "retail", "services", "transport")
_CHANNELS = ("call", "sms", "whatsapp", "email")
_AGES = ("18-29", "30-44", "45-59", "60+")


def _pick(rng: Generator, values: tuple[str, ...], size: int) -> NDArray[Any]:
    return np.array(values, dtype=object)[rng.integers(0, len(values), size)]


def keep_where(values: NDArray[Any], kept: NDArray[np.bool_]) -> NDArray[Any]:
    """Values where kept, null elsewhere: None in text, NaN in numbers."""
    null: Any = None if values.dtype == object else np.nan
    return np.where(kept, values, null)


def build_customers(
    rng: Generator, accounts: int, country: str, first_day: int, until: int
) -> Columns:
    """Customers whose visible columns only hint at the hidden ones.

    Parameters
    ----------
    rng : Generator
    accounts : int
        Number of customers; each owes under one account.
    country : str
        A key of ``COUNTRIES``.
    first_day, until : int
        First and last simulated day. Three in ten customers arrive in between.

    Returns
    -------
    Columns
        The canonical columns of ``customers`` and ``audit_*``, with the hidden ``ability``,
        ``willingness`` and ``income`` (standard normal), ``forgetfulness`` and
        ``reachability`` (0..1) and ``liquidity_day`` (1..28).
    """
    n = accounts
    ability, noise, income = rng.standard_normal((3, n))
    company = rng.random(n) < 0.15
    arrives_late = rng.random(n) < 0.3
    rows: Columns = {
        "customer_id": np.arange(1, n + 1),
        "kind": np.where(company, "company", "person").astype(object),
        "country": np.full(n, country, dtype=object),
        "since": np.where(
            arrives_late,
            rng.integers(first_day, until - 45, n),
            first_day - rng.integers(30, 3_000, n),
        ),
        "ability": ability,
        "willingness": 0.3 * ability + np.sqrt(1 - 0.3**2) * noise,
        "income": 0.5 * ability + np.sqrt(1 - 0.5**2) * income,
        "forgetfulness": rng.beta(2, 4, n),
        "reachability": rng.beta(3, 2.5, n),
        "liquidity_day": np.where(
            rng.random(n) < 0.7, rng.choice([1, 5, 15, 28], n), rng.integers(1, 29, n)
        ),
    }
    rows.update(_profile(rng, company, COUNTRIES[country]))
    rows.update(_contact_details(rng, rows, COUNTRIES[country]))
    rows.update(_finances(rng, rows, COUNTRIES[country]))
    return rows


def _profile(rng: Generator, company: NDArray[np.bool_], country: Country) -> Columns:
    n = len(company)
    family = _pick(rng, _FAMILY, n)
    person = _pick(rng, _GIVEN, n) + " " + family + " " + _pick(rng, _FAMILY, n)
    group = np.array([f"G{number:04d}" for number in range(1, n // 200 + 2)], dtype=object)
    return {
        "name": np.where(company, _pick(rng, _TRADES, n) + " " + family, person),
        "group_id": keep_where(rng.choice(group, n), company & (rng.random(n) < 0.1)),
        "region": _pick(rng, country.regions, n),
        "timezone": np.full(n, country.timezone, dtype=object),
        "industry": keep_where(_pick(rng, _INDUSTRIES, n), company),
        "product_line": np.where(
            company, "trade_credit", _pick(rng, ("consumer_credit", "telecom", "utilities"), n)
        ),
        "language": np.full(n, country.language, dtype=object),
        "employees": keep_where(np.ceil(np.exp(rng.normal(2.7, 1.2, n))), company),
        "audit_sex": keep_where(_pick(rng, ("F", "M"), n), ~company),
        "audit_age_group": keep_where(_pick(rng, _AGES, n), ~company),
    }


def _contact_details(rng: Generator, rows: Columns, country: Country) -> Columns:
    n, reached = len(rows["customer_id"]), rows["reachability"]
    serial = rows["customer_id"].astype(str).astype(object)
    subscriber = (3_100_000_000 + rows["customer_id"]).astype(str).astype(object)
    has_phone, has_email = rng.random(n) < 0.97, rng.random(n) < 0.85
    return {
        "preferred_channel": keep_where(_pick(rng, _CHANNELS, n), rng.random(n) < 0.8),
        "phone": keep_where(country.dialling + subscriber, has_phone),
        "email": keep_where("customer" + serial + "@example.com", has_email),
        "phone_valid": has_phone & (rng.random(n) < 0.8 + 0.2 * reached),
        "email_valid": has_email & (rng.random(n) < 0.75 + 0.2 * reached),
        "opt_out_channels": keep_where(np.full(n, "sms", dtype=object), rng.random(n) < 0.03),
    }


def _finances(rng: Generator, rows: Columns, country: Country) -> Columns:
    n, person = len(rows["customer_id"]), rows["kind"] == "person"
    earned = np.round(8 * country.debt * np.exp(0.6 * rows["income"]))
    declared = np.round(earned * np.exp(rng.normal(0, 0.15, n)))
    misjudged = np.where(rng.random(n) < 0.2, rng.integers(-3, 4, n), 0)
    payday = np.clip(rows["liquidity_day"] + misjudged, 1, 28)
    seen = rows["ability"] + rng.standard_normal(n)
    solvency = np.select([rng.random(n) < 0.5, seen < -1.5], ["unknown", "none"], "known")
    return {
        "earned": keep_where(earned, person),
        "income_day": keep_where(payday, rng.random(n) < 0.75),
        "monthly_income": keep_where(declared, person & (rng.random(n) < 0.7)),
        "credit_limit": keep_where(np.round(2 * earned, -1), rng.random(n) < 0.6),
        "solvency": solvency.astype(object),
        "vulnerable": rng.random(n) < np.where(seen < -1, 0.08, 0.015),
    }


def build_flags(rng: Generator, customers: Columns, first_day: int, until: int) -> Columns:
    """Flags on small shares of customers; hardship follows low ability."""
    n = len(customers["customer_id"])
    shares: dict[str, Any] = {
        "deceased": np.where(customers["kind"] == "person", 0.0025, 0),
        "insolvent": 0.004,
        "litigation": 0.005,
        "do_not_contact": 0.008,
        "hardship": np.where(customers["ability"] < -0.8, 0.035, 0.003),
    }
    drawn = rng.random((len(shares), n)) < np.array(
        [np.broadcast_to(s, n) for s in shares.values()]
    )
    flag, customer = np.nonzero(drawn)
    starts = np.maximum(customers["since"][customer], first_day)
    from_on = starts + (rng.random(len(flag)) * (until - starts)).astype(np.int64)
    name = np.array(list(shares), dtype=object)[flag]
    ends = (name == "hardship") & (from_on + 180 <= until)
    return {
        "customer_id": customer + 1,
        "flag": name,
        "from_on": from_on,
        "until_on": np.where(ends, from_on + 180, NEVER),
    }


def build_attributes(rng: Generator, customers: Columns, quarters: NDArray[np.int64]) -> Columns:
    """What was learnt about each customer on each quarter day since it arrived."""
    shape = (len(customers["customer_id"]), len(quarters))
    signal = 0.6 * (customers["ability"] + customers["willingness"])
    bias = rng.standard_normal(shape[0])
    score = 650 + 70 * (signal + 0.7 * bias)[:, None] + rng.normal(0, 20, shape)
    income = customers["earned"][:, None] * np.exp(rng.normal(0, 0.1, shape))
    customer, quarter = np.nonzero(quarters[None, :] >= customers["since"][:, None])
    at = (customer, quarter)
    return {
        "customer_id": customer + 1,
        "known_on": quarters[quarter],
        "monthly_income": keep_where(np.round(income), rng.random(shape) < 0.8)[at],
        "bureau_score": keep_where(np.round(np.clip(score, 150, 950)), rng.random(shape) < 0.9)[at],
        "employees": customers["employees"][customer],
    }
