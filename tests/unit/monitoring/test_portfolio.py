"""Everything that is known of a portfolio, and what is said where nothing is."""

import datetime as dt

import pytest
from builders import settings_of
from ledgers import Ledger, Portfolio
from monitored import POLICY

from propension.config import load_policy
from propension.errors import DataError
from propension.monitoring import measure_portfolio


def measure(tmp_path, as_of):
    ledger = Ledger().debt("D", dt.date(2024, 2, 1))
    with Portfolio(ledger.write(tmp_path / "tables")) as portfolio:
        settings, policy = settings_of(tmp_path), load_policy(POLICY)
        return measure_portfolio(portfolio.engine, settings, policy, as_of, tmp_path)


def test_parts_that_cannot_be_told_do_not_keep_the_others_back(tmp_path):
    told = measure(tmp_path, dt.date(2024, 3, 31))
    assert told["kpis"]
    assert set(told["missing"]) == {"forecast", "health", "impact"}
    assert told["feedback"]["by_kind"] == {}


def test_a_portfolio_of_which_nothing_can_be_told_is_refused_with_every_reason(tmp_path):
    with pytest.raises(DataError, match="there is no month of data yet") as refused:
        measure(tmp_path, dt.date(2020, 1, 31))
    for reason in ("days of history are needed", "there is no list", "no list from before"):
        assert reason in str(refused.value)
