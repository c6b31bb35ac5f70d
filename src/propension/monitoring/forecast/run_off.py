"""Run-off: how fast what is owed is paid, by its age, and what that makes of what is owed now."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from propension.arrays import Floats
from propension.snapshots import RECEIPTS

HORIZON_DAYS = 91
WINDOW_DAYS = 365
# Ages that are told apart, in days since the due date or since the debt was known.
_FIRST, _LAST = -365, 730
_DAILY, _COARSE, _COARSEST = 60, 30, 12

# What was owed at the closes of the window, by age: added on the day it begins to be owed, and taken
# off on the day it no longer is.
_OWED = """
SELECT least(greatest(day - since, {first}), {last}) AS age, sum(amount)::DOUBLE AS amount
FROM (
    SELECT greatest(l.valid_from, DATE '{begins}') AS day, d.{since} AS since, l.balance AS amount
    FROM ledger l JOIN debt_rows d USING (debt) WHERE l.valid_from < DATE '{as_of}' AND l.valid_to > DATE '{begins}'
    UNION ALL
    SELECT least(l.valid_to, DATE '{as_of}'), d.{since}, -l.balance
    FROM ledger l JOIN debt_rows d USING (debt) WHERE l.valid_from < DATE '{as_of}' AND l.valid_to > DATE '{begins}'
) GROUP BY age
"""
_PAID = """
SELECT least(greatest(r.known_on - d.{since}, {first}), {last}) AS age, sum(r.amount)::DOUBLE AS amount
FROM {receipts} r JOIN debt_rows d USING (debt)
WHERE NOT r.is_first AND r.known_on > DATE '{begins}' AND r.known_on <= DATE '{as_of}'
GROUP BY age
"""
_PAID_AT_ONCE = """
SELECT sum(amount)::DOUBLE / (
    SELECT sum(amount)::DOUBLE FROM debt_rows WHERE known_on > DATE '{begins}' AND known_on <= DATE '{as_of}'
) FROM {receipts} WHERE is_first AND known_on > DATE '{begins}' AND known_on <= DATE '{as_of}'
"""


@dataclass(frozen=True)
class RunOff:
    """Of what is owed at the close of a day, the share paid on the next, by age.

    Attributes
    ----------
    by_due : array of shape (n_ages,), in [0, 1]
        By days since the due date on the day of paying, from ``_FIRST`` to ``_LAST``.
    by_known : array of shape (n_ages,), in [0, 1]
        By days since the debt was known.
    at_once : float in [0, 1]
        Share of new debts paid on the day they are known.

    Notes
    -----
    The product-limit estimate of survival, with amounts in place of lives: what is still open
    counts for as long as it was seen. In claims reserving it is known as the chain ladder.
    """

    by_due: Floats
    by_known: Floats
    at_once: float

    @classmethod
    def read(cls, engine: duckdb.DuckDBPyConnection, as_of: dt.date) -> RunOff:
        """Learn from the year before ``as_of`` what was known by then."""
        begins = as_of - dt.timedelta(days=WINDOW_DAYS)
        sql = _PAID_AT_ONCE.format(receipts=RECEIPTS, begins=begins, as_of=as_of)
        [(at_once,)] = engine.execute(sql).fetchall()
        by_due, by_known = (_shares(engine, as_of, since) for since in ("due_on", "known_on"))
        return cls(by_due, by_known, float(at_once or 0.0))

    def of_open(self, balance: Floats) -> Floats:
        """Return what comes in on every day ahead of what is open, by its age now.

        Parameters
        ----------
        balance : array of shape (n_ages,)
            Open amount by days since the due date, from ``_FIRST`` to ``_LAST``.

        Returns
        -------
        array of shape (n_ages, HORIZON_DAYS)
        """
        place = np.arange(len(balance))[:, None] + np.arange(1, HORIZON_DAYS + 1)
        paid = self.by_due[np.minimum(place, len(balance) - 1)]
        owed = np.cumprod(np.column_stack([np.ones(len(balance)), 1 - paid[:, :-1]]), axis=1)
        found: Floats = balance[:, None] * owed * paid
        return found

    def of_new(self, billed: Floats) -> Floats:
        """Return what comes in on every day ahead of what is billed on the days ahead, each (HORIZON_DAYS,)."""
        later = self.by_known[1 - _FIRST : HORIZON_DAYS - _FIRST]
        owed = (1 - self.at_once) * np.cumprod(np.concatenate([[1.0], 1 - later[:-1]]))
        share = np.concatenate([[self.at_once], owed * later])
        found: Floats = np.convolve(billed, share)[:HORIZON_DAYS]
        return found


def by_age(ages: NDArray[np.int64], amounts: Floats) -> Floats:
    """Return amounts laid out by age from ``_FIRST`` to ``_LAST``; ages beyond count as the last."""
    place = np.clip(ages, _FIRST, _LAST) - _FIRST
    return np.bincount(place, amounts, _LAST - _FIRST + 1).astype(np.float64)


def is_overdue_age() -> NDArray[np.bool_]:
    """Say of every age by the due date whether it is past it."""
    return np.arange(_FIRST, _LAST + 1) > 0


def _shares(engine: duckdb.DuckDBPyConnection, as_of: dt.date, since: str) -> Floats:
    begins = as_of - dt.timedelta(days=WINDOW_DAYS)
    terms = {"as_of": as_of, "begins": begins, "since": since, "first": _FIRST, "last": _LAST}
    owed = np.cumsum(_read(engine, _OWED.format(**terms)))
    paid = _read(engine, _PAID.format(receipts=RECEIPTS, **terms))
    return _pooled(paid, np.concatenate([[0.0], owed[:-1]]))


def _read(engine: duckdb.DuckDBPyConnection, sql: str) -> Floats:
    found = engine.sql(sql).fetchnumpy()
    return by_age(np.asarray(found["age"], dtype=np.int64), np.asarray(found["amount"]))


def _pooled(paid: Floats, owed: Floats) -> Floats:
    """Shares of every day within sixty days of the date, and of thirty days together further away."""
    ages = np.arange(_FIRST, _LAST + 1)
    further = np.minimum((np.abs(ages) - _DAILY - 1) // _COARSE + 1, _COARSEST)
    bins = np.where(np.abs(ages) <= _DAILY, ages, np.sign(ages) * (_DAILY + further))
    _, place = np.unique(bins, return_inverse=True)
    above, below = np.bincount(place, paid), np.bincount(place, owed)
    share = np.divide(above, below, out=np.zeros(len(above)), where=below > 0)
    return np.asarray(np.clip(share, 0, 1)[place])
