"""One row per account of what happened to it in a month, and one per cohort of debts at its close.

One clock: everything counts in the month in which it became known, as books do. So a month that is
over never changes afterwards, and agrees with the lists of its days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import duckdb

from propension.monitoring.kpis.kpi import ACCOUNT_MONTHS, COHORT_MONTHS, UNLISTED, Dimension
from propension.monitoring.kpis.months import Month
from propension.outputs import SCORED_NAME, list_date
from propension.snapshots import RECEIPTS, bucket_sql
from propension.snapshots.states import DEBT_STATES, PROMISE_KEPT_SHARE
from propension.snapshots.streams import PROMISE_GRACE_DAYS
from propension.sources import text_literal

RECOVERY_DAYS = BILLED_DAYS = 90
# An account's segment is that of the newest list of the last month.
_LIST_DAYS = 31

_ACCOUNT_ROWS = """
CREATE OR REPLACE TEMP TABLE {name} AS
WITH opening AS ({opening}), closing AS ({closing}), later AS ({later}),
standing AS (
    SELECT c.account, sum(c.balance) AS balance, max(c.days_past_due) AS days_past_due,
           coalesce(sum(c.balance) FILTER (WHERE c.is_overdue), 0) AS overdue,
           coalesce(sum(o.balance), 0) AS opening_balance, max(o.days_past_due) AS opening_days,
           coalesce(sum(o.balance) FILTER (WHERE o.is_overdue), 0) AS opening_overdue,
           coalesce(sum(greatest(o.balance - c.balance, 0)) FILTER (WHERE o.is_overdue), 0) AS recovered,
           coalesce(sum(greatest(o.balance - l.balance, 0)) FILTER (WHERE o.is_overdue), 0) AS recovered_90d
    FROM closing c LEFT JOIN opening o USING (debt) LEFT JOIN later l USING (debt)
    GROUP BY c.account
),
billing AS (
    SELECT account, sum(amount) AS billed_90d, sum(amount) FILTER (WHERE known_on > DATE '{opened_on}') AS billed
    FROM debt_rows WHERE known_on > DATE '{closed_on}' - {billed_days} AND known_on <= DATE '{closed_on}'
    GROUP BY account
),
receiving AS (
    SELECT account, sum(amount) AS collected, sum(amount) FILTER (WHERE known_on > due_on) AS collected_late
    FROM {receipts} WHERE known_on > DATE '{opened_on}' AND known_on <= DATE '{closed_on}'
    GROUP BY account
),
contacting AS ({contacts}),
promising AS ({promises}),
-- What a customer does or says counts once, with the account that is overdue the longest.
known AS (
    SELECT s.*, a.account_id, a.customer, coalesce(a.country, 'unknown') AS country,
           coalesce(a.product_line, 'unknown') AS product_line,
           row_number() OVER (PARTITION BY a.customer ORDER BY s.opening_days DESC NULLS LAST, s.account) = 1 AS speaks
    FROM standing s JOIN accounts a USING (account)
)
SELECT k.* EXCLUDE (account, account_id, customer, speaks, days_past_due, opening_days),
       {bucket} AS dpd_bucket, {opening_bucket} AS opening_dpd_bucket,
       {billed_90d} AS billed_90d, coalesce(b.billed, 0) AS billed,
       coalesce(r.collected, 0) AS collected, coalesce(r.collected_late, 0) AS collected_late,
       t.customer IS NOT NULL AS is_touched, coalesce(t.attempts > 0, FALSE) AS is_worked,
       coalesce(t.is_reached, FALSE) AS is_reached,
       CASE WHEN speaks THEN t.attempts END AS attempts,
       CASE WHEN speaks THEN t.effective_contacts END AS effective_contacts,
       CASE WHEN speaks THEN p.promises_made END AS promises_made,
       CASE WHEN speaks THEN p.promised_amount END AS promised_amount,
       CASE WHEN speaks THEN p.promises_matured END AS promises_matured,
       CASE WHEN speaks THEN p.promises_kept END AS promises_kept,
       {listed}
FROM known k
LEFT JOIN billing b USING (account)
LEFT JOIN receiving r USING (account)
LEFT JOIN contacting t USING (customer)
LEFT JOIN promising p USING (customer)
{lists}
"""

_CONTACTS = """
    SELECT customer, count(*) FILTER (WHERE is_attempt) AS attempts, bool_or(is_right_party) AS is_reached,
           count(*) FILTER (WHERE is_attempt AND is_right_party) AS effective_contacts
    FROM contact_rows WHERE known_on > DATE '{opened_on}' AND known_on <= DATE '{closed_on}' GROUP BY customer
"""
_NO_CONTACTS = """
    SELECT NULL::INTEGER AS customer, NULL::BIGINT AS attempts, NULL::BOOLEAN AS is_reached,
           NULL::BIGINT AS effective_contacts WHERE FALSE
"""

# A promise matures when its days of grace are over, and no sooner than it is known.
_PROMISES = f"""
    SELECT customer, count(*) FILTER (WHERE known_on > DATE '{{opened_on}}') AS promises_made,
           sum(amount) FILTER (WHERE known_on > DATE '{{opened_on}}') AS promised_amount,
           count(*) FILTER (WHERE matured_on > DATE '{{opened_on}}' AND matured_on <= DATE '{{closed_on}}') AS promises_matured,
           count(*) FILTER (WHERE matured_on > DATE '{{opened_on}}' AND matured_on <= DATE '{{closed_on}}'
                            AND paid >= {PROMISE_KEPT_SHARE} * amount) AS promises_kept
    FROM (
        SELECT m.customer, m.amount, m.known_on, coalesce(k.paid, 0) AS paid,
               greatest(m.known_on, m.due_on + {PROMISE_GRACE_DAYS} + 1) AS matured_on
        FROM promise_rows m LEFT JOIN (
            SELECT promise, sum(amount) AS paid FROM promise_payments WHERE known_on <= DATE '{{closed_on}}' GROUP BY promise
        ) k USING (promise)
        WHERE m.known_on <= DATE '{{closed_on}}'
    ) GROUP BY customer
"""
_NO_PROMISES = """
    SELECT NULL::INTEGER AS customer, NULL::BIGINT AS promises_made, NULL::DECIMAL(18,2) AS promised_amount,
           NULL::BIGINT AS promises_matured, NULL::BIGINT AS promises_kept WHERE FALSE
"""

_COHORT_ROWS = """
CREATE OR REPLACE TEMP TABLE {name} AS
WITH closing AS ({closing})
SELECT least(last_day(due_on), DATE '{closed_on}') AS cohort, balance, amount,
       date_diff('month', due_on, DATE '{closed_on}') AS age_months
FROM closing WHERE due_on > DATE '{since}' AND due_on <= DATE '{closed_on}'
"""


class MonthRows:
    """Makes the rows of every month, from the known-at streams and the past lists.

    Parameters
    ----------
    engine : connection
        On the known-at streams.
    streams : set of str
        Those that exist.
    lists : sequence of Path
        Folders of past lists.
    as_of : date
        Nothing known after it is looked at.
    """

    def __init__(
        self,
        engine: duckdb.DuckDBPyConnection,
        streams: set[str],
        lists: Sequence[Path],
        as_of: dt.date,
    ) -> None:
        self._engine, self._streams, self._as_of = engine, streams, as_of
        self._lists = {list_date(folder): folder / SCORED_NAME for folder in lists}
        [(self._known_from,)] = engine.execute("SELECT min(known_on) FROM debt_rows").fetchall()
        [(country, line)] = engine.execute(
            "SELECT count(country), count(product_line) FROM accounts"
        ).fetchall()
        given: dict[Dimension, int] = {"country": country, "product_line": line}
        self._given = {name for name, accounts in given.items() if accounts}

    def make(self, month: Month, since: dt.date) -> None:
        """Fill the temporary tables of a month; cohorts are of debts that fell due after ``since``."""
        opened_on, closed_on = month.opened_on, month.closed_on
        later = min(opened_on + dt.timedelta(days=RECOVERY_DAYS), self._as_of)
        days = {"opened_on": opened_on, "closed_on": closed_on}
        has_contacts, has_promises = (
            name in self._streams for name in ("contact_rows", "promise_rows")
        )
        is_covered = self._known_from <= closed_on - dt.timedelta(days=BILLED_DAYS - 1)
        listed, lists = self._listed(month)
        account_months = _ACCOUNT_ROWS.format(
            name=ACCOUNT_MONTHS,
            opening=_debts_on(opened_on),
            closing=_debts_on(closed_on),
            later=_debts_on(later),
            receipts=RECEIPTS,
            contacts=(_CONTACTS if has_contacts else _NO_CONTACTS).format(**days),
            promises=(_PROMISES if has_promises else _NO_PROMISES).format(**days),
            bucket=bucket_sql("k.days_past_due"),
            opening_bucket=bucket_sql("k.opening_days"),
            billed_90d="coalesce(b.billed_90d, 0)" if is_covered else "NULL::DECIMAL(18,2)",
            billed_days=BILLED_DAYS,
            listed=listed,
            lists=lists,
            **days,
        )
        self._engine.execute(account_months)
        cohorts = _COHORT_ROWS.format(
            name=COHORT_MONTHS, closing=_debts_on(closed_on), since=since, closed_on=closed_on
        )
        self._engine.execute(cohorts)

    def dimensions(self, day: dt.date) -> set[Dimension]:
        """Return what accounts can be grouped by on a day."""
        found: set[Dimension] = {"all", "dpd_bucket", *self._given}
        return found | {"segment", "arm"} if self._newest(day) else found

    def _newest(self, day: dt.date) -> Path | None:
        recent = [
            listed
            for listed in self._lists
            if listed <= day < listed + dt.timedelta(days=_LIST_DAYS)
        ]
        return self._lists[max(recent)] if recent else None

    def _listed(self, month: Month) -> tuple[str, str]:
        """Columns and joins of what past lists say of an account, and of what they cost."""
        columns, joins = [], []
        for prefix, day in (("opening_", month.opened_on), ("", month.closed_on)):
            file, alias = self._newest(day), f"{prefix}list"
            for name in ("segment", "arm"):
                value = f"coalesce({alias}.{name}, '{UNLISTED}')" if file else "NULL::VARCHAR"
                columns.append(f"{value} AS {prefix}{name}")
            if file:
                joins.append(
                    f"LEFT JOIN read_parquet({text_literal(file)}) {alias} ON {alias}.account_id = k.account_id"
                )
        # A list is worked from the day after its own.
        worked = [
            file for day, file in self._lists.items() if month.opened_on <= day < month.closed_on
        ]
        columns.append(f"{'costs.cost' if worked else 'NULL::DOUBLE'} AS cost")
        if worked:
            files = ", ".join(text_literal(file) for file in worked)
            joins.append(
                f"LEFT JOIN (SELECT account_id, sum(expected_cost) AS cost FROM read_parquet([{files}]) "
                "GROUP BY account_id) costs ON costs.account_id = k.account_id"
            )
        return ", ".join(columns), " ".join(joins)


def _debts_on(day: dt.date) -> str:
    return f"WITH as_of_date AS (SELECT DATE '{day}' AS as_of) {DEBT_STATES}"
