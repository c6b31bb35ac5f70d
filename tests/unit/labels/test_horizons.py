import datetime as dt

import pytest
from ledgers import DUE_ON, Ledger, Portfolio, days_after

from propension.config import Target
from propension.errors import DataError
from propension.labels import horizon_label_sql, upcoming_label_sql

OVERDUE_ON = days_after(DUE_ON, 10)
BEFORE_DUE = days_after(DUE_ON, -5)


def rows_of(ledger, tmp_path, sql):
    """What a label statement returns over a ledger, by account."""
    with Portfolio(ledger.write(tmp_path)) as portfolio:
        found = portfolio.engine.sql(sql).to_arrow_table().to_pylist()
    return {row["account_id"]: row for row in found}


def test_each_horizon_counts_what_came_in_by_its_end(tmp_path):
    ledger = Ledger().debt()
    for days, amount in ((5, 30), (20, 30), (45, 40)):
        ledger.payment(days_after(OVERDUE_ON, days), amount)
    sql = horizon_label_sql(OVERDUE_ON, Target(), days_after(OVERDUE_ON, 100))
    row = rows_of(ledger, tmp_path, sql)["C1"]
    collected = [row[f"collected_amount_{days}d"] for days in (7, 15, 30, 60, 90)]
    assert collected == [30, 30, 60, 100, 100]
    assert [row[f"is_paid_{days}d"] for days in (7, 15, 30, 60, 90)] == [False] * 3 + [True] * 2
    assert (row["stage"], row["amount"]) == ("overdue", 100)


def test_a_horizon_that_is_not_over_has_no_outcome(tmp_path):
    ledger = Ledger().debt().payment(days_after(OVERDUE_ON, 3), 100)
    sql = horizon_label_sql(OVERDUE_ON, Target(), days_after(OVERDUE_ON, 15))
    row = rows_of(ledger, tmp_path, sql)["C1"]
    assert (row["is_paid_7d"], row["is_paid_15d"]) == (True, True)
    assert [row[f"is_paid_{days}d"] for days in (30, 60, 90)] == [None] * 3
    assert row["collected_amount_30d"] is None


def test_a_recording_lag_makes_every_horizon_mature_later(tmp_path):
    target = Target(recording_lag_days=5)
    sql = horizon_label_sql(OVERDUE_ON, target, days_after(OVERDUE_ON, 15))
    row = rows_of(Ledger().debt(), tmp_path, sql)["C1"]
    assert (row["is_paid_7d"], row["is_paid_15d"]) == (False, None)


def test_the_horizon_of_the_target_is_on_the_curve_in_its_place(tmp_path):
    ledger = Ledger().debt().payment(days_after(OVERDUE_ON, 12), 85)
    sql = horizon_label_sql(OVERDUE_ON, Target(horizon_days=14), days_after(OVERDUE_ON, 90))
    row = rows_of(ledger, tmp_path, sql)["C1"]
    paid = {name: value for name, value in row.items() if name.startswith("is_paid")}
    assert paid == {f"is_paid_{days}d": days > 7 for days in (7, 14, 15, 30, 60, 90)}


def test_no_mature_horizon_is_refused():
    with pytest.raises(DataError, match="not one of the horizons"):
        horizon_label_sql(OVERDUE_ON, Target(), days_after(OVERDUE_ON, 6))


@pytest.mark.parametrize(
    ("paid_after_due", "amount", "in_time"),
    [(-2, 100, True), (0, 100, True), (3, 100, True), (4, 100, False), (0, 99, False)],
)
def test_upcoming_is_paid_when_all_of_it_comes_within_the_days_of_grace(
    tmp_path, paid_after_due, amount, in_time
):
    ledger = Ledger().debt().payment(days_after(DUE_ON, paid_after_due), amount)
    sql = upcoming_label_sql(BEFORE_DUE, Target(), days_after(DUE_ON, 60))
    row = rows_of(ledger, tmp_path, sql)["C1"]
    assert row["is_paid"] is in_time
    assert (row["stage"], row["amount"]) == ("upcoming", 100)


def test_upcoming_needs_everything_that_falls_due_in_the_window(tmp_path):
    ledger = Ledger().debt("D1").debt("D2", due_on=days_after(DUE_ON, 2))
    ledger.payment(DUE_ON, 100, "D1")
    sql = upcoming_label_sql(BEFORE_DUE, Target(), days_after(DUE_ON, 60))
    row = rows_of(ledger, tmp_path, sql)["C1"]
    assert (row["amount"], row["collected_amount"], row["is_paid"]) == (200, 100, False)


def test_a_debt_due_after_the_window_is_not_waited_for(tmp_path):
    ledger = Ledger().debt("D1").debt("D2", due_on=days_after(DUE_ON, 40))
    ledger.payment(DUE_ON, 100, "D1")
    sql = upcoming_label_sql(BEFORE_DUE, Target(), days_after(DUE_ON, 60))
    assert rows_of(ledger, tmp_path, sql)["C1"]["is_paid"] is True


def test_an_account_with_something_overdue_is_not_upcoming(tmp_path):
    ledger = Ledger().debt("D1").debt("D2", due_on=days_after(BEFORE_DUE, -1))
    sql = upcoming_label_sql(BEFORE_DUE, Target(), days_after(DUE_ON, 60))
    assert rows_of(ledger, tmp_path, sql) == {}


def test_upcoming_is_refused_before_the_grace_is_over():
    target = Target(upcoming_days=15, grace_days=3)
    last = BEFORE_DUE + dt.timedelta(days=18)
    upcoming_label_sql(BEFORE_DUE, target, last)
    with pytest.raises(DataError, match="in which upcoming debts can be paid in time are not over"):
        upcoming_label_sql(BEFORE_DUE, target, last - dt.timedelta(days=1))
