"""The debtor's own clock and calendar, from the tz database, over a range of instants.

Instants are microseconds of UTC since 1970, days whole numbers since 1970-01-01.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import holidays
import numpy as np

from propension.arrays import Ints

SECOND = 1_000_000
MINUTE = 60 * SECOND
DAY = 86_400 * SECOND
EPOCH = dt.date(1970, 1, 1)
# Before and after every instant that is judged.
EVER, NEVER = -(2**62), 2**62


class Clock:
    """The clock of one time zone, exact between two instants.

    Parameters
    ----------
    zone : str
        A name of the tz database.
    first, last : int
        Instants; days outside them are taken for the nearest ones inside.
    """

    def __init__(self, zone: str, first: int, last: int) -> None:
        self.first_day, last_day = first // DAY - 2, last // DAY + 3
        changes, self.offsets = _offsets(zone, self.first_day - 1, last_day + 2)
        self.begins = np.concatenate([[EVER], changes])
        self.ends = np.concatenate([changes, [NEVER]])
        days = np.arange(self.first_day, last_day)
        # A day begins when the clock first shows it, which need not be at midnight.
        begins, ends = self._shown(days * DAY, np.full(len(days), NEVER))
        self.day_starts: Ints = np.where(begins < ends, begins, NEVER).min(axis=1)

    @property
    def days(self) -> Ints:
        """Every day in the range."""
        return np.arange(len(self.day_starts)) + self.first_day

    @property
    def key(self) -> tuple[bytes, bytes]:
        """What two zones share when their clocks show the same throughout the range."""
        return self.begins.tobytes(), self.offsets.tobytes()

    def day_of(self, at: Ints) -> Ints:
        """Return the day the clock shows at each instant."""
        return np.searchsorted(self.day_starts, at, side="right") - 1 + self.first_day

    def start_of(self, day: Ints) -> Ints:
        """Return the first instant of each day."""
        return self.day_starts[np.clip(day - self.first_day, 0, len(self.day_starts) - 1)]

    def when_showing(self, begin: Ints, end: Ints) -> tuple[Ints, Ints]:
        """Return the instants, as intervals, at which the clock shows a time between two.

        An hour that is skipped gives none of its instants, one that comes twice gives both.
        """
        begins, ends = self._shown(begin, end)
        real = begins < ends
        return begins[real], ends[real]

    def _shown(self, begin: Ints, end: Ints) -> tuple[Ints, Ints]:
        begins = np.maximum(begin[:, None] - self.offsets, self.begins)
        return begins, np.minimum(end[:, None] - self.offsets, self.ends)


def _offsets(zone: str, first_day: int, last_day: int) -> tuple[Ints, Ints]:
    """Instants at which a zone's offset changes, and its offsets before, between and after them."""
    info = ZoneInfo(zone)

    def offset(second: int) -> int:
        shown = dt.datetime.fromtimestamp(second, info).utcoffset() or dt.timedelta()
        return shown // dt.timedelta(microseconds=1)

    changes: list[int] = []
    before = first_day * 86_400
    offsets = [offset(before)]
    for second in range(before + 86_400, (last_day + 1) * 86_400, 86_400):
        if offset(second) != offsets[-1]:
            low, high = second - 86_400, second
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == offsets[-1] else (low, middle)
            changes.append(high * SECOND)
            offsets.append(offset(high))
    return np.array(changes, np.int64), np.array(offsets, np.int64)


@lru_cache(maxsize=4096)
def is_known_zone(name: str) -> bool:
    """Whether the tz database has a zone of this name."""
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True


@lru_cache
def country_zones(country: str) -> tuple[str, ...]:
    """Return the time zones of a country, as the tz database lists them."""
    listing = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in listing.splitlines() if not line.startswith("#"))
    return tuple(row[2] for row in rows if row[0] == country)


def country_clocks(zones: Iterable[str], first: int, last: int) -> tuple[Clock, ...]:
    """Return one clock for all zones that agree between two instants."""
    clocks = (Clock(zone, first, last) for zone in zones)
    return tuple({clock.key: clock for clock in clocks}.values())


@lru_cache(maxsize=4096)
def public_holidays(country: str, region: str, first_day: int, last_day: int) -> Ints:
    """Return the public holidays of a country between two days, and of a region of it.

    ``region`` counts where it is an ISO 3166-2 code (without the country) that is known.
    """
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        return np.array([], np.int64)
    first, last = EPOCH + dt.timedelta(first_day), EPOCH + dt.timedelta(last_day)
    years = range(first.year, last.year + 1)
    found = holidays.country_holidays(
        country, subdiv=region if region in known[country] else None, years=years
    )
    return np.array(sorted((day - EPOCH).days for day in found), np.int64)
