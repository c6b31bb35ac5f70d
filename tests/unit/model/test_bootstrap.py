import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    log_loss,
    roc_auc_score,
    roc_curve,
)

from propension.model.bootstrap import ClusteredBootstrap, Paired
from propension.model.metrics import METRICS, equal_count_bins


def portfolio(seed=5, accounts=120, dates=5, spread=1.5):
    """Accounts seen on several dates; what the model cannot see makes their rows alike."""
    rng = np.random.default_rng(seed)
    ids = np.repeat([f"A{index:05d}" for index in range(accounts)], dates)
    known = rng.normal(size=accounts * dates)
    unseen = np.repeat(rng.normal(scale=spread, size=accounts), dates)
    paid = (rng.random(len(ids)) < expit(known + unseen)).astype(np.int8)
    # Two decimals: many rows share a probability.
    return ids, paid, np.round(expit(0.8 * known), 2)


def slow_draws(ids, paid, probability, weights, n_draws, seed):
    """The same draws, one scikit-learn call at a time."""
    names = sorted(set(ids))
    position = {name: index for index, name in enumerate(names)}
    bins = equal_count_bins(probability)
    for draw in range(n_draws):
        given = np.random.default_rng([seed, draw]).poisson(1.0, len(names))
        w = weights * np.array([given[position[name]] for name in ids])
        others, payers, _ = roc_curve(paid, probability, sample_weight=w, drop_intermediate=False)
        gaps = [abs(np.sum((w * (paid - probability))[bins == b])) for b in np.unique(bins)]
        yield {
            "auc": roc_auc_score(paid, probability, sample_weight=w),
            "gini": 2 * roc_auc_score(paid, probability, sample_weight=w) - 1,
            "ks": np.max(np.abs(payers - others)),
            "pr_auc": average_precision_score(paid, probability, sample_weight=w),
            "log_loss": log_loss(paid, probability, sample_weight=w),
            "brier": brier_score_loss(paid, probability, sample_weight=w),
            "calibration_error": np.sum(gaps) / np.sum(w),
        }


@pytest.mark.parametrize("weighted", [False, True])
def test_draws_equal_a_slow_loop_over_scikit_learn(weighted):
    ids, paid, probability = portfolio()
    probability = np.clip(probability, 0.01, 0.99)
    weights = np.random.default_rng(1).lognormal(size=len(ids)) if weighted else None
    drawn = ClusteredBootstrap(ids, 12, seed=3).draws(list(METRICS), paid, probability, weights)
    plain = np.ones(len(ids)) if weights is None else weights
    for draw, expected in enumerate(slow_draws(ids, paid, probability, plain, 12, 3)):
        assert {name: values[draw] for name, values in drawn.items()} == pytest.approx(expected)


def test_the_order_of_rows_does_not_matter():
    ids, paid, probability = portfolio()
    shuffled = np.random.default_rng(2).permutation(len(ids))
    straight = ClusteredBootstrap(ids).interval("auc", paid, probability)
    mixed = ClusteredBootstrap(ids[shuffled]).interval("auc", paid[shuffled], probability[shuffled])
    assert mixed == pytest.approx(straight, abs=1e-12)


def test_a_seed_gives_the_same_draws_and_another_seed_others():
    ids, paid, probability = portfolio()
    first, again, other = (
        ClusteredBootstrap(ids, 20, seed).draws(["auc"], paid, probability)["auc"]
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_repeated_rows_of_the_same_accounts_add_no_certainty():
    ids, paid, probability = portfolio()
    once = ClusteredBootstrap(ids).interval("log_loss", paid, probability)
    repeated = [np.tile(column, 4) for column in (ids, paid, probability)]
    tiled = ClusteredBootstrap(repeated[0]).interval("log_loss", repeated[1], repeated[2])
    rows_alone = ClusteredBootstrap(np.arange(len(repeated[0]))).interval(
        "log_loss", repeated[1], repeated[2]
    )
    assert tiled == pytest.approx(once)
    assert rows_alone[1] - rows_alone[0] < 0.6 * (once[1] - once[0])


@pytest.mark.parametrize("metric", ["auc", "log_loss"])
def test_intervals_cover_the_truth_where_accounts_repeat(metric):
    truth = METRICS[metric](*portfolio(seed=0, accounts=200_000)[1:], None)
    covered = []
    for seed in range(1, 101):
        ids, paid, probability = portfolio(seed)
        low, high = ClusteredBootstrap(ids, 100).interval(metric, paid, probability)
        covered.append(low <= truth <= high)
    # 95 are expected; chance alone leaves fewer than 88 once in some hundred seeds.
    assert sum(covered) >= 88


def test_the_calibration_error_of_honest_probabilities_reaches_down_to_nothing():
    ids = np.repeat(np.arange(400), 3)
    rng = np.random.default_rng(8)
    probability = rng.beta(2, 3, len(ids))
    paid = (rng.random(len(ids)) < probability).astype(np.int8)
    low, high = ClusteredBootstrap(ids).interval("calibration_error", paid, probability)
    assert low < 0.01
    assert high >= METRICS["calibration_error"](paid, probability, None)


def test_a_better_model_is_better_beyond_chance_and_its_twin_is_not():
    ids, paid, probability = portfolio(accounts=600)
    bootstrap = ClusteredBootstrap(ids)
    coin = np.full(len(ids), paid.mean())
    gap = bootstrap.paired("log_loss", paid, coin, probability)
    assert gap.difference > 0
    assert gap.is_worse()
    assert not gap.is_worse(margin=0.5)
    assert bootstrap.paired("log_loss", paid, probability, coin).is_better()
    twin = bootstrap.paired("log_loss", paid, probability, probability)
    assert not twin.is_worse()
    assert twin.is_not_worse()


def test_worse_means_lower_where_higher_is_better():
    draws = np.full(200, -0.05)
    assert Paired("auc", -0.05, draws).is_worse(0.01)
    assert not Paired("auc", -0.05, draws).is_worse(0.1)
    assert Paired("log_loss", -0.05, draws).is_better(0.01)


def test_pairing_is_narrower_than_two_separate_intervals():
    ids, paid, probability = portfolio()
    nearly = np.clip(probability + 0.01, 0.01, 0.99)
    bootstrap = ClusteredBootstrap(ids)
    low, high = bootstrap.paired("log_loss", paid, probability, nearly).interval
    alone = bootstrap.interval("log_loss", paid, probability)
    assert high - low < (alone[1] - alone[0]) / 3


def test_one_outcome_has_no_ranking_interval():
    ids, _, probability = portfolio()
    everybody = np.ones(len(ids), dtype=np.int8)
    assert np.isnan(ClusteredBootstrap(ids, 10).interval("auc", everybody, probability)).all()
    assert np.isfinite(ClusteredBootstrap(ids, 10).interval("brier", everybody, probability)).all()


def test_shares_surround_the_share_that_paid():
    ids, paid, probability = portfolio(accounts=400)
    bins = equal_count_bins(probability, 4)
    drawn = ClusteredBootstrap(ids).shares(bins, paid)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    observed = np.bincount(bins, weights=paid) / np.bincount(bins)
    assert drawn.shape == (200, 4)
    assert np.all((low < observed) & (observed < high))


def test_rows_of_other_accounts_are_refused():
    ids, paid, probability = portfolio()
    with pytest.raises(ValueError, match="3 values for 600 account rows"):
        ClusteredBootstrap(ids).draws(["auc"], paid[:3], probability[:3])


def test_some_of_the_rows_keep_their_accounts_together():
    ids, paid, probability = portfolio()
    some = np.arange(len(ids)) % 5 < 2
    part = ClusteredBootstrap(ids).only(some)
    alone = ClusteredBootstrap(ids[some])
    assert part.interval("auc", paid[some], probability[some]) == alone.interval(
        "auc", paid[some], probability[some]
    )
