"""All of it together: one reading of the lists of a portfolio."""

import datetime as dt
import json
from dataclasses import replace

import pytest
from builders import settings_of
from health_world import ROWS, draw_month, learnt, month_ends, write_month, write_months
from ledgers import Ledger, Portfolio

from propension.errors import DataError
from propension.features import SHIPPED
from propension.monitoring.health import SIGNALS, check_health, registered_bundles

UNTIL = dt.date(2024, 8, 20)


@pytest.fixture
def report(tmp_path):
    """Read the lists of a world in which some of the listed accounts exist."""

    def read(plant=None, months=7, accounts=200, as_of=UNTIL, newer="", **settings):
        found = settings_of(tmp_path, monitoring={"leaning_share": 0, **settings})
        # The world's columns are no features of trees: what they say is all there is.
        bundle = replace(learnt(2), facts={})
        write_months(found.outputs_folder, 2, months, bundle, plant)
        if newer:
            day = month_ends(months + 1)[-1]
            write_month(found.outputs_folder, day, draw_month(2, months), bundle, newer)
        ledger = Ledger()
        for number in range(accounts):
            name = f"A{number:06d}"
            ledger.debt(f"D{number}", dt.date(2023, 12, 1), customer_id=name)
            if number % 2:
                ledger.payment(dt.date(2024, 8, 10), 100, f"D{number}")
        with Portfolio(ledger.write(tmp_path / "tables")) as portfolio:
            return check_health(portfolio.engine, found, as_of, lambda *_: bundle)

    return read


def test_a_report_is_plain_and_says_what_is_not_over(report):
    told = report()
    assert told.lists == tuple(month_ends(7))
    plain = json.loads(json.dumps(told.as_dict()))
    assert plain["levels"].keys() <= {signal.name for signal in SIGNALS}
    own = {one["as_of"]: one for one in plain["quality"] if one["is_own"]}
    assert own["2024-06-30"]["elapsed_share"] == 1
    assert (own["2024-06-30"]["rows"], own["2024-06-30"]["lost_rows"]) == (200, ROWS - 200)
    assert own["2024-07-31"]["elapsed_share"] == pytest.approx(20 / 30)
    assert own["2024-07-31"]["figures"] is None


def test_lists_after_the_day_are_not_there_yet(report):
    assert report(as_of=dt.date(2024, 3, 31)).lists == tuple(month_ends(3))


def test_propensities_nobody_lives_up_to_call_for_recalibration(report):
    # Nobody of them pays before August, so that there is nothing to rank.
    told = report(months=5)
    assert told.levels["bias"] == "act"
    assert {name for one in told.quality for name in one.figures or {} if one.horizon.is_own} == {
        "bias"
    }
    [model] = told.recommendations
    assert (model.stage, model.action, model.rule) == ("overdue", "recalibrate", "level")


@pytest.mark.parametrize(("newer", "rule"), [("1", "level"), ("2", "quiet")])
def test_a_new_model_is_not_blamed_for_the_lists_of_the_one_before(report, newer, rule):
    told = report(months=5, as_of=dt.date(2024, 7, 15), newer=newer)
    assert [one.rule for one in told.recommendations] == [rule]
    assert ("feature_shift" in told.levels, "bias" in told.levels) == (True, newer == "1")
    # What became of the lists before is told all the same.
    judged = {one.model_version for one in told.quality if one.figures and one.horizon.is_own}
    assert judged == {"1"}


def test_a_jump_of_one_column_calls_for_a_look_at_the_source(report):
    def cents(columns, month):
        times = 100 if month == 6 else 1
        return columns | {"payment_amount_mean": columns["payment_amount_mean"] * times}

    told = report(cents)
    [model] = told.recommendations
    assert (model.action, model.rule) == ("keep", "source")
    assert {alert.subject for alert in model.because} == {"payment_amount_mean"}
    # Told in words; what figures were made from is kept of the newest list alone.
    feature = next(one for one in SHIPPED if one.name == "payment_amount_mean")
    assert f"({feature.text.es})" in model.because[0].told.es
    plain = told.as_dict()["measured"]
    assert {one["as_of"] for one in plain if "cuts" in one["facts"]} == {plain[-1]["as_of"]}


def test_without_a_list_there_is_nothing_to_read(report):
    with pytest.raises(DataError, match="no list of 2023-12-31 or before"):
        report(as_of=dt.date(2023, 12, 31))


def test_bundles_that_are_gone_are_none(tmp_path):
    find = registered_bundles(settings_of(tmp_path))
    assert find("overdue", "7") is None
    assert find("overdue", "") is None
