"""The only reader of the wall clock; everything else is told its as-of date."""

from __future__ import annotations

import datetime as dt


def now_utc() -> dt.datetime:
    """Return the current instant in UTC, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def today_utc() -> dt.date:
    """Return the current date in UTC."""
    return now_utc().date()
