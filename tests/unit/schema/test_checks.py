"""The contract's rules are declared once and fit the tables they are about."""

from __future__ import annotations

import datetime as dt
from string import Formatter

import pytest

from propension.errors import DataError
from propension.schema import RULES, TABLES, UNSETTLING_RULES, Finding, refuse_if_fatal, row_checks

TODAY = dt.date(2026, 6, 30)


def checks_of(table: str, *columns: str) -> set[tuple[str, str, str]]:
    found = row_checks(TABLES[table], set(columns), TODAY)
    return {(check.rule, check.column, check.action) for check in found}


def test_every_rule_says_what_was_found_and_what_to_do() -> None:
    for found, remedy in RULES.values():
        fields = {field for _, field, _, _ in Formatter().parse(found) if field}
        assert fields <= {"a", "column"}
        assert remedy.endswith(".")


def test_rules_that_unsettle_a_debt_exist() -> None:
    assert set(UNSETTLING_RULES) <= set(RULES)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_checks_of_single_rows_are_declared_rules_over_staged_columns(name: str) -> None:
    table = TABLES[name]
    staged = set(table.column_names) | {f"_bad_{column}" for column in table.column_names}
    for check in row_checks(table, staged, TODAY):
        assert check.rule in RULES
        assert check.column in table.column_names


@pytest.mark.parametrize("name", sorted(TABLES))
def test_references_and_keys_are_columns_of_their_tables(name: str) -> None:
    table = TABLES[name]
    named = {*table.key, *(column for column, _ in table.references)}
    assert named <= set(table.column_names)
    assert all(parent in TABLES for _, parent in table.references)


def test_parents_are_checked_before_their_children() -> None:
    order = list(TABLES)
    for table in TABLES.values():
        for _, parent in table.references:
            assert order.index(parent) < order.index(table.name)


def test_column_that_is_not_there_is_not_checked() -> None:
    required = checks_of("disputes", "debt_id", "opened_on")
    assert not [check for check in required if check[1] == "closed_on"]


def test_fault_of_a_required_column_refuses_the_row_and_of_an_optional_one_the_value() -> None:
    found = checks_of("disputes", "opened_on", "_bad_opened_on", "closed_on", "_bad_closed_on")
    assert ("wrong_type", "opened_on", "refused") in found
    assert ("wrong_type", "closed_on", "kept") in found


def test_row_recorded_at_an_unreadable_time_is_refused() -> None:
    found = checks_of("payments", "recorded_at", "_bad_recorded_at")
    assert ("wrong_type", "recorded_at", "refused") in found


def test_row_recorded_at_an_impossible_time_is_refused() -> None:
    assert ("date_out_of_range", "recorded_at", "refused") in checks_of("payments", "recorded_at")


def test_open_end_far_in_the_future_keeps_the_flag() -> None:
    assert ("date_out_of_range", "until_on", "kept") in checks_of("flags", "until_on")


def test_finding_as_plain_values_holds_everything() -> None:
    finding = Finding("debts", "amount_zero", "refused", "amount", 2, "why", ("D1", "D2"))
    assert finding.as_dict() == {
        "table": "debts", "rule": "amount_zero", "severity": "refused", "column": "amount", "rows": 2,
        "message": "why", "sample": ["D1", "D2"],
    }  # fmt: skip


def test_fatal_findings_stop_a_run_in_one_message() -> None:
    findings = [
        Finding("debts", "empty_table", "fatal", "", 0, "debts: empty."),
        Finding("payments", "orphan_key", "refused", "debt_id", 1, "payments: orphan."),
        Finding("customers", "missing_table", "fatal", "", 0, "customers: missing."),
    ]
    with pytest.raises(DataError, match=r"^debts: empty\. customers: missing\.$") as told:
        refuse_if_fatal(findings)
    assert told.value.facts["findings"] == [findings[0], findings[2]]


def test_findings_that_are_not_fatal_do_not_stop_a_run() -> None:
    refuse_if_fatal(
        [Finding("debts", "x", "refused", "", 1, ""), Finding("a", "y", "note", "", 1, "")]
    )
