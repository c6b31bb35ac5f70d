"""Numbers as their reader writes them, put down in SQL: one pattern, any number of rows."""

from __future__ import annotations

from dataclasses import dataclass

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol

from propension.config import Language
from propension.config.settings import Portfolio
from propension.sources import text_literal

_DAYS: dict[Language, tuple[str, str]] = {
    "es": (" día", " días"), "pt": (" dia", " dias"), "en": (" day", " days"),
}  # fmt: skip
_YEARS: dict[Language, str] = {"es": " años", "pt": " anos", "en": " years"}
_TIMES: dict[Language, tuple[str, str]] = {
    "es": (" vez", " veces"), "pt": (" vez", " vezes"), "en": (" times", " times"),
}  # fmt: skip
# From here on nobody counts in days.
MANY_DAYS = 730


@dataclass(frozen=True)
class Writing:
    """How one portfolio's readers write numbers and money.

    Attributes
    ----------
    language : {"es", "pt", "en"}
    group, decimal : str
        The separators; where the engine cannot write the one between thousands, as a blank, it is
        the point or comma that is not the decimal one.
    money : (str, str)
        What stands before and after an amount.
    percent : str
        What stands after a share.
    """

    language: Language
    group: str
    decimal: str
    money: tuple[str, str]
    percent: str

    @classmethod
    def of(cls, portfolio: Portfolio) -> Writing:
        """Return the writing of a portfolio's language and country."""
        name = f"{portfolio.language}_{portfolio.country}"
        try:
            locale = Locale.parse(name)
        except UnknownLocaleError:
            locale = Locale.parse(portfolio.language)
        pattern = locale.currency_formats["standard"]
        symbol = get_currency_symbol(portfolio.currency, locale)
        before, after = (
            str(part).replace("¤", symbol).replace("\xa0", " ")
            for part in (pattern.prefix[0], pattern.suffix[0])
        )
        percent = str(locale.percent_formats[None].suffix[0]).replace("\xa0", " ")
        group, decimal = str(get_group_symbol(locale)), str(get_decimal_symbol(locale))
        if group not in (".", ","):
            group = "." if decimal == "," else ","
        return cls(
            portfolio.language,
            group,
            decimal,
            (before, after),
            percent,
        )

    def number_sql(self, value: str, unit: str, with_unit: bool = True) -> str:
        """Return SQL that writes a number, at least zero, by its unit; null what nobody could read.

        Parameters
        ----------
        value, unit : str
            SQL of the number and of its unit (see ``Unit``).
        with_unit : bool
            Whether "days" and "times" are written out.
        """
        whole = f"format('{{:t{self.group}}}', try_cast(round({value}) AS HUGEINT))"
        tenths = f"replace(format('{{:.1f}}', {value}), '.', '{self.decimal}')"
        # One decimal where it tells something.
        plain = (
            f"CASE WHEN {value} >= 10 OR round({value}, 1) = round({value}) THEN {whole} "
            f"ELSE {tenths} END"
        )
        before, after = (text_literal(part) for part in self.money)
        # A small share is not none.
        share = (
            f"CASE WHEN {value} > 0 AND {value} < 0.005 THEN 1 "
            f"ELSE try_cast(round(100 * {value}) AS HUGEINT) END || '{self.percent}'"
        )

        def counted(one: str, many: str) -> str:
            # As it is written: 1.04 is 1.
            words = f"CASE WHEN round({value}, 1) = 1 THEN '{one}' ELSE '{many}' END"
            return f"{plain} || {words}" if with_unit else plain

        days = (
            f"CASE WHEN {value} >= {MANY_DAYS} THEN try_cast(round({value} / 365.25) AS HUGEINT) "
            f"|| '{_YEARS[self.language]}' ELSE {counted(*_DAYS[self.language])} END"
        )
        return (
            f"CASE WHEN {value} IS NULL THEN NULL ELSE CASE {unit} WHEN 'share' THEN {share} "
            f"WHEN 'amount' THEN {before} || {whole} || {after} WHEN 'days' THEN {days} "
            f"WHEN 'ratio' THEN {counted(*_TIMES[self.language])} ELSE {plain} END END"
        )
