"""An extraction counts every row, and its content hash speaks of content alone."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from builders import (
    DEFAULTS,
    OMIT,
    TODAY,
    Row,
    complete,
    extraction_of,
    settings_of,
    write_csv,
    write_portfolio,
)

from propension.errors import ConfigurationError, DataError
from propension.schema import refuse_if_fatal
from propension.sources import Extraction, extract

LONG_ID = "9007199254740993123"  # 19 digits, beyond what a double can tell apart


def hashes(extraction: Extraction) -> dict[str, str]:
    return {name: count.content_hash for name, count in extraction.tables.items()}


def column(extraction: Extraction, table: str, name: str) -> list[Any]:
    file = extraction.folder / f"{table}.parquet"
    rows = duckdb.execute(f"SELECT {name} FROM read_parquet('{file}') ORDER BY 1").fetchall()
    return [value for (value,) in rows]


def several(n: int) -> dict[str, list[Row]]:
    return {
        "customers": [{"region": f"R{i % 3}", "credit_limit": i} for i in range(n)],
        "debts": [{"customer_id": f"C{i % n + 1}", "amount": 100 + i} for i in range(2 * n)],
        "payments": [{"debt_id": f"D{i + 1}", "amount": 10 + i} for i in range(n)],
    }


@pytest.fixture
def machine_in_tokyo() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


# Content


def test_content_hash_does_not_depend_on_the_order_of_rows(tmp_path: Path) -> None:
    folders = tmp_path / "sorted", tmp_path / "shuffled"
    write_portfolio(folders[0], "csv", **several(20))
    data = write_portfolio(folders[1], "csv", **several(20))
    for file in data.iterdir():
        header, *lines = file.read_text().splitlines(keepends=True)
        random.Random(7).shuffle(lines)
        file.write_text(header + "".join(lines))
    first, second = (extraction_of(folder) for folder in folders)
    assert hashes(first) == hashes(second)


def test_content_hash_does_not_depend_on_the_order_of_columns(tmp_path: Path) -> None:
    row: Row = {"customer_id": "C1", "name": "Ana", "segmento": "A", "barrio": "B"}
    for folder, columns in ((tmp_path / "a", list(row)), (tmp_path / "b", list(row)[::-1])):
        data = write_portfolio(folder, "csv")
        write_csv(data / "customers.csv", [row], columns)
    assert hashes(extraction_of(tmp_path / "a")) == hashes(extraction_of(tmp_path / "b"))


def test_content_hash_is_that_of_parquet_and_of_text_alike(tmp_path: Path) -> None:
    write_portfolio(tmp_path / "text", "csv", **several(5))
    write_portfolio(tmp_path / "parquet", "parquet", **several(5))
    assert hashes(extraction_of(tmp_path / "text")) == hashes(extraction_of(tmp_path / "parquet"))


@pytest.mark.parametrize(
    "payments",
    [
        [{"amount": 40}, {"amount": "40.01"}],
        [{"amount": 40}],
        [{"amount": 40}, {"amount": 40}, {"amount": 40}],
        [{"amount": 40}, {"amount": 40, "method": "cash"}],
        [{"amount": 40}, {"amount": 40, "paid_on": "2026-02-11"}],
    ],
)
def test_content_hash_follows_content(tmp_path: Path, payments: list[Row]) -> None:
    write_portfolio(tmp_path / "a", "csv", payments=[{"amount": 40}, {"amount": 40}])
    write_portfolio(tmp_path / "b", "csv", payments=payments)
    first, second = hashes(extraction_of(tmp_path / "a")), hashes(extraction_of(tmp_path / "b"))
    assert first["payments"] != second["payments"]
    assert first["debts"] == second["debts"]


def test_rows_delivered_twice_leave_the_content_of_one_delivery(tmp_path: Path) -> None:
    once = several(4)
    twice = {
        name: [{**row, f"{name[:-1]}_id": f"{name[0].upper()}{number}"} for number, row in
               enumerate(rows, 1)] * 2
        for name, rows in once.items()
    }  # fmt: skip
    write_portfolio(tmp_path / "once", "csv", **once)
    write_portfolio(tmp_path / "twice", "csv", **twice)
    first, second = extraction_of(tmp_path / "once"), extraction_of(tmp_path / "twice")
    assert hashes(first) == hashes(second)
    assert {name: count.refused for name, count in second.tables.items()} == {
        "customers": 4, "debts": 8, "payments": 4,
    }  # fmt: skip
    assert {finding.rule for finding in second.findings} == {"duplicate_key"}


# Ids, texts and sizes


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_ids_keep_every_digit_and_leading_zero(tmp_path: Path, kind: Any) -> None:
    write_portfolio(
        tmp_path,
        kind,
        customers=[{"customer_id": LONG_ID}, {"customer_id": "007"}],
        debts=[{"customer_id": LONG_ID, "debt_id": "0000123"}, {"customer_id": "007"}],
        payments=[{"debt_id": "0000123"}],
    )
    extraction = extraction_of(tmp_path)
    assert extraction.findings == ()
    assert column(extraction, "customers", "customer_id") == ["007", LONG_ID]
    assert column(extraction, "payments", "debt_id") == ["0000123"]


def test_long_whole_numbers_keep_every_digit(tmp_path: Path) -> None:
    data = write_portfolio(tmp_path, debts=[{"customer_id": LONG_ID}])
    duckdb.execute(
        f"COPY (SELECT {LONG_ID}::BIGINT AS customer_id) TO '{data}/customers.parquet' (FORMAT parquet)"
    )
    extraction = extraction_of(tmp_path)
    assert column(extraction, "customers", "customer_id") == [LONG_ID]
    assert extraction.tables["debts"].kept == 1


def test_ids_stored_as_floats_are_refused(tmp_path: Path) -> None:
    data = write_portfolio(tmp_path)
    duckdb.execute(
        f"COPY (SELECT 'C1' AS customer_id, 1.5::DOUBLE AS group_id) TO '{data}/customers.parquet' (FORMAT parquet)"
    )
    extraction = extraction_of(tmp_path)
    (finding,) = extraction.findings
    assert (finding.rule, finding.severity, finding.table) == ("digits_lost", "fatal", "customers")
    assert finding.message == (
        "customers: group_id is stored as a floating-point number, which loses digits of long ids. "
        "Export it as text or as a whole number."
    )


def test_any_text_survives(tmp_path: Path) -> None:
    names = ["Ñandú 😀", "a,b;c\td", 'say "hi"', "two\nlines", "=1+2", "#remark", "'quoted'"]
    write_portfolio(tmp_path, "csv", customers=[{"name": name} for name in names])
    extraction = extraction_of(tmp_path)
    assert extraction.tables["customers"].kept == len(names)
    assert column(extraction, "customers", "name") == sorted(names, key=lambda name: name.encode())


@pytest.mark.usefixtures("machine_in_tokyo")
def test_instants_become_utc_whatever_the_zones_of_source_and_machine(tmp_path: Path) -> None:
    data = write_portfolio(tmp_path, contacts=[{}])
    contact = complete(
        "contacts", {"at": dt.datetime(2026, 2, 5, 22, tzinfo=ZoneInfo("America/Bogota"))}
    )
    pq.write_table(pa.Table.from_pylist([contact]), data / "contacts.parquet")
    write_portfolio(tmp_path / "text", "csv", contacts=[{"at": "2026-02-05T22:00:00-05:00"}])
    for folder in (tmp_path, tmp_path / "text"):
        assert column(extraction_of(folder), "contacts", '"at"') == [dt.datetime(2026, 2, 6, 3)]


# What is not there


@pytest.mark.parametrize("table", ["customers", "debts", "payments"])
def test_required_table_that_is_missing_is_fatal(tmp_path: Path, table: str) -> None:
    data = write_portfolio(tmp_path, "csv")
    (data / f"{table}.csv").unlink()
    others = ", ".join(sorted({"customers", "debts", "payments"} - {table}))
    extraction = extraction_of(tmp_path)
    (finding,) = extraction.findings
    assert (finding.rule, finding.severity, finding.table) == ("missing_table", "fatal", table)
    assert finding.message == (
        f"{table}: the table is missing. data holds {others}. Add {table}.parquet or {table}.csv, "
        f"or map it under source.tables.{table}."
    )
    with pytest.raises(DataError, match=f"^{table}: the table is missing"):
        refuse_if_fatal(extraction.findings)


def test_workbooks_beside_the_tables_are_said_not_to_be_read(tmp_path: Path) -> None:
    data = write_portfolio(tmp_path, "csv")
    (data / "payments.csv").unlink()
    (data / "Pagos.XLSX").write_bytes(b"PK")
    (finding,) = extraction_of(tmp_path).findings
    assert finding.message.endswith("Workbooks are not read (Pagos.XLSX): save every sheet as CSV.")
    tables = {"payments": {"table": "Pagos"}}
    with pytest.raises(ConfigurationError, match=r"no table Pagos\. .*save every sheet as CSV"):
        extraction_of(tmp_path, source={"tables": tables})


def test_optional_table_that_is_missing_is_no_fault(tmp_path: Path) -> None:
    write_portfolio(tmp_path)
    extraction = extraction_of(tmp_path)
    assert extraction.findings == ()
    assert extraction.has("payments")
    assert not extraction.has("contacts")


def test_required_column_that_is_missing_is_fatal_with_the_nearest_name(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", debts=[{"amount": OMIT, "ammount": 100}])
    fatal = [f for f in extraction_of(tmp_path).findings if f.severity == "fatal"]
    (finding,) = fatal
    assert (finding.rule, finding.table, finding.column) == ("missing_column", "debts", "amount")
    assert finding.message == (
        "debts: column amount is missing (did you mean ammount?). Map it under source.tables.debts.columns."
    )


def test_every_missing_column_is_named_at_once(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", debts=[{"amount": OMIT, "due_on": OMIT}])
    extraction = extraction_of(tmp_path)
    assert [finding.column for finding in extraction.findings] == ["due_on", "amount"]


def test_columns_that_nothing_reads_are_noted(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", debts=[{"sucursal": "Norte", "vendedor": "Luis"}])
    (finding,) = extraction_of(tmp_path).findings
    assert (finding.rule, finding.severity, finding.column) == (
        "unread_columns",
        "note",
        "sucursal, vendedor",
    )
    assert finding.message == (
        "debts: nothing reads the columns sucursal, vendedor. Map them to canonical names if they hold "
        "something known."
    )


def test_further_columns_of_customers_and_attributes_are_kept(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", customers=[{"audit_sex": "f"}], attributes=[{"Score": 7}])
    extraction = extraction_of(tmp_path)
    assert extraction.findings == ()
    assert column(extraction, "customers", "audit_sex") == ["f"]
    assert column(extraction, "attributes", "score") == ["7"]


def test_further_columns_named_like_the_engines_own_are_noted_not_mixed_up(tmp_path: Path) -> None:
    write_portfolio(
        tmp_path, "csv", customers=[{"_row": "9", "_bad_kind": "true", "kind": "robot"}]
    )
    extraction = extraction_of(tmp_path)
    found = {(finding.rule, finding.column) for finding in extraction.findings}
    assert found == {("unread_columns", "_row, _bad_kind"), ("not_allowed", "kind")}
    assert extraction.tables["customers"].kept == 1


@pytest.mark.parametrize("table", ["payments", "contacts", "promises", "disputes"])
def test_events_without_a_key_are_noted(tmp_path: Path, table: str) -> None:
    key = next(iter(DEFAULTS[table]))
    write_portfolio(tmp_path, "csv", **{table: [{key: OMIT}, {key: OMIT}]})
    extraction = extraction_of(tmp_path)
    (finding,) = extraction.findings
    assert (finding.rule, finding.severity, finding.table) == ("no_key", "note", table)
    assert finding.message == (
        f"{table}: without a {key}, rows delivered twice cannot be told from two events. "
        f"Map one under source.tables.{table}.columns."
    )
    assert extraction.tables[table].kept == 2


def test_disputes_without_a_closing_date_are_open(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", disputes=[{"closed_on": OMIT}])
    extraction = extraction_of(tmp_path)
    assert extraction.findings == ()
    assert column(extraction, "disputes", "closed_on") == [None]


# The folder, the span


def test_missing_source_folder_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    with pytest.raises(DataError, match=r"source\.path: .*/data does not exist\. Correct it"):
        extract(settings, tmp_path / "canonical", TODAY)


def test_unknown_table_in_the_mapping_gets_a_suggestion(tmp_path: Path) -> None:
    write_portfolio(tmp_path)
    settings = settings_of(tmp_path, source={"tables": {"paymnts": {"sql": "SELECT 1"}}})
    with pytest.raises(
        ConfigurationError, match=r"source\.tables\.paymnts is not .*\(did you mean payments\?\)"
    ):
        extract(settings, tmp_path / "canonical", TODAY)


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", debts=[{}, {"amount": -1}])
    extraction = extraction_of(tmp_path)
    assert extraction.findings
    assert Extraction.load(extraction.folder) == extraction


def test_earlier_extraction_leaves_nothing_behind(tmp_path: Path) -> None:
    data = write_portfolio(tmp_path, "csv", contacts=[{}], debts=[{}, {"amount": -1}])
    extraction = extraction_of(tmp_path)
    assert (extraction.folder / "quarantine" / "debts.csv").exists()
    (data / "contacts.csv").unlink()
    write_portfolio(tmp_path, "csv")
    extraction = extraction_of(tmp_path)
    assert sorted(path.name for path in extraction.folder.iterdir()) == [
        "customers.parquet", "debts.parquet", "extraction.json", "payments.parquet",
    ]  # fmt: skip


def test_span_reaches_from_the_first_event_to_the_last_record(tmp_path: Path) -> None:
    write_portfolio(
        tmp_path,
        "csv",
        debts=[{"issued_on": "2025-11-03"}, {"issued_on": "2020-01-01", "amount": -1}],
        payments=[{"paid_on": "2026-03-01", "recorded_at": "2026-03-09 08:00:00"}, {}],
        flags=[{"from_on": "2026-06-01"}],
    )
    extraction = extraction_of(tmp_path)
    assert extraction.data_from == dt.date(2025, 11, 3)
    assert extraction.data_until == dt.date(2026, 3, 9)


def test_spark_style_null_columns_are_read_as_missing_values(tmp_path: Path) -> None:
    write_portfolio(tmp_path, customers=[{"phone": None, "since": None, "income_day": None}])
    extraction = extraction_of(tmp_path)
    assert extraction.findings == ()
    assert column(extraction, "customers", "since") == [None]
