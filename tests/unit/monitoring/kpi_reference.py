"""Every KPI again, slowly: account by account in plain Python, no SQL.

Written from the definitions of ``docs/kpis.md``, not from the queries, so that one can check the other.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from ledgers import Row, Rows, known_on

Figures = dict[tuple[str, str, str], tuple[float, float | None]]

DAY = dt.timedelta(days=1)
ORDER = ["current", "1-30", "31-60", "61-90", "91-120", "121+"]
IN_PERSON = {"right_party", "refused", "promise"}
STOCKS = {
    "balance", "overdue_balance", "overdue_share", "overdue_accounts", "days_sales_outstanding",
}  # fmt: skip


def bucket_of(days: int) -> str:
    return ORDER[0] if days <= 0 else ORDER[min(5, 1 + (days - 1) // 30)]


@dataclass
class Debt:
    """One debt: when it was known, and every movement that was known on a later day."""

    row: Row
    account_id: str
    known_on: dt.date
    movements: list[tuple[dt.date, Decimal]] = field(default_factory=list)

    def paid(self, day: dt.date) -> Decimal:
        total = sum((amount for known, amount in self.movements if known <= day), Decimal(0))
        return min(max(total, Decimal(0)), self.row["amount"])

    def balance(self, day: dt.date) -> Decimal:
        return self.row["amount"] - self.paid(day) if self.known_on <= day else Decimal(0)

    def overdue(self, day: dt.date) -> Decimal:
        return self.balance(day) if self.row["due_on"] < day else Decimal(0)

    def days_past_due(self, day: dt.date) -> int:
        return (day - self.row["due_on"]).days if self.overdue(day) else 0


@dataclass
class Account:
    """An account, its owner and its debts."""

    account_id: str
    owner: Row
    debts: list[Debt]

    def balance(self, day: dt.date) -> Decimal:
        return sum((debt.balance(day) for debt in self.debts), Decimal(0))

    def overdue(self, day: dt.date) -> Decimal:
        return sum((debt.overdue(day) for debt in self.debts), Decimal(0))

    def days(self, day: dt.date) -> int:
        return max((debt.days_past_due(day) for debt in self.debts), default=0)

    def bucket(self, day: dt.date) -> str:
        return bucket_of(self.days(day))

    def is_known(self, day: dt.date) -> bool:
        return any(debt.known_on <= day for debt in self.debts)

    def billed(self, after: dt.date, until: dt.date) -> Decimal:
        return sum((d.row["amount"] for d in self.debts if after < d.known_on <= until), Decimal(0))

    def recovered(self, opened: dt.date, until: dt.date) -> Decimal:
        """Of what was overdue at the opening, what is no longer owed."""
        owed = [debt for debt in self.debts if debt.overdue(opened)]
        gone = (max(debt.balance(opened) - debt.balance(until), Decimal(0)) for debt in owed)
        return sum(gone, Decimal(0))

    def collected(self, opened: dt.date, closed: dt.date, late_only: bool = False) -> Decimal:
        """Day by day, what of the debts was paid more than the day before."""
        total, day = Decimal(0), opened
        while day < closed:
            day += DAY
            for debt in self.debts:
                if debt.known_on <= day and (not late_only or debt.row["due_on"] < day):
                    before = debt.paid(day - DAY) if debt.known_on < day else Decimal(0)
                    total += debt.paid(day) - before
        return total


class KpiReference:
    """What a portfolio's rows and its past lists say of a month."""

    def __init__(
        self, rows: Rows, as_of: dt.date, lists: Mapping[dt.date, Mapping[str, Any]]
    ) -> None:
        self.rows, self.as_of, self.lists = rows, as_of, lists
        self.accounts = self._accounts()

    def _accounts(self) -> list[Account]:
        customers = {row["customer_id"]: row for row in self.rows["customers"]}
        debts = {
            row["debt_id"]: Debt(
                row, row.get("account_id") or row["customer_id"], known_on(row, "issued_on")
            )
            for row in self.rows["debts"]
        }
        for row in self.rows["payments"]:
            debt = debts[row["debt_id"]]
            if not row.get("bounced"):
                debt.movements.append((max(known_on(row, "paid_on"), debt.known_on), row["amount"]))
        grouped: dict[str, list[Debt]] = defaultdict(list)
        for debt in debts.values():
            grouped[debt.account_id].append(debt)
        found = []
        for account_id in sorted(grouped):
            first = min(
                grouped[account_id], key=lambda debt: (debt.known_on, debt.row["customer_id"])
            )
            owner = customers[first.row["customer_id"]]
            found.append(Account(account_id, owner, grouped[account_id]))
        return found

    def month(self, opened: dt.date, closed: dt.date) -> Figures:
        """Numerator and denominator of every KPI of a month, by dimension and group."""
        known = [account for account in self.accounts if account.is_known(closed)]
        sums: dict[tuple[str, str, str], list[Decimal | None]] = {}
        for account in known:
            found = self._account(account, known, opened, closed)
            for name, (above, below) in found.items():
                day = closed if name in STOCKS else opened
                for dimension, group in self._groups(name, account, day):
                    both = sums.setdefault((name, dimension, group), [None, None])
                    for place, value in enumerate((above, below)):
                        if value is not None:
                            both[place] = (both[place] or Decimal(0)) + value
        return {
            key: tuple(None if x is None else float(x) for x in both) for key, both in sums.items()
        }

    def _groups(self, name: str, account: Account, day: dt.date) -> list[tuple[str, str]]:
        groups = [("all", "all")]
        if not name.startswith("roll_rate") and name != "days_sales_outstanding":
            groups.append(("dpd_bucket", account.bucket(day)))
        for column in ("country", "product_line"):
            if any(each.owner.get(column) for each in self.accounts):
                groups.append((column, account.owner.get(column) or "unknown"))
        newest = self._newest(day)
        if newest:
            row = self.lists[newest].get(account.account_id, {})
            groups.append(("segment", row.get("segment", "unlisted")))
            if name != "days_sales_outstanding":
                groups.append(("arm", row.get("arm", "unlisted")))
        return groups

    def _newest(self, day: dt.date) -> dt.date | None:
        recent = [listed for listed in self.lists if 0 <= (day - listed).days < 31]
        return max(recent, default=None)

    def _account(
        self, account: Account, known: list[Account], opened: dt.date, closed: dt.date
    ) -> dict[str, tuple[Any, Any]]:
        """What an account adds to the numerators and the denominators."""
        one, none = Decimal(1), Decimal(0)
        balance, overdue = account.balance(closed), account.overdue(closed)
        before, owed = account.balance(opened), account.overdue(opened)
        billed = account.billed(opened, closed)
        later = min(opened + 90 * DAY, self.as_of)
        was_overdue, is_cured = owed > 0, owed > 0 and overdue == 0
        found = {
            "balance": (balance, None),
            "overdue_balance": (overdue, None),
            "overdue_share": (overdue, balance),
            "overdue_accounts": (one if overdue > 0 else none, None),
            "collected": (account.collected(opened, closed), None),
            "recovery_rate": (account.recovered(opened, closed), owed),
            "recovery_rate_90d": (account.recovered(opened, later), owed),
            "cure_rate": (one * is_cured, one * was_overdue),
            "collection_effectiveness_index": (
                before + billed - balance,
                before + billed - (balance - overdue),
            ),
        }
        first = min(debt.known_on for each in self.accounts for debt in each.debts)
        is_covered = (closed - first).days >= 89
        billed_90d = account.billed(closed - 90 * DAY, closed) if is_covered else None
        found["days_sales_outstanding"] = (90 * balance, billed_90d)
        for bucket, after in pairwise(ORDER):
            held = {bucket, after} if after == "121+" else {bucket}
            # A sum over no account at all is no figure.
            found[f"roll_rate_{bucket.replace('-', '_')}"] = (
                balance if account.bucket(closed) == after else None,
                before if account.bucket(opened) in held else None,
            )
        found |= self._listed_cost(account, opened, closed)
        speaks = self._speaker(account.owner["customer_id"], known, opened) is account
        if "contacts" in self.rows:
            found |= self._contacts(account, speaks, (opened, closed), (was_overdue, is_cured))
        if "promises" in self.rows:
            found |= self._promises(account, speaks, opened, closed)
        return found

    def _speaker(self, customer_id: str, known: list[Account], opened: dt.date) -> Account:
        own = [account for account in known if account.owner["customer_id"] == customer_id]

        def rank(account: Account) -> tuple[int, str]:
            days = account.days(opened) if account.is_known(opened) else -1
            return (-days, account.account_id)

        return min(own, key=rank)

    def _listed_cost(
        self, account: Account, opened: dt.date, closed: dt.date
    ) -> dict[str, tuple[Any, Any]]:
        if not self.lists:
            return {}
        late = account.collected(opened, closed, late_only=True)
        worked = [rows for day, rows in self.lists.items() if opened <= day < closed]
        costs = [rows[account.account_id] for rows in worked if account.account_id in rows]
        cost = sum((row["expected_cost"] for row in costs), Decimal(0)) if costs else None
        return {"cost_to_collect": (cost, late)}

    def _contacts(
        self,
        account: Account,
        speaks: bool,
        days: tuple[dt.date, dt.date],
        state: tuple[bool, bool],
    ) -> dict[str, tuple[Any, Any]]:
        (opened, closed), (was_overdue, is_cured) = days, state
        mine = [
            row
            for row in self.rows["contacts"]
            if row["customer_id"] == account.owner["customer_id"]
            and opened < known_on(row, "at") <= closed
        ]
        attempts = [row for row in mine if row["direction"] == "out"]
        reached = [row for row in attempts if row["outcome"] in IN_PERSON]
        is_reached = any(row["outcome"] in IN_PERSON for row in mine)
        one, worked = Decimal(1), bool(attempts)
        # Nothing is said of a customer without contact, nor twice of one with several accounts.
        counts = bool(mine) and speaks
        tries = Decimal(len(attempts)) if counts else None
        return {
            "self_cure_rate": (one * (is_cured and not mine), one * (was_overdue and not mine)),
            "penetration": (one * (was_overdue and worked), one * was_overdue),
            "intensity": (tries, one * worked),
            "contactability": (Decimal(len(reached)) if counts else None, tries),
            "right_party_contact": (one * (worked and is_reached), one * worked),
        }

    def _promises(
        self, account: Account, speaks: bool, opened: dt.date, closed: dt.date
    ) -> dict[str, tuple[Any, Any]]:
        made = amount = matured = kept = None
        mine = [
            row
            for row in self.rows["promises"]
            if row["customer_id"] == account.owner["customer_id"]
            and known_on(row, "made_on") <= closed
        ]
        if mine and speaks:
            new = [row for row in mine if known_on(row, "made_on") > opened]
            made = Decimal(len(new))
            amount = sum((row["amount"] for row in new), Decimal(0)) if new else None
            over = [
                row
                for row in mine
                if opened < max(known_on(row, "made_on"), row["due_on"] + 4 * DAY) <= closed
            ]
            matured = Decimal(len(over))
            kept = Decimal(sum(self._is_kept(row, closed) for row in over))
        return {
            "promises_made": (made, None),
            "promised_amount": (amount, None),
            "promises_kept": (kept, matured),
        }

    def _is_kept(self, promise: Row, closed: dt.date) -> bool:
        debts = {
            row["debt_id"]: row
            for row in self.rows["debts"]
            if row["customer_id"] == promise["customer_id"]
        }
        came = Decimal(0)
        for row in self.rows["payments"]:
            debt = debts.get(row["debt_id"])
            if debt is None or row.get("bounced"):
                continue
            known = max(known_on(row, "paid_on"), known_on(debt, "issued_on"))
            in_time = promise["made_on"] <= row["paid_on"] <= promise["due_on"] + 3 * DAY
            came += row["amount"] if in_time and known <= closed else 0
        return came >= Decimal("0.9") * promise["amount"]

    def cohorts(
        self, since: dt.date, closed: dt.date
    ) -> dict[tuple[tuple[int, int], int], tuple[float, float]]:
        """Unpaid and whole amount at a close, by month of the due date and age in months."""
        sums: dict[tuple[tuple[int, int], int], list[Decimal]] = {}
        for account in self.accounts:
            for debt in account.debts:
                due = debt.row["due_on"]
                if since < due <= closed and debt.known_on <= closed:
                    age = (closed.year - due.year) * 12 + closed.month - due.month
                    both = sums.setdefault(((due.year, due.month), age), [Decimal(0), Decimal(0)])
                    both[0] += debt.balance(closed)
                    both[1] += debt.row["amount"]
        return {key: (float(above), float(below)) for key, (above, below) in sums.items()}
