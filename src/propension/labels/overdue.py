"""What overdue accounts did after the as-of date, once it can be known."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

from propension.config import Target
from propension.errors import DataError
from propension.snapshots import last_mature, with_states
from propension.sources import text_literal

# A payment belongs to the outcome when it was not known on the as-of date: either it happened
# later, or it was recorded later. So features and labels never share a row.
LATER_PAYMENTS = """payment_rows p CROSS JOIN as_of_date a
    WHERE p.known_on > a.as_of AND p.known_on <= DATE '{known_until}'"""

_LABELS = """,
later AS (
    SELECT p.debt, sum(p.amount) AS amount
    FROM {later} AND p.paid_on <= a.as_of + {horizon_days}
    GROUP BY p.debt
),
collected AS (
    SELECT d.account, sum(least(greatest(coalesce(l.amount, 0), 0), d.balance)) AS amount
    FROM debt_states d LEFT JOIN later l USING (debt)
    WHERE d.is_overdue
    GROUP BY d.account
)
SELECT a.as_of, k.account_id, p.overdue_amount::DOUBLE AS overdue_amount,
       c.amount::DOUBLE AS collected_amount,
       c.amount >= {paid_share} * p.overdue_amount AS is_paid
FROM population p JOIN collected c USING (account) JOIN accounts k USING (account)
CROSS JOIN as_of_date a
ORDER BY p.account"""


def label_sql(as_of: dt.date, target: Target, known_until: dt.date) -> str:
    """Return one SELECT: as_of, account_id, overdue_amount, collected_amount, is_paid.

    An account is paid when what came in on the debts overdue on the as-of date, within the
    horizon, is at least ``paid_share`` of their balance. Money beyond a debt's balance does
    not count for another debt.

    Parameters
    ----------
    as_of : date
    target : Target
    known_until : date
        Rows recorded after it are not used.

    Raises
    ------
    DataError
        If the outcome cannot be known yet.
    """
    if as_of > last_mature(known_until, target):
        raise DataError(
            f"labels: on {known_until} the {target.horizon_days} days after {as_of} are not over. "
            f"The last mature as-of date is {last_mature(known_until, target)}.",
            as_of=as_of,
        )
    body = _LABELS.format(
        horizon_days=target.horizon_days,
        later=LATER_PAYMENTS.format(known_until=known_until),
        paid_share=target.paid_share,
    )
    return with_states(as_of, set(), target.min_overdue_amount) + body


def write_labels(
    engine: duckdb.DuckDBPyConnection,
    as_of: dt.date,
    target: Target,
    known_until: dt.date,
    path: Path,
) -> None:
    """Write the labels of every account on a mature date as Parquet, by account_id."""
    sql = label_sql(as_of, target, known_until)
    engine.execute(f"COPY ({sql}) TO {text_literal(path)} (FORMAT parquet)")
