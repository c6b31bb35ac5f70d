"""What an experiment on this portfolio can show: its accounts, its rate, its money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from propension.errors import ConfigurationError, DataError
from propension.outputs import SCORED_NAME, list_date
from propension.sources import text_literal
from propension.treatments.experiment import (
    Design,
    SampleSize,
    detectable_rate,
    power_for_rate,
    size_for_amount,
)

# With fewer, the amounts of all accounts say more than those of the control.
MIN_CONTROL = 200
_HALF_YEAR_DAYS = 183

_TRAFFIC = """
SELECT avg(propensity) FILTER (WHERE as_of = DATE '{last}'),
       count(DISTINCT account_id) FILTER (WHERE as_of > DATE '{last}' - 31), count(DISTINCT account_id)
FROM read_parquet([{files}])
"""

_AMOUNTS = """
SELECT recovered_amount_{window} AS amount, arm = 'control' AS is_control
FROM read_parquet({outcomes}) WHERE recovered_amount_{window} IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY as_of) = 1
"""


@dataclass(frozen=True)
class Traffic:
    """The accounts a portfolio's lists bring.

    Attributes
    ----------
    base_rate : float
        Mean propensity of the last list.
    month_accounts, half_year_accounts : int
        Different accounts on the lists of the last month, and of the last six.
    first, last : date
        Of the lists of the last six months.
    """

    base_rate: float
    month_accounts: int
    half_year_accounts: int
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Prospect:
    """What some accounts can show.

    Attributes
    ----------
    accounts : int
    power : float
        Chance of seeing the lift asked for.
    detectable : float or None
        Least rise seen with the design's power; None where none is.
    """

    accounts: int
    power: float
    detectable: float | None


def read_traffic(lists: Sequence[Path]) -> Traffic:
    """Return how many accounts the newest of these lists bring, and how likely they are to pay.

    Raises
    ------
    DataError
        If there is no list, or the last has no propensity.
    """
    if not lists:
        raise DataError("experiment: there is no list to count accounts on. Run: propension score")
    days = {folder: list_date(folder) for folder in lists}
    last = max(days.values())
    recent = {folder: day for folder, day in days.items() if (last - day).days < _HALF_YEAR_DAYS}
    files = ", ".join(text_literal(folder / SCORED_NAME) for folder in recent)
    with duckdb.connect() as engine:
        [(rate, month, half_year)] = engine.execute(
            _TRAFFIC.format(last=last, files=files)
        ).fetchall()
    if rate is None:
        raise DataError(f"experiment: the list of {last} has no account. Give --base-rate.")
    return Traffic(rate, month, half_year, min(recent.values()), last)


def foresee(base_rate: float, lift: float, accounts: int, design: Design) -> Prospect:
    """Return what ``accounts`` can show of a change of a rate from ``base_rate`` by ``lift``."""
    power = power_for_rate(base_rate, lift, accounts, design)
    try:
        detectable = detectable_rate(base_rate, accounts, design)
    except ConfigurationError:
        detectable = None
    return Prospect(accounts, power, detectable)


def size_for_money(
    outcomes: Path, window: int, base_rate: float, lift: float, design: Design
) -> SampleSize:
    """Return the accounts that show, in money, a change of a rate from ``base_rate`` by ``lift``.

    The money is taken to change as the number of those who pay does.

    Parameters
    ----------
    outcomes : Path
        From ``write_outcomes``; the amounts are those of the control or, where it is small, of all.
    window : int
    base_rate, lift : float
    design : Design

    Raises
    ------
    DataError
        If no window is over yet.
    """
    sql = _AMOUNTS.format(window=window, outcomes=text_literal(outcomes))
    with duckdb.connect() as engine:
        found = engine.sql(sql).fetchnumpy()
    amounts, control = np.asarray(found["amount"]), np.asarray(found["is_control"], dtype=bool)
    if not len(amounts):
        raise DataError(
            f"experiment: no list is {window} days old yet, so there are no amounts. Leave out --amounts."
        )
    used = amounts[control] if control.sum() >= MIN_CONTROL else amounts
    return size_for_amount(used, lift / base_rate * float(used.mean()), design)
