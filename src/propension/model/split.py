"""Windows in time: each is judged only by what lies after everything the one before saw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from propension.config import ModelSettings
from propension.errors import DataError

Dates = tuple[dt.date, ...]
# Two dates this far apart are two month ends.
_MONTH = dt.timedelta(days=28)


@dataclass(frozen=True)
class Windows:
    """As-of dates for each purpose, oldest first; ``dropped`` fall in the gaps.

    Attributes
    ----------
    train : tuple of date
        The trees grow on them.
    validation : tuple of date
        They stop growing by them.
    calibration : tuple of date
        Scores become probabilities by them.
    test : tuple of date
        Nothing is fitted to them.
    """

    train: Dates
    validation: Dates
    calibration: Dates
    test: Dates
    dropped: Dates

    def as_dict(self) -> dict[str, Any]:
        """Return first date, last date and count of every window."""
        return {
            name: {"first": str(dates[0]), "last": str(dates[-1]), "dates": len(dates)}
            if dates
            else {"dates": 0}
            for name, dates in asdict(self).items()
        }


def split_in_time(dates: Sequence[dt.date], horizon_days: int, settings: ModelSettings) -> Windows:
    """Cut as-of dates into train, validation, calibration and test, one horizon apart.

    The outcome of a window's last date is over by the next window's first date, so no label
    looks into the time of a later window.

    Raises
    ------
    DataError
        If a window would be empty.
    """
    left = sorted(dates)
    sizes = {
        "test": _test_size(left, settings),
        "calibration": max(1, round(len(left) * settings.calibration_share)),
        "validation": max(1, round(len(left) * settings.validation_share)),
    }
    windows: dict[str, Dates] = {}
    dropped: list[dt.date] = []
    for name, size in sizes.items():
        windows[name] = tuple(left[len(left) - size :]) if size else ()
        if not windows[name]:
            break
        gap = windows[name][0] - dt.timedelta(days=horizon_days)
        dropped += [date for date in left[: len(left) - size] if date > gap]
        left = [date for date in left[: len(left) - size] if date <= gap]
    if not left or not all(windows.get(name) for name in sizes):
        raise DataError(
            f"model: {len(dates)} as-of dates ({_span(dates)}) are too few for train, validation, calibration "
            f"and test windows {horizon_days} days apart. Load more history, choose an earlier model.test_from, "
            "a shorter target, or snapshots.every: week.",
            dates=len(dates),
        )
    return Windows(tuple(left), dropped=tuple(sorted(dropped)), **windows)


def split_anew(dates: Sequence[dt.date], horizon_days: int, learnt: Mapping[str, Any]) -> Windows:
    """Leave a model the dates its trees grew on, and calibrate and test it on the newest months, one horizon apart.

    Parameters
    ----------
    dates : sequence of date
        Oldest first.
    horizon_days : int
    learnt : mapping
        Windows of the model, as ``Windows.as_dict`` told them.

    Raises
    ------
    DataError
        If no date was left out of the trees, or none of those they grew on is there any more.
    """

    def within(name: str) -> Dates:
        ends = learnt[name]
        return tuple(date for date in dates if ends["first"] <= str(date) <= ends["last"])

    train, validation, last = within("train"), within("validation"), dates[-1]
    test = tuple(date for date in dates if date > last - _MONTH)
    over = [date for date in dates if date <= test[0] - dt.timedelta(days=horizon_days)]
    newer = [date for date in over if str(date) > learnt["validation"]["last"]]
    if not newer or not train:
        raise DataError(
            f"model: as-of dates ({_span(dates)}) leave no month to recalibrate on between those the trees grew on and "
            "the newest one, on which it is tested. Wait a month, or train again: propension train.",
            dates=len(dates),
        )
    calibration = tuple(date for date in newer if date > newer[-1] - _MONTH)
    used = {*train, *validation, *calibration, *test}
    dropped = tuple(date for date in dates if date not in used)
    return Windows(train, validation, calibration, test, dropped)


def _test_size(dates: Sequence[dt.date], settings: ModelSettings) -> int:
    if settings.test_from is None:
        return max(1, round(len(dates) * settings.test_share))
    return sum(date >= settings.test_from for date in dates)


def _span(dates: Sequence[dt.date]) -> str:
    return f"{min(dates)} to {max(dates)}" if dates else "none"
