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
_TIMES: dict[Language, tuple[str, str]] = {
    "es": (" vez", " veces"), "pt": (" vez", " vezes"), "en": (" times", " times"),
}  # fmt: skip
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
        """Return SQL that writes a number, at least zero, by its unit; null what nobody could read.

        Parameters
        ----------
        value, unit : str
            SQL of the number and of its unit (see ``Unit``).
        with_unit : bool
            Whether "days" and "times" are written out.
        """
        whole = self.local.number_sql(f"try_cast(round({value}) AS HUGEINT)")
        # One decimal where it tells something.
        plain = (
            f"CASE WHEN {value} >= 10 OR round({value}, 1) = round({value}) THEN {whole} "
            f"ELSE {self.local.tenths_sql(value)} END"
        )
        # A small share is not none.
        share = (
            f"CASE WHEN {value} > 0 AND {value} < 0.005 THEN 1 "
            f"ELSE try_cast(round(100 * {value}) AS HUGEINT) END || {text_literal(self.local.percent)}"
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
            f"WHEN 'amount' THEN {self.local.money_sql(whole)} WHEN 'days' THEN {days} "
            f"WHEN 'ratio' THEN {counted(*_TIMES[self.language])} ELSE {plain} END END"
        )
