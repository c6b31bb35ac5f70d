"""What is expected in each week after a day, by where it comes from, and what came."""

from __future__ import annotations

import datetime as dt

import duckdb
import numpy as np

from propension.arrays import Floats
from propension.config import Texts
from propension.monitoring.forecast.billing import expected_billing
from propension.monitoring.forecast.listed import CurveLists
from propension.monitoring.forecast.run_off import HORIZON_DAYS, RunOff, by_age, is_overdue_age
from propension.snapshots import RECEIPTS

WEEKS = HORIZON_DAYS // 7
PARTS = {
    "overdue": Texts(es="Ya vencido", pt="Já vencido", en="Already overdue"),
    "not_due": Texts(es="Facturado, por vencer", pt="Faturado, a vencer", en="Billed, not yet due"),
    "not_billed": Texts(es="Por facturar", pt="A faturar", en="Not yet billed"),
}

_OPEN = """
SELECT (DATE '{as_of}' - due_on)::INTEGER AS age, sum(balance)::DOUBLE AS amount FROM ledger
WHERE valid_from <= DATE '{as_of}' AND DATE '{as_of}' < valid_to AND balance > 0
  AND NOT (due_on < DATE '{as_of}' AND account IN ({listed}))
GROUP BY age
"""
_CAME = """
SELECT (known_on - DATE '{as_of}' - 1)::INTEGER AS day, sum(amount)::DOUBLE AS amount FROM {receipts}
WHERE known_on > DATE '{as_of}' AND known_on <= DATE '{until}' GROUP BY day
"""


def expected_parts(
    engine: duckdb.DuckDBPyConnection, curves: CurveLists, known_from: dt.date, as_of: dt.date
) -> dict[str, Floats]:
    """Return the amount expected in each week after a day, by ``PARTS``, without intervals.

    What is overdue follows the curve of the day's list; where an account or the day has none, and for
    what is not yet due, the run-off by age. What is not billed yet is expected billing, run off too.
    """
    run_off = RunOff.read(engine, as_of)
    sql = _OPEN.format(as_of=as_of, listed=curves.accounts_sql(as_of))
    found = engine.sql(sql).fetchnumpy()
    ages = np.asarray(found["age"], dtype=np.int64)
    of_open = run_off.of_open(by_age(ages, np.asarray(found["amount"], dtype=np.float64)))
    is_overdue = is_overdue_age()
    billed = expected_billing(engine, as_of, known_from)
    days = {
        "overdue": curves.expected(as_of) + of_open[is_overdue].sum(axis=0),
        "not_due": of_open[~is_overdue].sum(axis=0),
        "not_billed": run_off.of_new(billed),
    }
    return {name: amounts.reshape(WEEKS, 7).sum(axis=1) for name, amounts in days.items()}


def collected_weeks(
    engine: duckdb.DuckDBPyConnection, as_of: dt.date, known_until: dt.date
) -> Floats:
    """Return what came in in each of the thirteen weeks after a day; NaN for those not over yet."""
    until = min(known_until, as_of + dt.timedelta(days=HORIZON_DAYS))
    sql = _CAME.format(receipts=RECEIPTS, as_of=as_of, until=until)
    found = engine.sql(sql).fetchnumpy()
    days = np.bincount(
        np.asarray(found["day"], dtype=np.intp), np.asarray(found["amount"]), HORIZON_DAYS
    )
    weeks = days.reshape(WEEKS, 7).sum(axis=1)
    weeks[(until - as_of).days // 7 :] = np.nan
    return np.asarray(weeks, dtype=np.float64)
