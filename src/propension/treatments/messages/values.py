"""What slots print and facts say, as the engine reads them from an account."""

from __future__ import annotations

from propension.config import Language, Messages
from propension.config.settings import Portfolio
from propension.sources import text_literal
from propension.writing import LocalText, hundredths_sql

_DAYS: dict[Language, tuple[str, str]] = {
    "es": ("día", "días"), "pt": ("dia", "dias"), "en": ("day", "days"),
}  # fmt: skip


def slot_values(messages: Messages, portfolio: Portfolio) -> dict[str, str]:
    """Return SQL for every slot over the accounts ``a``; null where there is no value."""
    local = LocalText.of(portfolio)
    one, many = (text_literal(f" {word}") for word in _DAYS[portfolio.language])
    days = local.number_sql("a.days_past_due")
    account = _one_line("a.account_id")
    return {
        "creditor": _one_line(text_literal(portfolio.name)),
        "customer_name": _one_line("a.customer_name"),
        "amount": f"CASE WHEN a.amount > 0 THEN {local.amount_sql(hundredths_sql('a.amount'))} END",
        "days_past_due": f"CASE WHEN a.days_past_due > 0 THEN {days} || "
        f"CASE WHEN a.days_past_due = 1 THEN {one} ELSE {many} END END",
        "due_on": local.date_sql("a.due_on"),
        "offer": _one_line("a.offer"),
        "contact_phone": _one_line(_optional(messages.contact_phone)),
        "payment_link": _one_line(_optional(messages.payment_link)),
        # At most its last four characters, and never all of it.
        "account_id": f"'***' || right({account}, least(4, length({account}) // 2))",
    }


def known_facts(messages: Messages) -> dict[str, bool]:
    """Return the facts that are the same for every account."""
    return {
        "has_phone": messages.contact_phone is not None,
        "has_link": messages.payment_link is not None,
    }


# SQL for the others, over the accounts ``a``.
ACCOUNT_FACTS = {
    "has_name": r"regexp_matches(a.customer_name, '[\pL\pN]')",
    "has_offer": "a.offer IS NOT NULL",
    "has_amount": "a.amount > 0",
    "has_due_on": "a.due_on IS NOT NULL",
    "is_overdue": "a.days_past_due > 0",
    "is_company": "a.is_company",
}


def _one_line(text: str) -> str:
    # Controls, separators of lines, marks that turn writing round and private marks, those of
    # slots among them, become spaces.
    return rf"trim(regexp_replace({text}, '[\pC\p{{Zl}}\p{{Zp}}]+', ' ', 'g'))"


def _optional(value: str | None) -> str:
    return "NULL::VARCHAR" if value is None else text_literal(value)
