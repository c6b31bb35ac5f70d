"""The hours in which work may begin, and how customers see them: their law and their clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from propension.arrays import Array
from propension.config import Agenda
from propension.config.settings import Portfolio
from propension.treatments.contact import Rulebook, check_contacts, is_known_zone
from propension.treatments.offers import national_holidays
from propension.treatments.permits import HISTORY_SCHEMA, portfolio_clock

# Of an hour of a contact that lasts: its start, and the end of every quarter, since laws open and close
# at quarters.
LASTING = (0, 14, 29, 44, 59)
# Of an hour at whose stroke messages go out.
AT_ONCE = (0,)

_ONE_HOUR = dt.timedelta(hours=1)
_MINUTE = 60_000_000
# What the law needs to know of a customer, beside the past.
PLACE = ("country", "region", "timezone", "channel")


class Hours(NamedTuple):
    """Whole hours on the teams' clock, in the order of time.

    Attributes
    ----------
    starts : array of int64
        Microseconds of UTC.
    day : array of int
        Ordinal of the day on the teams' clock.
    shift_end : array of int
        Position after the last hour of its shift.
    """

    starts: Array
    day: Array
    shift_end: Array


class Customers(NamedTuple):
    """How each kind of place meets the hours.

    Attributes
    ----------
    lawful : array of bool, shape (n_places, n_hours)
    shown : array of int, shape (n_places, n_hours)
        The hour on the customer's clock as it begins.
    """

    lawful: Array
    shown: Array


def working_hours(agenda: Agenda, portfolio: Portfolio, days: list[dt.date]) -> Hours:
    """Return the hours of the shifts on those of the days that are worked."""
    off = national_holidays(portfolio.country, days[0], days[-1])
    worked = (day for day in days if day.isoweekday() in agenda.weekdays and day not in off)
    stretches = (
        (day, shift.start.hour, shift.end.hour) for day in worked for shift in agenda.shifts
    )
    return _hours(portfolio_clock(portfolio), stretches)


def all_hours(portfolio: Portfolio, days: list[dt.date]) -> Hours:
    """Return every hour of the days."""
    return _hours(portfolio_clock(portfolio), ((day, 0, 24) for day in days))


def _hours(zone: str, stretches: Iterable[tuple[dt.date, int, int]]) -> Hours:
    found = [
        (start, day.toordinal(), number)
        for number, (day, first, last) in enumerate(stretches)
        for start in _starts(ZoneInfo(zone), day, range(first, last))
    ]
    starts, days, shifts = np.array(found, np.int64).reshape(-1, 3).T
    # Where the clock leaves out an hour, a shift is two.
    breaks = np.diff(starts, prepend=0) != 60 * _MINUTE
    shift = np.cumsum(breaks | (np.diff(shifts, prepend=-1) != 0))
    return Hours(np.ascontiguousarray(starts), days, np.searchsorted(shift, shift, side="right"))


def _starts(zone: ZoneInfo, day: dt.date, hours: Iterable[int]) -> Iterator[int]:
    """Yield the starts of hours; those that the clock skips, repeats or cuts are not worked."""
    midnight = dt.datetime.combine(day, dt.time())
    for hour in hours:
        shown = midnight + hour * _ONE_HOUR
        start, end = (
            at.replace(tzinfo=zone).astimezone(dt.UTC) for at in (shown, shown + _ONE_HOUR)
        )
        if end - start == _ONE_HOUR:
            yield round(start.timestamp()) * 1_000_000


def see_hours(
    places: pa.Table, hours: Hours, portfolio: Portfolio, rules: Rulebook, minutes: tuple[int, ...]
) -> Customers:
    """Return which hours the law leaves open in every place, and what customers' clocks show.

    Parameters
    ----------
    places : pa.Table
        Of the columns ``PLACE``; a zone that is missing is every zone of the country to the law, and
        the portfolio's to the clock.
    hours : Hours
    portfolio : Portfolio
    rules : Rulebook
    minutes : tuple of int
        Of each hour, at all of which contact must be allowed; past contacts are not looked at.
    """
    home = portfolio_clock(portfolio)

    @cache
    def shown(zone: str) -> list[int]:
        clock = ZoneInfo(zone)
        seconds = (hours.starts // 1_000_000).tolist()
        return [dt.datetime.fromtimestamp(second, clock).hour for second in seconds]

    zones = [
        zone if zone and is_known_zone(zone) else home for zone in places["timezone"].to_pylist()
    ]
    clocks = np.array([shown(zone) for zone in zones], np.int64)
    lawful = _lawful(places, hours, rules, minutes)
    return Customers(lawful, clocks.reshape(lawful.shape))


def _lawful(places: pa.Table, hours: Hours, rules: Rulebook, minutes: tuple[int, ...]) -> Array:
    at = np.add.outer(hours.starts, np.array(minutes) * _MINUTE).ravel()
    asked = places.take(np.repeat(np.arange(len(places)), len(at)))
    anyone = pa.repeat("anyone", len(asked))
    instants = pa.array(np.tile(at, len(places)), pa.timestamp("us", "UTC"))
    asked = asked.append_column("customer_id", anyone).append_column("at", instants)
    allowed = check_contacts(asked, HISTORY_SCHEMA.empty_table(), rules)["allowed"].to_numpy()
    open_hours = allowed.reshape(len(places), len(hours.starts), len(minutes)).all(axis=2)
    needs_none = pc.equal(places["channel"], "none").to_numpy()
    lawful: Array = open_hours | needs_none[:, None]
    return lawful
