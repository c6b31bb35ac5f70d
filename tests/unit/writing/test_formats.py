import datetime as dt
from decimal import Decimal

import pytest

from propension.writing import format_amount, format_date, format_number, format_share

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("language", "written"), [("es", "1.234.567"), ("pt", "1.234.567"), ("en", "1,234,567")]
)
def test_thousands_follow_the_language(language, written) -> None:
    assert format_number(1234567, language) == written


@pytest.mark.parametrize(
    ("value", "currency", "language", "written"),
    [
        (1234567, "COP", "es", "$1.234.567"),
        (1234567, "BRL", "es", f"BRL{NBSP}1.234.567"),
        (Decimal("1234.50"), "BRL", "pt", f"R${NBSP}1.234,50"),
        (1234.5, "USD", "en", "$1,234.50"),
        (1234, "COP", "en", f"COP{NBSP}1,234"),
        (0.004, "USD", "en", "$0"),
    ],
)
def test_amount_shows_cents_only_where_there_are_some(value, currency, language, written) -> None:
    assert format_amount(value, currency, language) == written


def test_share_has_one_decimal_at_most() -> None:
    assert [format_share(x, "pt") for x in (0.73449, 0.7, 1)] == ["73,4%", "70%", "100%"]


def test_date_is_in_words() -> None:
    day = dt.date(2026, 6, 30)
    assert format_date(day, "es") == "30 de junio de 2026"
    assert format_date(day, "pt") == "30 de junho de 2026"
    assert format_date(day, "en") == "June 30, 2026"
