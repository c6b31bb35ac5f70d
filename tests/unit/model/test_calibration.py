import numpy as np
import pytest
from scipy.special import expit

from propension.model.calibration import Calibration, fit_calibration
from propension.model.recovery import Recovery, fit_recovery

RNG = np.random.default_rng(5)


def test_an_over_confident_margin_is_flattened():
    truth = RNG.normal(size=20_000)
    paid = (RNG.random(20_000) < expit(truth)).astype(np.int8)
    fitted = fit_calibration(2 * truth + 1, paid)
    assert fitted.slope == pytest.approx(0.5, abs=0.03)
    assert fitted.intercept == pytest.approx(-0.5, abs=0.05)
    assert fitted.rows == 20_000


def test_few_rows_of_a_class_leave_the_margin_as_it_is():
    paid = np.array([1] * 29 + [0] * 500, dtype=np.int8)
    assert fit_calibration(RNG.normal(size=529), paid) == Calibration()


def test_calibration_never_reverses_the_ranking():
    margin = RNG.normal(size=5000)
    paid = (RNG.random(5000) < expit(-3 * margin)).astype(np.int8)
    assert fit_calibration(margin, paid).slope > 0


def test_probability_grows_with_the_margin():
    probability = Calibration(0.7, -0.2).apply(np.linspace(-40, 40, 101))
    assert (np.diff(probability) >= 0).all()
    assert probability[0] >= 0
    assert probability[-1] <= 1


def test_money_expected_equals_money_collected_where_it_was_fitted():
    propensity = RNG.random(3000)
    overdue = RNG.lognormal(10, 1, 3000)
    collected = overdue * np.clip(0.1 + 0.7 * propensity + RNG.normal(0, 0.05, 3000), 0, 1)
    recovery = fit_recovery(propensity, overdue, collected)
    assert np.sum(recovery.share(propensity) * overdue) == pytest.approx(collected.sum(), rel=0.01)
    assert recovery.slope == pytest.approx(0.7, abs=0.05)


def test_expected_share_stays_between_nothing_and_everything():
    share = Recovery(-0.2, 2).share(np.array([0.0, 0.5, 1.0]))
    assert share.tolist() == [0, 0.8, 1]


def test_a_falling_line_is_not_believed():
    propensity = np.linspace(0, 1, 50)
    overdue = np.full(50, 100.0)
    assert fit_recovery(propensity, overdue, overdue * (1 - propensity)) == Recovery()
