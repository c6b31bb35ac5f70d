"""What lists expect of overdue accounts, by the curve, set right by what came of earlier ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
from scipy.interpolate import PchipInterpolator

from propension.arrays import Floats
from propension.config import HORIZONS
from propension.monitoring.forecast.run_off import HORIZON_DAYS
from propension.outputs import SCORED_NAME, list_date
from propension.sources import text_literal

# The lists of half a year whose horizon is over say how far the curve is off; one a week is enough.
CORRECTION_DAYS, EVERY_DAYS = 182, 7
# The last horizon stands for the end of the thirteenth week, a day later.
_CURVE_DAYS = np.array([0, *HORIZONS[:-1], HORIZON_DAYS])

# Money is taken to come as the chance of paying grows.
_EXPECTED = """
SELECT {sums} FROM (
    SELECT *, amount_at_stake::DOUBLE AS amount, expected_recovery::DOUBLE / nullif(propensity, 0) AS slope
    FROM read_parquet({scored}) WHERE stage = 'overdue'
)
"""
_CAME = """
SELECT {sums} FROM ledger o JOIN ledger l USING (debt)
WHERE o.valid_from <= DATE '{day}' AND DATE '{day}' < o.valid_to AND o.due_on < DATE '{day}'
  AND l.valid_to > DATE '{day}' AND o.account IN ({accounts})
"""
_ACCOUNTS = """
SELECT a.account FROM read_parquet({scored}) s JOIN accounts a USING (account_id) WHERE s.stage = 'overdue'
"""


@dataclass(frozen=True)
class _Record:
    """What a list expected by every horizon, and what came, NaN while the horizon is not over."""

    expected: Floats
    came: Floats


class CurveLists:
    """Lists whose curve reaches over the thirteen weeks.

    Parameters
    ----------
    engine : connection
        On the known-at streams.
    lists : sequence of Path
        Folders of lists.
    as_of : date
        Later lists are not looked at, nor what was known later.
    """

    def __init__(
        self, engine: duckdb.DuckDBPyConnection, lists: Sequence[Path], as_of: dt.date
    ) -> None:
        self._engine = engine
        self._files: dict[dt.date, str] = {}
        self._records: dict[dt.date, _Record] = {}
        for folder in _one_a_week(lists, as_of):
            day, scored = list_date(folder), text_literal(folder / SCORED_NAME)
            expected = self._expected(scored)
            if np.isfinite(expected).all():
                self._files[day] = scored
                self._records[day] = _Record(expected, self._came(day, as_of))

    @property
    def days(self) -> list[dt.date]:
        """Their dates."""
        return sorted(self._records)

    def accounts_sql(self, day: dt.date) -> str:
        """Return a SELECT of the overdue accounts on the list of a day; none where there is no list."""
        if day not in self._files:
            return "SELECT account FROM accounts WHERE FALSE"
        return _ACCOUNTS.format(scored=self._files[day])

    def expected(self, day: dt.date) -> Floats:
        """Return what comes in on every day ahead from the overdue accounts on the list of a day.

        By every horizon the list's expectation, times what came over what was expected of the lists of
        ``CORRECTION_DAYS`` whose horizon was over by then; a monotone curve between horizons.
        Nothing where there is no list.
        """
        if day not in self._records:
            return np.zeros(HORIZON_DAYS)
        by_horizon = self._records[day].expected * self.corrections(day)
        reached = np.concatenate([[0.0], np.maximum.accumulate(by_horizon)])
        curve = PchipInterpolator(_CURVE_DAYS, reached)
        return np.asarray(np.diff(curve(np.arange(HORIZON_DAYS + 1))), dtype=np.float64)

    def corrections(self, day: dt.date) -> Floats:
        """Return what came over what was expected, by horizon, as known on a day; 1 where nothing is."""
        found = np.ones(len(HORIZONS))
        for place, days in enumerate(HORIZONS):
            last = day - dt.timedelta(days=days)
            over = [
                record
                for listed, record in self._records.items()
                if last - dt.timedelta(days=CORRECTION_DAYS) < listed <= last
            ]
            expected, came = (
                sum(float(getattr(record, side)[place]) for record in over)
                for side in ("expected", "came")
            )
            found[place] = came / expected if expected > 0 else 1.0
        return found

    def _expected(self, scored: str) -> Floats:
        # A horizon that the list does not have sums to null; by itself, least() passes nulls over.
        chances = (f"propensity_{days}d" for days in HORIZONS)
        sums = ", ".join(
            f"sum(least(amount, slope * {chance})) FILTER (WHERE {chance} IS NOT NULL)"
            for chance in chances
        )
        [row] = self._engine.execute(_EXPECTED.format(sums=sums, scored=scored)).fetchall()
        return np.array(row, dtype=np.float64)

    def _came(self, day: dt.date, as_of: dt.date) -> Floats:
        ends = [day + dt.timedelta(days=days) for days in HORIZONS]
        sums = ", ".join(
            "coalesce(sum(greatest(o.balance - l.balance, 0)) "
            f"FILTER (WHERE l.valid_from <= DATE '{end}' AND DATE '{end}' < l.valid_to), 0)::DOUBLE"
            for end in ends
        )
        sql = _CAME.format(sums=sums, day=day, accounts=self.accounts_sql(day))
        [row] = self._engine.execute(sql).fetchall()
        return np.where(np.array(ends) <= as_of, np.array(row, dtype=np.float64), np.nan)


def _one_a_week(lists: Sequence[Path], as_of: dt.date) -> list[Path]:
    """Of the lists up to a day the newest, and before it one a week."""
    found: list[Path] = []
    for folder in sorted(lists, key=list_date, reverse=True):
        before = list_date(found[-1]) - dt.timedelta(days=EVERY_DAYS) if found else as_of
        if list_date(folder) <= before:
            found.append(folder)
    return found
