import numpy as np
import pytest

from propension.config.training import Gate
from propension.model.alarms import Alarm
from propension.model.bootstrap import ClusteredBootstrap
from propension.model.gate import calibration_checks, fairness_checks, judge
from propension.model.honesty import bias, recalibration
from propension.model.sentences import tell

BOUNDS = Gate()
RNG = np.random.default_rng(3)
ROWS = 6000
ACCOUNTS = np.repeat([f"A{number}" for number in range(ROWS // 3)], 3).astype(object)
MARGIN = RNG.normal(0, 1.5, ROWS)
TRUTH = 1 / (1 + np.exp(-MARGIN))
PAID = (RNG.random(ROWS) < TRUTH).astype(np.int8)


def paired(model, champion):
    bootstrap = ClusteredBootstrap(ACCOUNTS, 100, seed=1)
    return {name: bootstrap.paired(name, PAID, model, champion) for name in ("log_loss", "auc")}


def verdict(model, champion=TRUTH, alarms=()):
    honesty = calibration_checks(
        bias(ACCOUNTS, PAID, model), recalibration(ACCOUNTS, PAID, model)[0], BOUNDS
    )
    return judge(honesty, alarms, paired(model, champion), True, BOUNDS)


def failed(found):
    return {check.name for check in found.checks if not check.passed}


def test_an_equal_model_replaces_the_champion():
    found = verdict(TRUTH)
    assert (found.kind, failed(found)) == ("better", set())


def test_a_better_model_replaces_the_champion():
    assert verdict(TRUTH, champion=np.full(ROWS, PAID.mean())).kind == "better"


def test_a_model_trained_on_shuffled_labels_stays_out():
    noise = np.clip(PAID.mean() + RNG.normal(0, 0.05, ROWS), 0.01, 0.99)
    found = verdict(noise)
    assert found.kind == "not_better"
    assert {"log_loss", "auc"} <= failed(found)


@pytest.mark.parametrize("factor", [2.0, 0.5])
def test_propensities_wrong_by_a_factor_of_two_stay_out(factor):
    found = verdict(np.clip(factor * TRUTH, 0.001, 0.999))
    assert found.kind == "not_better"
    assert {"log_loss", "bias"} <= failed(found)
    # The ranking is nearly the champion's own: only honesty tells them apart.
    assert factor == 2 or "auc" not in failed(found)


@pytest.mark.parametrize("stretch", [2.0, 0.5])
def test_log_odds_wrong_by_a_factor_of_two_stay_out(stretch):
    found = verdict(1 / (1 + np.exp(-stretch * MARGIN)))
    assert "slope" in failed(found)
    assert "auc" not in failed(found)


def test_an_open_alarm_stops_the_best_model():
    alarm = Alarm("too_good", tell("too_good", value=0.99, bound=0.95, carrying="x"))
    found = verdict(TRUTH, alarms=[alarm])
    assert found.kind == "leak"
    assert "an AUC of 0.99" in found.reason


def test_a_champion_that_cannot_be_judged_is_replaced_and_the_first_is_first():
    assert judge([], [], None, True, BOUNDS).kind == "better"
    assert judge([], [], None, False, BOUNDS).kind == "first"


def test_the_reason_gives_what_failed_with_its_figures():
    found = verdict(np.full(ROWS, PAID.mean()))
    assert "log-loss +" in found.reason
    assert "may be 0.005 worse" in found.reason


def test_every_check_is_said_in_every_language():
    for check in verdict(TRUTH).checks:
        assert set(check.texts) == {"es", "pt", "en"}
        assert len(set(check.texts.values())) == 3


def test_a_gap_between_groups_may_not_grow_beyond_the_margin():
    def gaps(calibration, likely):
        return {"audit_sex": {"calibration_gap": calibration, "likely_gap": likely}}

    before = gaps(0.02, 0.10)
    assert all(check.passed for check in fairness_checks(gaps(0.04, 0.12), before, BOUNDS))
    grown = fairness_checks(gaps(0.06, 0.12), before, BOUNDS)
    assert [check.passed for check in grown] == [False, True]
    assert fairness_checks(gaps(0.5, 0.5), None, BOUNDS) == []


def slope(accounts, is_paid, propensity):
    return recalibration(accounts, is_paid, propensity)[0]


def intercept(accounts, is_paid, propensity):
    return recalibration(accounts, is_paid, propensity)[1]


@pytest.mark.parametrize("measure", [bias, slope, intercept])
def test_intervals_widen_when_an_account_repeats_itself(measure):
    many = np.tile(ACCOUNTS, 4), np.tile(PAID, 4), np.tile(TRUTH, 4)
    value, low, high = measure(ACCOUNTS, PAID, TRUTH)
    again = measure(*many)
    # Four copies of every row of every account say nothing new.
    assert again == pytest.approx((value, low, high), abs=2e-3)
    alone = measure(np.arange(4 * ROWS).astype(object), many[1], many[2])
    assert alone[2] - alone[1] < 0.6 * (high - low)


def test_intervals_hold_the_truth_as_often_as_they_say():
    rng, held = np.random.default_rng(8), {bias: 0, slope: 0, intercept: 0}
    for _ in range(200):
        ids = np.repeat(np.arange(300), 4).astype(object)
        margin = np.repeat(rng.normal(0, 1, 300), 4)
        shared = np.repeat(rng.random(300), 4)
        # All four rows of an account share their luck.
        paid = (shared < 1 / (1 + np.exp(-margin))).astype(np.int8)
        for measure, truth in ((bias, 0.0), (slope, 1.0), (intercept, 0.0)):
            _, low, high = measure(ids, paid, 1 / (1 + np.exp(-margin)))
            held[measure] += low <= truth <= high
    assert all(180 <= count <= 198 for count in held.values()), held
