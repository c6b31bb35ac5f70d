import numpy as np
import pytest
from scipy.stats import ks_2samp
from sklearn.metrics import log_loss as sklearn_log_loss

from propension.model.metrics import evaluate, expected_calibration_error, gains, ks, log_loss

RNG = np.random.default_rng(3)
PROBABILITY = RNG.beta(2, 3, 5000)
PAID = (RNG.random(5000) < PROBABILITY).astype(np.int8)


def test_honest_probabilities_have_little_calibration_error():
    assert expected_calibration_error(PAID, PROBABILITY) < 0.03


def test_calibration_error_is_the_gap_when_all_are_alike():
    paid = np.array([1, 0, 0, 0], dtype=np.int8)
    assert expected_calibration_error(paid, np.full(4, 0.75)) == pytest.approx(0.5)


def test_calibration_error_weighs_bins_by_their_size():
    paid = np.array([1] * 9 + [0], dtype=np.int8)
    probability = np.array([1.0] * 9 + [0.5])
    assert expected_calibration_error(paid, probability, n_bins=10) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("paid", "probability", "message"),
    [([1], [0.5, 0.5], "1 outcomes but 2"), ([1], [1.5], "outside")],
)
def test_calibration_error_refuses_what_cannot_be_judged(paid, probability, message):
    paid, probability = np.array(paid, dtype=np.int8), np.array(probability)
    with pytest.raises(ValueError, match=message):
        expected_calibration_error(paid, probability)


def test_log_loss_agrees_with_scikit_learn_and_survives_certainty():
    assert log_loss(PAID, PROBABILITY) == pytest.approx(sklearn_log_loss(PAID, PROBABILITY))
    assert np.isfinite(log_loss(np.array([0], dtype=np.int8), np.array([1.0])))


def test_one_class_has_nothing_to_rank():
    metrics = evaluate(np.ones(4, dtype=np.int8), np.full(4, 0.9))
    assert np.isnan(metrics["auc"])
    assert np.isnan(metrics["ks"])
    assert metrics["brier"] == pytest.approx(0.01)


def test_a_perfect_ranking_has_auc_and_ks_of_one():
    paid = np.array([0, 0, 1, 1], dtype=np.int8)
    metrics = evaluate(paid, np.array([0.1, 0.2, 0.8, 0.9]))
    assert metrics["auc"] == metrics["ks"] == 1


def test_gains_hold_every_account_once_and_end_with_every_payer():
    groups = gains(PAID, PROBABILITY)
    assert sum(group["accounts"] for group in groups) == len(PAID)
    assert groups[-1]["cumulative_paid_share"] == pytest.approx(1)
    shares = [group["paid_share"] for group in groups]
    assert shares[0] > 2 * shares[-1]
    assert groups[0]["lift"] == pytest.approx(shares[0] / PAID.mean())


def test_weights_count_a_row_as_often_as_they_say():
    times = RNG.integers(0, 4, len(PAID))
    repeated = evaluate(np.repeat(PAID, times), np.repeat(PROBABILITY, times))
    weighted = evaluate(PAID, PROBABILITY, times.astype(float))
    # The bins of the calibration error hold equal numbers of rows, whatever these weigh.
    for name in repeated.keys() - {"calibration_error"}:
        assert weighted[name] == pytest.approx(repeated[name]), name


def test_ks_agrees_with_scipy():
    expected = ks_2samp(PROBABILITY[PAID == 1], PROBABILITY[PAID == 0]).statistic
    assert ks(PAID, PROBABILITY) == pytest.approx(expected)


def test_weighted_calibration_error_is_the_gap_of_what_weighs():
    paid = np.array([1, 0], dtype=np.int8)
    probability, weights = np.array([0.9, 0.4]), np.array([3.0, 1.0])
    error = expected_calibration_error(paid, probability, n_bins=2, weights=weights)
    assert error == pytest.approx((3 * 0.1 + 1 * 0.4) / 4)


def test_rows_without_weight_do_not_make_a_second_class():
    paid = np.array([1, 1, 0], dtype=np.int8)
    metrics = evaluate(paid, np.array([0.2, 0.6, 0.4]), np.array([1.0, 1.0, 0.0]))
    assert np.isnan(metrics["auc"])
    assert np.isnan(metrics["pr_auc"])


def test_gains_add_up_money():
    collected = RNG.lognormal(3, 1, len(PAID)) * PAID
    groups = gains(PAID, PROBABILITY, amounts={"collected": collected})
    assert sum(group["collected_amount"] for group in groups) == pytest.approx(collected.sum())
    assert groups[-1]["cumulative_collected_share"] == pytest.approx(1)
    assert groups[0]["cumulative_collected_share"] > 0.15
