"""The months that KPIs are of."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Month:
    """From after the close of one day to the close of another.

    Attributes
    ----------
    opened_on : date
        The close before: the last day of the month before.
    closed_on : date
        The last day of the month or, of the one under way, the as-of date.
    """

    opened_on: dt.date
    closed_on: dt.date

    @property
    def is_over(self) -> bool:
        """Say whether the whole month is in it."""
        return self.closed_on == _month_end(self.closed_on)


def months_until(as_of: dt.date, first_day: dt.date, most: int) -> list[Month]:
    """Return the last months that began no sooner than ``first_day``, oldest first.

    The last one is under way unless ``as_of`` ends it.

    >>> [str(month.closed_on) for month in months_until(dt.date(2026, 3, 10), dt.date(2025, 12, 31), 13)]
    ['2026-01-31', '2026-02-28', '2026-03-10']
    """
    found: list[Month] = []
    closed_on = as_of
    while len(found) < most and closed_on.replace(day=1) >= first_day:
        opened_on = closed_on.replace(day=1) - _DAY
        found.append(Month(opened_on, closed_on))
        closed_on = opened_on
    return found[::-1]


def _month_end(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
