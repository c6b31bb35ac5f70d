"""Text files are read as they are written; a line that cannot be read is counted and told."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from builders import DEFAULTS, Row, extraction_of, write_csv, write_portfolio

from propension.errors import DataError
from propension.schema import Finding
from propension.sources import Extraction

HEADER = "payment_id,debt_id,paid_on,amount\n"
GOOD = "P1,D1,2026-02-10,40\n"


def with_payments(folder: Path, content: str | bytes) -> Path:
    data = write_portfolio(folder, "csv")
    written = content if isinstance(content, bytes) else content.encode()
    (data / "payments.csv").write_bytes(written)
    return data


def rows(extraction: Extraction, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    file = extraction.folder / f"{table}.parquet"
    return duckdb.execute(f"SELECT {columns} FROM read_parquet('{file}') ORDER BY ALL").fetchall()


def unreadable(extraction: Extraction) -> Finding:
    (finding,) = (f for f in extraction.findings if f.rule == "unreadable_line")
    return finding


# How files are written


def test_semicolons_decimal_commas_and_days_first_are_read(tmp_path: Path) -> None:
    data = write_portfolio(tmp_path)
    debts: list[Row] = [
        {"debt_id": "D1", "customer_id": "C1", "issued_on": "01/02/2026", "due_on": "13/02/2026", "amount": "1.234.567,89"},
        {"debt_id": "D2", "customer_id": "C1", "issued_on": "31/01/2026", "due_on": "28/02/2026", "amount": "12,5"},
        {"debt_id": "D3", "customer_id": "C1", "issued_on": "31/01/2026", "due_on": "28/02/2026", "amount": "1500"},
    ]  # fmt: skip
    (data / "debts.parquet").unlink()
    write_csv(data / "debts.csv", debts, delimiter=";")
    csv = {"delimiter": ";", "decimal": ",", "date_formats": ["%d/%m/%Y"]}
    extraction = extraction_of(tmp_path, source={"csv": csv})
    assert [f.rule for f in extraction.findings if f.table == "debts"] == []
    assert rows(extraction, "debts", "debt_id, issued_on, amount") == [
        ("D1", dt.date(2026, 2, 1), Decimal("1234567.89")),
        ("D2", dt.date(2026, 1, 31), Decimal("12.50")),
        ("D3", dt.date(2026, 1, 31), Decimal("1500.00")),
    ]


@pytest.mark.parametrize("amount", ["12.50", "1,234.56", "1.23", "1,2,3", "12.3456,7"])
def test_point_where_the_comma_is_decimal_is_refused_not_read_a_hundredfold(
    tmp_path: Path, amount: str
) -> None:
    write_portfolio(tmp_path, "csv", debts=[{"amount": "100,00"}, {"amount": amount}], payments=[])
    extraction = extraction_of(tmp_path, source={"csv": {"decimal": ","}})
    (finding,) = (f for f in extraction.findings if f.severity == "refused")
    assert (finding.rule, finding.sample) == ("wrong_type", (f"D2: {amount}",))


def test_date_in_none_of_the_formats_is_refused(tmp_path: Path) -> None:
    debts = [{"issued_on": "01/01/2026", "due_on": "31-01-2026"}, {"issued_on": "2026-01-01", "due_on": "31/01/2026"}]  # fmt: skip
    write_portfolio(tmp_path, "csv", debts=debts, payments=[])
    formats = {"csv": {"date_formats": ["%d/%m/%Y", "%d-%m-%Y"]}}
    extraction = extraction_of(tmp_path, source=formats)
    (finding,) = (f for f in extraction.findings if f.severity == "refused")
    assert (finding.rule, finding.sample) == ("wrong_type", ("D2: 2026-01-01",))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found_in_the_header(tmp_path: Path, delimiter: str) -> None:
    data = write_portfolio(tmp_path)
    (data / "customers.parquet").unlink()
    customer: Row = {"customer_id": "C1", "name": "a,b;c|d\te", "region": "x"}
    write_csv(data / "customers.csv", [customer], delimiter=delimiter)
    extraction = extraction_of(tmp_path)
    assert extraction.findings == ()
    assert rows(extraction, "customers", "name") == [("a,b;c|d\te",)]


def test_delimiter_inside_a_quoted_name_does_not_count(tmp_path: Path) -> None:
    data = write_portfolio(tmp_path)
    (data / "customers.parquet").unlink()
    (data / "customers.csv").write_text('customer_id;"a, b, c, d";region\nC1;x;y\n')
    assert rows(extraction_of(tmp_path), "customers", "customer_id, region") == [("C1", "y")]


def test_big_endian_text_is_read(tmp_path: Path) -> None:
    data = write_portfolio(tmp_path)
    (data / "payments.parquet").unlink()
    (data / "payments.csv").write_bytes(b"\xfe\xff" + (HEADER + GOOD).encode("utf-16-be"))
    extraction = extraction_of(tmp_path, source={"csv": {"encoding": "utf-16"}})
    assert rows(extraction, "payments", "payment_id") == [("P1",)]


def test_bytes_that_are_no_utf_16_are_refused(tmp_path: Path) -> None:
    data = write_portfolio(tmp_path)
    (data / "payments.parquet").unlink()
    (data / "payments.csv").write_bytes((HEADER + GOOD).encode("utf-16") + b"\x00\xd8\x00")
    with pytest.raises(
        DataError, match=r"payments\.csv: is not utf-16 text .* Correct source\.csv"
    ):
        extraction_of(tmp_path, source={"csv": {"encoding": "utf-16"}})


@pytest.mark.parametrize("setting", ["latin-1", "cp1252"])
def test_what_windows_writes_is_read_as_it_was_meant(tmp_path: Path, setting: str) -> None:
    data = write_portfolio(tmp_path, "csv")
    customer: Row = {"customer_id": "C1", "name": "Niño “Peña” – 5 €"}
    write_csv(data / "customers.csv", [customer], encoding="cp1252")
    extraction = extraction_of(tmp_path, source={"csv": {"encoding": setting}})
    assert rows(extraction, "customers", "name") == [("Niño “Peña” – 5 €",)]


@pytest.mark.parametrize(
    ("codec", "setting"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("latin-1", "latin-1"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("cp1252", "cp1252"),
    ],
)
def test_encodings_are_read(tmp_path: Path, codec: str, setting: str) -> None:
    data = write_portfolio(tmp_path)
    (data / "customers.parquet").unlink()
    customer: Row = {"customer_id": "C1", "name": "Peñón Ürsula"}
    write_csv(data / "customers.csv", [customer], encoding=codec)
    extraction = extraction_of(tmp_path, source={"csv": {"encoding": setting}})
    assert extraction.findings == ()
    assert rows(extraction, "customers", "customer_id, name") == [("C1", "Peñón Ürsula")]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_read(tmp_path: Path, ending: str) -> None:
    with_payments(tmp_path, (HEADER + GOOD + "P2,D1,2026-02-11,5\n").replace("\n", ending))
    extraction = extraction_of(tmp_path)
    assert extraction.findings == ()
    assert extraction.tables["payments"].kept == 2


@pytest.mark.parametrize("end", ["", "\n", "\n\n\n"])
def test_end_of_the_file_does_not_matter(tmp_path: Path, end: str) -> None:
    with_payments(tmp_path, HEADER + GOOD.strip() + end)
    extraction = extraction_of(tmp_path)
    assert extraction.findings == ()
    assert extraction.tables["payments"].read == 1


def test_line_ends_that_change_within_a_file_are_refused_with_the_remedy(tmp_path: Path) -> None:
    with_payments(tmp_path, HEADER.replace("\n", "\r\n") + GOOD + GOOD.replace("\n", "\r\n"))
    with pytest.raises(DataError, match=r"payments\.csv: cannot be read .*all lines end alike"):
        extraction_of(tmp_path)


# What a quote, a remark or a blank is


def test_quoted_values_hold_delimiters_and_new_lines(tmp_path: Path) -> None:
    with_payments(
        tmp_path,
        'payment_id,debt_id,paid_on,amount,method\n"P1","D1",2026-02-10,"40","a,\nb ""c"""\n',
    )
    extraction = extraction_of(tmp_path)
    assert extraction.findings == ()
    assert rows(extraction, "payments", "payment_id, method") == [("P1", 'a,\nb "c"')]


def test_quotes_that_begin_late_in_a_file_are_still_quotes(tmp_path: Path) -> None:
    # A guess from the first lines would read later ids with their quotes on.
    plain = "".join(f"P{n},D1,2026-02-10,0.01\n" for n in range(21_000))
    with_payments(tmp_path, HEADER + plain + '"Q1","D1",2026-02-10,"0.01"\n')
    extraction = extraction_of(tmp_path)
    assert [f.rule for f in extraction.findings] == ["over_payment"]
    assert extraction.tables["payments"].kept == 21_001


def test_line_that_looks_like_a_remark_is_a_row(tmp_path: Path) -> None:
    with_payments(tmp_path, HEADER + "#1,D1,2026-02-10,5\n" + GOOD)
    assert rows(extraction_of(tmp_path), "payments", "payment_id") == [("#1",), ("P1",)]


def test_blank_cells_are_missing_values(tmp_path: Path) -> None:
    with_payments(
        tmp_path,
        'payment_id,debt_id,paid_on,amount,method\n,D1,2026-02-10,40,"  "\n"",D1,2026-02-10,1,\n',
    )
    extraction = extraction_of(tmp_path)
    assert extraction.findings == ()
    assert rows(extraction, "payments", "payment_id, method") == [(None, None), (None, None)]


def test_names_of_columns_may_differ_in_case_and_blanks(tmp_path: Path) -> None:
    with_payments(tmp_path, " Payment_ID ,DEBT_ID,Paid_On,AMOUNT\n" + GOOD)
    assert extraction_of(tmp_path).tables["payments"].kept == 1


def test_repeated_and_blank_names_of_columns_are_told_apart(tmp_path: Path) -> None:
    with_payments(tmp_path, "payment_id,debt_id,paid_on,amount,Amount,\nP1,D1,2026-02-10,40,99,x\n")
    extraction = extraction_of(tmp_path)
    (finding,) = extraction.findings
    assert (finding.rule, finding.column) == ("unread_columns", "Amount_1, column5")
    assert rows(extraction, "payments", "amount") == [(Decimal("40.00"),)]


# Sizes


def test_header_alone_is_an_empty_table(tmp_path: Path) -> None:
    with_payments(tmp_path, HEADER)
    extraction = extraction_of(tmp_path)
    assert [f.rule for f in extraction.findings] == ["empty_table"]
    assert extraction.findings[0].severity == "fatal"


@pytest.mark.parametrize("content", ["", "\n", "\n" + HEADER + GOOD])
def test_file_that_does_not_begin_with_a_header_is_refused(tmp_path: Path, content: str) -> None:
    with_payments(tmp_path, content)
    with pytest.raises(DataError, match=r"payments\.csv: the first line is empty\. Begin the file"):
        extraction_of(tmp_path)


def test_file_of_bytes_is_refused(tmp_path: Path) -> None:
    with_payments(tmp_path, bytes(range(256)) * 40)
    with pytest.raises(
        DataError, match=r"payments\.csv: is not utf-8 text; .* source\.csv\.encoding"
    ):
        extraction_of(tmp_path)


def test_row_of_nothing_but_delimiters_is_refused_for_its_missing_values(tmp_path: Path) -> None:
    with_payments(tmp_path, HEADER + GOOD + ",,,\n")
    extraction = extraction_of(tmp_path)
    assert {finding.rule for finding in extraction.findings} == {"missing_value"}
    assert extraction.tables["payments"].refused == 1


# Lines that cannot be read


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"P2,D9,2026-02-10\n", "1 with too few columns"),
        (b"P2,D9,2026-02-10,5,6,7\n", "1 with too many columns"),
        (b'P2,"D9"x,2026-02-10,5\n', "1 with a quote out of place"),
        (b"P\xd12,D9,2026-02-10,5\n", "1 with bytes that are not source.csv.encoding"),
    ],
)
def test_unreadable_line_is_counted_told_and_listed(
    tmp_path: Path, line: bytes, reason: str
) -> None:
    with_payments(tmp_path, (HEADER + GOOD).encode() + line + b"P3,D1,2026-02-10,5\n")
    extraction = extraction_of(tmp_path)
    finding = unreadable(extraction)
    assert (finding.table, finding.severity, finding.rows) == ("payments", "refused", 1)
    assert finding.message == (
        f"payments: 1 line of the file cannot be read ({reason}). Correct them, or source.csv; "
        "they are listed in quarantine/unreadable_payments.csv."
    )
    assert extraction.tables["payments"].read == 2
    listed = (extraction.folder / "quarantine" / "unreadable_payments.csv").read_text()
    assert listed.splitlines()[0] == "line,reason"
    assert [text.split(",")[0] for text in listed.splitlines()[1:]] == ["3"]


def test_every_unreadable_line_is_counted_once(tmp_path: Path) -> None:
    bad = "P,D1\nP\nP,D1,2026-02-10,1,2,3\n"
    with_payments(tmp_path, HEADER + GOOD + bad * 5)
    extraction = extraction_of(tmp_path)
    finding = unreadable(extraction)
    assert finding.rows == 15
    assert "(10 with too few columns, 5 with too many columns)" in finding.message
    listed = (extraction.folder / "quarantine" / "unreadable_payments.csv").read_text()
    assert len(listed.splitlines()) == 16


@pytest.mark.parametrize("name", ["Facturación [x] 2026", "it's", "a_scan", "reject_a"])
def test_unreadable_lines_of_a_file_of_any_name_are_listed(tmp_path: Path, name: str) -> None:
    data = write_portfolio(tmp_path, "csv")
    (data / "payments.csv").unlink()
    (data / f"{name}.csv").write_text(HEADER + GOOD + "P2\n")
    extraction = extraction_of(tmp_path, source={"tables": {"payments": {"table": name}}})
    assert unreadable(extraction).table == name
    assert (extraction.folder / "quarantine" / f"unreadable_{name}.csv").exists()


@pytest.mark.parametrize("before", [0, 25_000])
def test_quote_that_is_never_closed_is_fatal_for_it_swallows_lines(
    tmp_path: Path, before: int
) -> None:
    plain = "".join(f"P{n},D1,2026-02-10,0.01\n" for n in range(before))
    with_payments(tmp_path, HEADER + plain + 'X1,"D1,2026-02-10,5\nX2,D1,2026-02-10,5\n')
    with pytest.raises(
        DataError,
        match=rf"payments\.csv: line {before + 2} opens a quote that is not closed.*Close it",
    ):
        extraction_of(tmp_path)


def test_personal_text_of_unreadable_lines_is_shown_only_when_asked_for(tmp_path: Path) -> None:
    data = write_portfolio(tmp_path, "csv")
    header = ",".join(DEFAULTS["customers"])
    (data / "customers.csv").write_text(f"{header}\nC1,Ana,person\n=C2,Beatriz\n")
    for personal, shown in (("none", False), ("masked", False), ("full", True)):
        extraction = extraction_of(tmp_path, outputs={"personal_data": personal})
        listed = (extraction.folder / "quarantine" / "unreadable_customers.csv").read_text()
        assert ("'=C2,Beatriz" in listed) is shown
        assert ("Beatriz" in listed) is shown


@pytest.mark.parametrize(
    "line",
    ["P9,D2,2026-02-10,5,five,more", "P9,D2,2026-02-10"],
    ids=["too many values", "too few"],
)
def test_a_debt_on_an_unreadable_line_of_payments_is_not_scored_as_unpaid(tmp_path, line) -> None:
    data = write_portfolio(tmp_path, "csv", debts=[{}, {}, {}], payments=[{}])
    with (data / "payments.csv").open("a", encoding="utf-8") as file:
        file.write(f"{line}\r\n")
    extraction = extraction_of(tmp_path)
    assert {finding.rule for finding in extraction.findings} >= {
        "unreadable_line",
        "balance_unknown",
    }
    assert rows(extraction, "debts", "debt_id") == [("D1",), ("D3",)]


def test_words_elsewhere_on_an_unreadable_line_set_no_debt_aside(tmp_path) -> None:
    data = write_portfolio(tmp_path, "csv", debts=[{}, {}, {}], payments=[{}])
    with (data / "payments.csv").open("a", encoding="utf-8") as file:
        file.write("D3,D2,2026-02-10,5,D1\r\n")
    assert rows(extraction_of(tmp_path), "debts", "debt_id") == [("D1",), ("D3",)]


def test_with_sql_every_word_of_an_unreadable_line_counts(tmp_path) -> None:
    data = write_portfolio(tmp_path, "csv", debts=[{}, {}, {}], payments=[{}])
    with (data / "payments.csv").open("a", encoding="utf-8") as file:
        file.write("P9,x,2026-02-10,5,D2\r\n")
    sql = "SELECT payment_id, debt_id, paid_on, amount FROM payments"
    extraction = extraction_of(tmp_path, source={"tables": {"payments": {"sql": sql}}})
    assert rows(extraction, "debts", "debt_id") == [("D1",), ("D3",)]


def test_lines_before_the_header_are_skipped(tmp_path) -> None:
    data = write_portfolio(tmp_path, "csv")
    file = data / "payments.csv"
    file.write_bytes(b"Reporte de pagos\r\n\r\n" + file.read_bytes())
    for name in ("customers", "debts"):
        other = data / f"{name}.csv"
        other.write_bytes(b"a\r\nb\r\n" + other.read_bytes())
    extraction = extraction_of(tmp_path, source={"csv": {"skip": 2}})
    assert rows(extraction, "payments", "payment_id") == [("P1",)]
