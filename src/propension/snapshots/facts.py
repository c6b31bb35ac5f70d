"""Facts of every account on an as-of date that decide and are shown, but do not score."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pyarrow as pa

from propension.config import Outputs, Stage, Target
from propension.schema import FLAGS
from propension.snapshots.buckets import bucket_sql
from propension.snapshots.states import OF_POPULATION, available_states, with_states
from propension.snapshots.streams import stream_tables
from propension.sources import opt_outs_sql, write_query

_SHOWN_NAMES = {
    "none": "NULL::VARCHAR",
    # The first letter of every word: enough to recognise, too little to identify.
    "masked": "regexp_replace(c.name, '([\\pL\\pN])[\\pL\\pM\\pN.''-]*', '\\1***', 'g')",
    "full": "c.name",
}
# A number known to be wrong is of no use to who calls.
_PHONE = "CASE WHEN coalesce(c.phone_valid, TRUE) THEN c.phone END"


# What optional streams say of a customer or an account: stream, key, and for every column an aggregate and its type.
_SUMMARIES: dict[str, tuple[str, str, dict[str, tuple[str, str]]]] = {
    "flagged": (
        "flag_states",
        "customer",
        {flag: (f"coalesce(bool_or(flag = '{flag}'), FALSE)", "BOOLEAN") for flag in FLAGS},
    ),
    "contacted": (
        "contact_states",
        "customer",
        {
            "attempts_90d": ("count(*) FILTER (WHERE is_attempt AND days_ago < 90)", "BIGINT"),
            "right_party_90d": (
                "count(*) FILTER (WHERE is_right_party AND days_ago < 90)",
                "BIGINT",
            ),
            "best_contact_hour": (
                "mode(hour_of_day ORDER BY hour_of_day) FILTER (WHERE is_right_party AND days_ago < 365)::BIGINT",
                "BIGINT",
            ),
        },
    ),
    "promised": ("promise_states", "customer", {"is_open": ("bool_or(is_open)", "BOOLEAN")}),
    "in_dispute": ("dispute_states", "account", {"is_open": ("bool_or(is_open)", "BOOLEAN")}),
}
_FACTS = """{summaries},
recent AS (
    SELECT account, count(*) FILTER (
        WHERE (is_settled AND delay_days > 0 AND settled_days_ago < 90) OR days_past_due > 30
    ) AS late_debts_90d,
    max(age_days) AS oldest_debt_days,
    coalesce(max(days_past_due), 0) AS days_past_due,
    coalesce(sum(balance) FILTER (WHERE is_overdue), 0) AS overdue_amount,
    min(days_to_due) FILTER (WHERE is_open AND NOT is_overdue) AS days_to_due,
    coalesce(sum(balance) FILTER (WHERE is_open AND NOT is_overdue AND days_to_due <= {upcoming_days}), 0)
        AS due_amount
    FROM debt_states {of_population} GROUP BY account
)
SELECT a.as_of, c.account_id, c.customer_id, {name} AS customer_name,
       {phone} AS customer_phone, '{stage}' AS stage, r.days_past_due::BIGINT AS days_past_due,
       r.days_to_due::BIGINT AS days_to_due,
       {bucket} AS dpd_bucket,
       r.overdue_amount::DECIMAL(18,2) AS overdue_amount, r.due_amount::DECIMAL(18,2) AS due_amount,
       p.open_amount::DECIMAL(18,2) AS open_amount,
       coalesce(date_diff('day', c.since, a.as_of), r.oldest_debt_days) AS tenure_days,
       r.late_debts_90d, k.attempts_90d, k.right_party_90d,
       k.right_party_90d / nullif(k.attempts_90d, 0)::DOUBLE AS contactability, k.best_contact_hour,
       {has_phone} AS has_phone, {has_email} AS has_email,
       {opt_outs} AS opt_outs,
       coalesce(c.vulnerable, FALSE) AS vulnerable, c.solvency, c.kind, c.country, c.region, c.timezone,
       c.product_line, c.language,
       coalesce(m.is_open, FALSE) AS promise_open, coalesce(s.is_open, FALSE) AS disputed, {flags}
FROM population p CROSS JOIN as_of_date a
JOIN accounts c USING (account)
LEFT JOIN recent r USING (account)
LEFT JOIN contacted k ON k.customer = c.customer
LEFT JOIN promised m ON m.customer = c.customer
LEFT JOIN in_dispute s ON s.account = p.account
LEFT JOIN flagged f ON f.customer = c.customer
ORDER BY p.account"""


def write_facts(
    engine: duckdb.DuckDBPyConnection,
    as_of: dt.date,
    target: Target,
    outputs: Outputs,
    path: Path,
    stage: Stage = "overdue",
) -> int:
    """Write one row per account of a stage's population, by account_id; return how many.

    Columns: as_of, account_id, customer_id, customer_name, customer_phone (null unless ``outputs.personal_data`` is full),
    stage, days_past_due, days_to_due, dpd_bucket, overdue_amount, due_amount (what falls due within ``target.upcoming_days``), open_amount,
    tenure_days, late_debts_90d, attempts_90d, right_party_90d, contactability, best_contact_hour (on the customer's clock), has_phone, has_email,
    opt_outs, vulnerable, solvency, kind, country, region, timezone, product_line, language,
    promise_open, disputed, and one boolean per flag of the contract.
    """
    sql = facts_sql(as_of, stream_tables(engine), target, outputs, stage)
    return write_query(engine, sql, path)


def facts_sql(
    as_of: dt.date, streams: set[str], target: Target, outputs: Outputs, stage: Stage = "overdue"
) -> str:
    """Return the SELECT of what ``write_facts`` writes, over the streams that exist."""
    states = available_states(streams)
    days = target.upcoming_days if stage == "upcoming" else None
    population = with_states(as_of, states, target.min_overdue_amount, days)
    return f"{population}, {_facts(states, outputs, target.upcoming_days, stage)}"


def _facts(states: set[str], outputs: Outputs, upcoming_days: int, stage: Stage) -> str:
    return _FACTS.format(
        summaries=",\n".join(f"{name} AS ({_summary(name, states)})" for name in _SUMMARIES),
        upcoming_days=upcoming_days,
        of_population=OF_POPULATION["account"],
        name=_SHOWN_NAMES[outputs.personal_data],
        phone=_PHONE if outputs.personal_data == "full" else "NULL::VARCHAR",
        stage=stage,
        bucket=bucket_sql("r.days_past_due"),
        opt_outs=opt_outs_sql("c.opt_out_channels"),
        has_phone=_reachable("phone"),
        has_email=_reachable("email"),
        flags=", ".join(f"coalesce(f.{flag}, FALSE) AS {flag}" for flag in FLAGS),
    )


def _summary(name: str, states: set[str]) -> str:
    """SQL of what a stream says; without the stream, of no rows."""
    state, key, columns = _SUMMARIES[name]
    if state in states:
        shown = ", ".join(f"{sql} AS {column}" for column, (sql, _) in columns.items())
        return f"SELECT {key}, {shown} FROM {state} {OF_POPULATION[key]} GROUP BY {key}"
    shown = ", ".join(f"NULL::{kind} AS {column}" for column, (_, kind) in columns.items())
    return f"SELECT NULL::INTEGER AS {key}, {shown} WHERE FALSE"


def _reachable(means: str) -> str:
    # Where the source gives nobody's, it does not say that nobody has one.
    given = f"(SELECT count({means}) + count({means}_valid) FROM accounts) > 0"
    has = f"c.{means} IS NOT NULL AND coalesce(c.{means}_valid, TRUE)"
    return f"CASE WHEN {given} THEN {has} END"


_HISTORY = """
SELECT k.customer_id, c.channel::VARCHAR AS channel, make_timestamp(c.instant_and_outcome // 10) AS "at",
       CASE WHEN c.is_attempt THEN 'out' ELSE 'in' END AS direction, c.outcome::VARCHAR AS outcome
FROM contact_rows c JOIN customer_rows k USING (customer)
WHERE c.known_on <= DATE '{as_of}' AND c.contacted_on > DATE '{as_of}' - {days}
ORDER BY ALL
"""


def contact_history(engine: duckdb.DuckDBPyConnection, as_of: dt.date, days: int) -> pa.Table:
    """Return the contacts of the last days before an as-of date, as they were known on it.

    Columns: customer_id, channel, at (UTC), direction, outcome. None where the source has no
    contacts.
    """
    if "contact_rows" not in stream_tables(engine):
        columns = {name: pa.array([], pa.string()) for name in ("customer_id", "channel")}
        ended = {name: pa.array([], pa.string()) for name in ("direction", "outcome")}
        return pa.table(columns | {"at": pa.array([], pa.timestamp("us"))} | ended)
    return engine.sql(history_sql(as_of, days)).to_arrow_table()


def history_sql(as_of: dt.date, days: int) -> str:
    """Return the SELECT of what ``contact_history`` returns, over the stream of contacts."""
    return _HISTORY.format(as_of=as_of, days=days)
