"""Numbers, money, shares and dates as the reader writes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date as _format_date
from babel.numbers import (
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_symbol,
)

from propension.config import HOME, Language

# Of readers whose country has no writing of its own in a language, as Mexico has none in Portuguese.
_LOCALES: dict[Language, str] = {"es": "es_CO", "pt": "pt_BR", "en": "en_US"}
_COUNTRY: ContextVar[str] = ContextVar("country", default=HOME)

DATES: dict[Language, str] = {"es": "d MMM y", "pt": "d MMM y", "en": "MMM d, y"}
"""Days as they are written where there is little room."""

Number = int | float | Decimal


@contextmanager
def written_in(country: str) -> Iterator[None]:
    """Write figures as readers in a country do, whatever their language: 1.234,5 in Colombia is 1,234.5 in Mexico."""
    token = _COUNTRY.set(country)
    try:
        yield
    finally:
        _COUNTRY.reset(token)


def locale_of(language: Language) -> str:
    """Return the locale in which a language is written here; see ``written_in``."""
    return _locale(language, _COUNTRY.get())


@cache
def _locale(language: Language, country: str) -> str:
    try:
        return str(Locale.parse(f"{language}_{country}"))
    except UnknownLocaleError:
        return _LOCALES[language]


def format_number(value: Number, language: Language) -> str:
    """Write a number with the language's separators and at most three decimals.

    >>> format_number(1234567, "es")
    '1.234.567'
    """
    # What rounds to nothing has no sign.
    return format_decimal(round(Decimal(str(value)), 3) or 0, locale=locale_of(language))


def format_amount(value: Number, currency: str, language: Language) -> str:
    r"""Write money; cents are shown only where the amount has any.

    >>> format_amount(1234.5, "BRL", "pt")
    'R$\xa01.234,50'
    """
    locale = Locale.parse(locale_of(language))
    cents = round(Decimal(str(value)), 2)
    whole = cents == cents.to_integral_value()
    pattern = f"¤{blank_beside(currency, locale)}#,##0{'' if whole else '.00'}"
    return format_currency(cents, currency, pattern, locale=locale, currency_digits=False)


def blank_beside(currency: str, locale: Locale) -> str:
    """Return what stands between a currency's symbol and the number: a blank beside letters, and where the country has one."""
    pattern = locale.currency_formats["standard"]
    has_blank = "\xa0" in pattern.prefix[0] + pattern.suffix[0]
    return "\xa0" if has_blank or get_currency_symbol(currency, locale)[-1].isalpha() else ""


def format_share(value: float, language: Language) -> str:
    """Write a share (0..1) as a percentage with at most one decimal.

    >>> format_share(0.734, "en")
    '73.4%'
    """
    return format_percent(
        round(value, 3) + 0, locale=locale_of(language), decimal_quantization=False
    )


def format_date(value: dt.date, language: Language) -> str:
    """Write a day in words.

    >>> format_date(dt.date(2026, 6, 30), "es")
    '30 de junio de 2026'
    """
    return _format_date(value, format="long", locale=locale_of(language))


def format_short(value: float, language: Language) -> str:
    """Write a number in thousands, millions and so on, with at most one decimal.

    >>> format_short(1_230_000, "en")
    '1.2M'
    """
    return format_compact_decimal(value, locale=locale_of(language), fraction_digits=1)
