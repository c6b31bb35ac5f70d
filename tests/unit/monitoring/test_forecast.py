"""The cash forecast: by hand, again in plain Python, and never knowing more than was known."""

import datetime as dt
import json
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from ledgers import Ledger, Portfolio, day, days_after, known_on
from past_lists import write_list
from random_ledgers import random_rows
from unit.monitoring.kpi_reference import KpiReference

from propension.config import HORIZONS
from propension.errors import DataError
from propension.monitoring import forecast_cash
from propension.monitoring.forecast import PARTS, CurveLists, collected_weeks, expected_parts
from propension.monitoring.forecast.billing import expected_billing
from propension.monitoring.forecast.cash import independent_forecasts
from propension.monitoring.forecast.intervals import half_width
from propension.monitoring.forecast.run_off import (
    HORIZON_DAYS,
    RunOff,
    by_age,
    is_overdue_age,
)

FIRST, AS_OF = day("2024-01-01"), day("2024-06-30")
N_AGES = len(is_overdue_age())


@pytest.fixture
def portfolio_of(tmp_path):
    """Open portfolios of ledgers, closed at the end."""
    opened = []

    def open_portfolio(ledger):
        found = Portfolio(ledger.write(tmp_path / f"tables{len(opened)}"))
        opened.append(found)
        return found

    yield open_portfolio
    for found in opened:
        found.__exit__()


def steady(paid_after=5, paid_share=1, until=AS_OF):
    """A debt of 100 a day, due in 20 days, paid some days after that."""
    ledger = Ledger()
    for number in range((until - FIRST).days + 1):
        name, issued = f"D{number}", days_after(FIRST, number)
        ledger.debt(name, days_after(issued, 20), issued_on=issued, account_id=f"A{number}")
        paid_on = days_after(issued, 20 + paid_after)
        if paid_on <= until:
            ledger.payment(paid_on, 100 * paid_share, name)
    return ledger


# By hand


def test_what_is_always_paid_five_days_late_is_expected_then(portfolio_of):
    parts = _parts(portfolio_of(steady()))
    # Four are overdue, and fall to be paid on the next four days; the others on the days after.
    assert parts["overdue"] == pytest.approx([400] + [0] * 12)
    assert parts["not_due"] == pytest.approx([300, 700, 700, 400] + [0] * 9)
    assert parts["not_billed"] == pytest.approx([0, 0, 0, 300] + [700] * 9)


def test_what_is_half_paid_is_half_expected(portfolio_of):
    parts = _parts(portfolio_of(steady(paid_after=1, paid_share=0.5)))
    total = parts["not_due"] + parts["not_billed"]
    assert total[:4] == pytest.approx([350] * 4, rel=1e-3)
    assert parts["overdue"].sum() < 1


def test_what_is_paid_when_it_is_billed_is_expected_of_new_debts_alone(portfolio_of):
    ledger = Ledger()
    for number in range(182):
        issued = days_after(FIRST, number)
        ledger.debt(f"D{number}", issued, issued_on=issued).payment(issued, 100, f"D{number}")
    parts = _parts(portfolio_of(ledger))
    assert parts["not_billed"] == pytest.approx([700] * 13)
    assert parts["overdue"].sum() == parts["not_due"].sum() == 0


def test_billing_follows_the_days_of_the_month_and_the_level_of_late(portfolio_of):
    ledger = Ledger()
    for month in range(1, 7):
        amount = 100 if month < 5 else 300
        ledger.debt(f"D{month}", AS_OF, amount, issued_on=dt.date(2024, month, 1))
    billed = expected_billing(portfolio_of(ledger).engine, AS_OF, FIRST)
    days = [days_after(AS_OF, ahead + 1) for ahead in range(HORIZON_DAYS)]
    assert {d.day for d, amount in zip(days, billed, strict=True) if amount} == {1}
    # The last 56 days hold one first of a month, in which 300 were billed.
    assert billed[0] == pytest.approx(300)


def test_weeks_hold_what_came_in_them_and_nothing_before_they_are_over(portfolio_of):
    ledger = Ledger().debt(due_on=FIRST, amount=1000)
    for on, amount in ((1, 10), (7, 20), (8, 40), (9, -5), (14, 80), (15, 160)):
        ledger.payment(days_after(FIRST, on), amount)
    engine = portfolio_of(ledger).engine
    weeks = collected_weeks(engine, FIRST, days_after(FIRST, 20))
    assert weeks[:2].tolist() == [30, 115]
    assert np.isnan(weeks[2:]).all()
    assert not np.isnan(collected_weeks(engine, FIRST, days_after(FIRST, 91))).any()


def _parts(portfolio, as_of=AS_OF, lists=()):
    curves = CurveLists(portfolio.engine, lists, as_of)
    return expected_parts(portfolio.engine, curves, FIRST, as_of)


# Run-off


@given(
    arrays(np.float64, N_AGES, elements=st.floats(0, 1)),
    arrays(np.float64, N_AGES, elements=st.floats(0, 1e9)),
)
def test_no_more_is_expected_than_is_owed(shares, balance):
    found = RunOff(shares, shares, 0.0).of_open(balance)
    assert found.shape == (N_AGES, HORIZON_DAYS)
    assert (found >= 0).all()
    assert (found.sum(axis=1) <= balance * (1 + 1e-9)).all()


@given(
    arrays(np.float64, N_AGES, elements=st.floats(0, 1)),
    arrays(np.float64, HORIZON_DAYS, elements=st.floats(0, 1e9)),
    st.floats(0, 1),
)
def test_no_more_is_expected_than_is_billed(shares, billed, at_once):
    found = RunOff(shares, shares, at_once).of_new(billed)
    assert (np.cumsum(found) <= np.cumsum(billed) * (1 + 1e-9) + 1e-6).all()
    assert found[0] == pytest.approx(billed[0] * at_once)


@pytest.mark.parametrize("seed", range(3))
def test_run_off_agrees_with_a_slow_reading_day_by_day(portfolio_of, seed):
    rows, as_of = random_rows(seed), day("2024-04-10")
    found = RunOff.read(portfolio_of(Ledger(rows)).engine, as_of)
    debts = [debt for account in KpiReference(rows, as_of, {}).accounts for debt in account.debts]
    begins = days_after(as_of, -365)
    for clock, shares in (("due", found.by_due), ("known", found.by_known)):
        paid, owed = np.zeros(N_AGES), np.zeros(N_AGES)
        for debt in debts:
            since = debt.row["due_on"] if clock == "due" else debt.known_on
            on = max(begins, debt.known_on)
            while on < as_of:
                age = (days_after(on, 1) - since).days
                owed += by_age(np.array([age]), np.array([float(debt.balance(on))]))
                came = float(debt.paid(days_after(on, 1)) - debt.paid(on))
                paid += by_age(np.array([age]), np.array([came]))
                on = days_after(on, 1)
        # Within sixty days of the date every day stands for itself.
        for age in range(-60, 61):
            place = int(np.flatnonzero(is_overdue_age())[0]) - 1 + age
            expected = min(max(paid[place] / owed[place], 0), 1) if owed[place] > 0 else 0
            assert shares[place] == pytest.approx(expected, abs=1e-9), (clock, age)


# Lists


def curve(*chances):
    return {f"propensity_{days}d": p for days, p in zip(HORIZONS, chances, strict=True)}


LISTED = {"account_id": "A0", "propensity": 0.4, "amount_at_stake": Decimal(100)}


def test_a_list_expects_money_as_the_chance_of_paying_grows(portfolio_of, tmp_path):
    ledger = Ledger().debt(due_on=FIRST, account_id="A0")
    row = LISTED | {"expected_recovery": Decimal(50)} | curve(0.1, 0.2, 0.4, 0.6, 0.9)
    listed = write_list(tmp_path / "outputs", AS_OF, [row])
    expected = CurveLists(portfolio_of(ledger).engine, [listed], AS_OF).expected(AS_OF)
    reached = np.concatenate([[0], np.cumsum(expected)])
    # Half of it by 40%; by 90% it would be more than there is.
    assert reached[[7, 15, 30, 60, 91]] == pytest.approx([12.5, 25, 50, 75, 100])
    assert (expected >= 0).all()


def test_a_list_is_set_right_by_what_came_of_the_lists_before(portfolio_of, tmp_path):
    ledger = Ledger().debt(due_on=FIRST, amount=100, account_id="A0")
    before = days_after(AS_OF, -20)
    ledger.payment(days_after(before, 5), 30).payment(days_after(before, 10), 25)
    row = LISTED | {"expected_recovery": Decimal(40)} | curve(0.2, 0.2, 0.4, 0.4, 0.4)
    folders = [write_list(tmp_path / "outputs", each, [row]) for each in (before, AS_OF)]
    curves = CurveLists(portfolio_of(ledger).engine, folders, AS_OF)
    # 20 were expected within 7 and 15 days; 30 and 55 came. Longer horizons are not over.
    assert curves.corrections(AS_OF).tolist() == [1.5, 2.75, 1, 1, 1]
    assert curves.corrections(days_after(before, 14)).tolist() == [1.5, 1, 1, 1, 1]
    assert curves.corrections(before).tolist() == [1] * 5
    # By 30 days 40 would be expected, which is less than by 15.
    assert np.cumsum(curves.expected(AS_OF))[[6, 14, 29]] == pytest.approx([30, 55, 55])


def test_only_lists_of_half_a_year_set_a_list_right(portfolio_of, tmp_path):
    ledger = Ledger().debt(due_on=days_after(AS_OF, -400), amount=1000, account_id="A0")
    row = LISTED | {"expected_recovery": Decimal(40)} | curve(0.4, 0.4, 0.4, 0.4, 0.4)
    folders = []
    for days, came in ((189, 400), (188, 20), (100, 50)):
        listed = days_after(AS_OF, -days)
        folders.append(write_list(tmp_path / "outputs", listed, [row]))
        ledger.payment(days_after(listed, 2), came)
    curves = CurveLists(portfolio_of(ledger).engine, folders[::2], AS_OF)
    assert curves.corrections(AS_OF)[0] == pytest.approx(50 / 40)
    curves = CurveLists(portfolio_of(ledger).engine, folders[1:], AS_OF)
    # In the week after the older of the two, what answered the list before came too.
    assert curves.corrections(AS_OF)[0] == pytest.approx((400 + 20 + 50) / 80)


def test_of_daily_lists_the_newest_counts_and_before_it_one_a_week(portfolio_of, tmp_path):
    row = LISTED | {"expected_recovery": Decimal(40)} | curve(0.4, 0.4, 0.4, 0.4, 0.4)
    folders = [
        write_list(tmp_path / "outputs", days_after(AS_OF, -days), [row]) for days in range(-2, 16)
    ]
    ledger = Ledger().debt(due_on=days_after(AS_OF, -90), account_id="A0")
    curves = CurveLists(portfolio_of(ledger).engine, folders, AS_OF)
    assert curves.days == [days_after(AS_OF, -days) for days in (14, 7, 0)]


def test_a_curve_that_stops_early_is_not_used(portfolio_of, tmp_path):
    row = LISTED | {"expected_recovery": Decimal(50)} | curve(0.1, 0.2, 0.4, 0.6, None)
    listed = write_list(tmp_path / "outputs", AS_OF, [row])
    portfolio = portfolio_of(steady())
    curves = CurveLists(portfolio.engine, [listed], AS_OF)
    assert curves.days == []
    assert _parts(portfolio, lists=[listed])["overdue"] == pytest.approx([400] + [0] * 12)


def test_overdue_accounts_off_the_list_still_run_off(portfolio_of, tmp_path):
    last = (AS_OF - FIRST).days
    # Overdue are the debts of 21 to 24 days ago; one of them is on the list, and expected to pay nothing.
    row = LISTED | {"account_id": f"A{last - 21}", "expected_recovery": Decimal(0)}
    listed = write_list(tmp_path / "outputs", AS_OF, [row | curve(0.1, 0.2, 0.4, 0.6, 0.9)])
    parts = _parts(portfolio_of(steady()), lists=[listed])
    assert parts["overdue"] == pytest.approx([300] + [0] * 12)
    assert parts["not_due"] == pytest.approx([300, 700, 700, 400] + [0] * 9)


# Intervals


def test_an_interval_is_as_wide_as_the_error_that_most_stayed_within():
    expected, came = np.full(9, 100.0), 100.0 + np.arange(1, 10)
    # Of ten, the new one among them, eight are within the eighth error.
    assert half_width(expected, came, 9, 0.8) == 0.08
    assert half_width(expected, came, 9, 0.9) == 0.09
    assert np.isnan(half_width(expected, came, 9, 0.95))


def test_forecasts_that_overlap_count_as_the_few_that_do_not():
    expected, came = np.full(20, 100.0), 100.0 + np.arange(1, 21)
    assert half_width(expected, came, 20, 0.8) == 0.17
    assert half_width(expected, came, 9, 0.8) == 0.18
    assert half_width(expected, came, 4, 0.8) == 0.2
    assert np.isnan(half_width(expected, came, 3, 0.8))


@pytest.mark.parametrize(
    ("count", "weeks", "apart"),
    [(26, 1, 26), (26, 2, 26), (26, 4, 13), (22, 13, 4), (21, 13, 4), (20, 13, 3), (0, 13, 0)],
)
def test_independent_forecasts_are_those_whose_weeks_do_not_meet(count, weeks, apart):
    assert independent_forecasts(count, weeks) == apart


def test_past_forecasts_that_are_not_over_tell_nothing():
    came = np.array([110.0, 120.0, 130.0, 140.0, np.nan])
    assert half_width(np.full(5, 100.0), came, 5, 0.8) == 0.4
    assert np.isnan(half_width(np.full(5, 100.0), np.append(came[:3], [np.nan] * 2), 5, 0.8))


def test_intervals_hold_as_often_as_they_say():
    rng = np.random.default_rng(3)
    inside = 0
    for _ in range(4000):
        came = 100 * rng.lognormal(0, 0.2, 21)
        inside += abs(came[0] / 100 - 1) <= half_width(np.full(20, 100.0), came[1:], 20, 0.8)
    # At least 80%, and with 20 errors no more than 1/21 above it.
    assert 0.79 < inside / 4000 < 0.86


# The whole


@pytest.fixture
def forecast(portfolio_of):
    return forecast_cash(portfolio_of(steady()).engine, AS_OF)


def test_parts_and_weeks_add_up(forecast):
    assert [week.number for week in forecast.weeks] == list(range(1, 14))
    assert forecast.weeks[0].first_day == days_after(AS_OF, 1)
    assert forecast.weeks[-1].last_day == days_after(AS_OF, 91)
    for week in forecast.weeks:
        assert sum(week.parts.values()) == pytest.approx(week.expected.value)
    assert set(forecast.parts) == set(PARTS)
    total = sum(week.expected.value for week in forecast.weeks)
    assert forecast.total.value == pytest.approx(total)
    assert not forecast.uses_list


def test_without_enough_past_forecasts_there_is_no_interval_and_it_says_why(forecast):
    # 181 days are known; six past forecasts have a first week that is over, none a thirteenth.
    first, last = forecast.weeks[0].expected, forecast.weeks[-1].expected
    assert first.past == 6
    assert first.low <= first.value <= first.high
    assert (last.past, last.low, last.high, last.error) == (0, None, None, None)
    assert "too few" in forecast.absent.en
    assert (forecast.total.low, forecast.total.error) == (None, None)


def test_what_is_said_of_a_forecast_is_json(forecast):
    told = forecast.as_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["weeks"][0]["first_day"] == "2024-07-01"
    assert told["absent"]["es"].startswith("sin intervalo")


def test_a_steady_portfolio_is_forecast_with_narrow_intervals(portfolio_of):
    until = days_after(FIRST, 500)
    found = forecast_cash(portfolio_of(steady(until=until)).engine, until)
    assert found.absent is None
    assert found.total.value == pytest.approx(9100, rel=0.01)
    assert found.total.high - found.total.low < 0.05 * 9100
    assert found.total.past == 22


def test_a_quarter_of_history_is_needed(portfolio_of):
    engine = portfolio_of(steady()).engine
    with pytest.raises(DataError, match="91 days of history are needed before 2024-03-31"):
        forecast_cash(engine, days_after(FIRST, 90))
    assert forecast_cash(engine, days_after(FIRST, 91)).total.value > 0


def test_nothing_known_later_changes_a_forecast(portfolio_of, tmp_path):
    rows, as_of = random_rows(5), day("2024-03-29")
    events = {"debts": "issued_on", "payments": "paid_on"}
    kept = {
        name: [row for row in found if known_on(row, events[name]) <= as_of]
        for name, found in rows.items()
        if name in events
    }
    ids = {row["debt_id"] for row in kept["debts"]}
    kept["payments"] = [row for row in kept["payments"] if row["debt_id"] in ids]
    kept["customers"] = rows["customers"]
    assert len(kept["payments"]) < len(rows["payments"])
    names = sorted({row.get("account_id") or row["customer_id"] for row in kept["debts"]})
    chances = curve(0.1, 0.2, 0.4, 0.6, 0.9)
    listed = [
        {"account_id": name, "propensity": 0.4, "expected_recovery": Decimal(40)} | chances
        for name in names
    ]
    folders = [
        write_list(tmp_path / "outputs", each, listed)
        for each in (day("2023-12-20"), day("2024-02-20"), as_of, day("2024-04-10"))
    ]
    told = [
        forecast_cash(portfolio_of(Ledger(each)).engine, as_of, folders).as_dict()
        for each in (rows, kept)
    ]
    assert told[0]["uses_list"]
    assert told[0]["weeks"][0]["low"] is not None
    for ours, theirs in zip(told[0]["weeks"], told[1]["weeks"], strict=True):
        assert ours["value"] == pytest.approx(theirs["value"], rel=1e-9)
        assert (ours["past"], ours["parts"]["overdue"]) == (
            theirs["past"],
            pytest.approx(theirs["parts"]["overdue"], rel=1e-9),
        )
        assert ours["low"] == (theirs["low"] and pytest.approx(theirs["low"], rel=1e-6))
