import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from propension.config import ModelSettings
from propension.errors import DataError
from propension.model.split import split_in_time

WEEKS = [dt.date(2019, 1, 6) + dt.timedelta(weeks=week) for week in range(80)]
ORDER = ("train", "validation", "calibration", "test")


@given(
    count=st.integers(20, 120),
    every=st.integers(1, 31),
    horizon=st.integers(1, 60),
    share=st.floats(0.05, 0.3),
)
def test_no_outcome_reaches_into_the_next_window(count, every, horizon, share):
    dates = [dt.date(2019, 1, 1) + dt.timedelta(days=every * step) for step in range(count)]
    settings = ModelSettings(test_share=share)
    try:
        windows = split_in_time(dates, horizon, settings)
    except DataError:
        assert count * every < 10 * horizon + 10 * every
        return
    for earlier, later in pairwise(ORDER):
        last, first = getattr(windows, earlier)[-1], getattr(windows, later)[0]
        assert last + dt.timedelta(days=horizon) <= first


def test_every_date_is_in_one_window_or_in_a_gap():
    windows = split_in_time(WEEKS, 14, ModelSettings())
    used = [date for name in ORDER for date in getattr(windows, name)]
    assert sorted([*used, *windows.dropped]) == WEEKS
    assert len(set(used)) == len(used)


def test_test_from_decides_the_test_window():
    windows = split_in_time(WEEKS, 14, ModelSettings(test_from=dt.date(2020, 5, 1)))
    assert windows.test[0] == dt.date(2020, 5, 3)
    assert windows.test[-1] == WEEKS[-1]


@pytest.mark.parametrize("test_from", [dt.date(2018, 1, 1), dt.date(2030, 1, 1)])
def test_a_window_that_would_be_empty_is_refused(test_from):
    settings = ModelSettings(test_from=test_from)
    with pytest.raises(DataError, match="too few for train, validation"):
        split_in_time(WEEKS, 14, settings)


def test_too_few_dates_are_refused():
    with pytest.raises(DataError, match="3 as-of dates"):
        split_in_time(WEEKS[:3], 30, ModelSettings())
