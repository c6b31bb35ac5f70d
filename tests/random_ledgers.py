"""Seeded small portfolios in which everything that makes a ledger hard happens often."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random
from typing import Any

from ledgers import Ledger, Row, Rows, days_after

from propension.config import CHANNELS
from propension.schema import OUTCOMES

# Looked at on month ends, on a holiday of many countries, and in the middle of a month.
AS_OF = (
    dt.date(2023, 12, 31),
    dt.date(2024, 2, 29),
    dt.date(2024, 3, 29),
    dt.date(2024, 4, 10),
)
FIRST, DAYS = dt.date(2023, 2, 6), 480
# Lengths of the windows that features look through.
WINDOWS = (0, 7, 30, 60, 90, 180, 365)
AMOUNTS = ("20", "50", "100", "100", "120.50", "33.33", "999.99")
SHARES = ("0.1", "0.2", "0.5", "0.8", "1", "1", "1", "1.3")
# An account may be the customer's own, a second one, or shared with another customer.
KINDS = ("own", "own", "own", "named", "second", "shared")
# Days to a due date, at the edges of windows; from it to a payment in full, at those of its grace.
SOON = (0, 1, 6, 7, 8, 14, 15, 16, 29, 30, 31)
NEAR_DUE = (-20, -5, -1, 0, 0, 0, 1, 2, 3, 4, 10, 11)
# Now and then a source does not have a table at all.
OPTIONAL_SHARE = 0.85


def random_rows(seed: int, accounts: int = 25, punctual_share: float = 0) -> Rows:
    """Return canonical rows of about ``accounts`` accounts; the same seed gives the same rows.

    The larger ``punctual_share``, the more accounts have nothing overdue on a day looked at, and
    something that falls due soon after it.
    """
    rng = Random(seed)
    ledger = Ledger()
    customers = [f"C{number:02d}" for number in range(accounts)]
    for customer_id in customers:
        ledger.customer(customer_id, **_profile(rng))
    for number in range(accounts):
        first = len(ledger.rows["debts"])
        _account(rng, ledger, number, customers)
        if punctual_share and rng.random() < punctual_share:
            _punctual(rng, ledger, first)
    _optional_tables(rng, ledger, customers)
    for table in ledger.rows.values():
        rng.shuffle(table)
    return ledger.rows


def _profile(rng: Random) -> dict[str, Any]:
    return {
        "since": rng.choice((None, _any_day(rng, -900, DAYS))),
        "kind": rng.choice((None, "person", "company")),
        "industry": rng.choice((None, "retail", "mining")),
        "region": rng.choice((None, "Antioquia", "São Paulo")),
        "timezone": rng.choice((None, "America/Bogota", "America/Sao_Paulo", "Nowhere/Land")),
        "product_line": rng.choice((None, "card", "loan")),
        "group_id": rng.choice((None, None, "G1", "G2", "G3", "G4")),
    }


def _account(rng: Random, ledger: Ledger, number: int, customers: list[str]) -> None:
    customer_id = customers[number]
    kind = rng.choice(KINDS)
    account_id = {"own": None, "named": f"A{number:02d}"}.get(kind, f"B{number:02d}")
    owners = [customer_id]
    if kind == "second":
        owners = [customers[number - 1]]
    elif kind == "shared":
        owners = [customer_id, rng.choice(customers)]
    for _ in range(rng.choice((1, 1, 2, 3, 5, 9, 45))):
        issued = _any_day(rng)
        debt_id = f"D{len(ledger.rows['debts']):04d}"
        ledger.debt(
            debt_id,
            due_on=_due(rng, issued),
            amount=rng.choice(AMOUNTS),
            issued_on=issued,
            customer_id=rng.choice(owners),
            account_id=account_id,
            recorded_at=_recorded(rng, issued),
        )
        _payments(rng, ledger, debt_id)
    if rng.random() < 0.3:
        _long_late(rng, ledger, customer_id)


def _punctual(rng: Random, ledger: Ledger, first: int) -> None:
    """Bill an account once more, about a day looked at; pay all its debts near their due date."""
    newest = ledger.rows["debts"][-1]
    due_on = days_after(rng.choice(AS_OF), rng.choice(SOON))
    issued_on = days_after(due_on, -rng.choice((10, 30, 60)))
    debt_id = f"D{len(ledger.rows['debts']):04d}"
    ledger.debt(**newest | {"debt_id": debt_id, "issued_on": issued_on, "due_on": due_on})
    for debt in ledger.rows["debts"][first:]:
        paid_on = max(debt["issued_on"], days_after(debt["due_on"], rng.choice(NEAR_DUE)))
        part = (debt["amount"] * Decimal(rng.choice(("0.3", "1", "1")))).quantize(Decimal("0.01"))
        for amount in filter(None, (part, debt["amount"] - part)):
            ledger.payment(paid_on, amount, debt["debt_id"], recorded_at=_recorded(rng, paid_on))
            paid_on = days_after(paid_on, rng.choice((0, 1, 7)))


def _long_late(rng: Random, ledger: Ledger, customer_id: str) -> None:
    """Settle a debt very late, about a year before a day looked at: still its worst, or just not."""
    paid_on = days_after(rng.choice(AS_OF), -rng.choice((363, 364, 365)))
    debt_id = f"D{len(ledger.rows['debts']):04d}"
    due_on = days_after(paid_on, -rng.randint(150, 300))
    ledger.debt(debt_id, due_on, customer_id=customer_id).payment(paid_on, 100, debt_id)


def _due(rng: Random, issued: dt.date) -> dt.date:
    if rng.random() < 0.4:
        return max(issued, _any_day(rng))
    return days_after(issued, rng.choice((0, 1, 15, 30, 30, 45)))


def _payments(rng: Random, ledger: Ledger, debt_id: str) -> None:
    debt = ledger.rows["debts"][-1]
    # Around the due date, or on any day that the debt has seen.
    near = days_after(debt["due_on"], rng.choice((-20, -5, -1, 0, 0, 1, 3, 29, 30, 31, 32, 50)))
    paid_on = max(debt["issued_on"], rng.choice((near, _any_day(rng), _any_day(rng))))
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


def _optional_tables(rng: Random, ledger: Ledger, customers: list[str]) -> None:
    for name, fill in (("contacts", _contacts), ("promises", _promises), ("disputes", _disputes)):
        if rng.random() < OPTIONAL_SHARE:
            ledger.with_table(name)
            fill(rng, ledger, customers)


def _contacts(rng: Random, ledger: Ledger, customers: list[str]) -> None:
    for customer_id in customers:
        for _ in range(rng.choice((0, 0, 1, 4, 9, 20))):
            _contact(rng, ledger, customer_id)


def _promises(rng: Random, ledger: Ledger, customers: list[str]) -> None:
    for payment in ledger.rows["payments"]:
        if rng.random() < 0.5:
            _promise_before(rng, ledger, payment)
    for customer_id in customers:
        for _ in range(rng.choice((0, 0, 1, 3))):
            _promise(rng, ledger, customer_id, _any_day(rng))


def _disputes(rng: Random, ledger: Ledger, customers: list[str]) -> None:
    for debt in ledger.rows["debts"]:
        if rng.random() < 0.3:
            _dispute(rng, ledger, debt)


def _contact(rng: Random, ledger: Ledger, customer_id: str) -> None:
    on = _any_day(rng)
    at, recorded_at = _instant(rng, on), _recorded(rng, on)
    # Several outcomes of one instant are a tie; those of one second are not.
    for _ in range(rng.choice((1, 1, 2))):
        ledger.contact(
            on,
            rng.choice(OUTCOMES),
            customer_id=customer_id,
            at=at + dt.timedelta(microseconds=rng.choice((0, 0, 300_000))),
            channel=rng.choice(CHANNELS),
            direction=rng.choice(("out", "out", "in")),
            recorded_at=recorded_at,
        )


def _promise_before(rng: Random, ledger: Ledger, payment: Row) -> None:
    """Promise about as much as is paid, due about when it is paid."""
    debt = next(row for row in ledger.rows["debts"] if row["debt_id"] == payment["debt_id"])
    due_on = days_after(payment["paid_on"], rng.choice((-5, -4, -3, -3, -2, 0, 0, 5)))
    made_on = min(due_on, days_after(payment["paid_on"], rng.choice((-20, -9, -1, 0, 0, 1, 2))))
    share = rng.choice(("0.5", "1", "1.1", "1.12", "2"))
    amount = (abs(payment["amount"]) * Decimal(share)).quantize(Decimal("0.01"))
    if rng.random() < 0.3:
        # Ninety hundredths of it are exactly what is paid.
        amount = (abs(payment["amount"]) / Decimal("0.9")).quantize(Decimal("0.01"))
    _promise(rng, ledger, debt["customer_id"], made_on, due_on=due_on, amount=amount)


def _promise(
    rng: Random, ledger: Ledger, customer_id: str, made_on: dt.date, **values: Any
) -> None:
    due_on = days_after(made_on, rng.choice((0, 1, 7, 15, 30)))
    defaults = {"amount": Decimal(rng.choice(AMOUNTS)), "recorded_at": _recorded(rng, made_on)}
    defaults |= {"due_on": due_on, "customer_id": customer_id} | values
    ledger.promise(made_on, **defaults)


def _dispute(rng: Random, ledger: Ledger, debt: Row) -> None:
    opened_on = max(debt["issued_on"], _any_day(rng))
    closed_on = rng.choice((None, max(opened_on, _any_day(rng)), days_after(opened_on, 10)))
    ledger.dispute(
        opened_on,
        debt["debt_id"],
        closed_on=closed_on,
        recorded_at=_recorded(rng, opened_on),
    )


def _any_day(rng: Random, first: int = 0, last: int = DAYS) -> dt.date:
    """Draw a day; often one at the edge of a window that ends on a day looked at."""
    if rng.random() < 0.5:
        return days_after(rng.choice(AS_OF), rng.choice((-2, -1, 0, 1)) - rng.choice(WINDOWS))
    return days_after(FIRST, rng.randint(first, last))


def _recorded(rng: Random, happened: dt.date) -> dt.datetime | None:
    """Mostly with the event, often late, sometimes ahead of it."""
    if rng.random() < 0.3:
        return None
    return _instant(rng, days_after(happened, rng.choice((-4, 0, 0, 0, 0, 1, 2, 9, 30, 60))))


def _instant(rng: Random, on: dt.date) -> dt.datetime:
    clock = rng.choice(
        (
            dt.time(0),
            dt.time(9, 15),
            dt.time(11, 59, 59, 400_000),
            dt.time(11, 59, 59, 800_000),
            dt.time(12),
            dt.time(12, 30),
            dt.time(23, 59, 59),
        )
    )
    return dt.datetime.combine(on, clock)
