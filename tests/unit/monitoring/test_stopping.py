import numpy as np
import pytest

from propension.errors import ConfigurationError
from propension.monitoring import Look, StopRule
from propension.monitoring.stopping import boundaries


@pytest.mark.parametrize(
    ("shares", "published"),
    [
        # Lan-DeMets bounds of the O'Brien-Fleming kind, two-sided 5%, as in R's ldbounds.
        ((0.2, 0.4, 0.6, 0.8, 1.0), (4.8769, 3.3569, 2.6803, 2.2898, 2.0310)),
        ((0.5, 1.0), (2.9626, 1.9686)),
    ],
)
def test_boundaries_are_the_published_ones(shares, published):
    assert boundaries(shares) == pytest.approx(published, abs=2e-4)


def test_one_look_at_the_end_is_the_plain_test():
    assert boundaries((1.0,)) == pytest.approx((1.959964,), abs=1e-5)


@pytest.mark.parametrize("shares", [(0.3, 0.35, 0.9, 1.0), tuple(np.arange(1, 13) / 12)])
def test_false_alarms_over_all_looks_stay_at_alpha(shares):
    rng, experiments = np.random.default_rng(3), 100_000
    steps = np.diff(np.sqrt(np.array([0.0, *shares])) ** 2)
    z = np.cumsum(rng.normal(size=(experiments, len(shares))) * np.sqrt(steps), axis=1)
    z /= np.sqrt(shares)
    alarms = (np.abs(z) >= np.array(boundaries(shares))).any(axis=1).mean()
    assert alarms == pytest.approx(0.05, abs=0.003)
    # Looking as often at the plain bound raises more than twice as many.
    assert (np.abs(z) >= 1.96).any(axis=1).mean() > 0.1


def test_an_early_lead_of_two_standard_errors_does_not_stop_it():
    verdict = StopRule(10_000).judge([Look(2_000, 2.2)])
    assert (verdict.outcome, verdict.information) == ("goes_on", 0.2)
    assert "not yet distinguishable from zero" in verdict.told()["en"]
    assert "todavía no se distingue de cero" in verdict.told()["es"]
    assert "ainda não se distingue de zero" in verdict.told()["pt"]


def test_what_crosses_the_bound_stops_it_either_way():
    rule = StopRule(10_000)
    for z in (3.4, -3.4):
        assert rule.judge([Look(2_000, 1.0), Look(4_000, z)]).outcome == "effect"


def test_it_ends_at_the_planned_size_without_proving_that_nothing_happens():
    verdict = StopRule(1_000).judge([Look(500, 1.0), Look(1_100, 1.9)])
    assert (verdict.outcome, verdict.information) == ("no_effect_shown", 1.0)
    assert "does not prove" in verdict.told()["en"]


@pytest.mark.parametrize(
    ("looks", "message"),
    [
        ([], "more accounts than the one before"),
        ([Look(500, 0.1), Look(500, 0.2)], "more accounts than the one before"),
        ([Look(1_000, 0.1), Look(1_200, 2.5)], "no look after that"),
        ([Look(500, 5.0), Look(900, 1.0)], "ended at look 1"),
        ([Look(500, float("nan"))], "both arms"),
    ],
)
def test_looks_that_the_plan_does_not_allow_are_refused(looks, message):
    with pytest.raises(ConfigurationError, match=message):
        StopRule(1_000).judge(looks)


def test_a_plan_must_be_one():
    with pytest.raises(ConfigurationError, match="at least 2 accounts"):
        StopRule(1)
