"""Outcomes over several horizons, with amounts, each only once it can be known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import duckdb

from propension.config import Stage, Target
from propension.errors import DataError
from propension.snapshots import is_mature, last_mature, with_states
from propension.sources import write_query

# A payment belongs to the outcome when it was not known on the as-of date: either it happened
# later, or it was recorded later. So features and labels never share a row.
LATER_PAYMENTS = """payment_rows p CROSS JOIN as_of_date a
    WHERE p.known_on > a.as_of AND p.known_on <= DATE '{known_until}'"""

_OVERDUE = """,
later AS (
    SELECT p.debt, {sums}
    FROM {later}
    GROUP BY p.debt
),
collected AS (
    SELECT d.account, {capped}
    FROM debt_states d LEFT JOIN later l USING (debt)
    WHERE d.is_overdue
    GROUP BY d.account
)
SELECT a.as_of, k.account_id, 'overdue' AS stage, p.overdue_amount::DOUBLE AS amount, {outcomes}
FROM population p JOIN collected c USING (account) JOIN accounts k USING (account)
CROSS JOIN as_of_date a
ORDER BY p.account"""

_UPCOMING = """,
due AS (
    SELECT d.account, d.debt, d.balance, d.due_on
    FROM debt_states d
    WHERE d.is_open AND d.days_to_due <= {upcoming_days}
),
later AS (
    SELECT p.debt, sum(p.amount) AS amount
    FROM {later} AND p.paid_on <= p.due_on + {grace_days}
    GROUP BY p.debt
),
collected AS (
    SELECT d.account, sum(least(greatest(coalesce(l.amount, 0), 0), d.balance)) AS amount,
           bool_and(coalesce(l.amount, 0) >= d.balance) AS is_paid
    FROM due d LEFT JOIN later l USING (debt)
    GROUP BY d.account
)
SELECT a.as_of, k.account_id, 'upcoming' AS stage, p.due_amount::DOUBLE AS amount,
       c.amount::DOUBLE AS collected_amount, c.is_paid
FROM population p JOIN collected c USING (account) JOIN accounts k USING (account)
CROSS JOIN as_of_date a
ORDER BY p.account"""


def horizon_label_sql(as_of: dt.date, target: Target, known_until: dt.date) -> str:
    """Return one SELECT of what overdue accounts paid over every horizon.

    Columns: as_of, account_id, stage, amount (overdue on the date) and, for every horizon h of
    ``target.curve``, ``collected_amount_<h>d`` and ``is_paid_<h>d``; both are null where the
    horizon is not over by ``known_until``. An account is paid when what came in on the debts overdue
    on the as-of date is at least ``paid_share`` of their balance. Money beyond a debt's balance does
    not count for another debt.

    Raises
    ------
    DataError
        If not even the shortest horizon is over.
    """
    mature = [days for days in target.curve if is_mature(as_of, days, target, known_until)]
    if not mature:
        raise DataError(
            f"labels: on {known_until} not one of the horizons {target.curve} after {as_of} is over.",
            as_of=as_of,
        )
    sums, capped = collected_sql(mature)
    outcomes = ", ".join(_outcome(days, days in mature, target.paid_share) for days in target.curve)
    later = LATER_PAYMENTS.format(known_until=known_until)
    body = _OVERDUE.format(sums=sums, capped=capped, outcomes=outcomes, later=later)
    return with_states(as_of, set(), target.min_overdue_amount) + body


def upcoming_label_sql(as_of: dt.date, target: Target, known_until: dt.date) -> str:
    """Return one SELECT of whether what falls due in the window was paid in time.

    Columns: as_of, account_id, stage, amount (due within ``target.upcoming_days``),
    collected_amount and is_paid: all of it was paid within ``target.grace_days`` of its due date.

    Raises
    ------
    DataError
        If the window and its days of grace are not over by ``known_until``.
    """
    days = target.upcoming_days + target.grace_days
    if not is_mature(as_of, days, target, known_until):
        raise DataError(
            f"labels: on {known_until} the {days} days after {as_of} in which upcoming debts can be paid "
            "in time are not over.",
            as_of=as_of,
        )
    body = _UPCOMING.format(
        upcoming_days=target.upcoming_days,
        grace_days=target.grace_days,
        later=LATER_PAYMENTS.format(known_until=known_until),
    )
    return with_states(as_of, set(), upcoming_days=target.upcoming_days) + body


def write_labels(
    engine: duckdb.DuckDBPyConnection,
    as_of: dt.date,
    target: Target,
    known_until: dt.date,
    path: Path,
    stage: Stage = "overdue",
) -> int:
    """Write the labels of every account of a stage on a mature date as Parquet, by account_id.

    Raises
    ------
    DataError
        If the target's own outcome cannot be known yet.
    """
    if as_of > last_mature(known_until, target, stage):
        raise DataError(
            f"labels: on {known_until} the {target.outcome_days(stage)} days after {as_of} are not over. "
            f"The last mature as-of date is {last_mature(known_until, target, stage)}.",
            as_of=as_of,
        )
    statement = horizon_label_sql if stage == "overdue" else upcoming_label_sql
    return write_query(engine, statement(as_of, target, known_until), path)


def collected_sql(windows: Sequence[int]) -> tuple[str, str]:
    """Return two lists of SQL aggregates called ``amount_<days>``, one per window.

    The first, over ``LATER_PAYMENTS`` by debt, is what came in on it; reversals take away. The
    second, over debts ``d`` with the first as ``l``, is what counts: no less than nothing, and no
    more than the debt's balance.
    """
    sums = ", ".join(
        f"sum(p.amount) FILTER (WHERE p.paid_on <= a.as_of + {days}) AS amount_{days}"
        for days in windows
    )
    capped = ", ".join(
        f"sum(least(greatest(coalesce(l.amount_{days}, 0), 0), d.balance)) AS amount_{days}"
        for days in windows
    )
    return sums, capped


def _outcome(days: int, is_mature: bool, paid_share: float) -> str:
    amount, paid = f"collected_amount_{days}d", f"is_paid_{days}d"
    if not is_mature:
        return f"NULL::DOUBLE AS {amount}, NULL::BOOLEAN AS {paid}"
    return (
        f"c.amount_{days}::DOUBLE AS {amount}, "
        f"c.amount_{days} >= {paid_share} * p.overdue_amount AS {paid}"
    )
