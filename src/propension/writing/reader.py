"""What a reader of one language sees: words, numbers, money and dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from propension.config import Language, Texts
from propension.writing.formats import DATES, format_short, locale_of

NOTHING = "–"


@dataclass(frozen=True)
class Reader:
    """Writes for people who read one language.

    Attributes
    ----------
    language : Language
    texts : mapping of str to Texts
        What it has to say.

    Examples
    --------
    >>> Reader("es").number(0.1234)
    '0,123'
    """

    language: Language
    texts: Mapping[str, Texts] = field(default_factory=dict, repr=False)

    def say(self, key: str, **facts: str) -> str:
        """Return one of its texts, its facts filled in."""
        return self.texts[key].in_language(self.language).format(**facts)

    def given(self, text: str | Mapping[str, str]) -> str:
        """Return a text handed over as one string, or as one per language."""
        return text if isinstance(text, str) else text[self.language]

    def number(self, value: float | None, decimals: int = 3) -> str:
        """Write a number with fixed decimals."""
        if value is None:
            return NOTHING
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        # What rounds to nothing has no sign.
        rounded = round(value, decimals) + 0.0
        return str(format_decimal(rounded, pattern, locale=self._locale))

    def count(self, value: float) -> str:
        """Write a whole number."""
        return self.number(value, 0)

    def share(self, value: float | None, decimals: int = 1) -> str:
        """Write a share (0..1) as a percentage."""
        if value is None:
            return NOTHING
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "") + "%"
        return str(format_percent(value, pattern, locale=self._locale))

    def amount(self, value: float | None, currency: str = "") -> str:
        """Write money in thousands, millions and so on, with its currency's code."""
        if value is None:
            return NOTHING
        return f"{currency}\u00a0{format_short(value, self.language)}".strip()

    def date(self, iso: str, pattern: str | None = None) -> str:
        """Write a day given as yyyy-mm-dd, in the order of the language."""
        shape = pattern or DATES[self.language]
        return str(format_date(dt.date.fromisoformat(iso), shape, locale=self._locale))

    def interval(self, figure: Mapping[str, Any] | None, decimals: int = 3) -> str:
        """Write the interval of a figure in brackets; empty where there is none."""
        if not figure or figure["low"] is None:
            return ""
        low, high = (self.number(figure[end], decimals) for end in ("low", "high"))
        # Semicolons: a comma is the decimal sign in two of the three languages.
        return f"[{low}; {high}]"

    def figure(self, figure: Mapping[str, Any] | None, decimals: int = 3) -> str:
        """Write a figure and its interval."""
        if not figure:
            return NOTHING
        value = self.number(figure["value"], decimals)
        return f"{value} {self.interval(figure, decimals)}".strip()

    @property
    def _locale(self) -> str:
        return locale_of(self.language)
