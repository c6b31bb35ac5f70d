import datetime as dt
from itertools import pairwise
from pathlib import Path

import pytest
from ledgers import day

from propension.config import Snapshots, Target
from propension.errors import ConfigurationError, DataError
from propension.snapshots import choose_as_of, is_old, last_mature, training_dates
from propension.sources import Extraction


def extraction(first="2023-01-01", last="2024-06-15"):
    return Extraction(Path("unused"), {}, (), first and day(first), last and day(last))


def dates(every, known_until="2024-06-15", first="2023-10-01", **settings):
    chosen = {"every": every, "history_days": 90} | settings
    known = day(known_until)
    return training_dates(
        Snapshots.model_validate(chosen), Target(), extraction(first, known_until), known
    )


def test_last_day_of_the_data_is_the_default() -> None:
    assert choose_as_of(None, extraction()) == day("2024-06-15")


@pytest.mark.parametrize("asked", ["2023-01-01", "2023-08-09", "2024-06-15"])
def test_any_day_within_the_data_can_be_asked_for(asked) -> None:
    assert choose_as_of(day(asked), extraction()) == day(asked)


def test_day_before_the_data_is_refused() -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"--as-of 2022-12-31: the data starts on 2023-01-01.*from 2023-01-01 to 2024-06-15",
    ) as refused:
        choose_as_of(day("2022-12-31"), extraction())
    assert refused.value.facts == {"as_of": day("2022-12-31")}


def test_day_after_the_data_is_refused() -> None:
    with pytest.raises(
        ConfigurationError,
        match=r"--as-of 2024-06-16: the data ends on 2024-06-15.*Load newer data",
    ):
        choose_as_of(day("2024-06-16"), extraction())


@pytest.mark.parametrize("asked", [None, dt.date(2024, 1, 1)])
def test_data_without_a_single_event_is_refused(asked) -> None:
    with pytest.raises(DataError, match="recorded no debt, payment or contact"):
        choose_as_of(asked, extraction(None, None))


@pytest.mark.parametrize(("days", "old"), [(0, False), (7, False), (8, True)])
def test_list_is_old_after_a_week(days, old) -> None:
    as_of = day("2024-02-27")
    assert is_old(as_of, as_of + dt.timedelta(days=days)) is old


def test_last_mature_date_leaves_room_for_horizon_and_recording() -> None:
    target = Target(horizon_days=30, recording_lag_days=5)
    assert last_mature(day("2024-04-04"), target) == day("2024-02-29")


def test_month_ends_are_the_last_days_of_their_months_leap_years_too() -> None:
    found = dates("month")
    assert found == [
        day(end) for end in ("2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30")
    ]


def test_february_of_a_common_year_ends_on_the_28th() -> None:
    assert day("2023-02-28") in dates("month", "2023-06-15", "2022-10-01")


def test_week_ends_are_sundays() -> None:
    found = dates("week")
    assert {date.isoweekday() for date in found} == {7}
    assert {(later - earlier).days for earlier, later in pairwise(found)} == {7}
    # 90 days after 2023-10-01 is Saturday 2023-12-30; 30 days before 2024-06-15 is a Thursday.
    assert (found[0], found[-1]) == (day("2023-12-31"), day("2024-05-12"))


@pytest.mark.parametrize("every", ["week", "month"])
def test_first_and_last_possible_days_are_used(every) -> None:
    # 2023-12-31 is a Sunday and a month end; both bounds fall on it.
    found = dates(every, "2024-01-30", "2023-12-31", history_days=0)
    assert found == [day("2023-12-31")]


@pytest.mark.parametrize("every", ["week", "month"])
def test_dates_outside_the_bounds_by_one_day_are_not_used(every) -> None:
    with pytest.raises(DataError):
        dates(every, "2024-01-29", "2023-12-31", history_days=0)
    with pytest.raises(DataError):
        dates(every, "2024-01-30", "2023-12-31", history_days=1)


def test_only_the_newest_dates_are_kept() -> None:
    assert dates("month", max_count=4) == dates("month")[-4:]


@pytest.mark.parametrize(("every", "unit"), [("week", "week end"), ("month", "month end")])
def test_too_little_history_says_what_to_change(every, unit) -> None:
    with pytest.raises(
        DataError,
        match=rf"the data from 2024-03-01 to 2024-06-15 leaves no {unit} after 90 days of history "
        r"and before 30 days of outcome.*snapshots\.history_days or target\.horizon_days",
    ):
        dates(every, first="2024-03-01")
