"""Expected collections of the next thirteen weeks, and how sure that is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from propension.arrays import Floats
from propension.config import Texts
from propension.errors import DataError
from propension.monitoring.forecast.intervals import LEVEL, half_width
from propension.monitoring.forecast.listed import CurveLists
from propension.monitoring.forecast.weeks import WEEKS, collected_weeks, expected_parts

# Before a quarter of billing and paying was seen, there is nothing to go by.
MIN_HISTORY_DAYS = 91
# How often, and how far back, the forecast is made anew to see how far off it was.
EVERY_DAYS, PAST_DAYS = 14, 392

_TOO_FEW = Texts(
    es="sin intervalo: hay muy pocos pronósticos anteriores cuyo plazo haya terminado",
    pt="sem intervalo: há muito poucas previsões anteriores cujo prazo tenha terminado",
    en="no interval: too few past forecasts are over",
)


@dataclass(frozen=True)
class Expected:
    """An expected amount, and between what it lies.

    Attributes
    ----------
    value : float
    low, high : float or None
        None where too few past forecasts are over.
    past : int
        Past forecasts that the interval comes from.
    error : float or None
        Mean share by which those were off.
    """

    value: float
    low: float | None
    high: float | None
    past: int
    error: float | None


@dataclass(frozen=True)
class ForecastWeek:
    """A week ahead: its days, what is expected, and from where."""

    number: int
    first_day: dt.date
    last_day: dt.date
    expected: Expected
    parts: dict[str, float]


@dataclass(frozen=True)
class CashForecast:
    """Collections expected in the thirteen weeks after a day.

    Attributes
    ----------
    as_of : date
    level : float
        What share of intervals is meant to hold what comes.
    weeks : tuple of ForecastWeek
    total : Expected
    parts : dict of str to float
        The total by ``PARTS``.
    uses_list : bool
        Whether what is overdue follows the propensities of the day's list; otherwise, its age.
    came : tuple of float
        What came in in each of the thirteen weeks before.
    """

    as_of: dt.date
    level: float
    weeks: tuple[ForecastWeek, ...]
    total: Expected
    parts: dict[str, float]
    uses_list: bool
    came: tuple[float, ...]

    @property
    def absent(self) -> Texts | None:
        """Why some interval is missing; None where none is."""
        all_known = all(week.expected.low is not None for week in self.weeks)
        return None if all_known and self.total.low is not None else _TOO_FEW

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain values that JSON holds."""
        return {
            "as_of": self.as_of.isoformat(),
            "level": self.level,
            "uses_list": self.uses_list,
            "came": list(self.came),
            "total": vars(self.total) | {"parts": self.parts},
            "weeks": [
                {
                    "week": week.number,
                    "first_day": week.first_day.isoformat(),
                    "last_day": week.last_day.isoformat(),
                    **vars(week.expected),
                    "parts": week.parts,
                }
                for week in self.weeks
            ],
            "absent": self.absent.model_dump() if self.absent else None,
        }


def forecast_cash(
    engine: duckdb.DuckDBPyConnection,
    as_of: dt.date,
    lists: Sequence[Path] = (),
    level: float = LEVEL,
) -> CashForecast:
    """Return the collections expected in each of the thirteen weeks after ``as_of``, as known on it.

    Parameters
    ----------
    engine : connection
        On the known-at streams.
    as_of : date
    lists : sequence of Path
        Folders of lists: that of ``as_of`` itself says what is expected of overdue accounts, the
        ones before how far such expectations are off (``lists_to_read`` up to the day after).
    level : float in (0, 1)
        Of the intervals.

    Raises
    ------
    DataError
        If less than ``MIN_HISTORY_DAYS`` of history is known.

    Notes
    -----
    ``docs/forecast.md`` has the formulae, how well it does, and where it does not.
    """
    known_from = _known_from(engine)
    if known_from is None or _origin_fault(as_of, known_from):
        raise DataError(
            f"forecast: {MIN_HISTORY_DAYS} days of history are needed before {as_of}, and data begin on {known_from}. "
            "Load more history, or choose a later --as-of."
        )
    curves = CurveLists(engine, lists, as_of)
    expect = partial(expected_parts, engine, curves, known_from)
    parts = expect(as_of)
    by_week = np.sum(list(parts.values()), axis=0)
    origins = _origins(as_of, known_from, curves.days)
    expected = np.array([sum(expect(day).values()) for day in origins]).reshape(-1, WEEKS)
    came = np.array([collected_weeks(engine, day, as_of) for day in origins]).reshape(-1, WEEKS)
    found = [
        _between(by_week[week], expected[:, week], came[:, week], (week + 1, level))
        for week in range(WEEKS)
    ]
    total = _between(by_week.sum(), expected.sum(axis=1), came.sum(axis=1), (WEEKS, level))
    weeks = tuple(_week(as_of, number, one, parts) for number, one in enumerate(found, 1))
    by_part = {name: float(amounts.sum()) for name, amounts in parts.items()}
    before = collected_weeks(engine, as_of - dt.timedelta(days=7 * WEEKS), as_of)
    came_before = tuple(float(amount) for amount in before)
    return CashForecast(as_of, level, weeks, total, by_part, as_of in curves.days, came_before)


def _week(
    as_of: dt.date, number: int, expected: Expected, parts: dict[str, Floats]
) -> ForecastWeek:
    return ForecastWeek(
        number,
        as_of + dt.timedelta(days=7 * number - 6),
        as_of + dt.timedelta(days=7 * number),
        expected,
        {name: float(amounts[number - 1]) for name, amounts in parts.items()},
    )


def _known_from(engine: duckdb.DuckDBPyConnection) -> dt.date | None:
    [(first,)] = engine.execute("SELECT min(known_on) FROM debt_rows").fetchall()
    return first if isinstance(first, dt.date) else None


def _origin_fault(day: dt.date, known_from: dt.date) -> bool:
    return (day - known_from).days < MIN_HISTORY_DAYS


def _origins(as_of: dt.date, known_from: dt.date, listed: Sequence[dt.date]) -> list[dt.date]:
    """Days of past forecasts, one a fortnight: that of the fortnight's last list, where there is one."""
    found = []
    for days in range(EVERY_DAYS, PAST_DAYS + 1, EVERY_DAYS):
        last = as_of - dt.timedelta(days=days)
        recent = [day for day in listed if last - dt.timedelta(days=EVERY_DAYS) < day <= last]
        origin = max(recent, default=last)
        if not _origin_fault(origin, known_from):
            found.append(origin)
    return found


def independent_forecasts(count: int, weeks: int) -> int:
    """Return how many of so many fortnightly forecasts over some weeks do not overlap."""
    return min(count, ((count - 1) * EVERY_DAYS + 7 * weeks) // (7 * weeks)) if count else 0


def _between(value: float, expected: Floats, came: Floats, terms: tuple[int, float]) -> Expected:
    weeks, level = terms
    known = np.isfinite(came) & (expected > 0)
    count = int(known.sum())
    width = half_width(expected, came, independent_forecasts(count, weeks), level)
    error = np.abs(came[known] / expected[known] - 1)
    has_width = bool(np.isfinite(width))
    return Expected(
        value=float(value),
        low=max(0.0, float(value * (1 - width))) if has_width else None,
        high=float(value * (1 + width)) if has_width else None,
        past=count,
        error=float(error.mean()) if count else None,
    )
