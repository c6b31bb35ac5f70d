"""Numbers, money, shares and dates as the reader writes them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from babel.dates import format_date as _format_date
from babel.numbers import (
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_symbol,
)

from propension.config import Language

LOCALES: dict[Language, str] = {"es": "es_CO", "pt": "pt_BR", "en": "en_US"}

DATES: dict[Language, str] = {"es": "d MMM y", "pt": "d MMM y", "en": "MMM d, y"}
"""Days as they are written where there is little room."""

Number = int | float | Decimal


def format_number(value: Number, language: Language) -> str:
    """Write a number with the language's separators and at most three decimals.

    >>> format_number(1234567, "es")
    '1.234.567'
    """
    return format_decimal(value, locale=LOCALES[language])


def format_amount(value: Number, currency: str, language: Language) -> str:
    r"""Write money; cents are shown only where the amount has any.

    >>> format_amount(1234.5, "BRL", "pt")
    'R$\xa01.234,50'
    """
    locale = LOCALES[language]
    cents = round(Decimal(str(value)), 2)
    close = language == "en" and not get_currency_symbol(currency, locale)[-1].isalpha()
    whole = cents == cents.to_integral_value()
    pattern = ("¤" if close else "¤\xa0") + ("#,##0" if whole else "#,##0.00")
    return format_currency(cents, currency, pattern, locale=locale, currency_digits=False)


def format_share(value: float, language: Language) -> str:
    """Write a share (0..1) as a percentage with at most one decimal.

    >>> format_share(0.734, "en")
    '73.4%'
    """
    return format_percent(round(value, 3), locale=LOCALES[language], decimal_quantization=False)


def format_date(value: dt.date, language: Language) -> str:
    """Write a day in words.

    >>> format_date(dt.date(2026, 6, 30), "es")
    '30 de junio de 2026'
    """
    return _format_date(value, format="long", locale=LOCALES[language])


def format_short(value: float, language: Language) -> str:
    """Write a number in thousands, millions and so on, with at most one decimal.

    >>> format_short(1_230_000, "en")
    '1.2M'
    """
    return format_compact_decimal(value, locale=LOCALES[language], fraction_digits=1)
