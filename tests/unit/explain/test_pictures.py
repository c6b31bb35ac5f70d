"""Pictures of what moves the score: what they show, in words too, and the same bytes each time."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from scipy.special import expit
from scoring_builders import feature_rows, small_bundle

from propension.explain import base_margin, explainer_of, explanation_pictures, waterfall_picture
from propension.explain.pictures import MAX_ACCOUNTS, SHOWN_FEATURES, survey
from propension.features import catalogue
from propension.model import ReportReader

FEATURES = catalogue()
REASONS = [
    {"effect": 0.5, "text": "Pagó a tiempo"},
    {"effect": -0.8, "text": "Tiene 40 días de mora"},
]


@pytest.fixture(scope="module")
def bundle():
    return small_bundle(feature_rows(3000, seed=2))


@pytest.fixture(scope="module")
def rows():
    return feature_rows(2 * MAX_ACCOUNTS + 1)


def texts_of(svg):
    return [
        "".join(node.itertext()).strip()
        for node in ET.fromstring(svg).iter()
        if node.tag.endswith("text")
    ]


def test_a_survey_holds_the_heaviest_features_of_evenly_chosen_accounts(bundle, rows):
    found = survey(bundle, rows, FEATURES)
    effects = explainer_of(bundle.booster).matrix(
        bundle.encoding.matrix(rows.take(list(range(0, rows.num_rows, 3))))
    )
    order = np.argsort(-np.abs(effects).mean(axis=0), kind="stable")[:SHOWN_FEATURES]
    assert [feature.name for feature in found.features] == [FEATURES[at].name for at in order]
    np.testing.assert_array_equal(found.effects, effects[:, order])
    for place, feature in enumerate(found.features):
        assert np.isnan(found.values[:, place]).all() == feature.is_category


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_every_picture_names_its_features_and_has_words(bundle, rows, language):
    drawn = explanation_pictures(bundle, rows, FEATURES, ReportReader(language))
    assert list(drawn["explanation"]) == ["importance", "beeswarm", "dependence"]
    heaviest = survey(bundle, rows, FEATURES).features[0].text.in_language(language)
    for svg, alt in drawn["explanation"].values():
        assert any(heaviest.startswith(text[:20]) for text in texts_of(svg) if len(text) > 5)
        assert any(character.isdigit() for character in alt)


def test_the_same_accounts_give_the_same_bytes(bundle, rows):
    first, second = (
        explanation_pictures(bundle, rows, FEATURES, ReportReader("es")) for _ in range(2)
    )
    assert first == second


def test_a_waterfall_goes_from_the_usual_account_to_this_one(bundle):
    base, margin = -0.2, 0.1
    svg, alt = waterfall_picture(REASONS, base, margin, ReportReader("en"))
    up = 100 * (expit(0.3) - expit(-0.2))
    down = 100 * (expit(-0.5) - expit(0.3))
    rest = 100 * (expit(0.1) - expit(-0.5))
    texts = texts_of(svg)
    for points in (up, down, rest):
        assert f"{points:+.1f}" in texts
        assert f"{points:+.1f}" in alt
    assert {"Usual account", "Everything else", "This account", "Pagó a tiempo"} <= set(texts)


def test_the_base_is_where_explanations_start(bundle):
    assert base_margin(bundle.booster) == pytest.approx(explainer_of(bundle.booster).base, abs=1e-9)


def test_a_reason_that_looks_like_markup_is_drawn_as_text():
    reasons = [{"effect": 0.5, "text": "<script>alert(1)</script> $x$ & más"}]
    svg, _ = waterfall_picture(reasons, 0, 1, ReportReader("es"))
    assert "<script" not in svg
    assert any("<script>" in text for text in texts_of(svg))
