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
_TIMES: dict[Language, str] = {"es": " veces", "pt": " vezes", "en": " times"}
# From here on nobody counts in days.
MANY_DAYS = 730


@dataclass(frozen=True)
class Writing:
    """How one portfolio's readers write numbers and money.

    Attributes
    ----------
    language : {"es", "pt", "en"}
    group, decimal : str
        The separators; a blank between thousands is written as a point, which the engine can.
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
        return cls(
            portfolio.language,
            str(get_group_symbol(locale)).strip() or ".",
            str(get_decimal_symbol(locale)),
            (before, after),
            percent,
        )

    def number_sql(self, value: str, unit: str, with_unit: bool = True) -> str:
        """Return SQL that writes a number, at least zero, by its unit; null stays null.

        Parameters
        ----------
        value, unit : str
            SQL of the number and of its unit (see ``Unit``).
        with_unit : bool
            Whether "days" and "times" are written out.
        """
        whole = f"format('{{:t{self.group}}}', round({value})::BIGINT)"
        tenths = f"replace(format('{{:.1f}}', {value}), '.', '{self.decimal}')"
        # One decimal where it tells something.
        plain = (
            f"CASE WHEN {value} >= 10 OR round({value}, 1) = round({value}) THEN {whole} "
            f"ELSE {tenths} END"
        )
        before, after = (text_literal(part) for part in self.money)
        # A small share is not none.
        share = (
            f"CASE WHEN {value} > 0 THEN greatest(1, round(100 * {value})::BIGINT) ELSE 0 END "
            f"|| '{self.percent}'"
        )
        one, many = _DAYS[self.language] if with_unit else ("", "")
        years, times = _YEARS[self.language], _TIMES[self.language] if with_unit else ""
        days = (
            f"CASE WHEN {value} >= {MANY_DAYS} THEN round({value} / 365.25)::BIGINT || '{years}' "
            f"ELSE {plain} || CASE WHEN {value} = 1 THEN '{one}' ELSE '{many}' END END"
        )
        return (
            f"CASE WHEN {value} IS NULL THEN NULL ELSE CASE {unit} WHEN 'share' THEN {share} "
            f"WHEN 'amount' THEN {before} || {whole} || {after} WHEN 'days' THEN {days} "
            f"WHEN 'ratio' THEN {plain} || '{times}' ELSE {plain} END END"
        )
