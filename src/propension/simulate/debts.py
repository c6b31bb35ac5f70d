"""What is owed and how it is paid: debts, disputes and payments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from propension.simulate.customers import COUNTRIES, NEVER, Columns

_METHODS = ("transfer", "cash", "card", "direct_debit")
_REASONS = ("wrong_amount", "not_delivered", "already_paid", "not_mine")
_PRODUCTS = {
    "consumer_credit": "instalment",
    "telecom": "telecom_bill",
    "utilities": "utility_bill",
    "trade_credit": "invoice",
}


def _chance(logit: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-logit)), dtype=np.float64)


def _month_of(days: NDArray[Any]) -> NDArray[Any]:
    return days.astype("M8[D]").astype("M8[M]")


def _liquid_day(days: NDArray[Any], wanted: NDArray[Any], step: int) -> NDArray[np.int64]:
    """Nearest day of the month ``wanted`` on or after (step 1), or on or before (-1), each day."""
    month = _month_of(days)
    here, there = (m.astype("M8[D]").astype(np.int64) + wanted - 1 for m in (month, month + step))
    liquid: NDArray[np.int64] = np.where((here - days) * step >= 0, here, there)
    return liquid


def build_debts(
    rng: Generator, customers: Columns, stops: NDArray[Any], months: NDArray[Any], until: int
) -> Columns:
    """One debt a customer and month, with the hidden day on which it would be settled.

    Parameters
    ----------
    rng : Generator
    customers : Columns
        As built by ``build_customers``.
    stops : array of shape (n_customers,)
        Day from which the customer neither buys nor pays; ``NEVER`` for most.
    months : array of datetime64[M]
        The simulated months, in order.
    until : int
        Last simulated day.

    Returns
    -------
    Columns
        ``debts`` by customer and month, with the hidden ``settled_on`` (``NEVER`` if unpaid),
        ``forgot`` (a late payer whom a reminder brings back), ``past_late`` (share of the
        customer's earlier debts paid late) and ``parts_from`` (first day of a part payment).
    """
    shape = (len(stops), len(months))
    month_days = months.astype("M8[D]").astype(np.int64)
    issued = month_days[None, :] + rng.integers(0, 28, shape[0])[:, None]
    due = issued + rng.choice([15, 20, 30], shape[0])[:, None]
    settled, forgot = _settlement(rng, customers, issued, due)
    settled = np.where(settled >= stops[:, None], NEVER, settled)
    issues = (
        (issued >= np.maximum(customers["since"], month_days[0])[:, None])
        & (issued <= until)
        & (issued < stops[:, None])
        & (rng.random(shape) < 0.93)
    )
    late = settled > due
    before = np.cumsum(late & issues, axis=1) - (late & issues)
    seen = np.cumsum(issues, axis=1) - issues
    at = np.nonzero(issues)
    customer = at[0]
    country = COUNTRIES[customers["country"][0]]
    product = pd.Series(customers["product_line"]).map(_PRODUCTS).to_numpy(dtype=object)
    return {
        "customer_id": customer + 1,
        "account_id": customer + 1,
        "contract_id": customer + 1,
        "issued_on": issued[at],
        "due_on": due[at],
        "amount": _amounts(rng, customers["income"], country.debt, shape)[at],
        "currency": np.full(len(customer), country.currency, dtype=object),
        "product": product[customer],
        "settled_on": settled[at],
        "forgot": forgot[at],
        "past_late": ((before + 0.6) / (seen + 2))[at],
        "parts_from": np.where(late, due - 5, issued)[at],
    }


def _amounts(
    rng: Generator, income: NDArray[Any], median: int, shape: tuple[int, int]
) -> NDArray[np.float64]:
    """Log-normal amounts around the country's median, in round figures of its currency."""
    size = 0.45 * income + 0.5 * rng.standard_normal(shape[0])
    spread = np.exp(size[:, None] + 0.25 * rng.standard_normal(shape))
    unit = max(1, 10 ** (len(str(median)) - 3))
    amounts: NDArray[np.float64] = np.round(median * np.clip(spread, 1 / 8, 12.5) / unit) * unit
    return amounts


def _settlement(
    rng: Generator, customers: Columns, issued: NDArray[Any], due: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Day each debt would be settled if nobody called, and whether it was just forgotten."""
    shape = due.shape
    means = customers["ability"][:, None] + 0.7 * _shocks(rng, shape)
    will = customers["willingness"][:, None]
    liquidity_day = customers["liquidity_day"][:, None]
    month = _month_of(due).astype(np.int64) % 12
    season = np.select([month == 11, month == 0], [-0.25, 0.45], 0.0)
    drift = np.linspace(0, 0.3, shape[1])[None, :]
    lapse = 1.6 * (customers["forgetfulness"][:, None] - 1 / 3)
    late = rng.random(shape) < _chance(-1.6 - 0.9 * means - 0.8 * will + lapse + season + drift)
    hard = rng.random(shape) < _chance(-1.6 - 1.0 * means - 1.0 * will + drift)
    forgot = late & ~hard & (rng.random(shape) < 1.5 * customers["forgetfulness"][:, None])
    slow = np.exp(rng.normal(2.2, 0.7, shape) - 0.3 * (means + will) + 0.4 * forgot)
    delay = np.where(
        hard, 20 + rng.exponential(90, shape) * np.exp(-0.35 * (means + will)), 1 + slow
    ).astype(np.int64)
    after = np.where(
        rng.random(shape) < 0.5, _liquid_day(due + delay, liquidity_day, 1), due + delay
    )
    early = due - (rng.beta(1, 4, shape) * (due - issued)).astype(np.int64)
    payday = _liquid_day(due, liquidity_day, -1)
    ahead = np.where((payday >= issued) & (rng.random(shape) < 0.4), payday, early)
    settled = np.where(late, np.where(delay > 400, NEVER, after), ahead)
    return _whole_accounts(rng, settled, due, _chance(-2.6 + 0.5 * (means + will))), forgot


def _shocks(rng: Generator, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Good and bad spells of each customer: unit variance, correlation 0.8 between months."""
    shocks = rng.standard_normal(shape)
    for month in range(1, shape[1]):
        shocks[:, month] = 0.8 * shocks[:, month - 1] + 0.6 * shocks[:, month]
    return shocks


def _whole_accounts(
    rng: Generator, settled: NDArray[Any], due: NDArray[Any], cure: NDArray[np.float64]
) -> NDArray[Any]:
    """Tie the debts of an account: older ones go first, and a cure settles them all.

    ``cure`` is the monthly chance that a customer catches up.
    """
    orderly = rng.random(len(settled)) < 0.8
    cured_on = np.where(rng.random(due.shape) < cure, due + rng.integers(0, 30, due.shape), NEVER)
    for month in range(1, settled.shape[1]):
        older, newer = settled[:, month - 1], settled[:, month]
        waits = orderly & (older > newer) & (older - newer < 90)
        settled[:, month] = np.where(waits, older, newer)
    for month in range(1, settled.shape[1]):
        arrears = settled[:, :month]
        np.minimum(arrears, cured_on[:, month, None], out=arrears)
    return settled


def build_disputes(rng: Generator, debts: Columns, until: int) -> Columns:
    """Disputes on some 2% of debts, which are settled only after theirs is closed.

    Changes ``settled_on`` and ``forgot`` of the disputed debts in place.
    """
    debt = np.flatnonzero(rng.random(len(debts["due_on"])) < 0.02)
    n = len(debt)
    opened = debts["due_on"][debt] + rng.integers(-5, 11, n)
    closed = np.where(rng.random(n) < 0.92, opened + rng.integers(5, 61, n), NEVER)
    resumed = np.minimum(closed + rng.integers(2, 21, n), NEVER)
    debts["settled_on"][debt] = np.maximum(debts["settled_on"][debt], resumed)
    debts["forgot"][debt] = False
    return {
        "debt_id": debt + 1,
        "opened_on": opened,
        "closed_on": np.where(closed > until, NEVER, closed),
        "reason": np.array(_REASONS, dtype=object)[rng.integers(0, len(_REASONS), n)],
    }


def build_payments(rng: Generator, debts: Columns, stops: NDArray[Any]) -> Columns:
    """Payments that settle each debt on its day, with the accidents of real life.

    Some settle in two or three parts or pay too much; some are reversed and mostly paid
    again; some attempts bounce first. A few unpaid debts see one part or a bounce.
    """
    rows = _payment_rows(rng, debts)
    debt = np.concatenate([np.flatnonzero(where) for where, *_ in rows])
    customer = debts["customer_id"][debt] - 1
    method = rng.integers(0, len(_METHODS), len(stops))[customer]
    payments = {
        "debt_id": debt + 1,
        "paid_on": np.concatenate([day[where] for where, day, *_ in rows]),
        "amount": np.concatenate([amount[where] for where, _, amount, _ in rows]),
        "method": np.array(_METHODS, dtype=object)[method],
        "bounced": np.concatenate([np.full(where.sum(), bad) for where, *_, bad in rows]),
    }
    kept = payments["paid_on"] < stops[customer]
    return {name: values[kept] for name, values in payments.items()}


def _payment_rows(
    rng: Generator, debts: Columns
) -> tuple[tuple[NDArray[np.bool_], NDArray[Any], NDArray[Any], bool], ...]:
    """For each kind of payment: which debts have it, when, how much, whether it bounced."""
    amount, due, settled_on = debts["amount"], debts["due_on"], debts["settled_on"]
    n = len(amount)
    settled, late = settled_on < NEVER, settled_on > due
    parts = rng.random(n) < np.select([~settled, late], [0.1, 0.2], 0.04)
    more = parts & settled & (rng.random(n) < 0.4)
    span = np.where(settled, settled_on - debts["parts_from"], 120)
    first_on, second_on = (
        debts["parts_from"] + (rng.uniform(low, high, n) * span).astype(np.int64)
        for low, high in ((0, 0.6), (0.6, 1))
    )
    first = np.maximum(1, np.round(amount * rng.uniform(0.25, 0.4, n)))
    second = np.maximum(1, np.round(amount * rng.uniform(0.1, 0.2, n)))
    rest = amount - first * parts - second * more
    extra = np.where(rng.random(n) < 0.012, np.ceil(rest * rng.uniform(0.02, 0.1, n)), 0)
    back = settled & (rng.random(n) < 0.008)
    back_on = settled_on + rng.integers(1, 11, n)
    again, again_on = back & (rng.random(n) < 0.7), back_on + rng.integers(2, 21, n)
    bounces = rng.random(n) < np.select([~settled, late], [0.06, 0.04], 0.005)
    bounce_on = np.where(settled, settled_on - rng.integers(1, 7, n), due + rng.integers(1, 40, n))
    return (
        (settled, settled_on, rest + extra, False),
        (parts, first_on, first, False),
        (more, second_on, second, False),
        (back, back_on, -(rest + extra), False),
        (again, again_on, rest, False),
        (bounces & (bounce_on >= debts["issued_on"]), bounce_on, rest, True),
    )
