import datetime as dt
from decimal import Decimal

import pytest
from ledgers import (
    DUE_ON,
    RESOURCES,
    Ledger,
    Portfolio,
    by_account,
    day,
    days_after,
    write_extraction,
)

from propension.errors import DataError
from propension.snapshots import available_states, prepare_streams, stream_tables

OPEN, SETTLED = (True, False), (False, True)


def after_due(days):
    return days_after(DUE_ON, days)


def state(portfolio, as_of, debt_id="D1"):
    """Balance, days past due, and whether it is open and settled."""
    found = portfolio.debts(as_of)[debt_id]
    return found["balance"], found["days_past_due"], (found["is_open"], found["is_settled"])


def test_debt_is_overdue_from_the_day_after_its_due_date(look) -> None:
    portfolio = look(Ledger().debt())
    assert not portfolio.debts(after_due(-1))["D1"]["is_overdue"]
    assert not portfolio.debts(after_due(0))["D1"]["is_overdue"]
    assert portfolio.debts(after_due(1))["D1"]["is_overdue"]
    assert [state(portfolio, after_due(days))[1] for days in (0, 1, 2)] == [0, 1, 2]


@pytest.mark.parametrize(("year", "days"), [(2023, 1), (2024, 2)])
def test_days_past_due_count_the_leap_day(look, year, days) -> None:
    portfolio = look(Ledger().debt(due_on=dt.date(year, 2, 28)))
    assert state(portfolio, dt.date(year, 3, 1))[1] == days


def test_days_past_due_run_across_the_end_of_a_year(look) -> None:
    portfolio = look(Ledger().debt(due_on=day("2023-12-31")))
    assert state(portfolio, day("2024-01-31"))[1] == 31


def test_partial_payment_does_not_reset_days_past_due(look) -> None:
    portfolio = look(Ledger().debt().payment(after_due(10), 60).payment(after_due(15), "39.99"))
    assert state(portfolio, after_due(9)) == (100, 9, OPEN)
    assert state(portfolio, after_due(10)) == (40, 10, OPEN)
    assert state(portfolio, after_due(20)) == (Decimal("0.01"), 20, OPEN)


def test_paying_the_oldest_debt_moves_days_past_due_to_the_next(look) -> None:
    ledger = Ledger().debt("D1").debt("D2", due_on=after_due(10)).payment(after_due(20), 100, "D1")
    portfolio = look(ledger)
    assert by_account(portfolio.facts(after_due(19)))["C1"]["days_past_due"] == 19
    assert by_account(portfolio.facts(after_due(20)))["C1"]["days_past_due"] == 10


def test_paying_a_newer_debt_leaves_days_past_due_alone(look) -> None:
    ledger = Ledger().debt("D1").debt("D2", due_on=after_due(10)).payment(after_due(20), 100, "D2")
    assert by_account(look(ledger).facts(after_due(20)))["C1"]["days_past_due"] == 20


def test_full_payment_settles_on_the_day_of_the_last_part(look) -> None:
    portfolio = look(Ledger().debt().payment(after_due(3), 50).payment(after_due(8), 50))
    settled = portfolio.debts(after_due(20))["D1"]
    assert state(portfolio, after_due(20)) == (0, 0, SETTLED)
    assert (settled["delay_days"], settled["settled_days_ago"]) == (8, 12)


def test_reversal_reopens_the_debt_at_its_old_due_date(look) -> None:
    portfolio = look(Ledger().debt().payment(after_due(5)).payment(after_due(9), -100))
    assert state(portfolio, after_due(8)) == (0, 0, SETTLED)
    assert state(portfolio, after_due(9)) == (100, 9, OPEN)
    assert portfolio.debts(after_due(9))["D1"]["delay_days"] is None


def test_debt_paid_again_after_a_reversal_is_settled_on_the_new_day(look) -> None:
    ledger = Ledger().debt().payment(after_due(5)).payment(after_due(9), -40)
    portfolio = look(ledger.payment(after_due(30), 40))
    assert portfolio.debts(after_due(6))["D1"]["delay_days"] == 5
    assert state(portfolio, after_due(29)) == (40, 29, OPEN)
    assert state(portfolio, after_due(30)) == (0, 0, SETTLED)
    assert portfolio.debts(after_due(31))["D1"]["delay_days"] == 30


def test_payment_and_reversal_known_on_one_day_change_nothing(look) -> None:
    portfolio = look(Ledger().debt().payment(after_due(5)).payment(after_due(5), -100))
    assert state(portfolio, after_due(5)) == (100, 5, OPEN)


def test_over_payment_never_makes_a_negative_balance(look) -> None:
    portfolio = look(Ledger().debt("D1").debt("D2").payment(after_due(2), 250, "D1"))
    assert state(portfolio, after_due(3)) == (0, 0, SETTLED)
    assert portfolio.debts(after_due(3))["D1"]["paid"] == 100
    # The excess stays where it was booked: it pays no other debt.
    assert state(portfolio, after_due(3), "D2") == (100, 3, OPEN)


def test_day_of_a_reversal_is_not_a_day_of_payment(look) -> None:
    recorded = after_due(9)
    ledger = Ledger().debt().payment(after_due(5), 130, recorded_at=recorded)
    portfolio = look(ledger.payment(after_due(8), -20, recorded_at=recorded))
    assert portfolio.debts(recorded)["D1"]["delay_days"] == 5


def test_reversal_within_an_over_payment_leaves_the_debt_settled(look) -> None:
    ledger = Ledger().debt().payment(after_due(2), 130).payment(after_due(6), -20)
    portfolio = look(ledger.payment(after_due(9), 5))
    assert state(portfolio, after_due(20)) == (0, 0, SETTLED)
    assert portfolio.debts(after_due(20))["D1"]["delay_days"] == 2


def test_reversal_beyond_what_was_paid_never_raises_the_balance(look) -> None:
    portfolio = look(Ledger().debt().payment(after_due(2), 30).payment(after_due(6), -50))
    assert state(portfolio, after_due(6)) == (100, 6, OPEN)


def test_late_recorded_payment_is_invisible_until_it_is_recorded(look) -> None:
    recorded = dt.datetime.combine(after_due(9), dt.time(0, 0, 1))
    portfolio = look(Ledger().debt().payment(after_due(3), recorded_at=recorded))
    assert state(portfolio, after_due(8)) == (100, 8, OPEN)
    assert state(portfolio, after_due(9)) == (0, 0, SETTLED)
    # It counts from the day it was known and says when it happened.
    assert portfolio.debts(after_due(9))["D1"]["delay_days"] == 3


@pytest.mark.parametrize(("clock", "balance"), [("23:59:59", 0), ("00:00:00", 100)])
def test_as_of_date_is_the_close_of_its_day(look, clock, balance) -> None:
    day_recorded = after_due(5) if clock == "23:59:59" else after_due(6)
    recorded = dt.datetime.combine(day_recorded, dt.time.fromisoformat(clock))
    portfolio = look(Ledger().debt().payment(after_due(1), recorded_at=recorded))
    assert state(portfolio, after_due(5))[0] == balance


def test_payment_recorded_ahead_counts_from_the_day_it_happens(look) -> None:
    recorded = dt.datetime.combine(after_due(-20), dt.time(12))
    portfolio = look(Ledger().debt().payment(after_due(4), recorded_at=recorded))
    assert state(portfolio, after_due(3))[0] == 100
    assert state(portfolio, after_due(4))[0] == 0


def test_late_recorded_debt_is_known_together_with_its_earlier_payment(look) -> None:
    recorded = dt.datetime.combine(after_due(12), dt.time(8))
    ledger = Ledger().debt(recorded_at=recorded).payment(after_due(2), 70)
    portfolio = look(ledger)
    assert portfolio.debts(after_due(11)) == {}
    assert portfolio.facts(after_due(11)).num_rows == 0
    assert state(portfolio, after_due(12)) == (30, 12, OPEN)
    payments = "SELECT known_on FROM payment_rows"
    assert portfolio.engine.execute(payments).fetchall() == [(after_due(12),)]


def test_bounced_payment_never_counts(look) -> None:
    ledger = Ledger().debt().payment(after_due(2), 60, bounced=True)
    portfolio = look(ledger.payment(after_due(4), 30, bounced=False).payment(after_due(5), 10))
    assert state(portfolio, after_due(10)) == (60, 10, OPEN)


def test_balances_are_exact_cents(look) -> None:
    ledger = Ledger().debt(amount="0.30")
    for days in (1, 2, 3):
        ledger.payment(after_due(days), "0.10")
    assert state(look(ledger), after_due(4)) == (0, 0, SETTLED)


def test_settled_debts_are_ranked_newest_first_and_ties_by_due_date(look) -> None:
    ledger = Ledger()
    for debt_id, due, days in (("D1", 1, 9), ("D2", 5, 2), ("D3", 0, 9), ("D4", 2, 9)):
        ledger.debt(debt_id, after_due(due)).payment(after_due(days), 100, debt_id)
    ranks = {key: row["settled_rank"] for key, row in look(ledger).debts(after_due(20)).items()}
    assert ranks == {"D4": 1, "D1": 2, "D3": 3, "D2": 4}


def test_open_debts_take_no_rank(look) -> None:
    ledger = Ledger().debt("D1").debt("D2").payment(after_due(3), 100, "D2")
    found = look(ledger).debts(after_due(20))
    assert (found["D1"]["settled_rank"], found["D2"]["settled_rank"]) == (None, 1)


def test_account_is_the_customer_unless_the_debt_names_one(look) -> None:
    ledger = Ledger().debt("D1").debt("D2", account_id="A2")
    assert {row["account_id"] for row in look(ledger).debts(DUE_ON).values()} == {"C1", "A2"}


def test_shared_account_keeps_the_customer_it_was_first_known_with(look) -> None:
    later = dt.datetime.combine(after_due(20), dt.time(9))
    ledger = Ledger().debt("D1", customer_id="C2", account_id="A1")
    portfolio = look(ledger.debt("D2", customer_id="C1", account_id="A1", recorded_at=later))
    for as_of in (after_due(5), after_due(25)):
        assert by_account(portfolio.facts(as_of))["A1"]["customer_id"] == "C2"


def test_customers_own_columns_do_not_disturb_the_streams(look) -> None:
    ledger = Ledger().customer("C1", account_id="X", as_of="2020-01-01", audit_sex="F").debt()
    portfolio = look(ledger)
    assert by_account(portfolio.facts(after_due(1)))["C1"]["customer_id"] == "C1"
    columns = portfolio.engine.execute("SELECT * FROM accounts").description
    assert "audit_sex" not in {column[0] for column in columns}


def test_streams_exist_only_for_the_tables_of_the_source(look) -> None:
    required = {"customer_rows", "debt_rows", "accounts", "payment_rows", "bounce_rows", "ledger"}
    assert stream_tables(look(Ledger().debt()).engine) == required
    full = Ledger().debt()
    for name in ("contacts", "promises", "disputes", "flags", "attributes"):
        full.with_table(name)
    streams = stream_tables(look(full).engine)
    optional = {"contact", "promise", "dispute", "flag", "attribute"}
    assert streams - required == {f"{name}_rows" for name in optional} | {"promise_payments"}
    assert available_states(streams) - available_states(required) == {
        f"{name}_states" for name in optional
    }


def test_holidays_are_prepared_only_for_a_country_that_is_known(tmp_path) -> None:
    extraction = Ledger().debt().write(tmp_path)
    for country, has_holidays in (("CO", True), ("ZZ", False), ("", False), ("BR", True)):
        with Portfolio(extraction, country=country) as portfolio:
            assert ("holiday_rows" in stream_tables(portfolio.engine)) is has_holidays


def test_streams_are_rebuilt_whole(look, tmp_path) -> None:
    extraction = Ledger().debt().write(tmp_path / "twice")
    first = prepare_streams(extraction, RESOURCES)
    assert prepare_streams(extraction, RESOURCES) == first


def test_missing_required_tables_are_named(tmp_path) -> None:
    extraction = write_extraction(tmp_path, {"debts": Ledger().debt().rows["debts"]})
    with pytest.raises(DataError, match=r"^customers, payments: missing"):
        prepare_streams(extraction, RESOURCES)
