import numpy as np
import pytest
from scipy.special import expit

from propension.model.calibration import Calibration, choose_calibration
from propension.model.recovery import Recovery, fit_recovery

RNG = np.random.default_rng(5)


def accounts(count, each=1):
    return np.repeat([f"A{number}" for number in range(count // each)], each).astype(object)


def drawn(probability):
    return (RNG.random(len(probability)) < probability).astype(np.int8)


def test_an_over_confident_margin_is_flattened():
    truth = RNG.normal(size=20_000)
    fitted = choose_calibration(2 * truth + 1, drawn(expit(truth)), accounts(20_000), "platt")
    assert fitted.low == fitted.high == pytest.approx(0.5, abs=0.03)
    assert fitted.intercept == pytest.approx(-0.5, abs=0.05)
    assert fitted.rows == 20_000


def test_few_rows_of_a_class_leave_the_margin_as_it_is():
    paid = np.array([1] * 29 + [0] * 500, dtype=np.int8)
    assert choose_calibration(RNG.normal(size=529), paid, accounts(529)) == Calibration()


@pytest.mark.parametrize("kind", ["platt", "beta", "isotonic"])
def test_calibration_never_reverses_the_ranking(kind):
    margin = RNG.normal(size=5000)
    fitted = choose_calibration(margin, drawn(expit(-3 * margin)), accounts(5000), kind)
    assert (np.diff(fitted.apply(np.linspace(-40, 40, 101))) >= 0).all()


@pytest.mark.parametrize(
    "calibration",
    [
        Calibration(),
        Calibration("platt", 0.7, 0.7, -0.2),
        Calibration("beta", 0.4, 1.6, 0.1),
        Calibration("isotonic", margins=(-1.0, 0.0, 2.0), levels=(0.1, 0.1, 0.8)),
    ],
)
def test_probability_grows_with_the_margin_and_stays_one(calibration):
    probability = calibration.apply(np.linspace(-800, 800, 101))
    assert (np.diff(probability) >= 0).all()
    assert probability[0] >= 0
    assert probability[-1] <= 1


def test_beta_with_equal_shapes_is_platt():
    margin = np.linspace(-5, 5, 50)
    assert Calibration("beta", 0.7, 0.7 + 1e-12, 0.3).apply(margin) == pytest.approx(
        Calibration("platt", 0.7, 0.7, 0.3).apply(margin), abs=1e-9
    )


@pytest.mark.parametrize(
    ("distort", "chosen"),
    [
        (lambda truth: truth, {"none", "platt"}),
        (lambda truth: 3 * truth - 1, {"platt"}),
        # Too sure of paying alone, as a slope cannot say.
        (lambda truth: np.where(truth > 0, 4 * truth, truth), {"beta", "isotonic"}),
        # A step, which neither slope nor shape can say.
        (
            lambda truth: np.where(np.abs(truth) < 1, truth / 50, truth + 3 * np.sign(truth)),
            {"isotonic"},
        ),
    ],
)
def test_the_kind_is_chosen_by_what_the_margin_got_wrong(distort, chosen):
    truth = RNG.normal(0, 2, 12_000)
    fitted = choose_calibration(distort(truth), drawn(expit(truth)), accounts(12_000))
    assert fitted.kind in chosen
    assert fitted.compared[fitted.kind] == min(fitted.compared.values())
    assert set(fitted.compared) == {"none", "platt", "beta", "isotonic"}


@pytest.mark.parametrize(("count", "shift"), [(1500, 0), (6000, 4)])
def test_steps_are_not_tried_where_one_outcome_is_rare(count, shift):
    truth = RNG.normal(shift, 1, count)
    fitted = choose_calibration(truth, drawn(expit(truth)), accounts(count))
    assert set(fitted.compared) == {"none", "platt", "beta"}


def test_an_account_is_never_on_both_sides_of_a_comparison():
    """Steps that learn an account's own outcome by heart gain nothing from its other rows."""
    each = 80
    ids = accounts(4000, each)
    own = np.repeat(RNG.normal(size=4000 // each), each)
    paid = np.repeat((RNG.random(4000 // each) < 0.5).astype(np.int8), each)
    fitted = choose_calibration(own, paid, ids)
    assert fitted.compared["isotonic"] > fitted.compared["platt"]


def test_isotonic_never_says_never():
    margin = np.concatenate([np.full(600, -2.0), np.full(600, 2.0)])
    paid = np.array([0] * 600 + [1] * 600, dtype=np.int8)
    probability = choose_calibration(margin, paid, accounts(1200), "isotonic").apply(margin)
    assert 0 < probability.min() < 0.01
    assert 0.99 < probability.max() < 1


def test_money_expected_equals_money_collected_where_it_was_fitted():
    propensity = RNG.random(3000)
    overdue = RNG.lognormal(10, 1, 3000)
    collected = overdue * np.clip(0.1 + 0.7 * propensity + RNG.normal(0, 0.05, 3000), 0, 1)
    recovery = fit_recovery(propensity, overdue, collected, accounts(3000))
    assert np.sum(recovery.share(propensity) * overdue) == pytest.approx(collected.sum(), rel=0.01)
    assert recovery.slope == pytest.approx(0.7, abs=0.05)


def test_expected_share_stays_between_nothing_and_everything():
    share = Recovery(-0.2, 2).share(np.array([0.0, 0.5, 1.0]))
    assert share.tolist() == [0, 0.8, 1]


def test_a_falling_line_is_not_believed():
    propensity = np.linspace(0, 1, 50)
    overdue = np.full(50, 100.0)
    found = fit_recovery(
        propensity, overdue, overdue * (1 - propensity), accounts(50)[:49].repeat(2)[:50]
    )
    assert found == Recovery()


def test_what_bends_is_fitted_by_steps_that_never_fall():
    propensity = RNG.random(3000)
    overdue = RNG.lognormal(10, 1, 3000)
    # Nothing of the old debts of those who never pay, much in part of those who may.
    truth = np.where(propensity < 0.1, 0, 0.4 + 0.2 * propensity)
    collected = overdue * np.clip(truth + RNG.normal(0, 0.05, 3000), 0, 1)
    recovery = fit_recovery(propensity, overdue, collected, accounts(3000))
    assert np.sum(recovery.share(propensity) * overdue) == pytest.approx(collected.sum())
    assert recovery.share(np.array([0.02, 0.08])).max() < 0.06
    assert (np.diff(recovery.share(np.linspace(0, 1, 200))) >= 0).all()
    assert recovery.share(np.array([0.2])) == pytest.approx(0.44, abs=0.04)
