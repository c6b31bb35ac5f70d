"""What a reader of one language sees: words, numbers, money, shares and dates."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel.dates import format_datetime

from propension.board.texts import TEXTS
from propension.board.texts.rules import RULES
from propension.config import Language
from propension.outputs import SCORED_COLUMNS
from propension.outputs.wording import SHEET_TEXTS, Wording
from propension.treatments import messages, offers
from propension.writing import (
    DATES,
    NOTHING,
    format_amount,
    format_date,
    format_number,
    format_share,
    locale_of,
)

# Why there is no offer, or no message.
_DETAILS = {"offer": offers.REFUSALS, "message": messages.REFUSALS}
_LABELS = {column.name: column.label for column in SCORED_COLUMNS}


@dataclass(frozen=True)
class Speech:
    """Speaks to people who read one language, in the words of a policy.

    Attributes
    ----------
    language : str
    currency : str
        Of amounts, where none is given.
    wording : Wording or None
        Words for columns and coded values; None while there is no list.
    """

    language: Language
    currency: str
    wording: Wording | None = None

    def say(self, key: str, **facts: Any) -> str:
        """Return one of ``TEXTS``, its facts filled in."""
        return TEXTS[key].in_language(self.language).format(**facts)

    def label(self, column: str) -> str:
        """Return the words for a column of the list."""
        return _LABELS[column].in_language(self.language)

    def term(self, key: str) -> str:
        """Return one of the words that the workbook has too."""
        return SHEET_TEXTS[key].in_language(self.language)

    def word(self, column: str, code: str | bool | None) -> str:
        """Return the words for a coded value of a column."""
        if isinstance(code, bool):
            code = str(code).lower()
        return self.wording.value(column, code) if self.wording else str(code)

    def rule(self, name: str) -> str:
        """Return why a rule refuses, in words; a law's by its name, for its citation says more."""
        kind, _, what = name.partition(":")
        if name in RULES:
            return RULES[name].in_language(self.language)
        if what in _DETAILS.get(kind, {}):
            detail = _DETAILS[kind][what].in_language(self.language)
            told = RULES[kind].in_language(self.language)
            return f"{told}: {detail[0].lower()}{detail[1:]}"
        if kind in RULES:
            named = what.partition(": ")
            limit = " ".join((self.word("limit", named[0]), named[2])).strip()
            return RULES[kind].in_language(self.language).format(what=limit)
        return RULES["rule"].in_language(self.language).format(what=name)

    def number(self, value: float | Decimal | None, decimals: int | None = None) -> str:
        """Write a number; rounded, where decimals are given."""
        if value is None:
            return NOTHING
        rounded = value if decimals is None else round(float(value), decimals)
        return format_number(rounded, self.language)

    def amount(self, value: float | Decimal | None, currency: str | None = None) -> str:
        """Write money."""
        if value is None:
            return NOTHING
        return format_amount(value, currency or self.currency, self.language)

    def estimate(self, value: float | Decimal | None, currency: str | None = None) -> str:
        """Write money that nobody counted to the cent."""
        return self.amount(None if value is None else round(Decimal(value)), currency)

    def share(self, value: float | None) -> str:
        """Write a share (0..1) as a percentage."""
        return NOTHING if value is None else format_share(value, self.language)

    def date(self, value: dt.date | None) -> str:
        """Write a day, or the day of a time."""
        return NOTHING if value is None else format_date(value, self.language)

    def moment(self, value: dt.datetime | None) -> str:
        """Write a day and a time, short."""
        if value is None:
            return NOTHING
        pattern = f"{DATES[self.language]}, HH:mm"
        return str(format_datetime(value, pattern, locale=locale_of(self.language)))
