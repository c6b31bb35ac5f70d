"""Cash forecast: collections of the next thirteen weeks, from open items and from what will be billed."""

from propension.monitoring.forecast.cash import (
    CashForecast,
    Expected,
    ForecastWeek,
    forecast_cash,
)
from propension.monitoring.forecast.listed import CurveLists
from propension.monitoring.forecast.weeks import (
    PARTS,
    WEEKS,
    collected_weeks,
    expected_parts,
)

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
