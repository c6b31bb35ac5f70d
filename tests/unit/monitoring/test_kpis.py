"""KPIs: by hand for every definition, and every one of them again in plain Python."""

import datetime as dt
import json
from collections import Counter
from decimal import Decimal

import pyarrow.compute as pc
import pytest
from ledgers import Ledger, Portfolio, as_day, day, known_on
from past_lists import write_list
from random_ledgers import random_rows
from unit.monitoring.kpi_reference import KpiReference

from propension.errors import DataError
from propension.monitoring.kpis import DIMENSIONS, KPIS, measure_kpis
from propension.monitoring.kpis.kpi import ACCOUNT_MONTHS
from propension.monitoring.kpis.months import months_until
from propension.outputs import list_date
from propension.schema import parse_expression

OPENED, CLOSED = day("2024-02-29"), day("2024-03-31")
# History before the month looked at, so that it is a whole one; settled at once, in another account.
LONG_AGO = {"issued_on": day("2023-06-01"), "due_on": day("2023-06-05"), "account_id": "old"}


def account(ledger, name, due_on, amount=100, **values):
    """An account of a customer of its own, with one debt issued in January."""
    issued = {"issued_on": day("2024-01-05")} | values
    return ledger.debt(name, day(due_on), amount, customer_id=f"C{name}", account_id=name, **issued)


@pytest.fixture
def measured(tmp_path):
    """KPIs of a ledger: (name, group) -> value on the month that ends on CLOSED."""

    def measure(ledger, as_of=CLOSED, lists=(), dimension="all", month=CLOSED):
        ledger.debt("OLD", amount=1, **LONG_AGO, customer_id="old")
        ledger.payment(day("2023-06-05"), 1, "OLD")
        with Portfolio(ledger.write(tmp_path / "tables")) as portfolio:
            report = measure_kpis(portfolio.engine, as_of, lists, months=3)
        inside = pc.and_(
            pc.equal(report.rows["month"], month), pc.equal(report.rows["dimension"], dimension)
        )
        rows = report.rows.filter(inside).to_pylist()
        return {(row["kpi"], row["group"]): row["value"] for row in rows}

    return measure


# By hand


def test_balance_is_by_the_bucket_of_the_oldest_unpaid_debt(measured):
    ledger = account(Ledger(), "A", "2024-03-01")  # 30 days past due
    account(ledger, "B", "2024-02-29", 200)  # 31
    ledger.debt("B2", day("2024-04-20"), 50, customer_id="CB", account_id="B")
    account(ledger, "C", "2024-03-31", 400)  # due on the day: not overdue
    found = measured(ledger, dimension="dpd_bucket")
    assert [found["balance", group] for group in ("current", "1-30", "31-60")] == [400, 100, 250]
    assert found["overdue_balance", "31-60"] == 200


def test_overdue_share_and_accounts(measured):
    ledger = account(Ledger(), "A", "2024-03-01", 30)
    account(ledger, "B", "2024-04-20", 90)
    found = measured(ledger)
    assert found["overdue_share", "all"] == 30 / 120
    assert found["overdue_accounts", "all"] == 1


def test_roll_rate_is_the_next_bucket_now_over_this_one_before(measured):
    ledger = account(Ledger(), "A", "2024-02-20", 100)  # 9 days, then 40
    account(ledger, "B", "2024-02-10", 300)  # 19 days, then paid
    ledger.payment(day("2024-03-03"), 300, "B")
    found = measured(ledger)
    assert found["roll_rate_1_30", "all"] == 100 / 400


def test_the_last_bucket_is_compared_with_what_was_in_it_too(measured):
    ledger = account(Ledger(), "A", "2023-11-20", 100, issued_on=day("2023-11-01"))  # 101, then 132
    account(ledger, "B", "2023-10-01", 300, issued_on=day("2023-09-01"))  # 152, then 183
    found = measured(ledger)
    assert found["roll_rate_91_120", "all"] == 1


def test_a_cure_is_back_to_current(measured):
    ledger = account(Ledger(), "A", "2024-02-20")
    account(ledger, "B", "2024-02-20")
    ledger.debt("B2", day("2024-03-20"), 50, customer_id="CB", account_id="B")
    ledger.payment(day("2024-03-03"), 100, "A").payment(day("2024-03-03"), 100, "B")
    # B paid what was overdue, and is overdue again by the close.
    assert measured(ledger)["cure_rate", "all"] == 1 / 2


def test_a_self_cure_had_no_contact_of_any_kind(measured):
    ledger = Ledger()
    for name in "ABCD":
        account(ledger, name, "2024-02-20")
    ledger.payment(day("2024-03-03"), 100, "A").payment(day("2024-03-03"), 100, "B")
    ledger.contact(day("2024-03-02"), "delivered", customer_id="CA", channel="sms")
    ledger.contact(day("2024-03-02"), "right_party", customer_id="CD", direction="in")
    ledger.contact(day("2024-02-29"), customer_id="CC")  # the month before
    # B and C had none; B was cured.
    assert measured(ledger)["self_cure_rate", "all"] == 1 / 2


def test_self_cure_of_the_control_group_is_told_apart(measured, tmp_path):
    ledger = Ledger().with_table("contacts")
    for name in "AB":
        account(ledger, name, "2024-02-20")
    ledger.payment(day("2024-03-03"), 100, "A")
    rows = [{"account_id": "A", "arm": "control"}, {"account_id": "B", "arm": "treatment"}]
    listed = write_list(tmp_path / "outputs", OPENED, rows)
    found = measured(ledger, lists=[listed], dimension="arm")
    assert (found["self_cure_rate", "control"], found["self_cure_rate", "treatment"]) == (1, 0)


def test_recovery_is_of_what_was_overdue_at_the_opening(measured):
    ledger = account(Ledger(), "A", "2024-02-20", 100)
    account(ledger, "B", "2024-03-05", 500)
    ledger.payment(day("2024-03-10"), 150, "A")  # 50 too much
    ledger.payment(day("2024-03-12"), 500, "B")  # was not due at the opening
    account(ledger, "C", "2024-02-01", 300)
    found = measured(ledger)
    assert found["recovery_rate", "all"] == 100 / 400
    assert found["collected", "all"] == 600


def test_what_is_paid_and_taken_back_is_not_recovered(measured):
    ledger = account(Ledger(), "A", "2024-02-20", 100)
    ledger.payment(day("2024-03-05"), 80, "A").payment(day("2024-03-09"), -60, "A")
    ledger.payment(day("2024-03-06"), 50, "A", bounced=True)
    assert measured(ledger)["recovery_rate", "all"] == 20 / 100


def test_recovery_in_90_days_is_so_far_until_they_are_over(measured):
    ledger = account(Ledger(), "A", "2024-02-20", 100)
    ledger.payment(day("2024-04-10"), 70, "A").payment(day("2024-05-30"), 30, "A")
    assert measured(ledger, as_of=day("2024-04-30"))["recovery_rate_90d", "all"] == 0.7
    # The 90 days after 29 February end on 29 May.
    assert measured(ledger, as_of=day("2024-05-31"))["recovery_rate_90d", "all"] == 0.7


def test_effectiveness_is_what_was_collected_of_what_could_be(measured):
    ledger = account(Ledger(), "A", "2024-02-20", 100)
    account(ledger, "B", "2024-03-20", 60, issued_on=day("2024-03-02"))
    account(ledger, "C", "2024-04-20", 40, issued_on=day("2024-03-02"))
    ledger.payment(day("2024-03-10"), 100, "A")
    # (100 + 100 billed - 100 left) / (100 + 100 billed - 40 not yet due)
    assert measured(ledger)["collection_effectiveness_index", "all"] == 100 / 160


def test_days_sales_outstanding_is_over_ninety_days_of_billing(measured):
    ledger = account(Ledger(), "A", "2024-02-20", 100, issued_on=day("2024-01-02"))
    account(ledger, "B", "2024-02-20", 50, issued_on=day("2024-01-01"))  # 90 days before: outside
    assert measured(ledger)["days_sales_outstanding", "all"] == 90 * 150 / 100


def test_days_sales_outstanding_needs_ninety_days_of_billing(tmp_path):
    ledger = account(Ledger(), "A", "2024-02-20", 300)
    account(ledger, "B", "2024-05-20", 100, issued_on=day("2024-03-02"))
    with Portfolio(ledger.write(tmp_path / "tables")) as portfolio:
        rows = measure_kpis(portfolio.engine, day("2024-04-30")).of("days_sales_outstanding")
    # The first debt of all was known on 5 January.
    assert rows["value"].to_pylist() == [None, None, 90 * 400 / 100]


def test_contact_is_counted_by_attempt_and_by_account(measured):
    ledger = Ledger()
    for name in "ABC":
        account(ledger, name, "2024-02-20")
    for outcome in ("no_answer", "third_party", "right_party"):
        ledger.contact(day("2024-03-05"), outcome, customer_id="CA")
    ledger.contact(day("2024-03-06"), "no_answer", customer_id="CB")
    ledger.contact(day("2024-03-06"), "right_party", customer_id="CB", direction="in")
    found = measured(ledger)
    assert found["penetration", "all"] == 2 / 3
    assert found["intensity", "all"] == 4 / 2
    assert found["contactability", "all"] == 1 / 4
    # B called by itself: its debtor was spoken with.
    assert found["right_party_contact", "all"] == 2 / 2


def test_an_attempt_counts_once_and_works_every_account_of_the_customer(measured):
    ledger = Ledger()
    for name, due_on in (("A", "2024-02-25"), ("B", "2024-01-20")):
        ledger.debt(
            name, day(due_on), customer_id="C1", account_id=name, issued_on=day("2024-01-05")
        )
    ledger.contact(day("2024-03-05")).contact(day("2024-03-06"))
    found = measured(ledger)
    assert (found["penetration", "all"], found["intensity", "all"]) == (1, 2 / 2)
    by_bucket = measured(ledger, dimension="dpd_bucket")
    assert (by_bucket["intensity", "31-60"], by_bucket["intensity", "1-30"]) == (2, None)


def test_promises_are_judged_in_the_month_in_which_their_grace_ends(measured):
    ledger = account(Ledger(), "A", "2024-01-20", 1000)
    promise = {"customer_id": "CA", "amount": Decimal(100)}
    ledger.promise(day("2024-02-20"), day("2024-02-26"), **promise)  # matures on 1 March, broken
    ledger.promise(day("2024-03-02"), day("2024-03-10"), **promise)  # kept: 90 of 100 by 13 March
    ledger.promise(day("2024-03-20"), day("2024-03-28"), **promise)  # matures on 1 April
    ledger.payment(day("2024-03-13"), 90, "A")
    found = measured(ledger)
    assert found["promises_made", "all"] == 2
    assert found["promised_amount", "all"] == 200
    assert found["promises_kept", "all"] == 1 / 2


def test_cost_to_collect_is_of_the_lists_worked_in_the_month(measured, tmp_path):
    ledger = account(Ledger(), "A", "2024-02-20", 100)
    account(ledger, "B", "2024-03-20", 300)
    ledger.payment(day("2024-03-10"), 100, "A")
    ledger.payment(day("2024-03-20"), 200, "B").payment(day("2024-03-21"), 100, "B")
    lists = [
        write_list(
            tmp_path / "outputs", day(on), [{"account_id": "A", "expected_cost": Decimal(cost)}]
        )
        for on, cost in (("2024-02-28", 50), ("2024-02-29", 7), ("2024-03-15", 3))
    ]
    # What came in after its due date: 100 of A, and 100 of B.
    assert measured(ledger, lists=lists)["cost_to_collect", "all"] == 10 / 200


def test_a_vintage_is_what_is_unpaid_of_what_fell_due(tmp_path):
    ledger = Ledger().debt("D1", day("2024-01-10"), 100).debt("D2", day("2024-01-20"), 300)
    ledger.payment(day("2024-02-10"), 100, "D1").payment(day("2024-03-10"), 60, "D2")
    ledger.debt("D0", day("2023-12-20"), 10, issued_on=day("2023-12-01"))
    with Portfolio(ledger.write(tmp_path / "tables")) as portfolio:
        report = measure_kpis(portfolio.engine, day("2024-03-20"))
    rows = report.of("vintage", "age_months").to_pylist()
    found = {(str(row["month"]), row["group"]): row["value"] for row in rows}
    assert [found["2024-01-31", age] for age in "012"] == [1, 300 / 400, 240 / 400]
    is_mature = {row["group"]: row["is_mature"] for row in rows if row["month"].month == 1}
    assert is_mature == {"0": True, "1": True, "2": False}


# Known by when


def test_a_month_that_is_over_never_changes(tmp_path):
    rows = random_rows(3)
    rows.setdefault("contacts", [])
    rows.setdefault("promises", [])
    events = {
        "debts": "issued_on", "payments": "paid_on", "contacts": "at", "promises": "made_on",
    }  # fmt: skip
    kept = {
        name: [row for row in found if name not in events or known_on(row, events[name]) <= CLOSED]
        for name, found in rows.items()
    }
    ids = {row["debt_id"] for row in kept["debts"]}
    kept["payments"] = [row for row in kept["payments"] if row["debt_id"] in ids]
    kept["disputes"] = [row for row in kept.get("disputes", ()) if row["debt_id"] in ids]
    found = []
    for place, each, as_of in (
        ("then", kept, CLOSED),
        ("all", rows, CLOSED),
        ("later", rows, day("2024-05-31")),
    ):
        with Portfolio(Ledger(each).write(tmp_path / place)) as portfolio:
            report = measure_kpis(portfolio.engine, as_of, months=as_of.month + 3)
        ours = pc.and_(pc.less_equal(report.rows["month"], CLOSED), report.rows["is_mature"])
        found.append({_key(row): row["value"] for row in report.rows.filter(ours).to_pylist()})
    assert found[0] == found[1]
    # Later more is mature; what was already is the same.
    assert len(found[1]) < len(found[2])
    assert found[1] == {key: found[2][key] for key in found[1]}


def _key(row):
    return row["kpi"], row["month"], row["dimension"], row["group"]


def test_a_payment_recorded_late_counts_when_it_is_known(measured):
    ledger = account(Ledger(), "A", "2024-02-20")
    ledger.payment(day("2024-03-30"), 100, "A", recorded_at=day("2024-04-02"))
    assert measured(ledger)["recovery_rate", "all"] == 0
    april = measured(ledger, as_of=day("2024-04-30"), month=day("2024-04-30"))
    assert april["recovery_rate", "all"] == 1


def test_the_month_under_way_and_windows_not_over_are_not_mature(tmp_path):
    ledger = account(Ledger(), "A", "2024-01-20", issued_on=day("2023-12-01"))
    with Portfolio(ledger.write(tmp_path / "tables")) as portfolio:
        report = measure_kpis(portfolio.engine, day("2024-05-10"))
    cure, recovery = (report.of(name).to_pylist() for name in ("cure_rate", "recovery_rate_90d"))
    assert [str(row["month"]) for row in cure][-2:] == ["2024-04-30", "2024-05-10"]
    assert [row["is_mature"] for row in cure] == [True] * 5 + [False]
    # Ninety days after 31 December and 31 January are over, after 29 February not.
    assert [row["is_mature"] for row in recovery] == [True] * 3 + [False] * 3


def test_the_first_month_is_a_whole_one():
    months = months_until(day("2024-05-31"), day("2024-03-02"), 13)
    assert [str(month.opened_on) for month in months] == ["2024-03-31", "2024-04-30"]


def test_without_a_whole_month_it_says_so(tmp_path):
    ledger = Ledger().debt()
    with (
        Portfolio(ledger.write(tmp_path / "tables")) as portfolio,
        pytest.raises(DataError, match="no month of data"),
    ):
        measure_kpis(portfolio.engine, day("2024-01-31"))


# What cannot be computed


def test_what_a_missing_table_hides_is_absent_with_the_reason(tmp_path):
    ledger = account(Ledger(), "A", "2024-02-20")
    with Portfolio(ledger.write(tmp_path / "tables")) as portfolio:
        report = measure_kpis(portfolio.engine, CLOSED)
    told = report.as_dict()
    missing = {"self_cure_rate", "penetration", "contactability", "promises_kept"}
    assert missing < set(report.absent)
    assert "contacts" in report.absent["penetration"].es
    assert "promises" in report.absent["promises_kept"].en
    assert report.absent["cost_to_collect"].pt == "não há listas anteriores com que medir"
    assert not missing & set(report.rows["kpi"].to_pylist())
    by_name = {kpi["name"]: kpi for kpi in told["kpis"]}
    assert by_name["penetration"]["rows"] == []
    assert by_name["penetration"]["absent"]["en"] == "the source has no table contacts"
    assert by_name["balance"]["absent"] is None


def test_what_divides_by_nothing_has_no_value(measured):
    ledger = account(Ledger(), "A", "2024-05-20").with_table("contacts")
    found = measured(ledger)
    assert found["recovery_rate", "all"] is None
    assert found["contactability", "all"] is None


def test_months_without_a_list_have_no_segments_nor_costs(measured, tmp_path):
    ledger = account(Ledger(), "A", "2024-01-20")
    listed = write_list(tmp_path / "outputs", day("2024-01-10"), [{"account_id": "A"}])
    assert measured(ledger, lists=[listed])["cost_to_collect", "all"] is None
    assert measured(ledger, lists=[listed], dimension="segment") == {}


def test_accounts_that_no_list_holds_are_told_apart(measured, tmp_path):
    ledger = account(Ledger(), "A", "2024-02-20", 100)
    account(ledger, "B", "2024-02-20", 300)
    rows = [{"account_id": "A", "segment": "talk"}]
    listed = write_list(tmp_path / "outputs", CLOSED, rows)
    found = measured(ledger, lists=[listed], dimension="segment")
    assert (found["balance", "talk"], found["balance", "unlisted"]) == (100, 300)


def test_countries_are_shown_only_where_customers_have_them(measured):
    ledger = Ledger().customer("CA", country="CO")
    account(ledger, "A", "2024-02-20")
    assert measured(ledger, dimension="country")["balance", "CO"] == 100
    assert measured(ledger, dimension="product_line") == {}


# Declarations


def test_what_is_said_of_a_kpi_is_json(tmp_path):
    ledger = account(Ledger(), "A", "2024-02-20").with_table("contacts").with_table("promises")
    with Portfolio(ledger.write(tmp_path / "tables")) as portfolio:
        told = measure_kpis(portfolio.engine, CLOSED).as_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert [kpi["name"] for kpi in told["kpis"]] == [kpi.name for kpi in KPIS]


def test_kpis_have_names_of_their_own_and_words_in_every_language():
    assert Counter(kpi.name for kpi in KPIS).most_common(1)[0][1] == 1
    for language in ("es", "pt", "en"):
        labels = Counter(kpi.label.in_language(language) for kpi in KPIS)
        assert labels.most_common(1)[0][1] == 1
    for kpi in KPIS:
        assert kpi.definition.es != kpi.definition.pt != kpi.definition.en
        assert kpi.source
        assert set(kpi.within) <= set(DIMENSIONS)


def test_formulae_are_aggregates_of_columns_alone(tmp_path):
    ledger = account(Ledger(), "A", "2024-02-20").with_table("contacts").with_table("promises")
    with Portfolio(ledger.write(tmp_path / "tables")) as portfolio:
        measure_kpis(portfolio.engine, CLOSED)
        found = portfolio.engine.execute(f"SELECT * FROM {ACCOUNT_MONTHS}").description
    columns = {column[0] for column in found} | {"amount"}
    for kpi in KPIS:
        for formula in filter(None, (kpi.numerator, kpi.denominator)):
            parse_expression(formula, columns, kpi.name, aggregates=True)


# Every one of them again


def past_lists(rows, folder):
    """Lists of some days with segments, arms and costs of their own; who is listed depends on nothing."""
    accounts = sorted({row.get("account_id") or row["customer_id"] for row in rows["debts"]})
    lists = {}
    for number, on in enumerate(("2023-12-31", "2024-01-20", "2024-02-25", "2024-03-31")):
        lists[day(on)] = {
            name: {
                "segment": ("talk", "wait")[(place + number) % 2],
                "arm": ("treatment", "treatment", "control")[place % 3],
                "expected_cost": Decimal(place + 1) / 2,
            }
            for place, name in enumerate(accounts)
            if (place + number) % 4
        }
        listed = [{"account_id": name} | row for name, row in lists[day(on)].items()]
        write_list(folder, day(on), listed)
    return lists


@pytest.mark.parametrize("seed", range(6))
def test_every_kpi_agrees_with_a_slow_reading_of_the_rows(tmp_path, seed):
    rows, as_of = random_rows(seed), day("2024-04-18")
    for place, customer in enumerate(rows["customers"]):
        customer["country"] = (None, "CO", "MX")[place % 3]
    lists = past_lists(rows, tmp_path / "outputs") if seed % 4 else {}
    folders = sorted((tmp_path / "outputs").glob("as_of=*"))
    with Portfolio(Ledger(rows).write(tmp_path / "tables")) as portfolio:
        report = measure_kpis(portfolio.engine, as_of, folders, months=6)
    reference = KpiReference(rows, as_of, lists)
    assert [list_date(folder) for folder in folders] == sorted(lists)
    found = {
        _key(row): (row["numerator"], row["denominator"])
        for row in report.rows.to_pylist()
        if row["kpi"] != "vintage"
    }
    closes = sorted({month for _, month, _, _ in found})
    expected = {}
    for closed in closes:
        opened = closed.replace(day=1) - dt.timedelta(days=1)
        for (kpi, dimension, group), both in reference.month(opened, as_day(closed)).items():
            expected[kpi, closed, dimension, group] = both
    assert len(closes) == 6
    assert found == expected
    assert {kpi for kpi, *_ in found} | set(report.absent) | {"vintage"} == {k.name for k in KPIS}


@pytest.mark.parametrize("seed", range(4))
def test_vintages_agree_with_a_slow_reading_of_the_rows(tmp_path, seed):
    rows, as_of = random_rows(seed), day("2024-04-18")
    with Portfolio(Ledger(rows).write(tmp_path / "tables")) as portfolio:
        report = measure_kpis(portfolio.engine, as_of, months=6)
    reference, expected = KpiReference(rows, as_of, {}), {}
    for closed in sorted(set(report.of("balance")["month"].to_pylist())):
        expected |= reference.cohorts(day("2023-10-31"), closed)
    found = {
        ((row["month"].year, row["month"].month), int(row["group"])): (
            row["numerator"],
            row["denominator"],
        )
        for row in report.of("vintage", "age_months").to_pylist()
    }
    assert len(found) == 21
    assert found == expected


@pytest.mark.parametrize("seed", range(4))
def test_balances_billed_and_collected_add_up(tmp_path, seed):
    """What was owed, and what was billed since, is owed still or was collected."""
    with Portfolio(Ledger(random_rows(seed)).write(tmp_path / "tables")) as portfolio:
        report = measure_kpis(portfolio.engine, day("2024-04-30"), months=8)
    collected = report.of("collected")["numerator"].to_pylist()
    effectiveness = report.of("collection_effectiveness_index")["numerator"].to_pylist()
    assert any(collected)
    assert collected == effectiveness
