"""What happened to every account in the last year, as it was known on an as-of date, for people to look at."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

from propension.snapshots.states import PROMISE_KEPT_SHARE
from propension.snapshots.streams import PROMISE_GRACE_DAYS, stream_tables
from propension.sources import write_query

TIMELINE_DAYS = 365

# Accounts that owe anything: whoever is on a list is among them.
_OWING = """
WITH owing AS (
    SELECT DISTINCT l.account, a.account_id, a.customer FROM ledger l JOIN accounts a USING (account)
    WHERE l.valid_from <= DATE '{as_of}' AND DATE '{as_of}' < l.valid_to AND l.balance > 0
)
SELECT account_id, kind, happened_on, until, amount::DECIMAL(18,2) AS amount, balance::DECIMAL(18,2) AS balance,
       debt_id, channel, outcome
FROM owing JOIN ({events}) USING (account) ORDER BY account, happened_on, kind, amount, debt_id, outcome, channel, until
"""

_EVENTS = {
    "ledger": """
SELECT l.account, 'debt' AS kind, l.issued_on AS happened_on, l.due_on AS until, l.amount, l.balance, d.debt_id,
       NULL::VARCHAR AS channel,
       CASE WHEN l.balance = 0 THEN 'settled' WHEN l.due_on < DATE '{as_of}' THEN 'overdue' ELSE 'open' END AS outcome
FROM ledger l JOIN debt_rows d USING (debt)
WHERE l.valid_from <= DATE '{as_of}' AND DATE '{as_of}' < l.valid_to
  AND (l.balance > 0 OR l.settled_on > DATE '{since}')""",
    "payment_rows": """
SELECT p.account, CASE WHEN p.amount < 0 THEN 'reversal' ELSE 'payment' END, p.paid_on, NULL, p.amount, NULL, d.debt_id,
       NULL, NULL
FROM payment_rows p JOIN debt_rows d USING (debt)
WHERE p.known_on <= DATE '{as_of}' AND p.paid_on > DATE '{since}'""",
    "bounce_rows": """
SELECT account, 'bounce', bounced_on, NULL, NULL, NULL, NULL, NULL, NULL FROM bounce_rows
WHERE known_on <= DATE '{as_of}' AND bounced_on > DATE '{since}'""",
    "contact_rows": """
SELECT o.account, CASE WHEN c.is_attempt THEN 'contact' ELSE 'call_in' END, c.contacted_on, NULL, NULL, NULL, NULL,
       c.channel::VARCHAR, c.outcome::VARCHAR
FROM contact_rows c JOIN owing o USING (customer)
WHERE c.known_on <= DATE '{as_of}' AND c.contacted_on > DATE '{since}'""",
    "promise_rows": """
SELECT o.account, 'promise', p.made_on, p.due_on, p.amount, NULL, NULL, NULL,
       CASE WHEN coalesce(k.paid, 0) >= {kept} * p.amount THEN 'kept'
            WHEN DATE '{as_of}' > p.due_on + {grace} THEN 'broken' ELSE 'open' END
FROM promise_rows p JOIN owing o USING (customer) LEFT JOIN (
    SELECT promise, sum(amount) AS paid FROM promise_payments WHERE known_on <= DATE '{as_of}' GROUP BY promise
) k USING (promise)
WHERE p.known_on <= DATE '{as_of}' AND p.made_on > DATE '{since}'""",
    "dispute_rows": """
SELECT s.account, 'dispute', s.opened_on, CASE WHEN s.closed_on <= DATE '{as_of}' THEN s.closed_on END, NULL, NULL,
       d.debt_id, NULL, CASE WHEN s.closed_on <= DATE '{as_of}' THEN 'closed' ELSE 'open' END
FROM dispute_rows s JOIN debt_rows d USING (debt)
WHERE s.known_on <= DATE '{as_of}'
  AND (s.opened_on > DATE '{since}' OR s.closed_on IS NULL OR s.closed_on > DATE '{as_of}')""",
}  # fmt: skip


def write_timeline(engine: duckdb.DuckDBPyConnection, as_of: dt.date, path: Path) -> int:
    """Write what happened to every account that owes anything, by account and day; return the rows.

    Columns: account_id, kind (debt, payment, reversal, bounce, contact, call_in, promise, dispute), happened_on,
    until (due date of a debt or a promise, end of a dispute), amount, balance (of a debt), debt_id, channel and
    outcome (of a contact; of the others open, overdue, settled, kept, broken, closed). Of the last 365 days, and
    whatever is open. Contacts and promises are those of the account's customer.

    Parameters
    ----------
    engine : connection
        On the known-at streams.
    as_of : date
        Nothing that was not known on it is there.
    path : Path
        Receives Parquet, in the order of account_id: an account is found without reading the others.
    """
    streams = stream_tables(engine)
    said = {
        "as_of": as_of,
        "since": as_of - dt.timedelta(days=TIMELINE_DAYS),
        "kept": PROMISE_KEPT_SHARE,
        "grace": PROMISE_GRACE_DAYS,
    }
    events = " UNION ALL ".join(
        sql.format(**said) for stream, sql in _EVENTS.items() if stream in streams
    )
    return write_query(engine, _OWING.format(as_of=as_of, events=events), path)
