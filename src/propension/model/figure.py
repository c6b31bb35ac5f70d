"""One measured number with its interval, as plain values."""

from __future__ import annotations

import math

Figure = dict[str, float | None]


def known(value: float) -> float | None:
    """Return the value, or None where there is none: JSON has no NaN."""
    return float(value) if math.isfinite(value) else None


def figure(value: float, interval: tuple[float, float]) -> Figure:
    """Return value, low and high; None where they do not exist."""
    low, high = interval
    return {"value": known(value), "low": known(low), "high": known(high)}
