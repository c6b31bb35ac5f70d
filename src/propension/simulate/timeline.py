"""The calendar of a simulation: months, cut into four weeks each.

Days are integers since 1970-01-01.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

NEVER = 100_000  # a day far beyond any simulated one: it has not happened
MEAN_STEP_DAYS = 365.25 / 48
_STEP_STARTS = np.array([0, 8, 15, 23])
# Debts issued after the last day matter only to the truth of the last day.
LOOKAHEAD_MONTHS = 2
_EPOCH = dt.date(1970, 1, 1)


class Shock(NamedTuple):
    """A slump of the economy: everybody's ability falls by ``depth`` from a day on, for good."""

    starts: dt.date
    depth: float


class Step(NamedTuple):
    """One week: its days, both included, and its place in the calendar.

    ``months`` counts months since the simulation began, ``calendar_month`` from January = 0.
    """

    start: int
    end: int
    days: int
    months: float
    calendar_month: int
    starts_month: bool

    @property
    def exposure(self) -> float:
        """Length in mean weeks."""
        return self.days / MEAN_STEP_DAYS


@dataclass(frozen=True)
class Timeline:
    """Months of billing (with a look-ahead) and the steps the simulation takes.

    Steps begin on the 1st, 9th, 16th and 24th, and on the day after ``last``: every month end
    and the last day are ends of steps. From ``shock_months`` on, ability is lower by ``shock_depth``.
    """

    months: NDArray[Any]
    first: int
    last: int
    steps: tuple[Step, ...]
    shock_months: float = math.inf
    shock_depth: float = 0.0

    def economy(self, months: float) -> float:
        """What the economy does to everybody's ability some months into the simulation."""
        # A slow loss of purchasing power, and a business cycle of two and a half years.
        usual = -0.005 * months + 0.1 * float(np.sin(2 * np.pi * months / 30))
        return usual - self.shock_depth * (months >= self.shock_months)

    def steps_after(self, day: int, days: int) -> tuple[Step, ...]:
        """Steps that begin within ``days`` after a day."""
        return tuple(step for step in self.steps if day < step.start <= day + days)

    @property
    def past(self) -> tuple[Step, ...]:
        """Steps up to the last simulated day."""
        return tuple(step for step in self.steps if step.end <= self.last)

    @property
    def month_starts(self) -> NDArray[np.int64]:
        """First days of the months up to the last simulated day."""
        return month_days(self.months[: -LOOKAHEAD_MONTHS or None])


def month_days(months: NDArray[Any]) -> NDArray[np.int64]:
    """First day of each month."""
    return months.astype("M8[D]").astype(np.int64)


def month_of(days: NDArray[Any]) -> NDArray[Any]:
    """Month each day belongs to."""
    return days.astype("M8[D]").astype("M8[M]")


def day_number(date: dt.date) -> int:
    """Days since 1970-01-01."""
    return (date - _EPOCH).days


def draw_up_timeline(months: int, until: dt.date, shock: Shock | None = None) -> Timeline:
    """Steps of ``months`` months up to that of ``until``, and of two more."""
    final = np.datetime64(until, "M")
    calendar = np.arange(final - months + 1, final + 1 + LOOKAHEAD_MONTHS)
    starts = month_days(calendar)
    last = day_number(until)
    edges = np.unique(
        np.append((starts[:, None] + _STEP_STARTS).ravel(), [last + 1, starts[-1] + 31])
    )
    first = int(starts[0])
    steps = tuple(
        Step(
            start=start,
            end=after - 1,
            days=after - start,
            months=_months_between(first, start),
            calendar_month=int(np.datetime64(start, "D").astype("M8[M]").astype(int)) % 12,
            starts_month=start in starts,
        )
        for start, after in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    )
    if shock is None:
        return Timeline(calendar, first, last, steps)
    begins = _months_between(first, day_number(shock.starts))
    return Timeline(calendar, first, last, steps, begins, shock.depth)


def _months_between(first: int, day: int) -> float:
    return (day - first) * 12 / 365.25
