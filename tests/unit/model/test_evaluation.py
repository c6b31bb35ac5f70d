import dataclasses
import json

import numpy as np
import pytest
from judged_portfolio import judged_portfolio

from propension.model.bootstrap import ClusteredBootstrap
from propension.model.breakdown import Scored, describe_parts, describe_snapshots
from propension.model.evaluation import evaluate_contenders
from propension.model.metrics import METRICS, evaluate


@pytest.fixture(scope="module")
def judged():
    return judged_portfolio()[0]


@pytest.fixture(scope="module")
def contenders():
    return judged_portfolio()[1]


@pytest.fixture(scope="module")
def evaluation(judged, contenders):
    return evaluate_contenders(judged, contenders, ClusteredBootstrap(judged.account_id, 60))


def scored(paid, propensity, accounts=None):
    ids = np.arange(len(paid)) if accounts is None else accounts
    return Scored(paid, propensity, np.ones(len(paid)), ClusteredBootstrap(ids, 20))


def test_an_evaluation_survives_json_without_loss(evaluation):
    assert json.loads(json.dumps(evaluation, allow_nan=False)) == evaluation


def test_every_contender_has_every_measure_with_its_interval(evaluation, judged, contenders):
    assert evaluation["contenders"].keys() == contenders.keys()
    for name, propensity in contenders.items():
        expected = evaluate(judged.is_paid, propensity)
        found = evaluation["contenders"][name]["metrics"]
        for metric in METRICS:
            figure = found[metric]
            assert figure["value"] == pytest.approx(expected[metric])
            assert figure["low"] <= figure["value"] <= figure["high"]


def test_amount_weighted_measures_weigh_rows_by_what_they_owe(evaluation, judged, contenders):
    expected = evaluate(judged.is_paid, contenders["model"], judged.overdue_amount)
    found = evaluation["contenders"]["model"]["amount_weighted"]
    assert found["auc"]["value"] == pytest.approx(expected["auc"])
    assert found["paid_share"] == pytest.approx(expected["paid_share"])


def test_differences_are_the_model_minus_the_other_on_the_same_rows(evaluation):
    of = {name: it["metrics"] for name, it in evaluation["contenders"].items()}
    for other, differences in evaluation["differences"].items():
        for metric, gap in differences.items():
            assert gap["value"] == pytest.approx(
                of["model"][metric]["value"] - of[other][metric]["value"]
            )
    assert "model" not in evaluation["differences"]
    assert evaluation["differences"]["coin"]["log_loss"]["is_better"]
    assert evaluation["differences"]["coin"]["auc"]["is_better"]
    # The champion ranks as the model does, and says 15 points too much.
    assert evaluation["differences"]["champion"]["log_loss"]["is_better"]
    assert not evaluation["differences"]["champion"]["auc"]["is_better"]


def test_parts_hold_every_row_once_in_reading_order(evaluation, judged):
    buckets = evaluation["groups"]["dpd_bucket"]
    assert [part["name"] for part in buckets] == ["1-30", "31-60", "61-90", "121+"]
    for parts in (*evaluation["groups"].values(), evaluation["snapshots"]):
        assert sum(part["rows"] for part in parts) == len(judged)
    dates = [part["as_of"] for part in evaluation["snapshots"]]
    assert dates == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]


def test_a_part_equals_the_model_judged_on_its_rows(evaluation, judged, contenders):
    rows = judged.groups["dpd_bucket"] == "31-60"
    expected = evaluate(judged.is_paid[rows], contenders["model"][rows])
    part = next(p for p in evaluation["groups"]["dpd_bucket"] if p["name"] == "31-60")
    for metric in ("auc", "log_loss", "calibration_error"):
        assert part[metric]["value"] == pytest.approx(expected[metric])
    assert part["accounts"] == len(set(judged.account_id[rows]))
    assert part["overdue_amount"] == pytest.approx(judged.overdue_amount[rows].sum())


def test_a_small_part_says_so_instead_of_a_number(evaluation):
    cooperative = evaluation["groups"]["customer_kind"][0]
    assert cooperative["name"] == "cooperative"
    assert cooperative["not_judged"] == "few_rows"
    assert cooperative["auc"] is None


def test_few_accounts_and_one_outcome_are_not_judged():
    propensity = np.linspace(0.1, 0.9, 60)
    mixed = (np.arange(60) % 2).astype(np.int8)
    few = describe_parts(scored(mixed, propensity, np.arange(60) % 10), np.full(60, "x"))
    one = describe_parts(scored(np.ones(60, dtype=np.int8), propensity), np.full(60, "x"))
    assert few[0]["not_judged"] == "few_accounts"
    assert one[0]["not_judged"] == "one_class"
    assert one[0]["log_loss"] is None


def test_a_missing_name_is_a_part_of_its_own_and_comes_last():
    propensity = np.linspace(0.1, 0.9, 100)
    mixed = (np.arange(100) % 2).astype(np.int8)
    names = np.array([None, "b"] * 50, dtype=object)
    assert [p["name"] for p in describe_parts(scored(mixed, propensity), names)] == ["b", "missing"]


def one_day(paid):
    return np.full(len(paid), np.datetime64("2026-06-30"))


def test_recalibration_finds_the_slope_and_the_intercept_that_were_lost():
    rng = np.random.default_rng(6)
    margin = rng.normal(size=20_000)
    paid = (rng.random(20_000) < 1 / (1 + np.exp(-(0.5 * margin - 0.4)))).astype(np.int8)
    [found] = describe_snapshots(scored(paid, 1 / (1 + np.exp(-margin))), one_day(paid))
    for name, truth in {"slope": 0.5, "intercept": -0.4}.items():
        assert found[name]["low"] < truth < found[name]["high"]
        assert found[name]["high"] - found[name]["low"] < 0.1


def test_too_few_payers_have_no_recalibration():
    paid = np.array([1] * 5 + [0] * 95, dtype=np.int8)
    [found] = describe_snapshots(scored(paid, np.linspace(0.1, 0.9, 100)), one_day(paid))
    assert (found["slope"], found["intercept"]) == (None, None)


def test_the_calibration_curve_rises_and_holds_every_row(evaluation, judged):
    curve = evaluation["calibration_curve"]
    assert sum(point["rows"] for point in curve) == len(judged)
    said = [point["mean_propensity"] for point in curve]
    assert said == sorted(said)
    for point in curve:
        assert point["paid_share"]["low"] <= point["paid_share"]["value"]


def test_gains_end_with_all_the_money(evaluation, judged):
    last = evaluation["gains"][-1]
    assert last["cumulative_collected_share"] == pytest.approx(1)
    assert last["cumulative_overdue_share"] == pytest.approx(1)
    assert evaluation["collected_amount"] == pytest.approx(judged.collected_amount.sum())


def test_the_order_of_rows_changes_nothing(judged, contenders):
    shuffled = np.random.default_rng(1).permutation(len(judged))
    columns = {
        field.name: getattr(judged, field.name)[shuffled]
        for field in dataclasses.fields(judged)
        if field.name != "groups"
    }
    mixed = dataclasses.replace(
        judged, **columns, groups={n: v[shuffled] for n, v in judged.groups.items()}
    )
    first = evaluate_contenders(
        judged, {"model": contenders["model"]}, ClusteredBootstrap(judged.account_id, 20)
    )
    again = evaluate_contenders(
        mixed, {"model": contenders["model"][shuffled]}, ClusteredBootstrap(mixed.account_id, 20)
    )
    assert _numbers(again) == pytest.approx(_numbers(first), rel=1e-9)


def test_contenders_without_the_model_are_refused(judged, contenders):
    with pytest.raises(ValueError, match="contenders coin"):
        evaluate_contenders(judged, {"coin": contenders["coin"]})


def _numbers(value):
    if isinstance(value, dict):
        return [number for part in value.values() for number in _numbers(part)]
    if isinstance(value, list):
        return [number for part in value for number in _numbers(part)]
    return [value] if isinstance(value, int | float) else []
