"""Every shipped feature and the label again, slowly: row by row in plain Python, no SQL.

Written from the definitions of the domain, not from the queries, so that one can check the other.
"""

from __future__ import annotations

import calendar
import datetime as dt
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ledgers import Row, Rows, as_day, known_on

RIGHT_PARTY = {"right_party", "refused", "promise"}


@dataclass(frozen=True)
class Payment:
    """Money that did not bounce; negative when it was taken back."""

    debt_id: str
    paid_on: dt.date
    known_on: dt.date
    amount: Decimal
    is_partial: bool


@dataclass(frozen=True)
class Debt:
    """One debt as it stood at the close of a day."""

    debt_id: str
    issued_on: dt.date
    due_on: dt.date
    amount: Decimal
    paid: Decimal
    settled_on: dt.date | None

    @property
    def balance(self) -> Decimal:
        return self.amount - self.paid

    def is_overdue(self, as_of: dt.date) -> bool:
        return self.balance > 0 and self.due_on < as_of

    def days_past_due(self, as_of: dt.date) -> int:
        return (as_of - self.due_on).days if self.is_overdue(as_of) else 0


class Reference:
    """What a portfolio's rows say, worked out one account at a time."""

    def __init__(self, rows: Rows) -> None:
        self.customers = {row["customer_id"]: row for row in rows["customers"]}
        self.contacts = rows.get("contacts")
        self.debts: dict[str, list[Row]] = {}
        found = {}
        for row in rows["debts"]:
            account_id = row.get("account_id") or row["customer_id"]
            known = row | {"account_id": account_id, "known_on": known_on(row, "issued_on")}
            found[row["debt_id"]] = known
            self.debts.setdefault(account_id, []).append(known)
        self.payments: dict[str, list[Payment]] = {debt_id: [] for debt_id in found}
        for row in rows["payments"]:
            if not row.get("bounced"):
                debt = found[row["debt_id"]]
                self.payments[row["debt_id"]].append(
                    Payment(
                        row["debt_id"],
                        row["paid_on"],
                        max(known_on(row, "paid_on"), debt["known_on"]),
                        row["amount"],
                        row["amount"] < debt["amount"],
                    )
                )

    def population(self, as_of: dt.date) -> dict[str, list[Debt]]:
        """Return the debts of every account that has something overdue."""
        states = {
            account_id: [self._state(row, as_of) for row in rows if row["known_on"] <= as_of]
            for account_id, rows in self.debts.items()
        }
        return {
            account_id: debts
            for account_id, debts in states.items()
            if any(debt.is_overdue(as_of) for debt in debts)
        }

    def _state(self, row: Row, as_of: dt.date) -> Debt:
        """Follow the debt day by day: when was it last paid in full, and by which payment."""
        payments = [
            payment for payment in self.payments[row["debt_id"]] if payment.known_on <= as_of
        ]
        total, settled_on = Decimal(0), None
        for day in sorted({payment.known_on for payment in payments}):
            total += sum(payment.amount for payment in payments if payment.known_on == day)
            if total < row["amount"]:
                settled_on = None
            elif settled_on is None:
                settled_on = max(
                    payment.paid_on
                    for payment in payments
                    if payment.known_on <= day and payment.amount > 0
                )
        paid = min(max(total, Decimal(0)), row["amount"])
        return Debt(
            row["debt_id"], row["issued_on"], row["due_on"], row["amount"], paid, settled_on
        )

    def features(self, as_of: dt.date) -> dict[str, dict[str, Any]]:
        """Return every shipped feature of every account of the population."""
        found = {}
        for account_id, debts in self.population(as_of).items():
            rows = [row for row in self.debts[account_id] if row["known_on"] <= as_of]
            customer = min(rows, key=lambda row: (row["known_on"], row["customer_id"]))[
                "customer_id"
            ]
            payments = [
                payment
                for row in rows
                for payment in self.payments[row["debt_id"]]
                if payment.known_on <= as_of
            ]
            values = _exposure(debts, as_of) | _habit(debts) | _payment_features(payments, as_of)
            values |= self._contact_features(customer, as_of)
            values |= _profile(self.customers[customer], as_of)
            found[account_id] = values | _derived(values)
        return found

    def _contact_features(self, customer_id: str, as_of: dt.date) -> dict[str, Any]:
        if self.contacts is None:
            return dict.fromkeys(_contacts([], as_of))
        known = [
            row
            for row in self.contacts
            if row["customer_id"] == customer_id and known_on(row, "at") <= as_of
        ]
        return _contacts(known, as_of)

    def labels(
        self, as_of: dt.date, known_until: dt.date, horizon_days: int, paid_share: Decimal
    ) -> dict[str, dict[str, Any]]:
        """Return what every account of the population paid on its overdue debts afterwards."""
        last_day = as_of + dt.timedelta(days=horizon_days)
        found = {}
        for account_id, debts in self.population(as_of).items():
            overdue = [debt for debt in debts if debt.is_overdue(as_of)]
            collected = Decimal(0)
            for debt in overdue:
                came_in = sum(
                    payment.amount
                    for payment in self.payments[debt.debt_id]
                    if as_of < payment.known_on <= known_until and payment.paid_on <= last_day
                )
                collected += min(max(came_in, Decimal(0)), debt.balance)
            owed = sum((debt.balance for debt in overdue), Decimal(0))
            found[account_id] = {
                "overdue_amount": float(owed),
                "collected_amount": float(collected),
                "is_paid": collected >= paid_share * owed,
            }
        return found


def _share(part: Any, whole: Any) -> float | None:
    return None if whole in (0, None) or part is None else float(part) / float(whole)


def _count(rows: Iterable[Any], wanted: Callable[[Any], bool]) -> int:
    return sum(1 for row in rows if wanted(row))


def _exposure(debts: list[Debt], as_of: dt.date) -> dict[str, Any]:
    overdue = [debt for debt in debts if debt.is_overdue(as_of)]
    unpaid = [debt for debt in debts if debt.balance > 0]
    ages = {debt.debt_id: (as_of - debt.issued_on).days for debt in debts}
    owed = sum(debt.balance for debt in overdue)
    return {
        "days_past_due": max(debt.days_past_due(as_of) for debt in overdue),
        "days_past_due_newest": min(debt.days_past_due(as_of) for debt in overdue),
        "days_past_due_weighted": _share(
            sum(debt.days_past_due(as_of) * debt.balance for debt in overdue), owed
        ),
        "days_to_next_due": min(
            ((debt.due_on - as_of).days for debt in unpaid if debt.due_on >= as_of), default=None
        ),
        "overdue_debt_count": len(overdue),
        "open_debt_count": len(unpaid),
        "balance_overdue": float(owed),
        "balance_open": float(sum(debt.balance for debt in unpaid)),
        "balance_largest": float(max(debt.balance for debt in overdue)),
        "paid_share_of_open": _share(
            sum(debt.paid for debt in unpaid), sum(debt.amount for debt in unpaid)
        ),
        "debt_amount_mean": _share(sum(debt.amount for debt in debts), len(debts)),
        "debt_count_365d": _count(ages.values(), lambda age: age < 365),
        "billed_amount_90d": float(
            sum((debt.amount for debt in debts if ages[debt.debt_id] < 90), Decimal(0))
        ),
        "oldest_debt_days": max(ages.values()),
    }


def _habit(debts: list[Debt]) -> dict[str, Any]:
    settled = sorted(
        (debt for debt in debts if debt.settled_on is not None),
        key=lambda debt: (debt.settled_on, debt.debt_id),
        reverse=True,
    )
    delays = [(debt.settled_on - debt.due_on).days for debt in settled if debt.settled_on]
    last_12 = delays[:12]
    return {
        "settled_debt_count": len(settled),
        "delay_mean_3": _share(sum(delays[:3]), len(delays[:3])),
        "delay_mean_12": _share(sum(last_12), len(last_12)),
        "delay_max_12": max(last_12, default=None),
        "delay_spread_12": statistics.stdev(last_12) if len(last_12) > 1 else None,
        "late_share": _share(_count(delays, lambda delay: delay > 0), len(delays)),
        "late_share_6": _share(_count(delays[:6], lambda delay: delay > 0), len(delays[:6])),
    }


def _payment_features(payments: list[Payment], as_of: dt.date) -> dict[str, Any]:
    ages = [(payment, (as_of - payment.paid_on).days) for payment in payments]
    real = [(payment, age) for payment, age in ages if payment.amount > 0]
    return {
        "payment_days_since": min((age for _, age in real), default=None),
        "payment_count_30d": _count(real, lambda found: found[1] < 30),
        "payment_count_90d": _count(real, lambda found: found[1] < 90),
        "paid_amount_30d": float(sum(payment.amount for payment, age in ages if age < 30)),
        "paid_amount_90d": float(sum(payment.amount for payment, age in ages if age < 90)),
        "partial_payment_share": _share(_count(real, lambda found: found[0].is_partial), len(real)),
        "early_month_share": _share(
            _count(real, lambda found: found[0].paid_on.day <= 10), len(real)
        ),
    }


def _contacts(rows: list[Row], as_of: dt.date) -> dict[str, Any]:
    ages = [(row, (as_of - as_day(row["at"])).days) for row in rows]
    attempts = [(row, age) for row, age in ages if row["direction"] == "out"]
    reached = [(row, age) for row, age in ages if row["outcome"] in RIGHT_PARTY]
    both = _count(attempts, lambda found: found[0]["outcome"] in RIGHT_PARTY)
    return {
        "contact_attempt_count_30d": _count(attempts, lambda found: found[1] < 30),
        "contact_attempt_count_90d": _count(attempts, lambda found: found[1] < 90),
        "right_party_count_90d": _count(reached, lambda found: found[1] < 90),
        "right_party_days_since": min((age for _, age in reached), default=None),
        "contact_rate": _share(both, len(attempts)),
        "promise_count_180d": _count(
            ages, lambda found: found[0]["outcome"] == "promise" and found[1] < 180
        ),
        "refusal_count_180d": _count(
            ages, lambda found: found[0]["outcome"] == "refused" and found[1] < 180
        ),
    }


def _profile(customer: Row, as_of: dt.date) -> dict[str, Any]:
    since = customer.get("since")
    month_days = calendar.monthrange(as_of.year, as_of.month)[1]
    return {
        "tenure_days": None if since is None else (as_of - since).days,
        "customer_kind": customer.get("kind"),
        "customer_industry": customer.get("industry"),
        "customer_region": customer.get("region"),
        "month": as_of.month,
        "days_to_month_end": month_days - as_of.day,
    }


def _derived(values: dict[str, Any]) -> dict[str, Any]:
    usual, lately = values["delay_mean_12"], values["delay_mean_3"]
    return {
        "balance_overdue_share": _share(values["balance_overdue"], values["balance_open"]),
        "balance_to_usual": _share(values["balance_overdue"], values["debt_amount_mean"]),
        "paid_to_billed_90d": _share(values["paid_amount_90d"], values["billed_amount_90d"]),
        "delay_trend": None if usual is None else lately - usual,
        "delay_excess": None if usual is None else values["days_past_due"] - usual,
    }
