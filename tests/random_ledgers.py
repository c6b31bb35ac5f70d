"""Seeded small portfolios in which everything that makes a ledger hard happens often."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random
from typing import Any

from ledgers import Ledger, Rows, days_after

from propension.schema import CHANNELS, OUTCOMES

FIRST, DAYS = dt.date(2023, 9, 4), 250
AMOUNTS = ("20", "50", "100", "100", "120.50", "33.33", "999.99")
SHARES = ("0.1", "0.2", "0.5", "0.8", "1", "1", "1", "1.3")


def random_rows(seed: int, accounts: int = 25) -> Rows:
    """Return canonical rows of about ``accounts`` accounts; the same seed gives the same rows."""
    rng = Random(seed)
    ledger = Ledger()
    customers = [f"C{number:02d}" for number in range(accounts)]
    for customer_id in customers:
        ledger.customer(customer_id, **_profile(rng))
    for number in range(accounts):
        _account(rng, ledger, number, customers)
    # Now and then a source has no contacts at all.
    if rng.random() < 0.85:
        ledger.with_table("contacts")
        for customer_id in customers:
            for _ in range(rng.choice((0, 0, 1, 4, 9))):
                _contact(rng, ledger, customer_id)
    for table in ledger.rows.values():
        rng.shuffle(table)
    return ledger.rows


def _profile(rng: Random) -> dict[str, Any]:
    return {
        "since": rng.choice((None, _any_day(rng, -900, DAYS))),
        "kind": rng.choice((None, "person", "company")),
        "industry": rng.choice((None, "retail", "mining")),
        "region": rng.choice((None, "Antioquia", "São Paulo")),
    }


def _account(rng: Random, ledger: Ledger, number: int, customers: list[str]) -> None:
    # An account may be the customer's own, a second one, or shared with another customer.
    customer_id = customers[number]
    kind = rng.choice(("own", "own", "own", "named", "second", "shared"))
    account_id = {"own": None, "named": f"A{number:02d}"}.get(kind, f"B{number:02d}")
    owners = [customer_id]
    if kind == "second":
        owners = [customers[number - 1]]
    elif kind == "shared":
        owners = [customer_id, rng.choice(customers)]
    for _ in range(rng.choice((1, 1, 2, 3, 5, 9, 16))):
        issued = _any_day(rng, 0, DAYS)
        debt_id = f"D{len(ledger.rows['debts']):04d}"
        ledger.debt(
            debt_id,
            due_on=days_after(issued, rng.choice((0, 1, 15, 30, 30, 45))),
            amount=rng.choice(AMOUNTS),
            issued_on=issued,
            customer_id=rng.choice(owners),
            account_id=account_id,
            recorded_at=_recorded(rng, issued),
        )
        _payments(rng, ledger, debt_id)


def _payments(rng: Random, ledger: Ledger, debt_id: str) -> None:
    debt = ledger.rows["debts"][-1]
    paid_on = days_after(debt["issued_on"], rng.randint(0, 50))
    for _ in range(rng.choice((0, 0, 1, 1, 1, 2, 3, 4))):
        share = Decimal(rng.choice(SHARES)) * (-1 if rng.random() < 0.15 else 1)
        ledger.payment(
            paid_on,
            (debt["amount"] * share).quantize(Decimal("0.01")),
            debt_id,
            bounced=rng.choice((None, False, False, False, rng.random() < 0.5)),
            recorded_at=_recorded(rng, paid_on),
        )
        paid_on = days_after(paid_on, rng.choice((-3, 0, 0, 1, 7, 20)))
        paid_on = max(paid_on, debt["issued_on"])


def _contact(rng: Random, ledger: Ledger, customer_id: str) -> None:
    on = _any_day(rng, 0, DAYS)
    ledger.contact(
        on,
        rng.choice(OUTCOMES),
        customer_id=customer_id,
        at=_instant(rng, on),
        channel=rng.choice(CHANNELS),
        direction=rng.choice(("out", "out", "in")),
        recorded_at=_recorded(rng, on),
    )


def _any_day(rng: Random, first: int, last: int) -> dt.date:
    return days_after(FIRST, rng.randint(first, last))


def _recorded(rng: Random, happened: dt.date) -> dt.datetime | None:
    """Mostly with the event, often late, sometimes ahead of it."""
    if rng.random() < 0.3:
        return None
    return _instant(rng, days_after(happened, rng.choice((-4, 0, 0, 0, 0, 1, 2, 9, 30, 60))))


def _instant(rng: Random, on: dt.date) -> dt.datetime:
    clock = rng.choice((dt.time(0), dt.time(12, 30), dt.time(23, 59, 59)))
    return dt.datetime.combine(on, clock)
