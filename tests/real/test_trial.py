"""A real randomised trial: three arms, a third of the customers each."""

import numpy as np
import pandas as pd
import pytest

from propension.monitoring import contrast
from propension.treatments.effects import Evidence, Trial, fit_axes, fit_doubly_robust, fit_pooled

pytestmark = pytest.mark.real
ARMS = ("No E-Mail", "Mens E-Mail", "Womens E-Mail")


@pytest.fixture(scope="module")
def evidence(shared_data):
    rows = pd.read_csv(shared_data / "hillstrom" / "hillstrom.csv")
    columns = rows[["recency", "history", "mens", "womens", "newbie"]]
    columns = columns.join(pd.get_dummies(rows[["zip_code", "channel"]]))
    return Evidence(
        arms=ARMS,
        arm=rows["segment"].map(ARMS.index).to_numpy(np.intp),
        outcome=rows["visit"].to_numpy(float),
        probability=np.full(len(rows), 1 / 3),
        account=np.arange(len(rows)),
        axes=columns.to_numpy(float),
        cells=[("trial", "all")],
        cell=np.zeros(len(rows), np.intp),
        is_confounded=False,
    )


@pytest.mark.parametrize("fit", [fit_pooled, fit_axes, fit_doubly_robust])
def test_mean_effects_lie_within_the_interval_of_the_plain_difference(evidence, fit):
    means = fit(evidence).effects(evidence.axes).mean(axis=1)
    for arm, mean in enumerate(means, start=1):
        inside = (evidence.arm == arm) | (evidence.arm == 0)
        plain = contrast(
            evidence.outcome[inside], evidence.arm[inside] == arm, evidence.account[inside]
        )
        assert plain.low < mean < plain.high


def test_who_gains_from_the_womens_campaign_is_found(evidence):
    inside = (evidence.arm == 2) | (evidence.arm == 0)
    trial = Trial(
        evidence.outcome[inside], evidence.arm[inside] == 2, evidence.account[inside], n_draws=100
    )
    # A line has few degrees of freedom: over 64,000 customers it does not learn them by heart.
    found = trial.qini(fit_axes(evidence).effects(evidence.axes)[1, inside])
    assert found.interval[0] > 0.002
