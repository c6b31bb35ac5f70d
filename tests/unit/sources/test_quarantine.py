"""Rows at fault go to files people can open: as they came, with the reason, harmless, discreet."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from builders import extraction_of, write_portfolio

from propension.sources import keep_quarantine


def quarantined(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / "canonical" / "quarantine" / f"{table}.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_row_stands_as_it_came_with_its_reason(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", debts=[{}, {"amount": " 1,5 ", "due_on": "31/01/2026"}])
    extraction_of(tmp_path)
    row = {
        "action": "refused", "debt_id": "D2", "customer_id": "C1",
        "issued_on": "2026-01-01", "due_on": "31/01/2026", "amount": " 1,5 ",
    }  # fmt: skip
    assert quarantined(tmp_path, "debts") == [
        {"rule": "wrong_type", "column": "amount", **row},
        {"rule": "wrong_type", "column": "due_on", **row},
    ]


def test_ignored_value_is_shown_as_it_came(tmp_path: Path) -> None:
    write_portfolio(
        tmp_path,
        flags=[{"until_on": "9999-12-31"}],
        customers=[{"kind": "robot"}],
    )
    extraction_of(tmp_path)
    (flag,) = quarantined(tmp_path, "flags")
    assert (flag["action"], flag["until_on"]) == ("kept", "9999-12-31")
    (customer,) = quarantined(tmp_path, "customers")
    assert (customer["action"], customer["kind"]) == ("kept", "robot")


def test_rows_of_every_finding_are_in_the_file(tmp_path: Path) -> None:
    write_portfolio(
        tmp_path,
        "csv",
        debts=[{}, *({"amount": -n} for n in range(30)), {"customer_id": "C9"}],
    )
    extraction = extraction_of(tmp_path)
    rows = quarantined(tmp_path, "debts")
    for finding in extraction.findings:
        assert len([row for row in rows if row["rule"] == finding.rule]) == finding.rows


def test_clean_tables_have_no_file(tmp_path: Path) -> None:
    write_portfolio(tmp_path)
    assert not (extraction_of(tmp_path).folder / "quarantine").exists()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
        ("+57 300", "'+57 300"),
        ("-1+2", "'-1+2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+2", "'\t=1+2"),
        ("\n@x", "'\n@x"),
        ("-5", "-5"),
        ("+5.5", "+5.5"),
        ("plain = text", "plain = text"),
    ],
)
def test_text_is_never_a_formula(tmp_path: Path, written: str, shown: str) -> None:
    write_portfolio(tmp_path, "csv", debts=[{}, {"due_on": written}])
    extraction_of(tmp_path)
    assert quarantined(tmp_path, "debts")[0]["due_on"] == shown


def test_personal_and_unknown_columns_are_shown_only_when_asked_for(tmp_path: Path) -> None:
    customer = {"name": "Ana", "phone": "300", "email": "a@b.c", "cedula": "123", "kind": "robot"}
    write_portfolio(tmp_path, "csv", customers=[customer])
    for level in ("none", "masked"):
        extraction_of(tmp_path, outputs={"personal_data": level})
        (row,) = quarantined(tmp_path, "customers")
        assert set(row) == {"rule", "column", "action", "customer_id", "kind"}
    extraction_of(tmp_path, outputs={"personal_data": "full"})
    (row,) = quarantined(tmp_path, "customers")
    assert row == {
        "rule": "not_allowed", "column": "kind", "action": "kept", "customer_id": "C1", **customer,
    }  # fmt: skip


def test_quarantine_is_there_even_where_the_data_is_refused_whole(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", debts=[{"amount": "x"}])
    extraction = extraction_of(tmp_path)
    assert extraction.tables == {}
    assert [row["rule"] for row in quarantined(tmp_path, "debts")] == ["wrong_type"]


def test_kept_quarantine_takes_the_place_of_the_earlier_one(tmp_path: Path) -> None:
    outputs = tmp_path / "outputs"
    write_portfolio(tmp_path, "csv", debts=[{}, {"amount": -1}])
    keep_quarantine(extraction_of(tmp_path).folder, outputs)
    assert [file.name for file in (outputs / "quarantine").iterdir()] == ["debts.csv"]
    write_portfolio(tmp_path, "csv", payments=[{}, {"debt_id": "D9"}])
    keep_quarantine(extraction_of(tmp_path).folder, outputs)
    assert [file.name for file in (outputs / "quarantine").iterdir()] == ["payments.csv"]
    write_portfolio(tmp_path, "csv")
    keep_quarantine(extraction_of(tmp_path).folder, outputs)
    assert not (outputs / "quarantine").exists()
