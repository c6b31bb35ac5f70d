"""Money and dates as people of the portfolio's country write them, written by the engine."""

from __future__ import annotations

import re
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol

from propension.config import Language
from propension.config.settings import Portfolio
from propension.sources import text_literal
from propension.writing.formats import blank_beside

# Amounts have two decimals, whatever the currency.
MAX_DIGITS = 2


def currency_digits(currency: str) -> int:
    """Return the decimals in which people pay a currency: 0 for COP and CLP, 2 for BRL.

    Those of cash: the Unicode repository gives the Colombian peso two in the books, and none
    in hand.
    """
    fractions = get_global("currency_fractions")
    return min(MAX_DIGITS, int(fractions.get(currency, fractions["DEFAULT"])[2]))


def hundredths_sql(amount: str) -> str:
    """Return SQL for an amount as a whole number of hundredths."""
    # Two digits more than an amount has, so that the largest does not overflow.
    return f"({amount}::DECIMAL(20,2) * 100)::BIGINT"


@dataclass(frozen=True)
class LocalText:
    """How one portfolio writes: symbols and patterns, looked up once.

    Attributes
    ----------
    symbol : str
        Of the currency, with the blank that keeps it from the number.
    leads : bool
        Whether it stands before the number.
    group, decimal : str
        Signs between thousands, and before decimals.
    percent : str
        What stands after a share.
    date_format : str
        For ``strftime``.
    """

    symbol: str
    leads: bool
    group: str
    decimal: str
    percent: str
    date_format: str

    @classmethod
    def of(cls, portfolio: Portfolio) -> LocalText:
        """Return the writing of a portfolio's language in its country."""
        locale = _locale(portfolio.language, portfolio.country)
        pattern = locale.currency_formats["standard"]
        symbol = get_currency_symbol(portfolio.currency, locale)
        leads = "¤" in pattern.prefix[0]
        blank = blank_beside(portfolio.currency, locale)
        return cls(
            symbol=symbol + blank if leads else blank + symbol,
            leads=leads,
            group=get_group_symbol(locale),
            decimal=get_decimal_symbol(locale),
            percent=str(locale.percent_formats[None].suffix[0]),
            date_format=_date_format(locale),
        )

    def amount_sql(self, cents: str) -> str:
        """Return SQL that writes a whole number of hundredths as money; cents where it has any."""
        whole = self.number_sql(f"{cents} // 100")
        part = f"{text_literal(self.decimal)} || lpad(({cents} % 100)::VARCHAR, 2, '0')"
        return self.money_sql(f"{whole} || CASE WHEN {cents} % 100 = 0 THEN '' ELSE {part} END")

    def money_sql(self, number: str) -> str:
        """Return SQL that sets the currency's symbol beside a number that is written."""
        symbol = text_literal(self.symbol)
        return f"({symbol} || {number})" if self.leads else f"({number} || {symbol})"

    def number_sql(self, whole: str) -> str:
        """Return SQL that writes a whole number."""
        return f"replace(format('{{:,}}', {whole}), ',', {text_literal(self.group)})"

    def tenths_sql(self, value: str) -> str:
        """Return SQL that writes a number with one decimal."""
        return f"replace(format('{{:.1f}}', {value}), '.', {text_literal(self.decimal)})"

    def date_sql(self, day: str) -> str:
        """Return SQL that writes a day with its four-digit year."""
        return f"strftime({day}, {text_literal(self.date_format)})"


def _locale(language: Language, country: str) -> Locale:
    try:
        return Locale.parse(f"{language}_{country}")
    except UnknownLocaleError:
        return Locale.parse(language)


def _date_format(locale: Locale) -> str:
    if locale.language == "en":
        # 06/05 is two days to readers of English: the month goes in letters.
        return "%b %-d, %Y"
    pattern = re.sub("d+", "%d", locale.date_formats["short"].pattern)
    return re.sub("y+", "%Y", re.sub("M+", "%m", pattern))
