"""Figures as JSON holds them."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any


def plain_values(content: Any) -> Any:
    """Return content with days as text, tuples as lists, and None for what is not a number.

    >>> plain_values({"value": float("nan"), "on": dt.date(2026, 6, 30)})
    {'value': None, 'on': '2026-06-30'}
    """
    if isinstance(content, dict):
        return {key: plain_values(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [plain_values(value) for value in content]
    if isinstance(content, dt.date):
        return content.isoformat()
    return None if isinstance(content, float) and not math.isfinite(content) else content
