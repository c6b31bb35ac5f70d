"""What was known on an as-of date, as named queries other queries stand on.

Every query takes the date from the one-row relation ``as_of_date(as_of)`` and shows only rows
known by the close of that day.
"""

from __future__ import annotations

import datetime as dt

from propension.snapshots.streams import PROMISE_GRACE_DAYS

PROMISE_KEPT_SHARE = 0.9

# Settled debts are ranked by when they were settled. Ties are ranked by what else can be told of
# them, so that the order of rows plays no part: debts alike in all of it are alike in every feature.
DEBT_STATES = """
SELECT l.account, l.debt, l.issued_on, l.due_on, l.amount, l.paid, l.balance,
       l.balance > 0 AS is_open,
       l.balance > 0 AND l.due_on < a.as_of AS is_overdue,
       l.balance = 0 AS is_settled,
       CASE WHEN l.balance > 0 AND l.due_on < a.as_of THEN date_diff('day', l.due_on, a.as_of) ELSE 0 END
           AS days_past_due,
       date_diff('day', a.as_of, l.due_on) AS days_to_due,
       date_diff('day', l.issued_on, a.as_of) AS age_days,
       date_diff('day', l.due_on, l.settled_on) AS delay_days,
       date_diff('day', l.settled_on, a.as_of) AS settled_days_ago,
       CASE WHEN l.settled_on IS NOT NULL THEN row_number() OVER (
           PARTITION BY l.account ORDER BY l.settled_on DESC NULLS LAST, l.due_on DESC, l.issued_on DESC, l.amount DESC
       ) END AS settled_rank
FROM ledger l CROSS JOIN as_of_date a
WHERE l.valid_from <= a.as_of AND a.as_of < l.valid_to
"""

PAYMENT_STATES = """
SELECT p.account, p.amount, p.amount < 0 AS is_reversal, p.amount < p.debt_amount AS is_partial,
       date_diff('day', p.paid_on, a.as_of) AS days_ago,
       day(p.paid_on) AS day_of_month
FROM payment_rows p CROSS JOIN as_of_date a
WHERE p.known_on <= a.as_of
"""

BOUNCE_STATES = """
SELECT b.account, date_diff('day', b.bounced_on, a.as_of) AS days_ago
FROM bounce_rows b CROSS JOIN as_of_date a
WHERE b.known_on <= a.as_of
"""

GROUP_STATES = """
SELECT c.group_id, d.account, d.balance, d.is_overdue, d.days_past_due
FROM debt_states d JOIN accounts c USING (account)
WHERE c.group_id IS NOT NULL
"""

HOLIDAY_STATES = """
SELECT min(date_diff('day', a.as_of, h.day)) AS days_to_holiday
FROM holiday_rows h CROSS JOIN as_of_date a
WHERE h.day > a.as_of
"""

CONTACT_STATES = """
SELECT c.customer, c.channel, c.outcome, c.is_attempt, c.is_right_party, c.hour_of_day,
       c.instant_and_outcome,
       date_diff('day', c.contacted_on, a.as_of) AS days_ago
FROM contact_rows c CROSS JOIN as_of_date a
WHERE c.known_on <= a.as_of
"""

# Kept: most of it came in by its date and the days of grace. Broken: those days are over.
PROMISE_STATES = f"""
SELECT p.customer, p.amount, p.due_on >= a.as_of AS is_open,
       coalesce(k.paid, 0) >= {PROMISE_KEPT_SHARE} * p.amount AS is_kept,
       coalesce(k.paid, 0) < {PROMISE_KEPT_SHARE} * p.amount
           AND a.as_of > p.due_on + {PROMISE_GRACE_DAYS} AS is_broken,
       date_diff('day', p.made_on, a.as_of) AS days_ago
FROM promise_rows p CROSS JOIN as_of_date a
LEFT JOIN (
    SELECT m.promise, sum(m.amount) AS paid FROM promise_payments m CROSS JOIN as_of_date b
    WHERE m.known_on <= b.as_of GROUP BY m.promise
) k USING (promise)
WHERE p.known_on <= a.as_of
"""

# A closing that happened after the as-of date was not known on it.
DISPUTE_STATES = """
SELECT s.account, s.debt, s.closed_on IS NULL OR s.closed_on > a.as_of AS is_open,
       date_diff('day', s.opened_on, a.as_of) AS days_ago
FROM dispute_rows s CROSS JOIN as_of_date a
WHERE s.known_on <= a.as_of
"""

FLAG_STATES = """
SELECT f.customer, f.flag
FROM flag_rows f CROSS JOIN as_of_date a
WHERE f.known_on <= a.as_of AND (f.until_on IS NULL OR f.until_on > a.as_of)
"""

ATTRIBUTE_STATES = """
SELECT r.*
FROM attribute_rows r CROSS JOIN as_of_date a
WHERE r.known_on <= a.as_of
QUALIFY row_number() OVER (PARTITION BY r.customer_id ORDER BY r.known_on DESC) = 1
"""

# Who is scored: accounts with something overdue, and not less than the floor.
POPULATION = """
SELECT account, sum(balance) FILTER (WHERE is_overdue) AS overdue_amount,
       sum(balance) AS open_amount, max(days_past_due) AS days_past_due
FROM debt_states
GROUP BY account
HAVING bool_or(is_overdue) AND sum(balance) FILTER (WHERE is_overdue) >= {min_overdue_amount}
"""

# Nothing overdue, and something falls due within the window.
UPCOMING_POPULATION = """
SELECT account, sum(balance) FILTER (WHERE days_to_due <= {upcoming_days}) AS due_amount,
       sum(balance) AS open_amount
FROM debt_states
WHERE is_open
GROUP BY account
HAVING NOT bool_or(is_overdue) AND bool_or(days_to_due <= {upcoming_days})
"""

# What is counted for the population alone, by the column that groups it. Of other accounts of a group all count.
OF_POPULATION = {
    "account": "WHERE account IN (SELECT account FROM population)",
    "customer": "WHERE customer IN (SELECT customer FROM population JOIN accounts USING (account))",
    "group_id": "",
}

# The stream a state is read from, by the state's name.
STATES = {
    "debt_states": ("ledger", DEBT_STATES),
    "payment_states": ("payment_rows", PAYMENT_STATES),
    "bounce_states": ("bounce_rows", BOUNCE_STATES),
    "group_states": ("accounts", GROUP_STATES),
    "holiday_states": ("holiday_rows", HOLIDAY_STATES),
    "contact_states": ("contact_rows", CONTACT_STATES),
    "promise_states": ("promise_rows", PROMISE_STATES),
    "dispute_states": ("dispute_rows", DISPUTE_STATES),
    "flag_states": ("flag_rows", FLAG_STATES),
    "attribute_states": ("attribute_rows", ATTRIBUTE_STATES),
}


def with_states(
    as_of: dt.date,
    states: set[str],
    min_overdue_amount: float = 0,
    upcoming_days: int | None = None,
) -> str:
    """Return the WITH clause that defines the population and the named states on a date.

    Parameters
    ----------
    as_of : date
    states : set of str
    min_overdue_amount : float
        Overdue accounts that owe less are left out.
    upcoming_days : int or None
        When given, the population is of the stage ``upcoming``: accounts with nothing overdue
        and something that falls due within these days.
    """
    parts = [f"as_of_date AS (SELECT DATE '{as_of}' AS as_of)"]
    parts += [
        f"{name} AS NOT MATERIALIZED ({STATES[name][1]})"
        for name in STATES
        if name in states | {"debt_states"}
    ]
    population = (
        POPULATION.format(min_overdue_amount=min_overdue_amount)
        if upcoming_days is None
        else UPCOMING_POPULATION.format(upcoming_days=upcoming_days)
    )
    parts.append(f"population AS ({population})")
    return "WITH " + ",\n".join(parts)


def available_states(streams: set[str]) -> set[str]:
    """Return the states whose stream exists."""
    return {name for name, (stream, _) in STATES.items() if stream in streams}
