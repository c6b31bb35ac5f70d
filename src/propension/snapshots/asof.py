"""As-of dates: which days are looked at, and whether what followed can be known yet."""

from __future__ import annotations

import datetime as dt

from propension.config import Snapshots, Stage, Target
from propension.errors import ConfigurationError, DataError
from propension.sources import Extraction

OLD_DATA_DAYS = 7


def choose_as_of(requested: dt.date | None, extraction: Extraction) -> dt.date:
    """Return the as-of date of a run: the one asked for, or the last day of the data.

    Raises
    ------
    ConfigurationError
        If the date lies outside the data: nothing was known before it, and after it what
        happened is not known.
    DataError
        If the source recorded nothing at all.
    """
    data_from, data_until = _span(extraction)
    if requested is None:
        return data_until
    if requested < data_from:
        raise ConfigurationError(
            f"--as-of {requested}: the data starts on {data_from}, so nothing was known by then. "
            f"Choose a date from {data_from} to {data_until}.",
            as_of=requested,
        )
    if requested > data_until:
        raise ConfigurationError(
            f"--as-of {requested}: the data ends on {data_until}; payments after it are not known, and "
            f"people who paid would be pressed. Load newer data, or leave --as-of out.",
            as_of=requested,
        )
    return requested


def is_old(as_of: dt.date, today: dt.date) -> bool:
    """Say whether a list of ``as_of`` would be stale to work from on ``today``."""
    return (today - as_of).days > OLD_DATA_DAYS


def last_mature(known_until: dt.date, target: Target, stage: Stage = "overdue") -> dt.date:
    """Return the last as-of date whose outcome can be known by ``known_until``."""
    return known_until - dt.timedelta(days=target.outcome_days(stage) + target.recording_lag_days)


def is_mature(as_of: dt.date, days: int, target: Target, known_until: dt.date) -> bool:
    """Say whether what came within ``days`` of an as-of date can be known by ``known_until``."""
    return as_of + dt.timedelta(days=days + target.recording_lag_days) <= known_until


def training_dates(
    snapshots: Snapshots,
    target: Target,
    extraction: Extraction,
    known_until: dt.date,
    stage: Stage = "overdue",
) -> list[dt.date]:
    """Return the as-of dates a model may learn from, oldest first.

    Week ends (Sundays) or month ends, after the history that features need and early enough
    that every outcome is mature.

    Raises
    ------
    DataError
        If not one date is left.
    """
    data_from, _ = _span(extraction)
    first = data_from + dt.timedelta(days=snapshots.history_days)
    last = last_mature(known_until, target, stage)
    dates = _week_ends(first, last) if snapshots.every == "week" else _month_ends(first, last)
    if not dates:
        raise DataError(
            f"snapshots: the data from {data_from} to {known_until} leaves no {snapshots.every} end after "
            f"{snapshots.history_days} days of history and before {target.outcome_days(stage)} days of outcome. "
            "Load more history, or lower snapshots.history_days or target.horizon_days.",
        )
    return dates[-snapshots.max_count :]


def _span(extraction: Extraction) -> tuple[dt.date, dt.date]:
    if extraction.data_from is None or extraction.data_until is None:
        raise DataError("the source recorded no debt, payment or contact. See: propension check")
    return extraction.data_from, extraction.data_until


def _week_ends(first: dt.date, last: dt.date) -> list[dt.date]:
    start = first + dt.timedelta(days=6 - first.weekday())
    weeks = max(0, (last - start).days // 7 + 1)
    return [start + dt.timedelta(weeks=week) for week in range(weeks)]


def _month_ends(first: dt.date, last: dt.date) -> list[dt.date]:
    months = range(first.year * 12 + first.month, last.year * 12 + last.month + 1)
    ends = [dt.date(month // 12, month % 12 + 1, 1) - dt.timedelta(days=1) for month in months]
    return [end for end in ends if first <= end <= last]
