"""KPIs again, in SQL over the raw tables of a simulated portfolio that shares nothing with the product's.

Not among them: ``cost_to_collect``, which is what lists expected to spend.
"""

import datetime as dt
from itertools import pairwise

import duckdb
import pytest
from builders import settings_of

from propension.monitoring.kpis import KPIS, measure_kpis
from propension.simulate import simulate_portfolio
from propension.snapshots import open_streams, prepare_streams
from propension.sources import extract

UNTIL = dt.date(2026, 6, 30)
TABLES = ("customers", "debts", "payments", "contacts", "promises")
LEFT_OUT = {"cost_to_collect"}

_TABLES = """
CREATE TABLE d AS SELECT debt_id, coalesce(account_id, customer_id) AS account, customer_id, amount::DOUBLE AS amount, due_on,
  greatest(issued_on, coalesce(recorded_at::DATE, issued_on)) AS known FROM debts;
CREATE TABLE p AS SELECT debt_id, amount::DOUBLE AS amount, paid_on, greatest(paid_on, coalesce(recorded_at::DATE, paid_on)) AS known
  FROM payments WHERE NOT coalesce(bounced, FALSE);
CREATE TABLE k AS SELECT customer_id, direction, outcome, greatest("at"::DATE, coalesce(recorded_at::DATE, "at"::DATE)) AS known FROM contacts;
CREATE TABLE m AS SELECT promise_id, customer_id, amount::DOUBLE AS amount, made_on, due_on,
  greatest(made_on, coalesce(recorded_at::DATE, made_on)) AS known FROM promises;
CREATE MACRO book(day) AS TABLE
  SELECT d.*, d.amount - x.paid AS balance, x.paid, d.amount - x.paid > 0 AND d.due_on < day AS overdue
  FROM d JOIN (
    SELECT d.debt_id, least(d.amount, greatest(0, coalesce(sum(p.amount), 0))) AS paid
    FROM d LEFT JOIN p ON p.debt_id = d.debt_id AND p.known <= day WHERE d.known <= day GROUP BY d.debt_id, d.amount
  ) x USING (debt_id);
CREATE MACRO books(day) AS TABLE
  SELECT account, any_value(customer_id) AS customer_id, sum(balance) AS balance,
         coalesce(sum(balance) FILTER (overdue), 0) AS overdue, coalesce(max(day - due_on) FILTER (overdue), 0) AS days
  FROM book(day) GROUP BY account;
CREATE MACRO bucket(overdue, days) AS CASE WHEN overdue = 0 THEN 0 ELSE least(5, 1 + (days - 1) // 30) END;
CREATE MACRO touched(opening, closing) AS TABLE
  SELECT customer_id, count(*) FILTER (direction = 'out') AS attempts,
         bool_or(outcome IN ('right_party', 'refused', 'promise')) AS reached,
         count(*) FILTER (direction = 'out' AND outcome IN ('right_party', 'refused', 'promise')) AS effective
  FROM k WHERE known > opening AND known <= closing
    AND customer_id IN (SELECT customer_id FROM d WHERE d.known <= closing) GROUP BY customer_id;
CREATE MACRO promised(opening, closing) AS TABLE
  SELECT m.*, greatest(m.known, m.due_on + 4) AS matured, (
    SELECT coalesce(sum(p.amount), 0) FROM p JOIN d USING (debt_id)
    WHERE d.customer_id = m.customer_id AND p.paid_on BETWEEN m.made_on AND m.due_on + 3 AND p.known <= closing
  ) AS paid FROM m WHERE m.known <= closing;
"""
_ROLL = """
  (SELECT sum(balance) FILTER (bucket(overdue, days) = {to}) FROM books({closing}))
  / (SELECT sum(balance) FILTER (bucket(overdue, days) {of}) FROM books({opening}))
"""
_FIGURES = {
    "balance": "(SELECT sum(balance) FROM books({closing}))",
    "overdue_balance": "(SELECT sum(overdue) FROM books({closing}))",
    "overdue_share": "(SELECT sum(overdue) / sum(balance) FROM books({closing}))",
    "overdue_accounts": "(SELECT count(*) FILTER (overdue > 0) FROM books({closing}))",
    **{
        f"roll_rate_{name}": _ROLL.replace("{to}", str(at + 1)).replace("{of}", f"= {at}" if at < 4 else ">= 4")
        for at, name in enumerate(("current", "1_30", "31_60", "61_90", "91_120"))
    },
    "days_sales_outstanding": """90 * (SELECT sum(balance) FROM books({closing}))
        / (SELECT sum(amount) FROM d WHERE known > {closing} - 90 AND known <= {closing})""",
    "collection_effectiveness_index": """(
        SELECT (o.b + w.b - c.b) / (o.b + w.b - c.current)
        FROM (SELECT sum(balance) AS b FROM book({opening})) o,
             (SELECT sum(amount) AS b FROM d WHERE known > {opening} AND known <= {closing}) w,
             (SELECT sum(balance) AS b, sum(balance) FILTER (NOT overdue) AS current FROM book({closing})) c)""",
    "collected": """(SELECT sum(c.paid - coalesce(o.paid, 0))
        FROM book({closing}) c LEFT JOIN book({opening}) o USING (debt_id))""",
    "recovery_rate": """(SELECT sum(greatest(o.balance - c.balance, 0)) / sum(o.balance)
        FROM book({opening}) o JOIN book({closing}) c USING (debt_id) WHERE o.overdue)""",
    "recovery_rate_90d": """(SELECT sum(greatest(o.balance - c.balance, 0)) / sum(o.balance)
        FROM book({opening}) o JOIN book(least({opening} + 90, {until})) c USING (debt_id) WHERE o.overdue)""",
    "cure_rate": """(SELECT avg((c.overdue = 0)::INT)
        FROM books({opening}) o JOIN books({closing}) c USING (account) WHERE o.overdue > 0)""",
    "self_cure_rate": """(SELECT avg((c.overdue = 0)::INT)
        FROM books({opening}) o JOIN books({closing}) c USING (account) WHERE o.overdue > 0
        AND o.customer_id NOT IN (SELECT customer_id FROM k WHERE known > {opening} AND known <= {closing}))""",
    "penetration": """(SELECT avg(coalesce(t.attempts > 0, FALSE)::INT)
        FROM books({opening}) o LEFT JOIN touched({opening}, {closing}) t USING (customer_id) WHERE o.overdue > 0)""",
    "intensity": """(SELECT sum(attempts) / (SELECT count(*) FROM books({closing}) JOIN touched({opening}, {closing}) w
        USING (customer_id) WHERE w.attempts > 0) FROM touched({opening}, {closing}))""",
    "contactability": "(SELECT sum(effective) / sum(attempts) FROM touched({opening}, {closing}))",
    "right_party_contact": """(SELECT avg(t.reached::INT)
        FROM books({closing}) JOIN touched({opening}, {closing}) t USING (customer_id) WHERE t.attempts > 0)""",
    "promises_made": "(SELECT count(*) FROM m WHERE known > {opening} AND known <= {closing})",
    "promised_amount": "(SELECT sum(amount) FROM m WHERE known > {opening} AND known <= {closing})",
    "promises_kept": """(SELECT avg((paid >= 0.9 * amount)::INT)
        FROM promised({opening}, {closing}) WHERE matured > {opening} AND matured <= {closing})""",
}  # fmt: skip


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Raw tables in an engine of their own, and what the product says of them."""
    folder = tmp_path_factory.mktemp("kpis")
    simulate_portfolio(folder / "data", 800, 14, seed=3, until=UNTIL)
    raw = duckdb.connect()
    for table in TABLES:
        raw.execute(f"CREATE VIEW {table} AS FROM read_parquet('{folder}/data/{table}.parquet')")
    raw.execute(_TABLES)
    settings = settings_of(folder, source={"path": str(folder / "data")})
    streams = prepare_streams(
        extract(settings, folder / "canonical", UNTIL), settings.resources, "CO"
    )
    engine = open_streams(streams, settings.resources)
    yield raw, measure_kpis(engine, UNTIL, months=7)
    engine.close()
    raw.close()


def months(report):
    closings = sorted(report.of("balance")["month"].to_pylist())
    # Of the first month the product opens at the close of one that is not shown.
    return list(pairwise(closings))


@pytest.mark.parametrize("kpi", _FIGURES)
def test_a_kpi_is_what_plain_sql_says_of_the_raw_tables(both, kpi):
    raw, report = both
    told = {row["month"]: row["value"] for row in report.of(kpi).to_pylist()}
    compared = 0
    for opening, closing in months(report):
        days = {"opening": opening, "closing": closing, "until": UNTIL}
        sql = _FIGURES[kpi].format(**{name: f"DATE '{day}'" for name, day in days.items()})
        [(value,)] = raw.execute(f"SELECT {sql}").fetchall()
        assert told[closing] == pytest.approx(value, rel=1e-9), closing
        compared += bool(value)
    assert compared >= 5


def test_a_vintage_is_what_plain_sql_says_of_the_raw_tables(both):
    raw, report = both
    closings = sorted(report.of("balance")["month"].to_pylist())
    rows = report.of("vintage", "age_months").to_pylist()
    assert len(rows) > 15
    for row in rows:
        cohort, age = row["month"], int(row["group"])
        closing = closings[closings.index(cohort) + age]
        sql = f"""SELECT sum(balance) / sum(amount) FROM book(DATE '{closing}')
            WHERE last_day(due_on) = DATE '{cohort}'"""
        [(value,)] = raw.execute(sql).fetchall()
        assert row["value"] == pytest.approx(value, rel=1e-9), (cohort, age)


def test_every_kpi_is_among_them():
    assert {kpi.name for kpi in KPIS} - set(_FIGURES) == LEFT_OUT | {"vintage"}
