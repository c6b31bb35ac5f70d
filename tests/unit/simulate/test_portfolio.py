"""The simulated portfolio keeps its contract, its seed and its shape."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from propension.errors import ConfigurationError
from propension.schema.tables import TABLES
from propension.simulate import simulate_portfolio

UNTIL = dt.date(2026, 6, 30)
CLOSE = "TIMESTAMP '2026-07-01'"
IN_PERSON = "outcome IN ('right_party', 'refused', 'promise')"


def open_portfolio(folder: Path) -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect(config={"threads": 1})
    for name in TABLES:
        engine.execute(f"CREATE VIEW {name} AS FROM '{folder}/{name}.parquet'")
    # The day on which a debt's balance first reached zero, if it did.
    engine.execute(
        """CREATE TABLE settled AS
        SELECT any_value(d) AS debt, any_value(d.due_on) AS due_on,
               min(paid_on) FILTER (paid >= d.amount) AS settled_on
        FROM debts AS d LEFT JOIN (
            SELECT debt_id, paid_on,
                   sum(amount) OVER (PARTITION BY debt_id ORDER BY paid_on, payment_id) AS paid
            FROM payments WHERE NOT bounced
        ) USING (debt_id) GROUP BY debt_id"""
    )
    return engine


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("portfolio")
    simulate_portfolio(out, accounts=1_000, months=18, seed=7, until=UNTIL)
    return out


@pytest.fixture(scope="module")
def engine(folder: Path) -> duckdb.DuckDBPyConnection:
    return open_portfolio(folder)


def value(engine: duckdb.DuckDBPyConnection, sql: str) -> float:
    row = engine.execute(sql).fetchone()
    assert row is not None
    return float(row[0])


def file_bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


# The seed ------------------------------------------------------------------


def test_same_arguments_write_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        simulate_portfolio(tmp_path / name, accounts=500, months=8, seed=3)
    assert file_bytes(tmp_path / "one") == file_bytes(tmp_path / "two")


def test_another_seed_writes_another_portfolio(tmp_path: Path) -> None:
    for seed in (3, 4):
        simulate_portfolio(tmp_path / str(seed), accounts=500, months=8, seed=seed)
    one, two = file_bytes(tmp_path / "3"), file_bytes(tmp_path / "4")
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] == two[name]] == []


def test_counts_are_the_rows_written(tmp_path: Path) -> None:
    counts = simulate_portfolio(tmp_path, accounts=500, months=8, seed=3)
    assert counts == {
        file.stem: pq.read_metadata(file).num_rows for file in tmp_path.glob("*.parquet")
    }
    assert {*TABLES, "assignments"} == set(counts)
    assert counts["customers"] == 500


# The contract --------------------------------------------------------------


@pytest.mark.parametrize("accounts", [10, 1_000])
def test_columns_have_their_canonical_types(tmp_path: Path, accounts: int) -> None:
    simulate_portfolio(tmp_path, accounts=accounts, months=6, seed=1)
    arrow = {
        "text": "string",
        "date": "date32[day]",
        "instant": "timestamp[us]",
        "amount": "decimal128(18, 2)",
        "number": "double",
        "integer": "int32",
        "boolean": "bool",
    }
    for name, table in TABLES.items():
        written = pq.read_schema(tmp_path / f"{name}.parquet")
        types = {field.name: str(field.type) for field in written}
        declared = {column.name: arrow[column.type] for column in table.columns}
        assert types.items() >= declared.items()
        assert table.open_columns or types == declared


@pytest.mark.parametrize("name", TABLES)
def test_keys_are_unique_and_required_values_present(
    engine: duckdb.DuckDBPyConnection, name: str
) -> None:
    table = TABLES[name]
    key = ", ".join(table.key)
    assert value(engine, f"SELECT count(*) FROM {name}") > 0
    assert value(engine, f"SELECT count(*) - count(DISTINCT ({key})) FROM {name}") == 0
    for column in table.columns:
        if column.required or column.name in table.key:
            assert value(engine, f'SELECT count(*) - count("{column.name}") FROM {name}') == 0


@pytest.mark.parametrize(
    ("name", "column", "allowed"),
    [(t.name, c.name, c.allowed) for t in TABLES.values() for c in t.columns if c.allowed],
)
def test_values_are_allowed(
    engine: duckdb.DuckDBPyConnection, name: str, column: str, allowed: tuple[str, ...]
) -> None:
    found = {row[0] for row in engine.execute(f"SELECT DISTINCT {column} FROM {name}").fetchall()}
    assert found - {None} <= set(allowed)
    assert len(found) > 1


@pytest.mark.parametrize("name", [name for name in TABLES if name != "customers"])
def test_no_row_is_an_orphan(engine: duckdb.DuckDBPyConnection, name: str) -> None:
    columns = {column.name for column in TABLES[name].columns}
    for key, parent in (("customer_id", "customers"), ("debt_id", "debts")):
        if key in columns and parent != name:
            rows = f"(SELECT * FROM {name} WHERE {key} IS NOT NULL)"
            orphans = f"SELECT count(*) FROM {rows} ANTI JOIN {parent} USING ({key})"
            assert value(engine, orphans) == 0


@pytest.mark.parametrize("name", [table.name for table in TABLES.values() if table.event])
def test_nothing_happens_or_is_recorded_after_until(
    engine: duckdb.DuckDBPyConnection, name: str
) -> None:
    table = TABLES[name]
    last = f'SELECT count(*) FROM {name} WHERE "{table.event}" >= {CLOSE}'
    assert value(engine, last) == 0
    if "recorded_at" in table.column_names:
        out_of_order = f'recorded_at >= {CLOSE} OR recorded_at < "{table.event}"'
        assert value(engine, f"SELECT count(*) FROM {name} WHERE {out_of_order}") == 0


@pytest.mark.parametrize(
    "faults",
    [
        "debts WHERE due_on < issued_on OR amount <= 0",
        "payments WHERE amount = 0 OR (bounced AND amount < 0)",
        "payments JOIN debts USING (debt_id) WHERE paid_on < issued_on",
        "payments AS p JOIN debts AS d USING (debt_id) WHERE p.recorded_at < d.recorded_at",
        """(SELECT sum(amount) OVER (PARTITION BY debt_id ORDER BY paid_on, payment_id) AS paid
            FROM payments WHERE NOT bounced) WHERE paid < 0""",
        "promises WHERE due_on < made_on OR amount <= 0",
        "promises AS r JOIN debts AS d USING (debt_id) WHERE r.amount > d.amount",
        """promises ANTI JOIN contacts AS c ON promises.debt_id = c.debt_id
            AND c.outcome = 'promise' AND made_on = CAST(c."at" - INTERVAL 5 HOUR AS DATE)""",
        "disputes WHERE closed_on < opened_on OR closed_on > DATE '2026-06-30'",
        "flags WHERE until_on < from_on",
        "customers WHERE since > DATE '2026-06-30' OR income_day NOT BETWEEN 1 AND 31",
        "debts JOIN customers USING (customer_id) WHERE issued_on < since",
    ],
)
def test_dates_and_amounts_agree(engine: duckdb.DuckDBPyConnection, faults: str) -> None:
    assert value(engine, f"SELECT count(*) FROM {faults}") == 0


def test_contacts_keep_working_hours_in_bogota(engine: duckdb.DuckDBPyConnection) -> None:
    local = '("at" - INTERVAL 5 HOUR)'
    outside = f"hour({local}) NOT BETWEEN 7 AND 18 OR dayofweek({local}) = 0"
    assert value(engine, f"SELECT count(*) FROM contacts WHERE {outside}") == 0


def test_nobody_contacts_an_account_that_asked_not_to_be(
    engine: duckdb.DuckDBPyConnection,
) -> None:
    silenced = """SELECT count(*) FROM contacts JOIN flags USING (customer_id)
        WHERE flag IN ('deceased', 'insolvent', 'do_not_contact')
          AND CAST("at" - INTERVAL 5 HOUR AS DATE) >= from_on"""
    assert value(engine, silenced) == 0
    opted_out = """SELECT count(*) FROM contacts JOIN customers USING (customer_id)
        WHERE channel = 'sms' AND opt_out_channels = 'sms'"""
    assert value(engine, opted_out) == 0


# The shape -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "share", "source", "high"),
    [
        (0.20, "coalesce(settled_on > due_on, true)", "settled WHERE due_on < '2026-06-30'", 0.45),
        (
            0.02,
            "coalesce(settled_on > due_on + 90, true)",
            "settled WHERE due_on < '2026-04-01'",
            0.10,
        ),
        (0.25, IN_PERSON, "contacts WHERE channel = 'call'", 0.36),
        (0.025, "outcome = 'promise'", "contacts WHERE channel = 'call'", 0.06),
        (0.001, "direction = 'in'", "contacts", 0.10),
        (0.001, "amount < 0", "payments", 0.02),
        (0.003, "bounced", "payments", 0.05),
        (0.03, "recorded_at > paid_on", "payments", 0.08),
        (0.01, "recorded_at > issued_on", "debts", 0.04),
        (0.02, "closed_on IS NULL", "disputes", 0.50),
        (0.01, "income_day IS NULL", "customers", 0.50),
        (0.05, "since > '2025-01-01'", "customers", 0.50),
    ],
)
def test_shares_are_those_of_a_collections_portfolio(
    engine: duckdb.DuckDBPyConnection, low: float, share: str, source: str, high: float
) -> None:
    assert low < value(engine, f"SELECT avg(CAST({share} AS INT)) FROM {source}") < high


def test_some_debts_are_paid_in_parts_and_some_too_much(
    engine: duckdb.DuckDBPyConnection,
) -> None:
    per_debt = """SELECT debt_id, count(*) AS parts, sum(p.amount) AS paid, d.amount AS owed
        FROM payments AS p JOIN debts AS d USING (debt_id) WHERE NOT bounced AND p.amount > 0
        GROUP BY debt_id, d.amount"""
    assert 0.03 < value(engine, f"SELECT avg(CAST(parts > 1 AS INT)) FROM ({per_debt})") < 0.2
    assert 0.002 < value(engine, f"SELECT avg(CAST(paid > owed AS INT)) FROM ({per_debt})") < 0.04


def test_about_half_of_the_promises_are_kept(engine: duckdb.DuckDBPyConnection) -> None:
    kept = """SELECT avg(CAST(paid >= amount AS INT)) FROM (
        SELECT r.promise_id, r.amount, coalesce(sum(p.amount), 0) AS paid
        FROM promises AS r LEFT JOIN payments AS p
          ON p.debt_id = r.debt_id AND NOT bounced AND paid_on BETWEEN made_on AND r.due_on
        WHERE r.due_on <= '2026-06-30' GROUP BY ALL)"""
    assert 0.3 < value(engine, kept) < 0.7


def test_worse_payers_are_contacted_more_over_each_late_debt(
    engine: duckdb.DuckDBPyConnection,
) -> None:
    slope = """SELECT corr(late, tries / late_debts) FROM (
        SELECT debt.customer_id, avg(CAST(coalesce(settled_on > due_on + 5, true) AS INT)) AS late,
               count(*) FILTER (coalesce(settled_on > due_on + 5, true)) AS late_debts
        FROM settled GROUP BY 1 HAVING late_debts > 0
    ) JOIN (SELECT customer_id, count(*) AS tries FROM contacts GROUP BY 1) USING (customer_id)"""
    assert value(engine, slope) > 0.2


def test_bureau_score_hints_at_payment(engine: duckdb.DuckDBPyConnection) -> None:
    slope = """SELECT corr(late, score) FROM (
        SELECT debt.customer_id, avg(CAST(coalesce(settled_on > due_on, true) AS INT)) AS late
        FROM settled GROUP BY 1
    ) JOIN (
        SELECT customer_id, avg(bureau_score) AS score FROM attributes GROUP BY 1
    ) USING (customer_id)"""
    assert -0.8 < value(engine, slope) < -0.2


def test_country_sets_currency_and_language(tmp_path: Path) -> None:
    simulate_portfolio(tmp_path, accounts=50, months=6, seed=1, country="BR")
    brazil = open_portfolio(tmp_path)
    assert brazil.execute("SELECT DISTINCT currency FROM debts").fetchall() == [("BRL",)]
    assert brazil.execute("SELECT DISTINCT language, country FROM customers").fetchall() == [
        ("pt", "BR")
    ]


# Refusals ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"accounts": 9}, r"accounts is 9\. Ask for at least 10"),
        ({"months": 5}, r"months is 5\. Ask for 6 to 120"),
        ({"months": 121}, r"months is 121\. Ask for 6 to 120"),
        ({"seed": -1}, r"seed is -1\. Choose 0 or more"),
        ({"faults": 1.5}, r"faults is 1\.5\. Give a share from 0 to 1"),
        ({"fault_kind": "rust"}, r"fault kind rust is unknown\. Choose one of missing_table"),
        ({"country": "XX"}, r"country XX is unknown\. Choose one of AR, BR, CL, CO, EC"),
    ],
)
def test_impossible_portfolio_is_refused(
    tmp_path: Path, arguments: dict[str, int | str], message: str
) -> None:
    asked = {"accounts": 100, "months": 12, "seed": 1} | arguments
    with pytest.raises(ConfigurationError, match=message):
        simulate_portfolio(tmp_path / "refused", **asked)  # type: ignore[arg-type]
    assert not (tmp_path / "refused").exists()
