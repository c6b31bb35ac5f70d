"""What will be billed on the days ahead: the level of late, spread over the month as it was all year."""

from __future__ import annotations

import datetime as dt

import duckdb
import numpy as np
from numpy.typing import NDArray

from propension.arrays import Floats
from propension.monitoring.forecast.run_off import HORIZON_DAYS, WINDOW_DAYS

LEVEL_DAYS = 56
_AHEAD = np.arange(1, HORIZON_DAYS + 1)

_BILLED = """
SELECT (DATE '{as_of}' - known_on)::INTEGER AS days_ago, sum(amount)::DOUBLE AS amount FROM debt_rows
WHERE known_on > DATE '{as_of}' - {days} AND known_on <= DATE '{as_of}' GROUP BY days_ago
"""


def expected_billing(engine: duckdb.DuckDBPyConnection, as_of: dt.date, first: dt.date) -> Floats:
    """Return the amount expected to be billed on every day ahead, shape (HORIZON_DAYS,).

    The mean of every day of the month over the year before, scaled so that the last ``LEVEL_DAYS``
    add up to what was billed in them.

    Parameters
    ----------
    engine : connection
        On the known-at streams.
    as_of : date
    first : date
        From which day on debts are known.
    """
    days = min(WINDOW_DAYS, (as_of - first).days + 1)
    found = engine.sql(_BILLED.format(as_of=as_of, days=days)).fetchnumpy()
    billed = np.zeros(days)
    billed[np.asarray(found["days_ago"], dtype=np.intp)] = np.asarray(found["amount"])
    before, ahead = _month_days(as_of, -np.arange(days)), _month_days(as_of, _AHEAD)
    seen = np.bincount(before, minlength=32)
    usual = np.bincount(before, billed, 32) / np.maximum(seen, 1)
    usual[seen == 0] = billed.mean()
    late = slice(0, LEVEL_DAYS)
    expected = usual[before[late]].sum()
    level = billed[late].sum() / expected if expected > 0 else 0.0
    scaled: Floats = level * usual[ahead]
    return scaled


def _month_days(as_of: dt.date, offsets: NDArray[np.int64]) -> NDArray[np.intp]:
    """Days of the month, some days from a date."""
    days = np.datetime64(as_of) + offsets
    return np.asarray((days - days.astype("datetime64[M]")).astype(np.intp) + 1)
