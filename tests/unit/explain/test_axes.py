"""Ability and willingness: from evidence of their own, from tagged features, or not at all."""

import dataclasses

import numpy as np
import pytest
from scoring_builders import feature_rows, small_bundle

from propension.explain import AXES, axis_groups, axis_values, explainer_of
from propension.features import catalogue

FEATURES = catalogue()


@pytest.fixture(scope="module")
def bundle():
    return small_bundle(feature_rows(3000, seed=2))


@pytest.fixture(scope="module")
def matrix(bundle):
    return bundle.encoding.matrix(feature_rows(200))


def values_of(bundle, matrix, features=FEATURES):
    found = explainer_of(bundle.booster).top(matrix, 0, groups=axis_groups(features))
    return axis_values(bundle, matrix, found.groups, features)


def tagged(axis, *names):
    """The catalogue with an axis of these features alone."""
    return tuple(
        dataclasses.replace(
            feature,
            axis=axis
            if feature.name in names
            else "none"
            if feature.axis == axis
            else feature.axis,
        )
        for feature in FEATURES
    )


def test_an_axis_without_evidence_is_the_sum_of_its_tagged_features(bundle, matrix):
    features = tagged("ability", "days_past_due", "customer_region")
    effects = explainer_of(bundle.booster).matrix(matrix)
    expected = sum(
        effects[:, bundle.encoding.names.index(name)]
        for name in ("days_past_due", "customer_region")
    )
    assert np.ptp(expected) > 0
    found = values_of(bundle, matrix, features)[:, AXES.index("ability")]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_an_axis_of_which_the_score_uses_nothing_is_not_shown(matrix):
    bundle = small_bundle(feature_rows(3000, seed=2))
    unused = next(
        name
        for name, gain in zip(
            bundle.encoding.names, bundle.booster.feature_importance("gain"), strict=True
        )
        if gain == 0
    )
    found = values_of(bundle, matrix, tagged("willingness", unused))
    assert np.isnan(found[:, AXES.index("willingness")]).all()


def test_an_axis_with_evidence_is_its_own_models_raw_score(bundle, matrix):
    other = small_bundle(feature_rows(3000, seed=5), seed=5).booster
    told = dataclasses.replace(bundle, axes={"willingness": other})
    found = values_of(told, matrix)[:, AXES.index("willingness")]
    raw = other.predict(matrix, raw_score=True, num_threads=1)
    np.testing.assert_allclose(found, raw, atol=1e-6)


def test_accounts_with_nothing_overdue_have_no_axes(bundle, matrix):
    upcoming = dataclasses.replace(bundle, target={**bundle.target, "stage": "upcoming"})
    assert np.isnan(values_of(upcoming, matrix)).all()
