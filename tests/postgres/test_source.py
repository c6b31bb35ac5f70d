"""A company's PostgreSQL is read like its files: the same rows, all of one moment, and no more than needed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from builders import complete, extraction_of, write_portfolio

from propension.errors import ConfigurationError, DataError, PropensionError
from propension.schema import TABLES
from propension.sources import Extraction, PostgreSQL
from propension.sources.snapshot import Snapshot

MAPPED = {
    "customers": {"table": "clientes", "columns": {"customer_id": "NIT", "name": "nombre"}},
    "debts": {
        "sql": "SELECT numero AS debt_id, nit AS customer_id, emision AS issued_on, vence AS due_on, "
        "valor AS amount FROM facturas WHERE valor > 0;  "
    },
    "payments": {
        "table": "ventas.recibos",
        "columns": {
            "payment_id": "recibo", "debt_id": "numero", "paid_on": "fecha", "amount": "valor",
        },
    },
}  # fmt: skip
ROWS = """
INSERT INTO clientes VALUES ('C1', 'Ana Gómez', 'Sur', 'no es asunto de nadie');
INSERT INTO facturas VALUES ('00000000-0000-0000-0000-000000000001', 'C1', '2026-01-01', '2026-01-31', 100.10);
INSERT INTO recibos VALUES (9007199254740993123, '00000000-0000-0000-0000-000000000001', '2026-02-10', 40)"""


def read(folder: Path, tables: Any = None, **source: Any) -> Extraction:
    chosen = {"kind": "postgresql", "path": None, "tables": MAPPED if tables is None else tables}
    return extraction_of(folder, source=chosen | source)


def rows_of(extraction: Extraction, table: str, columns: str) -> list[tuple[Any, ...]]:
    file = extraction.folder / f"{table}.parquet"
    return duckdb.execute(f"SELECT {columns} FROM '{file}' ORDER BY ALL").fetchall()


@pytest.fixture
def filled(company):
    company.run("SET search_path = ventas;" + ROWS)
    return company


def test_tables_are_mapped_by_columns_and_by_the_sources_own_sql(tmp_path, filled) -> None:
    extraction = read(tmp_path)
    assert [finding.rule for finding in extraction.findings] == []
    assert rows_of(extraction, "customers", "customer_id, name, region") == [
        ("C1", "Ana Gómez", "Sur")
    ]
    assert rows_of(extraction, "debts", "debt_id, amount::VARCHAR") == [
        ("00000000-0000-0000-0000-000000000001", "100.10")
    ]
    assert rows_of(extraction, "payments", "payment_id, amount::VARCHAR") == [
        ("9007199254740993123", "40.00")
    ]


def test_files_a_duckdb_file_and_postgresql_give_the_same_canonical_tables(
    tmp_path, company
) -> None:
    attributes = [{"bureau_score": n / 3, "employees": n, "sector": "x"} for n in range(5)]
    data = write_portfolio(
        tmp_path,
        customers=[{"region": f"R{n % 3}", "credit_limit": n * 1.5} for n in range(40)],
        debts=[{"customer_id": f"C{n % 45 + 1}", "amount": f"{n}.{n:02}"} for n in range(90)],
        payments=[{"debt_id": f"D{n + 1}", "bounced": n % 7 == 0} for n in range(60)],
        contacts=[{"at": dt.datetime(2026, 2, 5, n % 24, 30)} for n in range(30)],
        attributes=attributes,
    )
    with duckdb.connect(str(tmp_path / "company.duckdb")) as engine:
        for file in data.iterdir():
            engine.execute(f"CREATE TABLE {file.stem} AS FROM '{file}'")
            company.load(file.stem, pq.read_table(file))
    found = [
        extraction_of(tmp_path / "f", source={"path": str(data)}),
        extraction_of(
            tmp_path / "d", source={"kind": "duckdb", "path": str(tmp_path / "company.duckdb")}
        ),
        read(tmp_path / "p", {}),
    ]
    assert len(found[0].tables) == 5
    assert any(finding.severity == "refused" for finding in found[0].findings)
    told = [(finding.table, finding.rule, finding.rows) for finding in found[0].findings]
    for other in found[1:]:
        assert other.tables == found[0].tables
        assert [(f.table, f.rule, f.rows) for f in other.findings] == told


def test_all_tables_are_of_one_moment(tmp_path, filled, monkeypatch) -> None:
    fetch, later = Snapshot.fetch, []

    def fetch_and_let_others_write(self, engine, plan, table, folder):
        if not later:
            later.append(table.name)
            filled.run("INSERT INTO ventas.recibos SELECT 2, numero, fecha, 1 FROM ventas.recibos")
        return fetch(self, engine, plan, table, folder)

    monkeypatch.setattr(Snapshot, "fetch", fetch_and_let_others_write)
    assert read(tmp_path / "first").tables["payments"].read == 1
    assert read(tmp_path / "second").tables["payments"].read == 2


def test_a_query_cannot_change_the_source(tmp_path, filled) -> None:
    filled.run(
        "CREATE FUNCTION ventas.cobrar() RETURNS text LANGUAGE sql SECURITY DEFINER AS "
        "'INSERT INTO ventas.recibos VALUES (7) RETURNING $$x$$'"
    )
    mapped = MAPPED | {"customers": {"sql": "SELECT cobrar() AS customer_id"}}
    with pytest.raises(DataError, match="cannot execute INSERT in a read-only transaction"):
        read(tmp_path, mapped)


def test_only_columns_that_something_reads_are_fetched_and_the_others_are_named(
    tmp_path, filled, monkeypatch
) -> None:
    filled.run("ALTER TABLE ventas.recibos ADD COLUMN cajero text")
    asked, batches = [], PostgreSQL.batches
    monkeypatch.setattr(
        PostgreSQL,
        "batches",
        lambda self, sql, where: (asked.append(sql), batches(self, sql, where))[1],
    )
    (finding,) = read(tmp_path).findings
    assert finding.message.startswith("payments: nothing reads the columns cajero.")
    assert len(asked) == 3
    assert "cajero" not in " ".join(asked)


def test_columns_the_role_may_not_read_do_not_exist_for_it(tmp_path, filled) -> None:
    file = read(tmp_path).folder / "customers.parquet"
    assert "notas" not in pq.read_schema(file).names
    mapped = MAPPED | {"customers": {"table": "clientes", "columns": {"customer_id": "notas"}}}
    messages = [finding.message for finding in read(tmp_path, mapped).findings]
    assert any("the source has no column notas" in message for message in messages)


@pytest.mark.parametrize(
    ("kind", "value", "arrives"),
    [
        ("numeric(30,10)", "12345678901234567890.0000000001", "12345678901234567890.0000000001"),
        ("bigint", "9007199254740993123", "9007199254740993123"),
        ("uuid", "'0f3a0000-0000-0000-0000-000000000001'", "0f3a0000-0000-0000-0000-000000000001"),
        ("char(6)", "'C1'", "C1"),
        ("ventas.canal", "'sms'", "sms"),
        ("jsonb", """'{"id": 1}'""", '{"id": 1}'),
    ],
)
def test_an_id_of_any_type_keeps_every_sign(tmp_path, filled, kind, value, arrives) -> None:
    filled.run("CREATE TYPE ventas.canal AS ENUM ('sms')")
    sql = f"SELECT ({value})::{kind} AS payment_id, numero AS debt_id, fecha AS paid_on, valor AS amount FROM recibos"
    extraction = read(tmp_path, MAPPED | {"payments": {"sql": sql}})
    assert rows_of(extraction, "payments", "payment_id") == [(arrives,)]


def test_amounts_arrive_to_the_cent(tmp_path, filled) -> None:
    filled.run("TRUNCATE ventas.recibos")
    filled.run(
        "INSERT INTO ventas.recibos SELECT n, numero, fecha, (n * 7919 % 1000003) / 100.0 "
        "FROM ventas.facturas, LATERAL (SELECT emision + 1 AS fecha) d, generate_series(1, 2000) n"
    )
    extraction = read(tmp_path)
    assert rows_of(extraction, "payments", "payment_id::INT, (amount * 100)::INT") == [
        (n, n * 7919 % 1000003) for n in range(1, 2001)
    ]


def test_instants_become_utc_and_no_end_is_no_date(tmp_path, filled) -> None:
    disputes = (
        "SELECT 'X' AS dispute_id, numero AS debt_id, emision AS opened_on, 'infinity'::date AS closed_on, "
        "timestamptz '2026-02-01 22:00-05' AS recorded_at FROM facturas"
    )
    extraction = read(tmp_path, MAPPED | {"disputes": {"sql": disputes}})
    assert rows_of(extraction, "disputes", "closed_on, recorded_at") == [
        (None, dt.datetime(2026, 2, 2, 3))
    ]


def test_attributes_of_numbers_arrive_as_numbers(tmp_path, filled) -> None:
    attributes = "SELECT nit AS customer_id, date '2026-01-01' AS known_on, 7.5::numeric AS bureau_score FROM clientes"
    extraction = read(tmp_path, MAPPED | {"attributes": {"sql": attributes}})
    assert rows_of(extraction, "attributes", "bureau_score") == [(7.5,)]


def test_an_empty_table_has_its_columns(tmp_path, filled) -> None:
    filled.run("TRUNCATE ventas.recibos")
    extraction = read(tmp_path)
    assert [finding.rule for finding in extraction.findings] == ["empty_table"]


def test_a_table_the_role_may_not_read_is_none_of_ours_unless_it_is_mapped(
    tmp_path, filled
) -> None:
    filled.run("CREATE TABLE ventas.contacts AS SELECT 1 AS x")
    assert set(read(tmp_path).tables) == {"customers", "debts", "payments"}
    message = (
        r"source\.tables\.contacts: permission denied for table contacts\. Grant it: docs/databases"
    )
    with pytest.raises(DataError, match=message):
        read(tmp_path, MAPPED | {"contacts": {"sql": "SELECT x AS customer_id FROM contacts"}})
    with pytest.raises(DataError, match=message):
        read(
            tmp_path, MAPPED | {"contacts": {"table": "contacts", "columns": {"customer_id": "x"}}}
        )


@pytest.mark.parametrize(
    ("tables", "fault", "message"),
    [
        ({"debts": {"table": "factura"}}, ConfigurationError, r"no table factura \(did you mean facturas\?\)\."),
        ({"debts": {"sql": "SELECT * FROM fakturas"}}, DataError, r'debts: relation "fakturas" does not exist\. Correct'),
        ({"debts": {"sql": "SELECT nummer FROM facturas"}}, DataError, r'column "nummer" does not exist'),
        ({"debts": {"sql": "SELECT 1; DROP TABLE facturas"}}, DataError, r"source\.tables\.debts: syntax error"),
        ({"debts": {"sql": "SELEC 1"}}, DataError, r"source\.tables\.debts: syntax error"),
        ({"payments": {"sql": "SELECT *, 1 / (valor - 40) AS amount FROM recibos"}}, DataError, "payments: division by zero"),
        ({"customers": {"sql": "SELECT nombre::int AS customer_id FROM clientes"}}, DataError, r'integer: "\.\.\."\.'),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_place(
    tmp_path, filled, tables, fault, message
) -> None:
    with pytest.raises(fault, match=message) as told:
        read(tmp_path, MAPPED | tables)
    assert not told.value.facts.get("may_pass")
    assert "Ana" not in str(told.value)


def test_a_missing_column_and_a_missing_table_are_findings_as_in_files(tmp_path, filled) -> None:
    mapped = {"customers": {"table": "clientes", "columns": {"customer_id": "cedula"}}}
    messages = [f.message for f in read(tmp_path, mapped).findings if f.severity == "fatal"]
    assert "source.tables.customers.columns: the source has no column cedula" in messages[-1]
    assert messages[0] == (
        "debts: the table is missing. The database holds clientes, facturas, recibos. "
        "Map it under source.tables.debts."
    )


def test_a_connection_lost_while_reading_may_pass(tmp_path, filled, monkeypatch) -> None:
    fetch = Snapshot.fetch

    def lose(self, engine, plan, table, folder):
        filled.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'propension_reader'"
        )
        return fetch(self, engine, plan, table, folder)

    monkeypatch.setattr(Snapshot, "fetch", lose)
    with pytest.raises(DataError, match="the connection to PostgreSQL was lost") as told:
        read(tmp_path)
    assert told.value.facts["may_pass"]


def test_a_type_of_every_declared_column_survives(tmp_path, company) -> None:
    rows = {name: [complete(name, {})] for name in TABLES if complete(name, {})}
    data = write_portfolio(tmp_path, **rows)
    for file in data.iterdir():
        company.load(file.stem, pq.read_table(file))
    files = extraction_of(tmp_path / "f", source={"path": str(data)})
    assert read(tmp_path / "p", {}).tables == files.tables


def test_no_source_without_its_variable(tmp_path, company, monkeypatch) -> None:
    monkeypatch.delenv("PROPENSION_SOURCE_URI")
    with pytest.raises(ConfigurationError, match="environment variable PROPENSION_SOURCE_URI is"):
        read(tmp_path)


def test_the_faults_are_of_the_products_own_tree(tmp_path, filled, monkeypatch) -> None:
    monkeypatch.setenv("PROPENSION_SOURCE_URI", "no uri at all")
    with pytest.raises(PropensionError, match="it is not a connection URI"):
        read(tmp_path)
