"""The company's tables are opened as they are: a folder of files, or a DuckDB file."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from builders import extraction_of, write_portfolio

from propension.config.settings import Resources
from propension.errors import DataError
from propension.sources import open_engine, quoted, text_literal

TABLES = [
    "CREATE TABLE customers AS SELECT 'C1' AS customer_id",
    "CREATE TABLE facturas AS SELECT 9007199254740993123 AS debt_id, 'C1' AS customer_id, "
    "DATE '2026-01-01' AS issued_on, DATE '2026-01-31' AS due_on, 100 AS amount",
    "CREATE VIEW payments AS SELECT 'P1' AS payment_id, debt_id, DATE '2026-02-10' AS paid_on, 40 AS amount FROM facturas",
    "CREATE SCHEMA sales",
    "CREATE TABLE sales.facturas AS SELECT 1 AS other",
]


def database(folder: Path) -> None:
    engine = duckdb.connect(str(folder / "company.duckdb"))
    for statement in TABLES:
        engine.execute(statement)
    engine.close()


@pytest.mark.parametrize(
    "mapping",
    [
        {"table": "facturas"},
        {"sql": "SELECT * FROM facturas WHERE amount > 0"},
        {"sql": "SELECT * FROM source.main.facturas"},
    ],
)
def test_duckdb_file_is_a_source(tmp_path: Path, mapping: dict[str, str]) -> None:
    database(tmp_path)
    extraction = extraction_of(
        tmp_path,
        source={"kind": "duckdb", "path": "company.duckdb", "tables": {"debts": mapping}},
    )
    assert extraction.findings == ()
    assert {name: count.kept for name, count in extraction.tables.items()} == {
        "customers": 1, "debts": 1, "payments": 1,
    }  # fmt: skip
    file = extraction.folder / "debts.parquet"
    assert duckdb.execute(f"SELECT debt_id FROM '{file}'").fetchall() == [("9007199254740993123",)]


def test_duckdb_file_is_not_changed_by_reading_it(tmp_path: Path) -> None:
    database(tmp_path)
    before = (tmp_path / "company.duckdb").read_bytes()
    mapping = {"debts": {"table": "facturas"}}
    extraction_of(tmp_path, source={"kind": "duckdb", "path": "company.duckdb", "tables": mapping})
    assert (tmp_path / "company.duckdb").read_bytes() == before


def test_broken_view_of_a_duckdb_file_is_refused_by_name(tmp_path: Path) -> None:
    database(tmp_path)
    engine = duckdb.connect(str(tmp_path / "company.duckdb"))
    engine.execute("ALTER TABLE facturas RENAME TO invoices")
    engine.close()
    with pytest.raises(DataError, match=r"table payments of the source: cannot be read .*facturas"):
        extraction_of(tmp_path, source={"kind": "duckdb", "path": "company.duckdb"})


def test_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "company.duckdb").write_text("not a database " * 1000)
    with pytest.raises(DataError, match=r"source\.path: .* cannot be opened as a DuckDB file"):
        extraction_of(tmp_path, source={"kind": "duckdb", "path": "company.duckdb"})


def test_database_given_as_a_folder_names_the_setting_to_change(tmp_path: Path) -> None:
    database(tmp_path)
    with pytest.raises(DataError, match="is not a folder; for a DuckDB file set kind: duckdb"):
        extraction_of(tmp_path, source={"path": "company.duckdb"})


def test_parquet_is_read_before_text_of_the_same_name(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", customers=[{}, {}])
    write_portfolio(tmp_path, "parquet")
    assert extraction_of(tmp_path).tables["customers"].read == 1


def test_file_that_is_not_parquet_is_refused_without_advice_on_text(tmp_path: Path) -> None:
    data = write_portfolio(tmp_path)
    (data / "payments.parquet").write_text("payment_id\n")
    with pytest.raises(DataError, match=r"payments\.parquet: cannot be read ") as told:
        extraction_of(tmp_path)
    assert "csv" not in str(told.value)


def test_folder_may_be_called_like_a_pattern(tmp_path: Path) -> None:
    folder = tmp_path / "cartera [2026] *"
    write_portfolio(folder, "csv")
    assert extraction_of(folder).findings == ()


def test_other_files_of_the_folder_are_left_alone(tmp_path: Path) -> None:
    data = write_portfolio(tmp_path)
    (data / "README.md").write_text("nothing to read")
    (data / "broken.csv").write_text("")
    assert extraction_of(tmp_path).findings == ()


def test_engine_keeps_to_its_threads_and_memory_and_loads_nothing_by_itself(tmp_path: Path) -> None:
    engine = open_engine(Resources(threads=1, memory_gb=0.5), tmp_path / "work")
    settings = dict(
        engine.execute(
            "SELECT name, value FROM duckdb_settings() WHERE name IN ('threads', 'memory_limit', "
            "'autoinstall_known_extensions', 'autoload_known_extensions', 'TimeZone')"
        ).fetchall()
    )
    engine.close()
    assert settings == {
        "threads": "1",
        "memory_limit": "476.8 MiB",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "TimeZone": "UTC",
    }


@pytest.mark.parametrize("text", ["plain", "it's", 'say "x"', "'; DROP TABLE t; --", "ñ😀"])
def test_names_and_texts_survive_as_sql(text: str) -> None:
    answer = duckdb.execute(f"SELECT {text_literal(text)} AS {quoted(text)}")
    assert (answer.description or [])[0][0] == text
    assert answer.fetchall() == [(text,)]
