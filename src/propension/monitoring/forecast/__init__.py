"""Cash forecast: collections of the next thirteen weeks, from open items and from what will be billed."""

from propension.monitoring.forecast.cash import (
    PARTS,
    WEEKS,
    CashForecast,
    Expected,
    ForecastWeek,
    collected_weeks,
    expected_parts,
    forecast_cash,
)
from propension.monitoring.forecast.listed import CurveLists

__all__ = [
    "PARTS",
    "WEEKS",
    "CashForecast",
    "CurveLists",
    "Expected",
    "ForecastWeek",
    "collected_weeks",
    "expected_parts",
    "forecast_cash",
]
