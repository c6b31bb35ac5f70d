"""Every shipped feature and every label again, slowly: row by row in plain Python, no SQL.

Written from the definitions of the domain, not from the queries, so that one can check the other.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cached_property
from typing import Any

import holidays
from ledgers import Row, Rows, as_day, known_on
from unit.features.reference_values import (
    RIGHT_PARTY,
    Debt,
    Payment,
    bounce_values,
    calendar_values,
    contact_values,
    debt_values,
    derived_values,
    dispute_values,
    group_values,
    payment_values,
    profile_values,
    promise_values,
)

from propension.config import Target

_GRACE = dt.timedelta(days=3)
_KEPT_SHARE = Decimal("0.9")


class Reference:
    """What a portfolio's rows say, worked out one account at a time."""

    def __init__(self, rows: Rows, country: str = "") -> None:
        self.rows = rows
        self.country = country
        self.customers = {row["customer_id"]: row for row in rows["customers"]}
        self.debts: dict[str, list[Row]] = {}
        self.debt_of: dict[str, Row] = {}
        for row in rows["debts"]:
            account_id = row.get("account_id") or row["customer_id"]
            known = row | {"account_id": account_id, "known_on": known_on(row, "issued_on")}
            self.debt_of[row["debt_id"]] = known
            self.debts.setdefault(account_id, []).append(known)
        self.payments: dict[str, list[Payment]] = {debt_id: [] for debt_id in self.debt_of}
        self.bounces: dict[str, list[Payment]] = {debt_id: [] for debt_id in self.debt_of}
        for row in rows["payments"]:
            debt = self.debt_of[row["debt_id"]]
            payment = Payment(
                row["debt_id"],
                debt["customer_id"],
                row["paid_on"],
                self._known_with_debt(row, "paid_on"),
                row["amount"],
                row["amount"] < debt["amount"],
            )
            (self.bounces if row.get("bounced") else self.payments)[row["debt_id"]].append(payment)

    @cached_property
    def holidays(self) -> list[dt.date]:
        """Public holidays of the country from 2020 to 2030; none where it is unknown."""
        try:
            found = holidays.country_holidays(self.country, years=range(2020, 2031))
        except NotImplementedError:
            return []
        return sorted(found)

    def _known_with_debt(self, row: Row, event: str) -> dt.date:
        return max(known_on(row, event), self.debt_of[row["debt_id"]]["known_on"])

    def owner(self, account_id: str) -> Row:
        """Return the customer an account was first known with."""
        first = min(
            self.debts[account_id], key=lambda row: (row["known_on"], str(row["customer_id"]))
        )
        return self.customers[first["customer_id"]]

    def states(self, as_of: dt.date) -> dict[str, list[Debt]]:
        """Return the known debts of every account that has any."""
        states = {
            account_id: [self._state(row, as_of) for row in rows if row["known_on"] <= as_of]
            for account_id, rows in self.debts.items()
        }
        return {account_id: debts for account_id, debts in states.items() if debts}

    def population(self, as_of: dt.date) -> dict[str, list[Debt]]:
        """Return the debts of every account that has something overdue."""
        return {
            account_id: debts
            for account_id, debts in self.states(as_of).items()
            if any(debt.is_overdue(as_of) for debt in debts)
        }

    def upcoming(self, as_of: dt.date, upcoming_days: int) -> dict[str, list[Debt]]:
        """Return the debts of every account with nothing overdue and something soon due."""
        return {
            account_id: debts
            for account_id, debts in self.states(as_of).items()
            if not any(debt.is_overdue(as_of) for debt in debts)
            and any(debt.falls_due(as_of, upcoming_days) for debt in debts)
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

    def features(
        self, as_of: dt.date, upcoming_days: int | None = None
    ) -> dict[str, dict[str, Any]]:
        """Return every shipped feature of every account of a stage; overdue when not said."""
        states = self.states(as_of)
        groups: dict[str, list[list[Debt]]] = {}
        for account_id, debts in states.items():
            group_id = self.owner(account_id).get("group_id")
            if group_id is not None:
                groups.setdefault(group_id, []).append(debts)
        found = {}
        overdue = upcoming_days is None
        for account_id in (
            self.population(as_of) if overdue else self.upcoming(as_of, upcoming_days)
        ):
            customer = self.owner(account_id)
            customer_id = customer["customer_id"]
            values = debt_values(states[account_id], as_of)
            values |= payment_values(self._of_account(self.payments, account_id, as_of), as_of)
            values |= bounce_values(self._of_account(self.bounces, account_id, as_of), as_of)
            contacts = self._of_customer("contacts", "at", customer_id, as_of)
            values |= contact_values(contacts, customer.get("timezone"), as_of)
            values |= self._promise_features(customer_id, as_of)
            values |= dispute_values(self._disputes(account_id, as_of), as_of)
            values |= group_values(groups.get(customer.get("group_id")), as_of)
            values |= profile_values(customer, as_of) | calendar_values(self.holidays, as_of)
            found[account_id] = values | derived_values(values)
        return found

    def _of_account(
        self, payments: dict[str, list[Payment]], account_id: str, as_of: dt.date
    ) -> list[Payment]:
        return [
            payment
            for row in self.debts[account_id]
            for payment in payments[row["debt_id"]]
            if payment.known_on <= as_of
        ]

    def _of_customer(
        self, table: str, event: str, customer_id: str, as_of: dt.date
    ) -> list[Row] | None:
        """Return the known rows of a customer; None where the source has no such table."""
        if table not in self.rows:
            return None
        return [
            row
            for row in self.rows[table]
            if row["customer_id"] == customer_id and known_on(row, event) <= as_of
        ]

    def _disputes(self, account_id: str, as_of: dt.date) -> list[Row] | None:
        if "disputes" not in self.rows:
            return None
        return [
            row
            for row in self.rows["disputes"]
            if self.debt_of[row["debt_id"]]["account_id"] == account_id
            and self._known_with_debt(row, "opened_on") <= as_of
        ]

    def _promise_features(self, customer_id: str, as_of: dt.date) -> dict[str, Any]:
        promises = self._of_customer("promises", "made_on", customer_id, as_of)
        if promises is None:
            return promise_values(None, as_of)
        paid = [
            payment
            for payments in self.payments.values()
            for payment in payments
            if payment.customer_id == customer_id and payment.known_on <= as_of
        ]
        return promise_values([(row, self._answer(row, paid, as_of)) for row in promises], as_of)

    @staticmethod
    def _answer(promise: Row, payments: list[Payment], as_of: dt.date) -> str:
        """Say whether a promise was kept, was broken, or can still be kept."""
        last_day = promise["due_on"] + _GRACE
        came_in = sum(
            payment.amount
            for payment in payments
            if promise["made_on"] <= payment.paid_on <= last_day
        )
        if came_in >= promise["amount"] * _KEPT_SHARE:
            return "kept"
        return "broken" if last_day < as_of else "pending"

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
                came_in = self._came_in(debt, as_of, known_until, last_day)
                collected += min(max(came_in, Decimal(0)), debt.balance)
            owed = sum((debt.balance for debt in overdue), Decimal(0))
            found[account_id] = {
                "overdue_amount": float(owed),
                "collected_amount": float(collected),
                "is_paid": collected >= paid_share * owed,
            }
        return found

    def horizon_labels(
        self, as_of: dt.date, known_until: dt.date, target: Target
    ) -> dict[str, dict[str, Any]]:
        """Return the label over every horizon; nothing where its last day is not over yet."""
        share = Decimal(str(target.paid_share))
        found: dict[str, dict[str, Any]] = {}
        for days in target.horizons:
            is_over = as_of + dt.timedelta(days + target.recording_lag_days) <= known_until
            for account_id, label in self.labels(as_of, known_until, days, share).items():
                found.setdefault(account_id, {"amount": label["overdue_amount"]}).update(
                    {
                        f"collected_amount_{days}d": label["collected_amount"] if is_over else None,
                        f"is_paid_{days}d": label["is_paid"] if is_over else None,
                    }
                )
        return found

    def evidence(
        self, as_of: dt.date, known_until: dt.date, target: Target
    ) -> dict[str, dict[str, Any]]:
        """Return whether those who paid paid short, and whether those who were reached refused."""
        last_day = as_of + dt.timedelta(days=target.horizon_days)

        def is_later(happened: dt.date, known: dt.date) -> bool:
            return happened <= last_day and as_of < known <= known_until

        found = {}
        for account_id in self.population(as_of):
            customer_id = self.owner(account_id)["customer_id"]
            tries = [
                payment
                for row in self.debts[account_id]
                for payment in self.payments[row["debt_id"]] + self.bounces[row["debt_id"]]
                if is_later(payment.paid_on, payment.known_on)
            ]
            answers = [
                row["outcome"]
                for row in self.rows.get("contacts", [])
                if row["customer_id"] == customer_id
                and row["outcome"] in RIGHT_PARTY
                and is_later(as_day(row["at"]), known_on(row, "at"))
            ]
            bounced = {id(payment) for found in self.bounces.values() for payment in found}
            found[account_id] = {
                "paid_short": any(p.is_partial or id(p) in bounced for p in tries)
                if tries
                else None,
                "refused": "refused" in answers if answers else None,
            }
        return found

    def upcoming_labels(
        self, as_of: dt.date, known_until: dt.date, target: Target
    ) -> dict[str, dict[str, Any]]:
        """Return what came in, by the end of each one's grace, on the debts that fell due."""
        found = {}
        for account_id, debts in self.upcoming(as_of, target.upcoming_days).items():
            due, collected, in_full = Decimal(0), Decimal(0), True
            for debt in debts:
                if not debt.falls_due(as_of, target.upcoming_days):
                    continue
                last_day = debt.due_on + dt.timedelta(days=target.grace_days)
                came_in = self._came_in(debt, as_of, known_until, last_day)
                due += debt.balance
                collected += min(max(came_in, Decimal(0)), debt.balance)
                in_full = in_full and came_in >= debt.balance
            found[account_id] = {
                "amount": float(due),
                "collected_amount": float(collected),
                "is_paid": in_full,
            }
        return found

    def _came_in(
        self, debt: Debt, as_of: dt.date, known_until: dt.date, last_day: dt.date
    ) -> Decimal:
        """Add up what a debt received by a day that was not known on the as-of date."""
        return sum(
            (
                payment.amount
                for payment in self.payments[debt.debt_id]
                if as_of < payment.known_on <= known_until and payment.paid_on <= last_day
            ),
            Decimal(0),
        )
