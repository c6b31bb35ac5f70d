"""What tells of ability and of willingness, once it can be known: how people paid, what they said."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

from propension.config import Target
from propension.snapshots import stream_tables, with_states
from propension.sources import write_query

EVIDENCE_COLUMNS = ("paid_short", "refused")

# The same clock as the outcome's: not known on the as-of date, and by now.
_LATER = "{day} <= a.as_of + {days} AND r.known_on > a.as_of AND r.known_on <= DATE '{known_until}'"

_EVIDENCE = """,
paying AS (
    SELECT r.account, bool_or(r.amount < r.debt_amount) AS is_short
    FROM payment_rows r CROSS JOIN as_of_date a WHERE {paid_later} GROUP BY r.account
),
bouncing AS (
    SELECT DISTINCT r.account FROM bounce_rows r CROSS JOIN as_of_date a WHERE {bounced_later}
),
answering AS ({answers})
SELECT a.as_of, k.account_id,
       CASE WHEN b.account IS NOT NULL THEN TRUE ELSE p.is_short END AS paid_short,
       s.refused
FROM population n JOIN accounts k USING (account) CROSS JOIN as_of_date a
LEFT JOIN paying p ON p.account = n.account
LEFT JOIN bouncing b ON b.account = n.account
LEFT JOIN answering s ON s.customer = k.customer
ORDER BY n.account"""

_ANSWERS = """
    SELECT r.customer, bool_or(r.outcome = 'refused') AS refused
    FROM contact_rows r CROSS JOIN as_of_date a WHERE r.is_right_party AND {later} GROUP BY r.customer
"""


def evidence_sql(
    as_of: dt.date, target: Target, known_until: dt.date, has_contacts: bool = True
) -> str:
    """Return one SELECT of how overdue accounts paid, and answered, within the target's days.

    Columns: as_of, account_id; ``paid_short``: of those who tried to pay, whether any payment
    bounced, was taken back or covered only a part of its debt; ``refused``: of those who were
    reached, whether they ever refused to pay. Null where nobody tried, or nobody was reached.
    """

    def later(day: str) -> str:
        return _LATER.format(day=day, days=target.horizon_days, known_until=known_until)

    answers = "SELECT NULL::INTEGER AS customer, NULL::BOOLEAN AS refused WHERE FALSE"
    if has_contacts:
        answers = _ANSWERS.format(later=later("r.contacted_on"))
    body = _EVIDENCE.format(
        paid_later=later("r.paid_on"), bounced_later=later("r.bounced_on"), answers=answers
    )
    return with_states(as_of, set(), target.min_overdue_amount) + body


def write_evidence(
    engine: duckdb.DuckDBPyConnection,
    as_of: dt.date,
    target: Target,
    known_until: dt.date,
    path: Path,
) -> int:
    """Write the evidence of every overdue account as Parquet, by account_id; return the rows."""
    has_contacts = "contact_rows" in stream_tables(engine)
    return write_query(engine, evidence_sql(as_of, target, known_until, has_contacts), path)
