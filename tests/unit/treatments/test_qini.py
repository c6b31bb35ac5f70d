import numpy as np
import pytest

from propension.errors import DataError
from propension.treatments.effects import Trial


def trial(rows=4_000, seed=0, rows_per_account=1, **options):
    rng = np.random.default_rng(seed)
    account = np.repeat(np.arange(rows // rows_per_account), rows_per_account)
    effect = rng.uniform(-0.2, 0.4, len(account))
    treated = rng.random(len(account)) < 0.5
    outcome = (rng.random(len(account)) < 0.4 + effect * treated).astype(float)
    return Trial(outcome, treated, account, n_draws=100, **options), effect


def slow_area(outcome, treated, effect):
    """The same area, one share of the accounts at a time."""
    order, gains = np.argsort(-effect, kind="stable"), [0.0]
    for count in range(1, len(order) + 1):
        top = order[:count]
        ours, theirs = outcome[top][treated[top]], outcome[top][~treated[top]]
        known = len(ours) and len(theirs)
        gains.append((ours.mean() - theirs.mean()) * count / len(order) if known else 0.0)
    share = np.arange(len(order) + 1) / len(order)
    return np.trapezoid(gains, share) - gains[-1] / 2


def test_the_area_equals_a_slow_loop():
    rng = np.random.default_rng(3)
    outcome, treated, effect = rng.random(150), rng.random(150) < 0.5, rng.random(150)
    found = Trial(outcome, treated, np.arange(150), n_draws=2).qini(effect)
    assert found.coefficient == pytest.approx(slow_area(outcome, treated, effect))


def test_the_true_effect_has_the_area_that_theory_says():
    judged, effect = trial(60_000)
    found = judged.qini(effect)
    # Uniform effects of width .6: the area above the line is width / 12.
    assert found.coefficient == pytest.approx(0.05, abs=0.006)
    assert found.interval[0] < 0.05 < found.interval[1]
    assert found.gain[-1] == pytest.approx(0.1, abs=0.015)


def test_noise_and_its_opposite_rank_like_a_coin():
    judged, effect = trial(20_000)
    noise = np.random.default_rng(9).random(len(effect))
    low, high = judged.qini(noise).interval
    assert low < 0 < high
    assert judged.qini(-effect).interval[1] < 0


def test_one_effect_for_all_has_no_area():
    judged, effect = trial()
    assert judged.qini(np.full(len(effect), 0.3)).coefficient == pytest.approx(0)


def test_a_better_ranking_is_better_beyond_chance():
    judged, effect = trial(20_000)
    noisy = effect + np.random.default_rng(1).normal(scale=0.5, size=len(effect))
    low, high = judged.differences({"true": effect, "noisy": noisy}, beside="noisy")["true"]
    assert 0 < low < high


def test_copies_of_accounts_do_not_narrow_the_interval():
    rng = np.random.default_rng(4)
    effect, treated = rng.random(1_000), rng.random(1_000) < 0.5
    outcome, account = rng.random(1_000), np.arange(1_000)
    once = Trial(outcome, treated, account).qini(effect)
    twice = Trial(*(np.repeat(values, 2) for values in (outcome, treated, account))).qini(
        np.repeat(effect, 2)
    )
    assert np.diff(twice.interval) == pytest.approx(np.diff(once.interval), rel=0.05)


def test_chances_undo_a_draw_that_favoured_bad_payers():
    rng = np.random.default_rng(6)
    good = rng.random(40_000)
    chance = 0.8 - 0.6 * good
    treated = rng.random(40_000) < chance
    effect = np.full(40_000, 0.1)
    outcome = (rng.random(40_000) < 0.2 + 0.5 * good + effect * treated).astype(float)
    given = np.where(treated, chance, 1 - chance)
    plain, weighed = (
        Trial(outcome, treated, np.arange(40_000), p, n_draws=2).qini(good) for p in (None, given)
    )
    assert plain.gain[-1] < 0.02
    assert weighed.gain[-1] == pytest.approx(0.1, abs=0.02)


def test_an_empty_arm_is_refused():
    with pytest.raises(DataError, match="an arm of the trial is empty"):
        Trial([1.0, 0.0], [True, True], [1, 2])
