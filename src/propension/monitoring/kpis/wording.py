"""How the figures of KPIs are written."""

from __future__ import annotations

import math

from propension.config import Language
from propension.monitoring.kpis.kpi import Unit
from propension.writing import Reader, format_amount, format_number


def write_figure(unit: Unit, value: float | None, currency: str, language: Language) -> str:
    """Write a KPI as its unit is read; small shares keep two digits that say something, money may go without currency.

    >>> write_figure("share", 0.00012, "COP", "es")
    '0,012%'
    """
    if value is None or unit == "share":
        return Reader(language).share(value, _decimals(value or 0))
    if unit == "amount":
        whole = round(value)
        return (
            format_amount(whole, currency, language) if currency else format_number(whole, language)
        )
    return format_number(round(value, {"count": 0, "days": 1, "ratio": 2}[unit]), language)


def _decimals(share: float) -> int:
    percent = abs(100 * share)
    return 1 if percent >= 1 or not percent else min(1 - math.floor(math.log10(percent)), 6)
