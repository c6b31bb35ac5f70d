"""The values of one account, worked out from its known rows in plain Python."""

from __future__ import annotations

import calendar
import datetime as dt
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from ledgers import Row, as_day

RIGHT_PARTY = {"right_party", "refused", "promise"}
# Of several contacts in one instant, the last of these says how it ended.
FROM_LITTLE_TO_MUCH = (
    "no_answer",
    "invalid",
    "third_party",
    "delivered",
    "read",
    "right_party",
    "refused",
    "promise",
)
BUCKETS = (("1_30", 1, 30), ("31_60", 31, 60), ("61_90", 61, 90), ("91_up", 91, 10**9))
CHANNELS = ("call", "sms", "whatsapp", "email", "letter")

Values = dict[str, Any]
_TIMEZONES = available_timezones()


@dataclass(frozen=True)
class Payment:
    """Money that came in; negative when it was taken back."""

    debt_id: str
    customer_id: str
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

    def falls_due(self, as_of: dt.date, within_days: int) -> bool:
        """Say whether something of it is still to be paid on one of the next days, today included."""
        return self.balance > 0 and 0 <= (self.due_on - as_of).days <= within_days

    def days_past_due(self, as_of: dt.date) -> int:
        return (as_of - self.due_on).days if self.is_overdue(as_of) else 0

    def was_late(self, as_of: dt.date) -> bool:
        """Say whether it was ever unpaid at the close of a day after its due date."""
        return self.due_on < (self.settled_on or as_of)


def share(part: Any, whole: Any) -> float | None:
    return None if whole in (0, None) or part is None else float(part) / float(whole)


def mean(values: Sequence[int]) -> float | None:
    return share(sum(values), len(values))


def spread(values: Sequence[int]) -> float | None:
    return statistics.stdev(values) if len(values) > 1 else None


def count(rows: Iterable[Any], wanted: Callable[[Any], bool] = bool) -> int:
    return sum(1 for row in rows if wanted(row))


def amount_of(debts: Iterable[Any]) -> float:
    return float(sum((debt.amount for debt in debts), Decimal(0)))


def is_within(day: dt.date, as_of: dt.date, window_days: int) -> bool:
    """Say whether a day is one of the last ``window_days`` up to the as-of date."""
    return as_of - dt.timedelta(days=window_days) < day <= as_of


def debt_values(debts: list[Debt], as_of: dt.date) -> Values:
    return _exposure(debts, as_of) | _arrears(debts, as_of) | _billing(debts, as_of) | _habit(debts)


def _exposure(debts: list[Debt], as_of: dt.date) -> Values:
    overdue = [debt for debt in debts if debt.is_overdue(as_of)]
    unpaid = [debt for debt in debts if debt.balance > 0]
    owed = sum((debt.balance for debt in overdue), Decimal(0))
    largest = max((debt.balance for debt in overdue), default=None)
    values = {
        "days_past_due": max((debt.days_past_due(as_of) for debt in overdue), default=0),
        "days_past_due_newest": min((debt.days_past_due(as_of) for debt in overdue), default=None),
        "days_past_due_weighted": share(
            sum(debt.days_past_due(as_of) * debt.balance for debt in overdue), owed
        ),
        "days_to_next_due": min(
            ((debt.due_on - as_of).days for debt in unpaid if debt.due_on >= as_of), default=None
        ),
        "overdue_debt_count": len(overdue),
        "open_debt_count": len(unpaid),
        "balance_overdue": float(owed),
        "balance_open": float(sum(debt.balance for debt in unpaid)),
        "balance_largest": None if largest is None else float(largest),
        "paid_share_of_open": share(
            sum(debt.paid for debt in unpaid), sum(debt.amount for debt in unpaid)
        ),
    }
    for name, first, last in BUCKETS:
        inside = [debt for debt in overdue if first <= debt.days_past_due(as_of) <= last]
        values[f"balance_overdue_{name}"] = float(sum(debt.balance for debt in inside))
    return values


def _arrears(debts: list[Debt], as_of: dt.date) -> Values:
    month_ago = as_of - dt.timedelta(days=30)
    # A debt goes late the day after it is due.
    entries = [debt.due_on + dt.timedelta(days=1) for debt in debts if debt.was_late(as_of)]
    exits = [debt.settled_on for debt in debts if debt.settled_on and debt.was_late(as_of)]
    worst = [debt.days_past_due(as_of) for debt in debts]
    worst += [
        (debt.settled_on - debt.due_on).days
        for debt in debts
        if debt.settled_on and is_within(debt.settled_on, as_of, 365)
    ]
    then_late = [
        (month_ago - debt.due_on).days
        for debt in debts
        if debt.due_on < month_ago and (debt.settled_on is None or debt.settled_on > month_ago)
    ]
    return {
        "days_past_due_30d_ago": max(then_late, default=0),
        "days_past_due_worst_365d": max(worst),
        "arrears_entry_count_90d": count(entries, lambda day: is_within(day, as_of, 90)),
        "arrears_entry_count_365d": count(entries, lambda day: is_within(day, as_of, 365)),
        "arrears_exit_count_90d": count(exits, lambda day: is_within(day, as_of, 90)),
    }


def _billing(debts: list[Debt], as_of: dt.date) -> Values:
    values: Values = {
        f"billed_amount_{days}d": amount_of(
            debt for debt in debts if is_within(debt.issued_on, as_of, days)
        )
        for days in (90, 180, 365)
    }
    terms = [(debt.due_on - debt.issued_on).days for debt in debts]
    return values | {
        "debt_amount_mean": share(sum(debt.amount for debt in debts), len(debts)),
        "debt_count_365d": count(debts, lambda debt: is_within(debt.issued_on, as_of, 365)),
        "oldest_debt_days": max((as_of - debt.issued_on).days for debt in debts),
        "credit_term_days": mean(terms),
    }


def _habit(debts: list[Debt]) -> Values:
    settled = sorted(
        (debt for debt in debts if debt.settled_on is not None),
        key=lambda debt: (debt.settled_on, debt.due_on, debt.issued_on, debt.amount),
        reverse=True,
    )
    delays = [(debt.settled_on - debt.due_on).days for debt in settled if debt.settled_on]
    streak = 0
    while streak < len(delays) and delays[streak] <= 0:
        streak += 1
    last_12 = delays[:12]
    return {
        "settled_debt_count": len(settled),
        "on_time_streak": streak,
        "delay_last": delays[0] if delays else None,
        "delay_mean_3": mean(delays[:3]),
        "delay_mean_6": mean(delays[:6]),
        "delay_mean_12": mean(last_12),
        "delay_max_12": max(last_12, default=None),
        "delay_spread_12": spread(last_12),
        "late_share": share(count(delays, lambda delay: delay > 0), len(delays)),
        "late_share_6": share(count(delays[:6], lambda delay: delay > 0), len(delays[:6])),
        "late_30_share": share(count(delays, lambda delay: delay > 30), len(delays)),
    }


def payment_values(payments: list[Payment], as_of: dt.date) -> Values:
    ages = [(payment, (as_of - payment.paid_on).days) for payment in payments]
    real = [(payment, age) for payment, age in ages if payment.amount > 0]
    days_of_year = sorted(payment.paid_on for payment, age in real if age < 365)
    month_days = [day.day for day in days_of_year]
    gaps = [(later - day).days for day, later in pairwise(days_of_year)]
    return {
        "payment_days_since": min((age for _, age in real), default=None),
        "payment_count_30d": count(real, lambda found: found[1] < 30),
        "payment_count_90d": count(real, lambda found: found[1] < 90),
        "payment_count_365d": len(days_of_year),
        "paid_amount_30d": amount_of(payment for payment, age in ages if age < 30),
        "paid_amount_90d": amount_of(payment for payment, age in ages if age < 90),
        "partial_payment_share": share(count(real, lambda found: found[0].is_partial), len(real)),
        "early_month_share": share(
            count(real, lambda found: found[0].paid_on.day <= 10), len(real)
        ),
        "payment_amount_mean": share(sum(payment.amount for payment, _ in real), len(real)),
        "payment_interval_days": mean(gaps),
        "reversal_count_365d": count(
            ages, lambda found: found[0].amount < 0 and is_within(found[0].paid_on, as_of, 365)
        ),
        "liquidity_day": mean(month_days),
        "liquidity_day_spread": spread(month_days),
    }


def bounce_values(bounces: list[Payment], as_of: dt.date) -> Values:
    return {
        "bounced_count_180d": count(bounces, lambda payment: is_within(payment.paid_on, as_of, 180))
    }


def contact_values(rows: list[Row] | None, timezone: str | None, as_of: dt.date) -> Values:
    """Return what contacts say; all unknown where the source has none."""
    if rows is None:
        return dict.fromkeys(_contacts([], timezone, as_of))
    return _contacts(rows, timezone, as_of)


def _local(instant: dt.datetime, timezone: str | None) -> dt.datetime:
    """Return an instant of UTC on the clock of a time zone; as it is where that is unknown."""
    if timezone not in _TIMEZONES:
        return instant
    return instant.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(timezone))


def _contacts(rows: list[Row], timezone: str | None, as_of: dt.date) -> Values:
    def lately(days: int, found: Iterable[Row]) -> int:
        return count(found, lambda row: is_within(as_day(row["at"]), as_of, days))

    attempts = [row for row in rows if row["direction"] == "out"]
    reached = [row for row in rows if row["outcome"] in RIGHT_PARTY]
    answered = [row for row in attempts if row["outcome"] in RIGHT_PARTY]
    days = [as_day(row["at"]) for row in rows]
    last = max(
        rows,
        key=lambda row: (row["at"], FROM_LITTLE_TO_MUCH.index(row["outcome"])),
        default={"outcome": None},
    )
    values = {
        f"{channel}_count_90d": lately(90, (row for row in attempts if row["channel"] == channel))
        for channel in CHANNELS
    }
    return values | {
        "contact_attempt_count_7d": lately(7, attempts),
        "contact_attempt_count_30d": lately(30, attempts),
        "contact_attempt_count_90d": lately(90, attempts),
        "right_party_count_90d": lately(90, reached),
        "right_party_call_count_90d": lately(
            90, (row for row in reached if row["channel"] == "call")
        ),
        "message_read_count_90d": lately(90, (row for row in rows if row["outcome"] == "read")),
        "invalid_contact_count_180d": lately(
            180, (row for row in rows if row["outcome"] == "invalid")
        ),
        "inbound_count_90d": lately(90, (row for row in rows if row["direction"] == "in")),
        "contact_days_since": min(((as_of - day).days for day in days), default=None),
        "contact_last_outcome": last["outcome"],
        "right_party_days_since": min(
            ((as_of - as_day(row["at"])).days for row in reached), default=None
        ),
        "right_party_morning_share": share(
            count(reached, lambda row: _local(row["at"], timezone).hour < 12), len(reached)
        ),
        "contact_rate": share(len(answered), len(attempts)),
        "contact_rate_90d": share(lately(90, answered), lately(90, attempts)),
        "promise_count_180d": lately(180, (row for row in rows if row["outcome"] == "promise")),
        "refusal_count_180d": lately(180, (row for row in rows if row["outcome"] == "refused")),
    }


def promise_values(promises: list[tuple[Row, str]] | None, as_of: dt.date) -> Values:
    """Return what promises and their answers say; all unknown where the source has none."""
    if promises is None:
        return dict.fromkeys(promise_values([], as_of))
    answers = [answer for _, answer in promises]
    of_year = [answer for row, answer in promises if is_within(row["made_on"], as_of, 365)]
    return {
        "promise_made_count_365d": len(of_year),
        "promise_kept_count_365d": of_year.count("kept"),
        "promise_broken_count_365d": of_year.count("broken"),
        "promise_open_count": count(promises, lambda found: found[0]["due_on"] >= as_of),
        "promise_kept_share": share(
            answers.count("kept"), answers.count("kept") + answers.count("broken")
        ),
    }


def dispute_values(rows: list[Row] | None, as_of: dt.date) -> Values:
    """Return what disputes say; all unknown where the source has none."""
    if rows is None:
        return dict.fromkeys(dispute_values([], as_of))
    return {
        "dispute_count_365d": count(rows, lambda row: is_within(row["opened_on"], as_of, 365)),
        "dispute_open_count": count(
            rows, lambda row: row.get("closed_on") is None or row["closed_on"] > as_of
        ),
    }


def group_values(accounts: list[list[Debt]] | None, as_of: dt.date) -> Values:
    """Return what the accounts of a corporate group owe together; unknown without a group."""
    if accounts is None:
        return dict.fromkeys(group_values([[]], as_of))
    debts = [debt for account in accounts for debt in account]
    return {
        "group_account_count": len(accounts),
        "group_balance_overdue": float(
            sum(debt.balance for debt in debts if debt.is_overdue(as_of))
        ),
        "group_days_past_due": max((debt.days_past_due(as_of) for debt in debts), default=0),
    }


def profile_values(customer: Row, as_of: dt.date) -> Values:
    since = customer.get("since")
    return {
        "tenure_days": None if since is None else (as_of - since).days,
        "customer_kind": customer.get("kind"),
        "customer_industry": customer.get("industry"),
        "customer_region": customer.get("region"),
        "customer_product": customer.get("product_line"),
    }


def calendar_values(holidays: Iterable[dt.date], as_of: dt.date) -> Values:
    month_days = calendar.monthrange(as_of.year, as_of.month)[1]
    return {
        "month": as_of.month,
        "day_of_month": as_of.day,
        "days_to_month_end": month_days - as_of.day,
        "days_to_holiday": min(
            ((day - as_of).days for day in holidays if day > as_of), default=None
        ),
    }


def derived_values(values: Values) -> Values:
    usual, lately = values["delay_mean_12"], values["delay_mean_3"]
    half_year, year = values["billed_amount_180d"], values["billed_amount_365d"]
    usual_day = values["liquidity_day"]
    until_pay_day = None if usual_day is None else usual_day - values["day_of_month"]
    if until_pay_day is not None and until_pay_day < 0:
        # Its day comes again in the next month, of 31 days.
        until_pay_day += 31
    return {
        "balance_overdue_share": share(values["balance_overdue"], values["balance_open"]),
        "balance_to_usual": share(values["balance_overdue"], values["debt_amount_mean"]),
        "balance_concentration": share(values["balance_largest"], values["balance_overdue"]),
        "paid_to_billed_90d": share(values["paid_amount_90d"], values["billed_amount_90d"]),
        "billed_growth": share(half_year, round(year - half_year, 2)),
        "delay_trend": None if usual is None else lately - usual,
        "delay_excess": None if usual is None else values["days_past_due"] - usual,
        "days_past_due_change_30d": values["days_past_due"] - values["days_past_due_30d_ago"],
        "liquidity_day_distance": until_pay_day,
    }
