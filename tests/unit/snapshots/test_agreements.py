"""Promises and their answers, bounced payments, and the accounts of a corporate group."""

import datetime as dt

import pytest
from ledgers import DUE_ON, Ledger, days_after

from propension.snapshots import available_states, stream_tables

MADE_ON, PROMISED_FOR = days_after(DUE_ON, 1), days_after(DUE_ON, 10)
KEPT, BROKEN, PENDING = (True, False), (False, True), (False, False)


def after(days):
    """So many days after the day the promise is due."""
    return days_after(PROMISED_FOR, days)


def promised(amount=100):
    return Ledger().debt().promise(MADE_ON, PROMISED_FOR, amount=amount)


def answer(portfolio, as_of):
    """Whether the one promise is kept and broken; None before it is known."""
    found = portfolio.states(as_of, "promise_states")
    assert len(found) <= 1
    return (found[0]["is_kept"], found[0]["is_broken"]) if found else None


@pytest.mark.parametrize(("days", "is_open"), [(-9, True), (0, True), (1, False)])
def test_promise_is_open_through_its_day(look, days, is_open) -> None:
    assert look(promised()).states(after(days), "promise_states")[0]["is_open"] is is_open


@pytest.mark.parametrize(
    ("days", "kept"), [(-9, True), (0, True), (1, True), (3, True), (4, False)]
)
def test_promise_is_kept_by_money_up_to_three_days_late(look, days, kept) -> None:
    portfolio = look(promised().payment(after(days), 100))
    assert answer(portfolio, after(20)) == (KEPT if kept else BROKEN)


def test_promise_is_broken_only_after_the_days_of_grace(look) -> None:
    portfolio = look(promised())
    assert [answer(portfolio, after(days)) for days in (0, 1, 3, 4)] == [PENDING] * 3 + [BROKEN]


def test_money_after_the_days_of_grace_does_not_mend_a_promise(look) -> None:
    portfolio = look(promised().payment(after(4), 100))
    assert [answer(portfolio, after(days)) for days in (3, 4, 30)] == [PENDING, BROKEN, BROKEN]


@pytest.mark.parametrize(("second", "kept"), [("49.99", False), ("50", True), ("60", True)])
def test_promise_is_kept_by_nine_tenths_in_several_payments(look, second, kept) -> None:
    ledger = promised().debt("D2").payment(after(-5), 40).payment(after(-1), second, "D2")
    portfolio = look(ledger)
    assert answer(portfolio, after(-2)) == PENDING
    assert answer(portfolio, after(-1)) == (KEPT if kept else PENDING)


def test_payment_known_later_keeps_a_promise_from_then_on(look) -> None:
    recorded = dt.datetime.combine(after(9), dt.time(8))
    portfolio = look(promised().payment(after(2), 100, recorded_at=recorded))
    assert [answer(portfolio, after(days)) for days in (3, 8, 9)] == [PENDING, BROKEN, KEPT]


@pytest.mark.parametrize(("days", "kept"), [(-1, False), (0, True)])
def test_money_that_came_before_the_promise_does_not_count(look, days, kept) -> None:
    portfolio = look(promised().payment(days_after(MADE_ON, days), 100))
    assert answer(portfolio, MADE_ON) == (KEPT if kept else PENDING)


def test_money_taken_back_or_bounced_keeps_no_promise(look) -> None:
    ledger = promised().payment(after(0), 100).payment(after(1), -100)
    portfolio = look(ledger.payment(after(1), 100, bounced=True))
    assert [answer(portfolio, after(days)) for days in (0, 1, 4)] == [KEPT, PENDING, BROKEN]


def test_money_of_another_customer_keeps_no_promise(look) -> None:
    ledger = promised().debt("D2", customer_id="C2", account_id="C1").payment(after(0), 100, "D2")
    assert answer(look(ledger), after(4)) == BROKEN


def test_promise_is_known_when_it_is_recorded_and_dates_from_when_it_was_made(look) -> None:
    recorded = dt.datetime.combine(days_after(MADE_ON, 5), dt.time(23, 59))
    ledger = Ledger().debt().promise(MADE_ON, PROMISED_FOR, recorded_at=recorded)
    portfolio = look(ledger)
    assert answer(portfolio, days_after(MADE_ON, 4)) is None
    assert portfolio.states(days_after(MADE_ON, 5), "promise_states")[0]["days_ago"] == 5


def test_every_promise_of_a_customer_is_answered_by_itself(look) -> None:
    ledger = promised().promise(MADE_ON, after(20)).promise(MADE_ON, PROMISED_FOR, customer_id="C2")
    found = look(ledger.debt("D2", customer_id="C2").payment(after(0), 60)).states(
        after(5), "promise_states"
    )
    # 60 answers the promise of 50, not that of 100, nor that of another customer.
    answers = [(row["customer_id"], row["is_kept"], row["is_broken"]) for row in found]
    assert sorted(answers) == [("C1", False, True), ("C1", True, False), ("C2", False, True)]


def bounces(portfolio, as_of):
    found = portfolio.states(as_of, "bounce_states")
    return sorted((row["account_id"], row["days_ago"]) for row in found)


def test_bounced_payment_is_a_bounce_and_no_payment(look) -> None:
    ledger = Ledger().debt().payment(after(0), 60, bounced=True).payment(after(0), 30)
    portfolio = look(ledger.payment(after(0), 10, bounced=False))
    assert bounces(portfolio, after(2)) == [("C1", 2)]
    assert len(portfolio.states(after(2), "payment_states")) == 2


def test_bounce_is_known_when_recorded_and_dates_from_when_it_happened(look) -> None:
    recorded = dt.datetime.combine(after(6), dt.time(8))
    portfolio = look(Ledger().debt().payment(after(0), 60, bounced=True, recorded_at=recorded))
    assert bounces(portfolio, after(5)) == []
    assert bounces(portfolio, after(6)) == [("C1", 6)]


def test_bounce_of_a_debt_recorded_later_is_known_with_it(look) -> None:
    recorded = dt.datetime.combine(after(8), dt.time(8))
    ledger = (
        Ledger().debt(account_id="A1", recorded_at=recorded).payment(after(0), 60, bounced=True)
    )
    portfolio = look(ledger)
    assert bounces(portfolio, after(7)) == []
    assert bounces(portfolio, after(8)) == [("A1", 8)]


@pytest.fixture
def groups(look):
    """Two customers of group G1, one of whom has two accounts, and one without a group."""
    ledger = Ledger().customer("C1", group_id="G1").customer("C2", group_id="G1").customer("C3")
    ledger.debt("D1").debt("D2", account_id="A2", due_on=days_after(DUE_ON, -9))
    recorded = dt.datetime.combine(days_after(DUE_ON, 5), dt.time(8))
    upcoming = days_after(DUE_ON, 50)
    ledger.debt("D3", upcoming, customer_id="C2", issued_on=DUE_ON, recorded_at=recorded)
    return look(ledger.debt("D4", customer_id="C3").payment(DUE_ON, 40, "D2"))


def group_rows(portfolio, as_of):
    found = portfolio.states(as_of, "group_states")
    rows = [
        (row["group_id"], row["account_id"], int(row["balance"]), row["days_past_due"])
        for row in found
    ]
    return sorted(rows)


def test_group_has_all_known_accounts_of_its_customers_overdue_or_not(groups) -> None:
    known_first = [("G1", "A2", 60, 13), ("G1", "C1", 100, 4)]
    assert group_rows(groups, days_after(DUE_ON, 4)) == known_first
    assert group_rows(groups, days_after(DUE_ON, 5)) == [
        ("G1", "A2", 60, 14),
        ("G1", "C1", 100, 5),
        ("G1", "C2", 100, 0),
    ]


def test_every_account_of_a_group_sees_the_whole_group(groups) -> None:
    found = groups.features(days_after(DUE_ON, 5)).to_pylist()
    names = ("group_account_count", "group_balance_overdue", "group_days_past_due")
    assert {row["account_id"]: tuple(row[name] for name in names) for row in found} == {
        "A2": (3, 160, 14),
        "C1": (3, 160, 14),
        "C3": (None, None, None),
    }


def test_states_of_promises_need_their_table(look) -> None:
    streams = stream_tables(look(Ledger().debt()).engine)
    assert "promise_states" not in available_states(streams)
    assert {"bounce_states", "group_states"} <= available_states(streams)
