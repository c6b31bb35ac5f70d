"""Numbers of reasons as their reader writes them, put down in SQL: one pattern, any number of rows."""

from __future__ import annotations

from dataclasses import dataclass

from propension.config import Language
from propension.config.settings import Portfolio
from propension.sources import text_literal
from propension.writing import LocalText

_DAYS: dict[Language, tuple[str, str]] = {
    "es": (" día", " días"), "pt": (" dia", " dias"), "en": (" day", " days"),
}  # fmt: skip
_YEARS: dict[Language, str] = {"es": " años", "pt": " anos", "en": " years"}
_TIMES: dict[Language, str] = {"es": " veces", "pt": " vezes", "en": " times"}
# From here on nobody counts in days.
MANY_DAYS = 730


@dataclass(frozen=True)
class Writing:
    """How one portfolio's readers write numbers with their units.

    Attributes
    ----------
    language : {"es", "pt", "en"}
    local : LocalText
    """

    language: Language
    local: LocalText

    @classmethod
    def of(cls, portfolio: Portfolio) -> Writing:
        """Return the writing of a portfolio's language and country."""
        return cls(portfolio.language, LocalText.of(portfolio))

    def number_sql(self, value: str, unit: str, with_unit: bool = True) -> str:
        """Return SQL that writes a number, at least zero, by its unit; null stays null.

        Parameters
        ----------
        value, unit : str
            SQL of the number and of its unit (see ``Unit``).
        with_unit : bool
            Whether "days" and "times" are written out.
        """
        whole = self.local.number_sql(f"round({value})::BIGINT")
        # One decimal where it tells something.
        plain = (
            f"CASE WHEN {value} >= 10 OR round({value}, 1) = round({value}) THEN {whole} "
            f"ELSE {self.local.tenths_sql(value)} END"
        )
        # A small share is not none.
        share = (
            f"CASE WHEN {value} > 0 THEN greatest(1, round(100 * {value})::BIGINT) ELSE 0 END "
            f"|| {text_literal(self.local.percent)}"
        )
        one, many = _DAYS[self.language] if with_unit else ("", "")
        years, times = _YEARS[self.language], _TIMES[self.language] if with_unit else ""
        days = (
            f"CASE WHEN {value} >= {MANY_DAYS} THEN round({value} / 365.25)::BIGINT || '{years}' "
            f"ELSE {plain} || CASE WHEN {value} = 1 THEN '{one}' ELSE '{many}' END END"
        )
        return (
            f"CASE WHEN {value} IS NULL THEN NULL ELSE CASE {unit} WHEN 'share' THEN {share} "
            f"WHEN 'amount' THEN {self.local.money_sql(whole)} WHEN 'days' THEN {days} "
            f"WHEN 'ratio' THEN {plain} || '{times}' ELSE {plain} END END"
        )
