"""Figures inside sentences, as readers of each language write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import get_args

from babel.numbers import format_decimal, format_percent

from propension.config import Language, Texts
from propension.writing.formats import locale_of

# Writes a number in a locale.
Figure = Callable[[str], str]

_LEAST_CHANCE = 0.0001


def count(value: float) -> Figure:
    """Write a whole number."""
    return _pattern(round(value), "#,##0")


def counts(by_name: Mapping[str, float]) -> Figure:
    """Write whole numbers, each with its name."""
    return lambda locale: " / ".join(
        f"{name} {count(value)(locale)}" for name, value in by_name.items()
    )


def decimal(value: float) -> Figure:
    """Write a number with its sign and two decimals."""
    return _pattern(value, "+#,##0.00;-#,##0.00")


def amount(value: float) -> Figure:
    """Write a difference of money with its sign; cents only below a hundred."""
    digits = "" if abs(value) >= 100 else ".00"
    return _pattern(value, f"+#,##0{digits};-#,##0{digits}")


def points(value: float) -> Figure:
    """Write a difference of shares in points, with its sign: .02 is +2.0."""
    return _pattern(100 * value, "+#,##0.0;-#,##0.0")


def share(value: float) -> Figure:
    """Write a share as a percentage."""
    return lambda locale: str(format_percent(value, "#,##0.#%", locale))


def chance(value: float) -> Figure:
    """Write what a probability equals, or that it is as good as none."""
    least = max(value, _LEAST_CHANCE)
    sign = "< " if value < _LEAST_CHANCE else "= "
    return lambda locale: sign + _pattern(least, "0.0###")(locale)


def fill(texts: Texts, **figures: Figure | Texts | str) -> dict[Language, str]:
    """Return a text in every language, with its figures in place.

    >>> fill(Texts(es="{n} cuentas", pt="{n} contas", en="{n} accounts"), n=count(1200))["es"]
    '1.200 cuentas'
    """
    return {
        language: texts.in_language(language).format(
            **{name: _written(value, language) for name, value in figures.items()}
        )
        for language in get_args(Language)
    }


def _written(value: Figure | Texts | str, language: Language) -> str:
    if isinstance(value, Texts):
        return value.in_language(language)
    return value if isinstance(value, str) else value(locale_of(language))


def _pattern(value: float, pattern: str) -> Figure:
    return lambda locale: str(format_decimal(value, pattern, locale))
