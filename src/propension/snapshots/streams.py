"""Known-at streams, prepared once: what each row said, and from which day it was known.

``ledger`` holds, for every debt, its balance over the intervals between the days on which
something about it became known. The state of the portfolio on any as-of date is a filter:
``valid_from <= as_of AND as_of < valid_to``. Two clocks are kept apart: a payment counts
from the day it was known (``known_on``), and says when it happened (``paid_on``).
Amounts are exact decimals and days whole numbers, so no sum depends on the order of rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from propension.config import CHANNELS
from propension.config.settings import Resources
from propension.errors import DataError
from propension.schema import OUTCOMES, TABLES
from propension.sources import Extraction, open_engine, quoted, text_literal

# Days after its date in which money still answers a promise.
PROMISE_GRACE_DAYS = 3


def _one_of(names: tuple[str, ...]) -> str:
    # Coded values take one byte, and compare as fast.
    return f"ENUM({', '.join(map(text_literal, names))})"


# Rows point at each other by whole numbers, which sort, join and group several times faster than
# texts. Accounts are numbered in the order of their ids, and debts in that of accounts.
_CUSTOMERS = """
CREATE TABLE customer_rows AS
SELECT (row_number() OVER ())::INTEGER AS customer, customer_id, timezone FROM {customers}
"""

# A shared account belongs to the customer it was first known with: a later debt does not change
# what was known. Only declared columns of a customer are read here, so none can hide another.
_CUSTOMER_COLUMNS = ", ".join(f"c.{quoted(name)}" for name in TABLES["customers"].column_names)
_ACCOUNTS = f"""
CREATE TABLE accounts AS
SELECT row_number() OVER (ORDER BY a.account_id)::INTEGER AS account, a.account_id, r.customer,
       {_CUSTOMER_COLUMNS}
FROM (
    SELECT coalesce(account_id, customer_id) AS account_id,
           min(struct_pack(known_on := greatest(issued_on, recorded_at::DATE), customer_id := customer_id))
               AS owner
    FROM {{debts}} GROUP BY 1
) a
JOIN customer_rows r ON r.customer_id = a.owner.customer_id
JOIN {{customers}} c ON c.customer_id = a.owner.customer_id
"""

_DEBTS = """
CREATE TABLE debt_rows AS
SELECT (row_number() OVER ())::INTEGER AS debt, *
FROM (
    SELECT a.account, r.customer, d.debt_id, d.issued_on, d.due_on, d.amount,
           greatest(d.issued_on, d.recorded_at::DATE) AS known_on
    FROM {debts} d
    JOIN accounts a ON a.account_id = coalesce(d.account_id, d.customer_id)
    JOIN customer_rows r ON r.customer_id = d.customer_id
    ORDER BY a.account
)
"""

# A debt recorded after its payment is known together with it, on the later day.
_PAYMENTS = """
CREATE TABLE payment_rows AS
SELECT d.debt, d.account, d.customer, d.due_on, d.amount AS debt_amount, p.paid_on,
       p.amount, greatest(p.paid_on, p.recorded_at::DATE, d.known_on) AS known_on
FROM {payments} p JOIN debt_rows d USING (debt_id)
WHERE NOT coalesce(p.bounced, FALSE)
ORDER BY d.debt
"""

# Attempts that never brought money: they tell of ability, and count in no balance.
_BOUNCES = """
CREATE TABLE bounce_rows AS
SELECT d.account, p.paid_on AS bounced_on,
       greatest(p.paid_on, p.recorded_at::DATE, d.known_on) AS known_on
FROM {payments} p JOIN debt_rows d USING (debt_id)
WHERE p.bounced
ORDER BY d.account
"""

# From the day a debt is known nothing is paid, until the first day on which a payment is known.
_UNPAID = """
CREATE TABLE ledger AS
SELECT d.debt, d.account, d.issued_on, d.due_on, d.amount, d.known_on AS valid_from,
       coalesce(p.known_on, DATE '9999-12-31') AS valid_to, 0::DECIMAL(18,2) AS paid,
       d.amount AS balance, NULL::DATE AS settled_on
FROM debt_rows d
LEFT JOIN (SELECT debt, min(known_on) AS known_on FROM payment_rows GROUP BY debt) p USING (debt)
WHERE p.known_on IS NULL OR p.known_on > d.known_on
"""

# Reversals may take back more than was paid: the sum keeps it, what is paid is never below nothing.
_PAID = """
INSERT INTO ledger
WITH days AS (
    SELECT debt, known_on, sum(amount) AS amount, max(paid_on) FILTER (WHERE amount > 0) AS paid_on
    FROM payment_rows GROUP BY debt, known_on
),
running AS (
    SELECT debt, known_on AS valid_from,
           lead(known_on, 1, DATE '9999-12-31') OVER (PARTITION BY debt ORDER BY known_on) AS valid_to,
           sum(amount) OVER w AS paid, (sum(amount) OVER w) - amount AS paid_before,
           max(paid_on) OVER w AS last_paid_on
    FROM days
    WINDOW w AS (PARTITION BY debt ORDER BY known_on ROWS UNBOUNDED PRECEDING)
),
crossed AS (
    SELECT d.debt, d.account, d.issued_on, d.due_on, d.amount, r.valid_from, r.valid_to,
           least(greatest(r.paid, 0), d.amount)::DECIMAL(18,2) AS paid,
           CASE WHEN r.paid >= d.amount AND r.paid_before < d.amount THEN r.last_paid_on END AS reached_on
    FROM running r JOIN debt_rows d USING (debt)
)
SELECT debt, account, issued_on, due_on, amount, valid_from, valid_to, paid,
       (amount - paid)::DECIMAL(18,2),
       CASE WHEN paid = amount THEN max(reached_on) OVER (
           PARTITION BY debt ORDER BY valid_from ROWS UNBOUNDED PRECEDING) END
FROM crossed
ORDER BY debt
"""

# The instant and the outcome in one whole number: its largest is the last contact, whatever the
# order of rows, and its last digit says how it ended.
_OUTCOME_CODES = " ".join(f"WHEN '{name}' THEN {code}" for code, name in enumerate(OUTCOMES))
# Instants are UTC; the hour is that of the customer's own clock, where its time zone is known.
_CONTACTS = f"""
CREATE TABLE contact_rows AS
SELECT r.customer, c."at"::DATE AS contacted_on,
       hour(coalesce((c."at" AT TIME ZONE 'UTC') AT TIME ZONE r.zone, c."at"))::TINYINT AS hour_of_day,
       c.channel::{_one_of(CHANNELS)} AS channel, c.outcome::{_one_of(OUTCOMES)} AS outcome,
       c.direction = 'out' AS is_attempt,
       c.outcome IN ('right_party', 'refused', 'promise') AS is_right_party,
       epoch_us(c."at") * 10 + CASE c.outcome {_OUTCOME_CODES} END AS instant_and_outcome,
       greatest(c."at"::DATE, c.recorded_at::DATE) AS known_on
FROM {{contacts}} c
JOIN (
    SELECT k.customer, k.customer_id, z.name AS zone
    FROM customer_rows k LEFT JOIN pg_timezone_names() z ON z.name = k.timezone
) r USING (customer_id)
ORDER BY r.customer
"""

_PROMISES = """
CREATE TABLE promise_rows AS
SELECT (row_number() OVER ())::INTEGER AS promise, r.customer, p.made_on, p.due_on, p.amount,
       greatest(p.made_on, p.recorded_at::DATE) AS known_on
FROM {promises} p JOIN customer_rows r USING (customer_id)
ORDER BY r.customer
"""

# Money that answers a promise, from the day it was known.
_PROMISE_PAYMENTS = f"""
CREATE TABLE promise_payments AS
SELECT r.promise, p.amount, p.known_on
FROM promise_rows r JOIN payment_rows p
  ON p.customer = r.customer AND p.paid_on >= r.made_on
 AND p.paid_on <= r.due_on + {PROMISE_GRACE_DAYS}
"""

_DISPUTES = """
CREATE TABLE dispute_rows AS
SELECT d.debt, d.account, s.opened_on, s.closed_on,
       greatest(s.opened_on, s.recorded_at::DATE, d.known_on) AS known_on
FROM {disputes} s JOIN debt_rows d USING (debt_id) ORDER BY d.account
"""

_FLAGS = """
CREATE TABLE flag_rows AS
SELECT r.customer, f.flag, f.from_on, f.until_on,
       greatest(f.from_on, f.recorded_at::DATE) AS known_on
FROM {flags} f JOIN customer_rows r USING (customer_id) ORDER BY r.customer
"""

_ATTRIBUTES = """
CREATE TABLE attribute_rows AS SELECT * FROM {attributes} ORDER BY customer_id, known_on
"""

_REQUIRED = (_CUSTOMERS, _ACCOUNTS, _DEBTS, _PAYMENTS, _BOUNCES, _UNPAID, _PAID)
# Canonical table to the streams made of it; optional tables only where the source has them.
_OPTIONAL = {
    "contacts": (_CONTACTS,),
    "promises": (_PROMISES, _PROMISE_PAYMENTS),
    "disputes": (_DISPUTES,),
    "flags": (_FLAGS,),
    "attributes": (_ATTRIBUTES,),
}


def stream_statements(tables: Mapping[str, str]) -> list[str]:
    """Return the statements that build the streams, each of those before it.

    Parameters
    ----------
    tables : mapping of str to str
        What reads a canonical table, by its name.

    Raises
    ------
    DataError
        If a required table is missing.
    """
    missing = {"customers", "debts", "payments"} - set(tables)
    if missing:
        raise DataError(
            f"{', '.join(sorted(missing))}: missing. See the findings of `propension check`."
        )
    chosen = [*_REQUIRED, *(s for name, many in _OPTIONAL.items() if name in tables for s in many)]
    return [statement.format(**tables) for statement in chosen]


def prepare_streams(
    extraction: Extraction, resources: Resources, country: str = "", path: Path | None = None
) -> Path:
    """Build the known-at streams of an extraction as one database file; return it.

    Parameters
    ----------
    extraction : Extraction
    resources : Resources
    country : str
        Whose public holidays the calendar features count; none where the code is unknown.
    path : Path or None
        The file; in the extraction's folder when None.

    Raises
    ------
    DataError
        If the extraction lacks a required table.
    """
    path = path or extraction.folder / "streams.duckdb"
    path.unlink(missing_ok=True)
    files = {
        name: f"read_parquet({text_literal(extraction.folder / f'{name}.parquet')})"
        for name in extraction.tables
    }
    statements = stream_statements(files)
    engine = open_engine(resources, path.parent / "work")
    try:
        engine.execute(f"ATTACH {text_literal(path)} AS streams")
        engine.execute("USE streams")
        # A file of the day: choosing how to compress it would take longer than reading it does.
        engine.execute("PRAGMA force_compression='uncompressed'")
        for statement in statements:
            engine.execute(statement)
        days = holiday_table(extraction, country)
        if days is not None:
            engine.register("holiday_days", days)
            engine.execute("CREATE TABLE holiday_rows AS SELECT day FROM holiday_days")
            engine.unregister("holiday_days")
    finally:
        engine.close()
    return path


def holiday_table(extraction: Extraction, country: str) -> pa.Table | None:
    """Return the public holidays of the years that the data spans; None where they are not known."""
    import holidays

    if extraction.data_from is None or extraction.data_until is None:
        return None
    if country not in holidays.list_supported_countries(include_aliases=False):
        return None
    years = range(extraction.data_from.year, extraction.data_until.year + 2)
    return pa.table({"day": pa.array(sorted(holidays.country_holidays(country, years=years)))})


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
