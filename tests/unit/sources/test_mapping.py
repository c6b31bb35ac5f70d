"""A company's own tables reach the canonical ones by a column map or by one SELECT, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from builders import OMIT, Row, extraction_of, write_portfolio

from propension.errors import ConfigurationError, DataError
from propension.sources import Extraction

INVOICES: list[Row] = [
    {"Numero": "0001", "NIT": "C1", "Emision": "2026-01-01", "Vence": "2026-01-31", "Valor": "100"},
    {"Numero": "0002", "NIT": "C1", "Emision": "2026-02-01", "Vence": "2026-02-28", "Valor": "0"},
]
COLUMNS = {"debt_id": "Numero", "customer_id": "nit", "issued_on": "emision", "due_on": "vence", "amount": "valor"}  # fmt: skip
SELECT = """
SELECT Numero AS debt_id, NIT AS customer_id, Emision AS issued_on, Vence AS due_on, Valor AS amount
FROM facturas"""


def write_invoices(folder: Path) -> None:
    data = write_portfolio(folder, "csv", facturas=INVOICES, payments=[{"debt_id": "0001"}])
    (data / "debts.csv").unlink()


def extract_with(folder: Path, debts: dict[str, Any]) -> Extraction:
    return extraction_of(folder, source={"tables": {"debts": debts}})


def debt_ids(extraction: Extraction) -> list[str]:
    file = extraction.folder / "debts.parquet"
    return [row[0] for row in duckdb.execute(f"SELECT debt_id FROM '{file}' ORDER BY 1").fetchall()]


# Column maps


def test_column_map_renames_whatever_the_case(tmp_path: Path) -> None:
    write_invoices(tmp_path)
    extraction = extract_with(tmp_path, {"table": "facturas", "columns": COLUMNS})
    assert debt_ids(extraction) == ["0001"]
    assert extraction.tables["debts"].read == 2
    assert {f.rule for f in extraction.findings} == {"amount_not_positive"}


def test_columns_in_capitals_need_no_map(tmp_path: Path) -> None:
    data = write_portfolio(tmp_path, "csv")
    file = data / "debts.csv"
    header, *rows = file.read_text().splitlines()
    file.write_text("\n".join([header.upper(), *rows]))
    extraction = extraction_of(tmp_path)
    assert extraction.findings == ()
    assert debt_ids(extraction) == ["D1"]


def test_mapped_column_that_the_source_lacks_is_fatal_with_what_it_holds(tmp_path: Path) -> None:
    write_invoices(tmp_path)
    extraction = extract_with(
        tmp_path, {"table": "facturas", "columns": COLUMNS | {"amount": "Valro"}}
    )
    (finding,) = extraction.findings
    assert (finding.rule, finding.severity, finding.column) == ("missing_column", "fatal", "Valro")
    assert finding.message == (
        "source.tables.debts.columns: the source has no column Valro (did you mean Valor?). "
        "It holds Numero, NIT, Emision, Vence, Valor."
    )


def test_map_of_a_column_the_contract_does_not_know_is_refused(tmp_path: Path) -> None:
    write_invoices(tmp_path)
    with pytest.raises(
        ConfigurationError,
        match=r"source\.tables\.debts\.columns: acount_id is not a column of debts \(did you mean account_id\?\)",
    ):
        extract_with(tmp_path, {"table": "facturas", "columns": COLUMNS | {"acount_id": "NIT"}})


def test_attributes_may_be_mapped_to_any_name(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", attributes=[{"Puntaje": 650}])
    tables = {"attributes": {"columns": {"bureau_score": "Puntaje"}}}
    extraction = extraction_of(tmp_path, source={"tables": tables})
    assert extraction.findings == ()
    file = extraction.folder / "attributes.parquet"
    assert duckdb.execute(f"SELECT bureau_score FROM '{file}'").fetchall() == [("650",)]


def test_mapped_column_wins_over_a_source_column_of_the_canonical_name(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", customers=[{"customer_id": "internal-9", "nit": "C1"}])
    tables = {"customers": {"columns": {"customer_id": "nit"}}}
    extraction = extraction_of(tmp_path, source={"tables": tables})
    assert extraction.tables["debts"].kept == 1
    assert [(f.rule, f.column) for f in extraction.findings] == [("unread_columns", "customer_id")]


def test_missing_source_table_gets_a_suggestion(tmp_path: Path) -> None:
    write_invoices(tmp_path)
    with pytest.raises(
        ConfigurationError,
        match=r"^source\.tables\.debts: the source has no table factura \(did you mean facturas\?\)\.$",
    ):
        extract_with(tmp_path, {"table": "factura", "columns": COLUMNS})


# SQL


@pytest.mark.parametrize(
    "sql",
    [
        SELECT,
        SELECT + ";",
        f"-- invoices\n{SELECT} WHERE Valor::DOUBLE > 0 -- not the cancelled",
        f"WITH Debts AS ({SELECT}) SELECT * FROM debts",
        f"WITH facturas AS (SELECT * FROM facturas) {SELECT}",
        f"SELECT * FROM ({SELECT} UNION ALL {SELECT} LIMIT 1)",
        "SELECT f.Numero AS debt_id, c.customer_id, Emision AS issued_on, Vence AS due_on, Valor AS amount "
        "FROM facturas f JOIN customers c ON f.NIT = c.customer_id",
    ],
)
def test_one_select_over_the_sources_tables_maps(tmp_path: Path, sql: str) -> None:
    write_invoices(tmp_path)
    extraction = extract_with(tmp_path, {"sql": sql})
    assert debt_ids(extraction) == ["0001"]


def test_with_clause_does_not_hide_a_missing_table(tmp_path: Path) -> None:
    write_invoices(tmp_path)
    sql = f"WITH a AS (SELECT * FROM b), b AS ({SELECT}) SELECT * FROM b"
    with pytest.raises(ConfigurationError, match=r"the source has no table b\."):
        extract_with(tmp_path, {"sql": sql})


def test_sql_file_is_read_from_the_configurations_folder(tmp_path: Path) -> None:
    write_invoices(tmp_path)
    (tmp_path / "debts.sql").write_text(SELECT, encoding="utf-8")
    assert debt_ids(extract_with(tmp_path, {"sql_file": "debts.sql"})) == ["0001"]


def test_missing_sql_file_is_named(tmp_path: Path) -> None:
    write_invoices(tmp_path)
    with pytest.raises(
        ConfigurationError,
        match=r"source\.tables\.debts\.sql_file \(nope\.sql\): .*No such file.*Correct the path",
    ):
        extract_with(tmp_path, {"sql_file": "nope.sql"})


def test_sql_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    write_invoices(tmp_path)
    (tmp_path / "debts.sql").write_bytes(f"-- año\n{SELECT}".encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r"debts\.sql cannot be read: it is not UTF-8"):
        extract_with(tmp_path, {"sql_file": "debts.sql"})


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE facturas",
        f"{SELECT}; DROP TABLE facturas",
        f"{SELECT}; {SELECT}",
        "COPY facturas TO 'out.csv'",
        "ATTACH 'other.duckdb'",
        "INSTALL httpfs",
        "SET threads = 8",
        "-- nothing",
        "INSERT INTO facturas SELECT * FROM facturas",
        "CREATE TABLE x AS SELECT 1",
    ],
)
def test_what_is_not_one_select_is_refused(tmp_path: Path, sql: str) -> None:
    write_invoices(tmp_path)
    with pytest.raises(
        ConfigurationError, match=r"^source\.tables\.debts\.sql: expected one SELECT\. Remove"
    ):
        extract_with(tmp_path, {"sql": sql})
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT * FROM\n(facturas", r"line 2: .*Correct the query"),
        ("SELECT 'abc FROM facturas", r"Error tokenizing.*Correct the query; .* below `sql: \|`"),
        ("SELECT FROM WHERE", r"line 1: Expected table name but got 'WHERE'\. Correct"),
    ],
)
def test_sql_that_does_not_parse_says_where(tmp_path: Path, sql: str, said: str) -> None:
    write_invoices(tmp_path)
    with pytest.raises(ConfigurationError, match=rf"^source\.tables\.debts\.sql: {said}") as told:
        extract_with(tmp_path, {"sql": sql})
    assert "Token" not in str(told.value)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT Numero AS debt_id FROM factures", r"the source has no table factures \(did you mean facturas"),
        ("SELECT Numro AS debt_id FROM facturas", r'the query fails: .*"Numro" not found.*Correct the mapping'),
        ("SELECT nofunction(Numero) AS debt_id FROM facturas", r"the query fails: .*nofunction.*Correct"),
        (f"{SELECT} WHERE Valor::DOUBLE / Emision::DOUBLE > 0", r"the query fails: .*Correct the mapping"),
    ],
)  # fmt: skip
def test_sql_that_fails_says_why(tmp_path: Path, sql: str, said: str) -> None:
    write_invoices(tmp_path)
    with pytest.raises((ConfigurationError, DataError), match=rf"^source\.tables\.debts: {said}"):
        extract_with(tmp_path, {"sql": sql})


@pytest.mark.parametrize(
    "function",
    [
        "read_csv('{file}', all_varchar = true, header = false, names = ['debt_id'])",
        "(SELECT content AS debt_id FROM read_text('{file}'))",
        "(SELECT content::VARCHAR AS debt_id FROM read_blob('{file}'))",
        "(SELECT file AS debt_id FROM glob('{file}'))",
        "(SELECT Prompt AS debt_id FROM sniff_csv('{file}'))",
        "read_parquet('{file}')",
        "read_csv('https://example.org/{file}')",
    ],
)
def test_no_query_reaches_a_file_outside_the_source(tmp_path: Path, function: str) -> None:
    portfolio = tmp_path / "portfolio"
    write_invoices(portfolio)
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,2\n")
    columns = "debt_id, '' AS customer_id, '' AS issued_on, '' AS due_on, '' AS amount"
    sql = f"SELECT {columns} FROM {function.format(file=secret)}"
    with pytest.raises(
        DataError, match=r"source\.tables\.debts: the query fails: Permission Error"
    ):
        extract_with(portfolio, {"sql": sql})


def test_file_named_in_from_is_no_table(tmp_path: Path) -> None:
    write_invoices(tmp_path)
    with pytest.raises(ConfigurationError, match="the source has no table /etc/passwd"):
        extract_with(tmp_path, {"sql": "SELECT * FROM '/etc/passwd'"})


def test_query_may_compute_without_a_table(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", customers=[{"name": OMIT}])
    sql = (
        "SELECT 'D' || n AS debt_id, 'C1' AS customer_id, DATE '2026-01-01' AS issued_on, "
        "DATE '2026-02-01' AS due_on, n * 10 AS amount FROM range(1, 4) AS t(n)"
    )
    assert debt_ids(extract_with(tmp_path, {"sql": sql})) == ["D1", "D2", "D3"]


def test_column_a_query_does_not_select_is_asked_of_the_query(tmp_path: Path) -> None:
    write_invoices(tmp_path)
    extraction = extract_with(
        tmp_path, {"sql": SELECT.replace("Valor AS amount", "Valor AS amont")}
    )
    fatal = [finding for finding in extraction.findings if finding.severity == "fatal"]
    assert [finding.message for finding in fatal] == [
        "debts: column amount is missing (did you mean amont?). Select it in the query of "
        "source.tables.debts."
    ]


def test_codes_of_countries_and_languages_are_read_however_they_are_written(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", customers=[{"country": " co", "language": "ES"}])
    file = extraction_of(tmp_path).folder / "customers.parquet"
    found = duckdb.execute(f"SELECT country, language FROM read_parquet('{file}')").fetchall()
    assert found == [("CO", "es")]
