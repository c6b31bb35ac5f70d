"""Events become rows of the canonical tables, recorded at once or a few days later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

from propension.arrays import Array
from propension.simulate.arrow import DAY_US, Columns, Numbering, number_within, words
from propension.simulate.log import Events
from propension.simulate.policy import ARM_NAMES, POLICY_VERSION, TREATMENTS
from propension.simulate.state import NEVER_ISSUED, Book, State
from propension.simulate.timeline import NEVER
from propension.simulate.traits import FLAG_SHARES

_PRODUCTS = ("instalment", "telecom_bill", "utility_bill", "invoice")
_METHODS = ("transfer", "cash", "card", "direct_debit")
_REASONS = ("wrong_amount", "not_delivered", "already_paid", "not_mine")
_HARDSHIP_DAYS = 180
_LATE_SHARES = {"debts": 0.02, "payments": 0.05, "disputes": 0.02, "flags": 0.02}


@dataclass(frozen=True)
class Files:
    """What the rows of a piece refer to.

    ``recorded_on`` and ``numbers`` are by debt: when it was recorded (``NEVER`` if it never was,
    by the last day) and its number.
    """

    rng: Generator
    book: Book
    numbering: Numbering
    recorded_on: Array
    numbers: Array

    def debt_ids(self, debts: Array) -> Any:
        """Ids of some debts; null where the index is negative."""
        return self.numbering.events("D", np.where(debts < 0, -1, self.numbers[debts]))


def open_files(rng: Generator, book: Book, state: State, numbering: Numbering) -> Files:
    """Number the debts that were issued and recorded by the last day."""
    last = book.timeline.last
    recorded = record_late(rng, book.debts.issued, _LATE_SHARES["debts"])
    known = (book.debts.issued <= last) & (state.status != NEVER_ISSUED) & (recorded <= last)
    numbers = np.full(len(known), -1, dtype=np.int64)
    numbers[known] = number_within(book.debts.customer[known])
    return Files(rng, book, numbering, np.where(known, recorded, NEVER), numbers)


def record_late(rng: Generator, day: Array, share: float) -> Array:
    """Day on which each event is recorded: its own, or one to seven days later."""
    n = len(day)
    recorded: Array = day + np.where(rng.random(n) < share, rng.integers(1, 8, n), 0)
    return recorded


def debt_columns(files: Files, currency: str) -> Columns:
    """Columns of ``debts``."""
    debts, traits = files.book.debts, files.book.traits
    debt = np.flatnonzero(files.numbers >= 0)
    customer = debts.customer[debt]
    return {
        "debt_id": files.debt_ids(debt),
        "customer_id": files.numbering.customers(customer),
        "account_id": files.numbering.customers(customer),
        "contract_id": files.numbering.customers(customer, "K"),
        "issued_on": debts.issued[debt],
        "due_on": debts.due[debt],
        "amount": debts.amount[debt],
        "currency": words((currency,), np.zeros(len(debt))),
        "product": words(_PRODUCTS, traits.product[customer]),
        "recorded_at": files.recorded_on[debt] * DAY_US,
    }


def payment_columns(files: Files, payments: Events) -> Columns:
    """Columns of ``payments``; a few who settle a debt pay too much."""
    rng, book = files.rng, files.book
    order = np.lexsort((payments["day"], payments["debt"]))
    debt, day, amount = (payments[name][order] for name in ("debt", "day", "amount"))
    n, customer = len(debt), book.debts.customer[debt]
    extra = payments["settles"][order] & (rng.random(n) < 0.012)
    amount = amount + np.where(extra, np.ceil(amount * rng.uniform(0.02, 0.1, n)), 0)
    usual = rng.integers(0, len(_METHODS), len(book.traits))[customer]
    method = np.where(rng.random(n) < 0.1, rng.integers(0, len(_METHODS), n), usual)
    recorded = _in_order(debt, record_late(rng, day, _LATE_SHARES["payments"]), files.recorded_on)
    known = recorded <= book.timeline.last
    return {
        "payment_id": files.numbering.events("P", number_within(customer[known])),
        "debt_id": files.debt_ids(debt[known]),
        "paid_on": day[known],
        "amount": amount[known],
        "method": words(_METHODS, method[known]),
        "bounced": payments["bounced"][order][known],
        "recorded_at": recorded[known] * DAY_US,
    }


def _in_order(debt: Array, recorded: Array, debt_recorded: Array) -> Array:
    """A debt's payments are recorded in their order, and never before the debt itself."""
    day = np.maximum(recorded, debt_recorded[debt])
    span = NEVER + 1
    in_order: Array = np.maximum.accumulate(debt * span + day) - debt * span
    return in_order


def dispute_columns(files: Files, disputes: Events) -> Columns:
    """Columns of ``disputes``; those open on the last day have no closing."""
    rng, last = files.rng, files.book.timeline.last
    order = np.argsort(disputes["debt"])
    debt, opened, closed = (disputes[name][order] for name in ("debt", "opened_on", "closed_on"))
    recorded = record_late(rng, opened, _LATE_SHARES["disputes"])
    recorded = np.maximum(recorded, files.recorded_on[debt])
    reason = rng.integers(0, len(_REASONS), len(debt))
    known = recorded <= last
    customer = files.book.debts.customer[debt]
    return {
        "dispute_id": files.numbering.events("Q", number_within(customer[known])),
        "debt_id": files.debt_ids(debt[known]),
        "opened_on": opened[known],
        "closed_on": np.where(closed > last, NEVER, closed)[known],
        "reason": words(_REASONS, reason[known]),
        "recorded_at": recorded[known] * DAY_US,
    }


def flag_columns(files: Files, spells: Events) -> Columns:
    """Columns of ``flags``; some who lose their work register hardship for half a year."""
    rng, traits, last = files.rng, files.book.traits, files.book.timeline.last
    customer, flag = np.nonzero(traits.flags < NEVER)
    struck, first = np.unique(spells["customer"], return_index=True)
    since = spells["day"][first] + rng.integers(0, 20, len(first))
    asks = rng.random(len(first)) < 0.2
    names = (*FLAG_SHARES, "hardship")
    customer, flag, from_on = (
        np.concatenate(parts)
        for parts in (
            (customer, struck[asks]),
            (flag, np.full(np.count_nonzero(asks), len(names) - 1)),
            (traits.flags[customer, flag], since[asks]),
        )
    )
    recorded = record_late(rng, from_on, _LATE_SHARES["flags"])
    kept = np.lexsort((from_on, customer))
    kept = kept[(recorded[kept] <= last) & (from_on[kept] >= traits.since[customer[kept]])]
    until_on = from_on + _HARDSHIP_DAYS
    ends = (flag == len(names) - 1) & (until_on <= last)
    return {
        "customer_id": files.numbering.customers(customer[kept]),
        "flag": words(names, flag[kept]),
        "from_on": from_on[kept],
        "until_on": np.where(ends, until_on, NEVER)[kept],
        "recorded_at": recorded[kept] * DAY_US,
    }


def assignment_columns(files: Files, assignments: Events) -> Columns:
    """Columns of ``assignments``: what was decided, and how likely that decision was."""
    order = np.lexsort((assignments["as_of"], assignments["customer"]))
    events = {name: values[order] for name, values in assignments.items()}
    arms = tuple(ARM_NAMES.values())
    arm = events["arm"] - min(ARM_NAMES)
    return {
        "account_id": files.numbering.customers(events["customer"]),
        "as_of": events["as_of"],
        "treatment": words(TREATMENTS, events["treatment"]),
        "arm": words(arms, arm),
        "assignment_probability": events["probability"],
        "policy_version": words((POLICY_VERSION,), np.zeros(len(arm))),
    }
