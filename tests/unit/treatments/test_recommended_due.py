import datetime as dt

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from propension.config import RecommendedDue
from propension.treatments.offers import recommended_due_sql
from propension.treatments.offers.working_days import (
    closed_days,
    day_of_month,
    monthly_dates,
    next_open_day,
)

AS_OF = dt.date(2026, 1, 31)
ORDINARY = {
    "stage": "upcoming",
    "country": "CO",
    "next_due_on": dt.date(2026, 2, 10),
    "liquidity_day": 20.0,
    "liquidity_day_spread": 2.0,
    "payment_count_365d": 3,
}


def recommended(**changes):
    account = {**ORDINARY, **changes}
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.execute(
            "CREATE TABLE accounts (stage VARCHAR, country VARCHAR, next_due_on DATE, "
            "liquidity_day DOUBLE, liquidity_day_spread DOUBLE, payment_count_365d BIGINT)"
        )
        engine.execute("INSERT INTO accounts VALUES (?, ?, ?, ?, ?, ?)", list(account.values()))
        sql = recommended_due_sql(RecommendedDue(), "accounts", AS_OF, "CO", ["BR"])
        (row,) = engine.execute(f"SELECT recommended_due_on FROM ({sql})").fetchall()
    return row[0]


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({}, dt.date(2026, 2, 20)),
        ({"liquidity_day": 10.0}, dt.date(2026, 2, 10)),
        # Next month's, on a working day: 5 April 2026 is a Sunday.
        ({"next_due_on": dt.date(2026, 3, 6), "liquidity_day": 5.0}, dt.date(2026, 4, 6)),
        ({"liquidity_day": 31.0}, dt.date(2026, 2, 28)),
        # Tiradentes, in Brazil alone.
        (
            {"next_due_on": dt.date(2026, 4, 15), "liquidity_day": 21.0, "country": "BR"},
            dt.date(2026, 4, 22),
        ),
        ({"next_due_on": dt.date(2026, 4, 15), "liquidity_day": 21.0}, dt.date(2026, 4, 21)),
    ],
)
def test_the_liquidity_day_on_or_after_the_due_date_is_recommended(changes, due):
    assert recommended(**changes) == due


@pytest.mark.parametrize(
    "changes",
    [
        {"stage": "overdue"},
        {"liquidity_day_spread": 4.1},
        {"liquidity_day_spread": None},
        {"payment_count_365d": 2},
        {"liquidity_day": None},
        {"next_due_on": None},
        {"next_due_on": dt.date(2026, 1, 30)},
    ],
)
def test_nothing_is_recommended_where_the_day_is_not_sure(changes):
    assert recommended(**changes) is None


@settings(max_examples=80)
@given(st.integers(0, 360), st.integers(1, 31))
def test_the_statement_agrees_with_plain_dates(days, day):
    due = AS_OF + dt.timedelta(days)
    closed = closed_days("CO", AS_OF, AS_OF + dt.timedelta(420))
    liquid = monthly_dates(due, due + dt.timedelta(62), day)[0]
    assert liquid == day_of_month(liquid, day)
    found = recommended(next_due_on=due, liquidity_day=float(day))
    assert found == next_open_day(liquid, closed)
