"""Days on which nobody can pay, and the days on which payments fall due instead."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Set as AbstractSet

import holidays

SUNDAY = 6
ONE_DAY = dt.timedelta(days=1)


def closed_days(country: str, first: dt.date, last: dt.date) -> frozenset[dt.date]:
    """Return the Sundays and national holidays from ``first`` to two months after ``last``.

    Of a country without a known calendar, the Sundays alone.
    """
    until = last + 62 * ONE_DAY
    sunday = first + (SUNDAY - first.weekday()) * ONE_DAY
    sundays = {sunday + 7 * week * ONE_DAY for week in range((until - sunday).days // 7 + 1)}
    return frozenset(sundays | national_holidays(country, first, until))


def national_holidays(country: str, first: dt.date, last: dt.date) -> frozenset[dt.date]:
    """Return the national holidays of every year from that of ``first`` to that of ``last``.

    Of a country without a known calendar, none.
    """
    if country not in holidays.list_supported_countries(include_aliases=False):
        return frozenset()
    years = range(first.year, last.year + 1)
    return frozenset(holidays.country_holidays(country, years=years))


def next_open_day(day: dt.date, closed: AbstractSet[dt.date]) -> dt.date:
    """Return ``day``, or the first working day after it."""
    while day in closed:
        day += ONE_DAY
    return day


def day_of_month(month: dt.date, day: int) -> dt.date:
    """Return a day of the month of ``month``; past its end, the last.

    >>> day_of_month(dt.date(2026, 2, 1), 31)
    datetime.date(2026, 2, 28)
    """
    last = calendar.monthrange(month.year, month.month)[1]
    return month.replace(day=min(day, last))


def monthly_dates(first: dt.date, last: dt.date, day: int) -> list[dt.date]:
    """Return every ``day`` of the month from ``first`` to ``last``; none of day 0."""
    if not day:
        return []
    month, found = first.replace(day=1), []
    while month <= last:
        found.append(day_of_month(month, day))
        month = (month + 31 * ONE_DAY).replace(day=1)
    return [date for date in found if first <= date <= last]


def whole_day_sql(liquidity_day: str) -> str:
    """Return SQL for a liquidity day as a day of the month; null where it is unknown."""
    # The least of a null and 31 would be 31.
    day = f"greatest(1, least(31, round({liquidity_day})))::INTEGER"
    return f"CASE WHEN {liquidity_day} IS NOT NULL THEN {day} END"
