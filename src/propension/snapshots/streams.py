"""Known-at streams, prepared once: what each row said, and from which day it was known.

``ledger`` holds, for every debt, its balance over the intervals between the days on which
something about it became known. The state of the portfolio on any as-of date is a filter:
``valid_from <= as_of AND as_of < valid_to``. Two clocks are kept apart: a payment counts
from the day it was known (``known_on``), and says when it happened (``paid_on``).
Amounts are exact decimals and days whole numbers, so no sum depends on the order of rows.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from propension.config.settings import Resources
from propension.errors import DataError
from propension.schema import OUTCOMES, TABLES
from propension.sources import Extraction, open_engine, quoted, text_literal

# Days after its date in which money still answers a promise.
PROMISE_GRACE_DAYS = 3

_DEBTS = """
CREATE TABLE debt_rows AS
SELECT debt_id, coalesce(account_id, customer_id) AS account_id, customer_id, issued_on, due_on,
       amount, greatest(issued_on, recorded_at::DATE) AS known_on
FROM {debts}
"""

# A shared account belongs to the customer it was first known with: a later debt does not change
# what was known. Only declared columns of a customer are read here, so none can hide another.
_CUSTOMER_COLUMNS = ", ".join(f"c.{quoted(name)}" for name in TABLES["customers"].column_names)
_ACCOUNTS = f"""
CREATE TABLE accounts AS
SELECT a.account_id, {_CUSTOMER_COLUMNS}
FROM (
    SELECT account_id, customer_id FROM debt_rows
    QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY known_on, customer_id) = 1
) a
JOIN {{customers}} c USING (customer_id)
ORDER BY a.account_id
"""

# A debt recorded after its payment is known together with it, on the later day.
_PAYMENTS = """
CREATE TABLE payment_rows AS
SELECT p.debt_id, d.account_id, d.customer_id, d.due_on, d.amount AS debt_amount, p.paid_on,
       p.amount, greatest(p.paid_on, p.recorded_at::DATE, d.known_on) AS known_on
FROM {payments} p JOIN debt_rows d USING (debt_id)
WHERE NOT coalesce(p.bounced, FALSE)
ORDER BY d.account_id
"""

# Attempts that never brought money: they tell of ability, and count in no balance.
_BOUNCES = """
CREATE TABLE bounce_rows AS
SELECT d.account_id, p.paid_on AS bounced_on,
       greatest(p.paid_on, p.recorded_at::DATE, d.known_on) AS known_on
FROM {payments} p JOIN debt_rows d USING (debt_id)
WHERE p.bounced
ORDER BY d.account_id
"""

_LEDGER = """
CREATE TABLE ledger AS
WITH steps AS (
    SELECT debt_id, known_on, 0::DECIMAL(18,2) AS amount, NULL::DATE AS paid_on FROM debt_rows
    UNION ALL
    SELECT debt_id, known_on, amount, CASE WHEN amount > 0 THEN paid_on END FROM payment_rows
),
days AS (
    SELECT debt_id, known_on, sum(amount) AS amount, max(paid_on) AS paid_on
    FROM steps GROUP BY debt_id, known_on
),
running AS (
    SELECT debt_id, known_on AS valid_from,
           lead(known_on, 1, DATE '9999-12-31') OVER (PARTITION BY debt_id ORDER BY known_on) AS valid_to,
           greatest(0, sum(amount) OVER w) AS paid, max(paid_on) OVER w AS last_paid_on
    FROM days
    WINDOW w AS (PARTITION BY debt_id ORDER BY known_on ROWS UNBOUNDED PRECEDING)
),
crossed AS (
    SELECT r.debt_id, d.account_id, d.issued_on, d.due_on, d.amount, r.valid_from, r.valid_to,
           least(r.paid, d.amount) AS paid,
           CASE WHEN r.paid >= d.amount
                 AND coalesce(lag(r.paid) OVER (PARTITION BY r.debt_id ORDER BY r.valid_from), 0) < d.amount
                THEN r.last_paid_on END AS reached_on
    FROM running r JOIN debt_rows d USING (debt_id)
)
SELECT debt_id, account_id, issued_on, due_on, amount, valid_from, valid_to,
       paid::DECIMAL(18,2) AS paid, (amount - paid)::DECIMAL(18,2) AS balance,
       CASE WHEN paid = amount THEN max(reached_on) OVER (
           PARTITION BY debt_id ORDER BY valid_from ROWS UNBOUNDED PRECEDING) END AS settled_on
FROM crossed
ORDER BY account_id, debt_id, valid_from
"""

# The instant and the outcome in one whole number: its largest is the last contact, whatever the
# order of rows, and its last digit says how it ended.
_OUTCOME_CODES = " ".join(f"WHEN '{name}' THEN {code}" for code, name in enumerate(OUTCOMES))
# Instants are UTC; the hour is that of the customer's own clock, where its time zone is known.
_CONTACTS = f"""
CREATE TABLE contact_rows AS
SELECT customer_id, "at"::DATE AS contacted_on,
       hour(coalesce(timezone(zone, timezone('UTC', "at")), "at")) AS hour_of_day,
       channel, direction, outcome,
       epoch_us("at") * 10 + CASE outcome {_OUTCOME_CODES} END AS instant_and_outcome,
       greatest("at"::DATE, recorded_at::DATE) AS known_on
FROM {{contacts}} LEFT JOIN (
    SELECT c.customer_id, z.name AS zone FROM {{customers}} c JOIN pg_timezone_names() z ON z.name = c.timezone
) USING (customer_id)
ORDER BY customer_id
"""

_PROMISES = """
CREATE TABLE promise_rows AS
SELECT row_number() OVER () AS promise, customer_id, made_on, due_on, amount,
       greatest(made_on, recorded_at::DATE) AS known_on
FROM {promises} ORDER BY customer_id
"""

# Money that answers a promise, from the day it was known.
_PROMISE_PAYMENTS = f"""
CREATE TABLE promise_payments AS
SELECT r.promise, p.amount, p.known_on
FROM promise_rows r JOIN payment_rows p
  ON p.customer_id = r.customer_id AND p.paid_on >= r.made_on
 AND p.paid_on <= r.due_on + {PROMISE_GRACE_DAYS}
"""

_DISPUTES = """
CREATE TABLE dispute_rows AS
SELECT s.debt_id, d.account_id, s.opened_on, s.closed_on,
       greatest(s.opened_on, s.recorded_at::DATE, d.known_on) AS known_on
FROM {disputes} s JOIN debt_rows d USING (debt_id) ORDER BY d.account_id
"""

_FLAGS = """
CREATE TABLE flag_rows AS
SELECT customer_id, flag, from_on, until_on, greatest(from_on, recorded_at::DATE) AS known_on
FROM {flags} ORDER BY customer_id
"""

_ATTRIBUTES = """
CREATE TABLE attribute_rows AS SELECT * FROM {attributes} ORDER BY customer_id, known_on
"""

# Canonical table to the stream made of it; optional tables only where the source has them.
_OPTIONAL = {
    "contacts": _CONTACTS,
    "promises": _PROMISES + ";" + _PROMISE_PAYMENTS,
    "disputes": _DISPUTES,
    "flags": _FLAGS,
    "attributes": _ATTRIBUTES,
}


def prepare_streams(extraction: Extraction, resources: Resources, country: str = "") -> Path:
    """Build the known-at streams of an extraction as one database file; return it.

    Parameters
    ----------
    extraction : Extraction
    resources : Resources
    country : str
        Whose public holidays the calendar features count; none where the code is unknown.

    Raises
    ------
    DataError
        If the extraction lacks a required table.
    """
    missing = {"customers", "debts", "payments"} - set(extraction.tables)
    if missing:
        raise DataError(
            f"{', '.join(sorted(missing))}: missing. See the findings of `propension check`."
        )
    path = extraction.folder / "streams.duckdb"
    path.unlink(missing_ok=True)
    files = {
        name: f"read_parquet({text_literal(extraction.folder / f'{name}.parquet')})"
        for name in extraction.tables
    }
    statements = [_DEBTS, _ACCOUNTS, _PAYMENTS, _BOUNCES, _LEDGER]
    statements += [sql for name, sql in _OPTIONAL.items() if extraction.has(name)]
    engine = open_engine(resources, extraction.folder / "work")
    try:
        engine.execute(f"ATTACH {text_literal(path)} AS streams")
        engine.execute("USE streams")
        for statement in statements:
            engine.execute(statement.format(**files))
        _write_holidays(engine, extraction, country)
    finally:
        engine.close()
    return path


def _write_holidays(
    engine: duckdb.DuckDBPyConnection, extraction: Extraction, country: str
) -> None:
    import holidays

    if extraction.data_from is None or extraction.data_until is None:
        return
    if country not in holidays.list_supported_countries(include_aliases=False):
        return
    years = range(extraction.data_from.year, extraction.data_until.year + 2)
    days = pa.table({"day": pa.array(sorted(holidays.country_holidays(country, years=years)))})
    engine.register("holiday_days", days)
    engine.execute("CREATE TABLE holiday_rows AS SELECT day FROM holiday_days")
    engine.unregister("holiday_days")


def open_streams(path: Path, resources: Resources) -> duckdb.DuckDBPyConnection:
    """Open prepared streams for reading."""
    engine = open_engine(resources, path.parent / "work")
    engine.execute(f"ATTACH {text_literal(path)} AS streams (READ_ONLY)")
    engine.execute("USE streams")
    return engine


def stream_tables(engine: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the names of the streams that exist."""
    rows = engine.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = 'streams'"
    ).fetchall()
    return {name for (name,) in rows}
