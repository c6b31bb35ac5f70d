import datetime as dt

import pytest
from ledgers import DUE_ON, Ledger, Portfolio, by_account, days_after

from propension.errors import DataError

AS_OF = days_after(DUE_ON, 10)
HORIZON = 30
KNOWN_UNTIL = days_after(AS_OF, 60)


def after(days):
    return days_after(AS_OF, days)


@pytest.fixture
def label(tmp_path):
    """Label of the one account of a ledger: what it collected, and whether it counts as paid."""

    def read(ledger: Ledger, known_until=KNOWN_UNTIL, **target):
        options = {"horizon_days": HORIZON, "paid_share": 0.8} | target
        with Portfolio(ledger.write(tmp_path)) as portfolio:
            found = by_account(portfolio.labels(AS_OF, known_until, **options))
        return found["C1"]["collected_amount"], found["C1"]["is_paid"]

    return read


def test_account_that_pays_nothing_is_not_paid(label) -> None:
    assert label(Ledger().debt()) == (0, False)


@pytest.mark.parametrize(
    ("days", "collected"), [(-1, 0), (0, 0), (1, 100), (HORIZON, 100), (HORIZON + 1, 0)]
)
def test_payments_count_from_the_next_day_to_the_end_of_the_horizon(label, days, collected) -> None:
    # Another debt keeps the account in the population when the first is paid before.
    ledger = Ledger().debt("D1").debt("D2").payment(after(days), 100, "D1")
    assert label(ledger)[0] == collected


@pytest.mark.parametrize(("recorded_in", "collected"), [(0, 0), (1, 60), (60, 60), (61, 0)])
def test_earlier_payment_counts_when_it_became_known_afterwards(
    label, recorded_in, collected
) -> None:
    ledger = Ledger().debt().payment(after(-5), 60, recorded_at=after(recorded_in))
    assert label(ledger)[0] == collected


@pytest.mark.parametrize(("amount", "paid"), [("79.99", False), ("80", True), ("100", True)])
def test_paid_means_at_least_the_share_of_the_overdue_balance(label, amount, paid) -> None:
    assert label(Ledger().debt().payment(after(3), amount))[1] is paid


def test_share_is_of_what_was_left_on_the_date(label) -> None:
    ledger = Ledger().debt().payment(after(-1), 90).payment(after(3), 8)
    assert label(ledger) == (8, True)


def test_money_beyond_a_debts_balance_does_not_count_for_another(label) -> None:
    ledger = Ledger().debt("D1").debt("D2").payment(after(-2), 40, "D1")
    assert label(ledger.payment(after(3), 500, "D1")) == (60, False)


def test_payment_of_a_debt_that_was_not_overdue_does_not_count(label) -> None:
    ledger = Ledger().debt("D1").debt("D2", due_on=AS_OF).payment(after(3), 100, "D2")
    assert label(ledger) == (0, False)


def test_debt_known_afterwards_does_not_count(label) -> None:
    ledger = Ledger().debt("D1").debt("D2", recorded_at=after(1)).payment(after(3), 100, "D2")
    assert label(ledger) == (0, False)


def test_reversal_takes_back_what_came_in(label) -> None:
    ledger = Ledger().debt().payment(after(3), 100).payment(after(7), -30)
    assert label(ledger) == (70, False)


def test_reversal_of_earlier_money_is_never_a_negative_amount(label) -> None:
    ledger = Ledger().debt("D1").debt("D2").payment(after(-3), 50, "D1")
    ledger.payment(after(3), -50, "D1").payment(after(4), 100, "D2")
    assert label(ledger) == (100, False)


def test_bounced_payment_does_not_count(label) -> None:
    assert label(Ledger().debt().payment(after(3), 100, bounced=True)) == (0, False)


def test_accounts_below_the_floor_have_no_label(tmp_path) -> None:
    ledger = Ledger().debt("D1", amount=49).debt("D2", amount=50, customer_id="C2")
    with Portfolio(ledger.write(tmp_path)) as portfolio:
        labels = portfolio.labels(AS_OF, KNOWN_UNTIL, min_overdue_amount=50)
    assert list(by_account(labels)) == ["C2"]


@pytest.mark.parametrize("lag", [0, 5])
def test_label_is_refused_until_its_horizon_and_recording_lag_are_over(tmp_path, lag) -> None:
    mature = after(HORIZON + lag)
    early = mature - dt.timedelta(days=1)
    terms = {"horizon_days": HORIZON, "recording_lag_days": lag}
    with Portfolio(Ledger().debt().write(tmp_path)) as portfolio:
        assert portfolio.labels(AS_OF, mature, **terms).num_rows == 1
        with pytest.raises(
            DataError,
            match=rf"labels: on {early} the 30 days after {AS_OF} are not over\. "
            rf"The last mature as-of date is {AS_OF - dt.timedelta(days=1)}",
        ) as refused:
            portfolio.labels(AS_OF, early, **terms)
    assert refused.value.facts == {"as_of": AS_OF}
