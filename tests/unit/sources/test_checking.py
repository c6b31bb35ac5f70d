"""Every fault that is planted is found: right table, severity, rows, sample and words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
from builders import TODAY, Row, extraction_of, write_portfolio

from propension.schema import RULES, Finding
from propension.sources import Extraction

TOMORROW = TODAY + dt.timedelta(days=1)
NEXT_WEEK = TODAY + dt.timedelta(days=7)


@dataclass(frozen=True)
class Planted:
    """Tables with a fault, and the finding it must give."""

    rule: str
    table: str
    column: str
    severity: str
    sample: tuple[str, ...]
    words: str
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.rule} {self.table}.{self.column}"


def planted(rule: str, at: str, severity: str, sample: str, words: str, **tables: Any) -> Planted:
    table, column = at.split(".")
    return Planted(rule, table, column, severity, tuple(sample.split("|")), words, tables)


CASES = [
    planted(
        "wrong_type", "debts.due_on", "refused", "D2: 31/01/2026", "1 of 2 rows have a due_on that cannot be read",
        debts=[{}, {"due_on": "31/01/2026"}],
    ),
    planted(
        "wrong_type", "debts.amount", "refused", "D2: 1,5|D3: NaN|D4: inf", "4 of 5 rows have an amount that cannot be read",
        debts=[{}, {"amount": "1,5"}, {"amount": "NaN"}, {"amount": "inf"}, {"amount": "😀"}],
    ),
    planted(
        "wrong_type", "customers.income_day", "kept", "C1: last", "; the value is ignored. ",
        customers=[{"income_day": "last"}],
    ),
    planted(
        "wrong_type", "contacts.minutes", "kept", "K1: nan|K2: -inf", "2 of 3 rows have a minutes that cannot be read",
        contacts=[{"minutes": "nan"}, {"minutes": "-inf"}, {"minutes": "2.5"}],
    ),
    planted(
        "not_allowed", "contacts.channel", "refused", "K2: pigeon", "1 of 2 rows have a channel outside its allowed values",
        contacts=[{}, {"channel": "pigeon"}],
    ),
    planted(
        "not_allowed", "customers.kind", "kept", "C1: robot", "; the value is ignored. ",
        customers=[{"kind": "robot"}],
    ),
    planted(
        "missing_value", "debts.amount", "refused", "D2", "1 of 2 rows have no amount",
        debts=[{}, {"amount": None}],
    ),
    planted(
        "missing_value", "debts.debt_id", "refused", "row 2", "1 of 2 rows have no debt_id",
        debts=[{}, {"debt_id": "  "}],
    ),
    planted(
        "unknown_zone", "customers.timezone", "kept", "C1", "1 of 1 rows have a timezone that is no time zone of the IANA (C1); the value is ignored. ",
        customers=[{"timezone": "Mars/Olympus"}],
    ),
    planted(
        "date_out_of_range", "payments.paid_on", "refused", "P2: 2026-07-07", "have a paid_on that is impossible or in the future",
        payments=[{}, {"paid_on": NEXT_WEEK, "debt_id": "D2"}], debts=[{}, {}],
    ),
    planted(
        "date_out_of_range", "debts.due_on", "refused", "D2: 2199-01-31", "have a due_on that is impossible",
        debts=[{}, {"due_on": "2199-01-31"}],
    ),
    planted(
        "date_out_of_range", "debts.issued_on", "refused", "D2: 0202-01-01", "have an issued_on that is impossible",
        debts=[{}, {"issued_on": "0202-01-01"}],
    ),
    planted(
        "date_out_of_range", "contacts.at", "refused", "K2: 2026-07-07 10:00:00", "have an at that is impossible or in the future",
        contacts=[{}, {"at": f"{NEXT_WEEK} 10:00:00"}],
    ),
    planted(
        "date_out_of_range", "contacts.recorded_at", "refused", "K1: 2026-07-07", "have a recorded_at that is impossible",
        contacts=[{"recorded_at": NEXT_WEEK}],
    ),
    planted(
        "date_out_of_range", "flags.until_on", "kept", "C1: 9999-12-31", "; the value is ignored. ",
        flags=[{"flag": "deceased", "until_on": "9999-12-31"}],
    ),
    planted(
        "date_out_of_range", "disputes.closed_on", "kept", "Q1: 9999-12-31", "; the value is ignored. ",
        disputes=[{"closed_on": "9999-12-31"}],
    ),
    planted(
        "date_out_of_range", "customers.since", "kept", "C1: 1900-01-01", "have a since that is impossible",
        customers=[{"since": "1900-01-01"}],
    ),
    planted(
        "duplicate_key", "payments.payment_id, debt_id", "refused", "P1", "1 of 2 rows repeat the payment_id, debt_id of another row",
        payments=[{}, {"payment_id": "P1"}],
    ),
    planted(
        "conflicting_key", "promises.promise_id", "refused", "R1", "1 of 2 rows repeat the promise_id of another row and say something else",
        promises=[{"amount": 10}, {"promise_id": "R1", "amount": 20}],
    ),
    planted(
        "duplicate_key", "flags.customer_id, flag, from_on", "refused", "C1", "repeat the customer_id, flag, from_on of another row",
        flags=[{}, {}, {"flag": "insolvent"}],
    ),
    planted(
        "orphan_key", "debts.customer_id", "refused", "D2|D3", "2 of 3 rows have a customer_id that exists nowhere else",
        debts=[{}, {"customer_id": "C9"}, {"customer_id": "C8"}],
    ),
    planted(
        "orphan_key", "promises.customer_id", "refused", "R1", "exists nowhere else",
        promises=[{"customer_id": "c1"}],
    ),
    planted(
        "parent_refused", "payments.debt_id", "refused", "P2", "belong to a row that was itself set aside (debt_id)",
        debts=[{}, {"amount": -5}], payments=[{}, {"debt_id": "D2"}],
    ),
    planted(
        "due_before_issued", "debts.due_on", "refused", "D2: 2025-12-31", "1 of 2 rows are due before they were issued",
        debts=[{}, {"due_on": "2025-12-31"}],
    ),
    planted(
        "paid_before_issued", "payments.paid_on", "refused", "P2: 2025-12-31", "have a paid_on before their debt's issued_on",
        debts=[{}, {}], payments=[{}, {"debt_id": "D2", "paid_on": "2025-12-31"}],
    ),
    planted(
        "closed_before_opened", "disputes.closed_on", "refused", "Q2: 2026-02-05", "were closed before they were opened",
        disputes=[{"closed_on": None}, {"closed_on": "2026-02-05"}],
    ),
    planted(
        "due_before_made", "promises.due_on", "refused", "R1: 2026-02-04", "are due before they were made",
        promises=[{"due_on": "2026-02-04"}],
    ),
    planted(
        "amount_not_positive", "debts.amount", "refused", "D2: 0|D3: -1|D4: 0.001", "3 of 4 rows have an amount of zero or less",
        debts=[{}, {"amount": 0}, {"amount": -1}, {"amount": "0.001"}],
    ),
    planted(
        "amount_not_positive", "promises.amount", "refused", "R1: -60", "have an amount of zero or less",
        promises=[{"amount": -60}],
    ),
    planted(
        "amount_zero", "payments.amount", "refused", "P2: 0", "have an amount of zero",
        debts=[{}, {}], payments=[{}, {"amount": 0, "debt_id": "D2"}],
    ),
    planted(
        "balance_unknown", "debts.debt_id", "refused", "D2", "have a payment that was set aside, so their balance is unknown",
        debts=[{}, {}], payments=[{}, {"amount": "ten", "debt_id": "D2"}],
    ),
    planted(
        "over_payment", "debts.amount", "kept", "D1: 100.00", "were paid more than their amount; their balance counts as zero",
        payments=[{"amount": 60}, {"amount": "40.01"}],
    ),
    planted(
        "shared_account", "debts.account_id", "kept", "D1|D2", "2 of 3 rows belong to an account_id that several customers share",
        customers=[{}, {}], debts=[{"account_id": "A"}, {"customer_id": "C2", "account_id": "A"}, {"account_id": "B"}],
    ),
    planted(
        "unknown_channel", "customers.opt_out_channels", "kept", "C3|C4", "2 of 5 rows name something in opt_out_channels",
        customers=[{"opt_out_channels": text} for text in ("", "SMS; E-mail", "todos", "sms, fax", "whatsapp|call")],
    ),
]  # fmt: skip


def findings_of(extraction: Extraction, rule: str) -> list[Finding]:
    return [finding for finding in extraction.findings if finding.rule == rule]


def kept_rows(extraction: Extraction, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    file = extraction.folder / f"{table}.parquet"
    return duckdb.execute(f"SELECT {columns} FROM read_parquet('{file}') ORDER BY ALL").fetchall()


def test_every_rule_has_a_fault_planted_for_it() -> None:
    assert {case.rule for case in CASES} == set(RULES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_planted_fault_is_found(case: Planted, tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", **case.tables)
    extraction = extraction_of(tmp_path)
    (finding,) = findings_of(extraction, case.rule)
    assert (finding.table, finding.column, finding.severity) == (
        case.table,
        case.column,
        case.severity,
    )
    assert finding.sample == case.sample[:3]
    assert finding.message.startswith(f"{case.table}: {finding.rows} of ")
    assert case.words in finding.message
    assert ", ".join(case.sample) in finding.message
    assert finding.message.endswith(RULES[case.rule][1])
    count = extraction.tables[case.table]
    assert count.read == count.kept + count.refused == len(case.tables.get(case.table, [{}]))
    assert count.refused == (finding.rows if case.severity == "refused" else 0)
    assert len(kept_rows(extraction, case.table)) == count.kept


def test_clean_portfolio_has_no_findings(tmp_path: Path) -> None:
    write_portfolio(
        tmp_path, "csv", contacts=[{}], promises=[{}], disputes=[{}], flags=[{}], attributes=[{}]
    )
    extraction = extraction_of(tmp_path)
    assert extraction.findings == ()
    assert {count.refused for count in extraction.tables.values()} == {0}


def test_sample_names_at_most_three_rows(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", debts=[{}, *({"amount": -n} for n in range(1, 6))])
    (finding,) = findings_of(extraction_of(tmp_path), "amount_not_positive")
    assert finding.rows == 5
    assert finding.sample == ("D2: -1", "D3: -2", "D4: -3")


def test_sample_never_shows_a_personal_value(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", customers=[{"phone": "300 123", "phone_valid": "maybe"}])
    (finding,) = findings_of(extraction_of(tmp_path), "wrong_type")
    assert finding.sample == ("C1: maybe",)


# Values that are ignored, and edges that are none


def test_ignored_value_is_null_and_the_row_stays(tmp_path: Path) -> None:
    write_portfolio(
        tmp_path,
        "csv",
        customers=[{"kind": "robot", "since": "1900-01-01", "credit_limit": "much"}],
        flags=[{"flag": "deceased", "until_on": "9999-12-31"}],
    )
    extraction = extraction_of(tmp_path)
    assert kept_rows(extraction, "customers", "customer_id, kind, since, credit_limit") == [
        ("C1", None, None, None)
    ]
    assert kept_rows(extraction, "flags", "flag, until_on") == [("deceased", None)]


def test_allowed_values_are_read_in_any_case(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", contacts=[{"channel": " WhatsApp "}])
    assert kept_rows(extraction_of(tmp_path), "contacts", "channel") == [("whatsapp",)]


def test_what_happened_up_to_tomorrow_is_not_in_the_future(tmp_path: Path) -> None:
    # Somewhere in the world it is already tomorrow.
    write_portfolio(tmp_path, "csv", payments=[{"paid_on": TOMORROW}])
    assert extraction_of(tmp_path).findings == ()


def test_date_due_may_lie_in_the_future(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", debts=[{"due_on": "2027-12-31"}])
    assert extraction_of(tmp_path).findings == ()


def test_same_day_is_a_right_order(tmp_path: Path) -> None:
    day = dt.date(2026, 2, 1)
    write_portfolio(
        tmp_path,
        "csv",
        debts=[{"issued_on": day, "due_on": day}],
        payments=[{"paid_on": day}],
        promises=[{"made_on": day, "due_on": day}],
        disputes=[{"opened_on": day, "closed_on": day}],
    )
    assert extraction_of(tmp_path).findings == ()


def test_negative_payment_is_a_reversal_and_stays(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", payments=[{}, {"amount": -40}])
    extraction = extraction_of(tmp_path)
    assert extraction.findings == ()
    assert extraction.tables["payments"].kept == 2


# What one row's fault does to others


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ({"amount": "ten"}, "wrong_type"),
        ({"paid_on": None}, "missing_value"),
        ({"paid_on": NEXT_WEEK}, "date_out_of_range"),
        ({"paid_on": "2025-06-01"}, "paid_before_issued"),
        ({"amount": 0}, "amount_zero"),
    ],
)
def test_debt_with_a_refused_payment_is_not_scored_on_a_wrong_balance(
    tmp_path: Path, fault: Row, rule: str
) -> None:
    write_portfolio(
        tmp_path,
        "csv",
        debts=[{}, {}],
        payments=[{}, {**fault, "debt_id": "D2"}, {"debt_id": "D2"}],
    )
    extraction = extraction_of(tmp_path)
    assert {finding.rule for finding in extraction.findings} == {
        rule,
        "balance_unknown",
        "parent_refused",
    }
    assert kept_rows(extraction, "debts", "debt_id") == [("D1",)]
    assert kept_rows(extraction, "payments", "payment_id") == [("P1",)]


def test_payment_delivered_twice_does_not_unsettle_its_debt(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", payments=[{}, {"payment_id": "P1"}])
    extraction = extraction_of(tmp_path)
    assert kept_rows(extraction, "debts", "debt_id") == [("D1",)]


def test_refused_debt_takes_its_payments_and_disputes_along_with_their_reason(
    tmp_path: Path,
) -> None:
    write_portfolio(
        tmp_path,
        "csv",
        debts=[{}, {"customer_id": "C2"}],
        payments=[{}, {"debt_id": "D2"}],
        disputes=[{"debt_id": "D2"}],
    )
    extraction = extraction_of(tmp_path)
    reasons = {(f.table, f.rule, f.sample) for f in extraction.findings}
    assert reasons == {
        ("debts", "orphan_key", ("D2",)),
        ("payments", "parent_refused", ("P2",)),
        ("disputes", "parent_refused", ("Q1",)),
    }


def test_bounced_payment_does_not_count_as_paid(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", payments=[{"amount": 100}, {"amount": 100, "bounced": "true"}])
    assert extraction_of(tmp_path).findings == ()


def test_payment_in_full_is_no_over_payment(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", payments=[{"amount": 60}, {"amount": 40}])
    assert extraction_of(tmp_path).findings == ()


def test_account_named_like_another_customer_is_shared(tmp_path: Path) -> None:
    # Without an account_id a customer's debts stand under the customer's own id.
    write_portfolio(
        tmp_path, "csv", customers=[{}, {}], debts=[{"account_id": "C2"}, {"customer_id": "C2"}]
    )
    (finding,) = findings_of(extraction_of(tmp_path), "shared_account")
    assert finding.rows == 2


def test_kept_copy_of_a_repeated_key_does_not_depend_on_the_order(tmp_path: Path) -> None:
    copies = [{"promise_id": "R1", "amount": amount} for amount in (10, 30, 20)]
    kept = []
    for number, promises in enumerate((copies, copies[::-1])):
        folder = tmp_path / str(number)
        write_portfolio(folder, "csv", promises=promises)
        kept.append(kept_rows(extraction_of(folder), "promises"))
    assert kept[0] == kept[1]
    assert len(kept[0]) == 1


def test_rows_without_an_optional_key_are_not_copies_of_each_other(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", payments=[{"payment_id": None}, {"payment_id": None}])
    extraction = extraction_of(tmp_path)
    assert extraction.tables["payments"].kept == 2


def test_one_receipt_may_pay_several_debts(tmp_path: Path) -> None:
    payments = [{"payment_id": "P1", "debt_id": "D1"}, {"payment_id": "P1", "debt_id": "D2"}]
    write_portfolio(tmp_path, "csv", debts=[{}, {}], payments=payments)
    extraction = extraction_of(tmp_path)
    assert (extraction.findings, extraction.tables["payments"].kept) == ((), 2)


def test_an_event_delivered_twice_keeps_the_day_it_was_first_recorded(tmp_path: Path) -> None:
    times = ["2026-03-01 10:00:00", "2026-02-20 10:00:00"]
    payments = [{"payment_id": "P1", "debt_id": "D1", "recorded_at": at} for at in times]
    write_portfolio(tmp_path, "csv", payments=payments)
    extraction = extraction_of(tmp_path)
    assert [finding.rule for finding in extraction.findings] == ["duplicate_key"]
    (kept,) = kept_rows(extraction, "payments", "recorded_at")
    assert kept == (dt.datetime(2026, 2, 20, 10),)


def test_two_amounts_of_one_payment_leave_the_balance_unknown(tmp_path: Path) -> None:
    payments = [{"amount": 10}, {"payment_id": "P1", "amount": 20}, {"debt_id": "D2"}]
    write_portfolio(tmp_path, "csv", debts=[{}, {}], payments=payments)
    assert findings_of(extraction_of(tmp_path), "balance_unknown")[0].sample == ("D1",)


def test_payments_that_stop_long_before_the_data_are_refused(tmp_path: Path) -> None:
    days = [dt.date(2026, 1, 5) + dt.timedelta(days=2 * step) for step in range(25)]
    payments = [{"paid_on": day, "amount": 1} for day in days]
    debts = [{"amount": 1000}, {"issued_on": dt.date(2026, 6, 1), "due_on": dt.date(2026, 6, 30)}]
    write_portfolio(
        tmp_path, "csv", debts=debts, payments=[{**p, "debt_id": "D1"} for p in payments]
    )
    (finding,) = findings_of(extraction_of(tmp_path), "silent_payments")
    assert finding.severity == "fatal"
    assert f"after {days[-1]} nothing was paid for" in finding.message


OLD_DEBT = {"amount": 1000, "issued_on": dt.date(2024, 12, 1), "due_on": dt.date(2025, 1, 31)}


def test_a_stray_payment_long_after_the_others_is_refused(tmp_path: Path) -> None:
    days = [dt.date(2025, 1, 5) + dt.timedelta(days=2 * step) for step in range(25)]
    payments = [{"paid_on": day, "amount": 1, "debt_id": "D1"} for day in days]
    stray = {"paid_on": dt.date(2025, 12, 30), "amount": 1, "debt_id": "D1"}
    write_portfolio(tmp_path, "csv", debts=[OLD_DEBT], payments=[*payments, stray])
    (finding,) = findings_of(extraction_of(tmp_path), "silent_payments")
    assert f"correct the dates after {days[-1]}" in finding.message


def test_payments_up_to_the_end_of_the_data_are_not_silent(tmp_path: Path) -> None:
    days = [dt.date(2025, 1, 5) + dt.timedelta(days=9 * step) for step in range(25)]
    payments = [{"paid_on": day, "amount": 1, "debt_id": "D1"} for day in days]
    write_portfolio(tmp_path, "csv", debts=[OLD_DEBT], payments=payments)
    assert extraction_of(tmp_path).findings == ()


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Sí", True),
        ("si", True),
        ("SIM", True),
        ("1", True),
        ("x", True),
        ("não", False),
        ("No", False),
        ("0", False),
    ],
)
def test_yes_and_no_are_read_in_three_languages(tmp_path: Path, word: str, expected: bool) -> None:
    write_portfolio(tmp_path, "csv", customers=[{"vulnerable": word}])
    assert kept_rows(extraction_of(tmp_path), "customers", "vulnerable") == [(expected,)]


# Whole tables


def test_several_currencies_are_fatal(tmp_path: Path) -> None:
    currencies = ["COP", "USD", "USD"]
    write_portfolio(tmp_path, "csv", debts=[{"currency": currency} for currency in currencies])
    extraction = extraction_of(tmp_path)
    (finding,) = extraction.findings
    assert (finding.rule, finding.severity, finding.rows) == ("mixed_currency", "fatal", 3)
    assert finding.message == (
        "debts: the rows are in several currencies (USD 2, COP 1). Convert them to one in the mapping's SQL."
    )
    assert extraction.tables == {}


def test_another_currency_than_the_portfolios_is_fatal(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", debts=[{"currency": "usd"}])
    (finding,) = extraction_of(tmp_path).findings
    assert (finding.rule, finding.severity, finding.rows) == ("other_currency", "fatal", 1)
    assert finding.message == (
        "debts: the rows are in USD, and the portfolio in COP. Correct portfolio.currency, or convert them "
        "in the mapping's SQL."
    )


def test_days_of_which_many_cannot_be_read_are_fatal(tmp_path: Path) -> None:
    days = [f"{day:02}/01/2026" for day in range(1, 32)] * 2
    debts = [{"issued_on": "01/01/2026", "due_on": day} for day in days]
    write_portfolio(tmp_path, "csv", debts=debts, payments=[{"paid_on": "01/02/2026"}])
    csv = {"date_formats": ["%m/%d/%Y"]}
    (finding,) = findings_of(extraction_of(tmp_path, source={"csv": csv}), "misread_dates")
    assert (finding.table, finding.column, finding.rows) == ("debts", "due_on", 38)
    assert finding.severity == "fatal"


def test_instants_that_are_mostly_misread_are_fatal(tmp_path: Path) -> None:
    contacts = [{"contact_id": f"T{day}", "at": f"{day:02}/01/2026 10:00"} for day in range(1, 32)]
    write_portfolio(tmp_path, "csv", contacts=contacts * 2)
    csv = {"date_formats": ["%Y-%m-%d", "%m/%d/%Y %H:%M"]}
    (finding,) = findings_of(extraction_of(tmp_path, source={"csv": csv}), "misread_dates")
    assert (finding.table, finding.column, finding.rows) == ("contacts", "at", 38)


def test_currency_of_refused_debts_does_not_count(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", debts=[{"currency": "COP"}, {"currency": "USD", "amount": -1}])
    assert findings_of(extraction_of(tmp_path), "mixed_currency") == []


@pytest.mark.parametrize("table", ["customers", "debts"])
def test_nothing_can_be_done_without_rows(tmp_path: Path, table: str) -> None:
    write_portfolio(tmp_path, "csv", **{table: []})
    (finding,) = findings_of(extraction_of(tmp_path), "empty_table")
    assert (finding.table, finding.severity, finding.rows) == (table, "fatal", 0)
    assert finding.message == f"{table}: the table has no rows. Check the source and its mapping."


@pytest.mark.parametrize("table", ["contacts", "promises", "disputes", "flags"])
def test_empty_table_of_events_is_a_note(tmp_path: Path, table: str) -> None:
    write_portfolio(tmp_path, "csv", **{table: []})
    extraction = extraction_of(tmp_path)
    (finding,) = extraction.findings
    assert (finding.rule, finding.table, finding.severity) == ("empty_table", table, "note")
    assert extraction.tables[table].read == 0


def test_list_of_nobody_is_never_made_because_all_rows_were_refused(tmp_path: Path) -> None:
    write_portfolio(tmp_path, "csv", debts=[{"due_on": "31/01/2026"}, {"due_on": "28/02/2026"}])
    finding = findings_of(extraction_of(tmp_path), "nothing_kept")[0]
    assert (finding.table, finding.severity, finding.rows) == ("debts", "fatal", 2)
    assert "not one of 2 rows can be used" in finding.message


def test_worst_findings_come_first(tmp_path: Path) -> None:
    write_portfolio(
        tmp_path,
        "csv",
        customers=[{"kind": "robot"}],
        debts=[{"currency": "COP"}, {"currency": "USD"}, {"amount": -1}],
        contacts=[],
    )
    severities = [finding.severity for finding in extraction_of(tmp_path).findings]
    assert severities == ["fatal", "refused", "kept", "note"]
