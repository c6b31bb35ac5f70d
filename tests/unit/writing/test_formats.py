import datetime as dt
from decimal import Decimal

import pytest

from propension.config import Texts
from propension.writing import (
    Reader,
    format_amount,
    format_date,
    format_number,
    format_share,
    written_in,
)
from propension.writing.figures import count, fill

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


def test_figures_are_written_as_in_the_portfolios_country() -> None:
    with written_in("MX"):
        assert format_number(1234567.5, "es") == "1,234,567.5"
        assert format_amount(1234.5, "MXN", "es") == "$1,234.50"
        assert Reader("es").number(1234.5, 1) == "1,234.5"
        assert fill(Texts(es="{n}", pt="{n}", en="{n}"), n=count(1200))["es"] == "1,200"
        # Where a country has no writing of its own in a language, that of its largest.
        assert format_number(1234567.5, "pt") == "1.234.567,5"
    assert format_number(1234567.5, "es") == "1.234.567,5"


def test_what_rounds_to_nothing_has_no_sign() -> None:
    assert (format_number(-0.0004, "es"), format_share(-0.0004, "en")) == ("0", "0%")
