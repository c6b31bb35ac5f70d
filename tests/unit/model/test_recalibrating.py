"""When the level moves and the ranking holds, the same trees tell the new level."""

import datetime as dt
from dataclasses import replace
from random import Random

import numpy as np
import pyarrow.compute as pc
import pytest
from ledgers import RESOURCES, Ledger, days_after

from propension.config import Settings
from propension.errors import DataError, ModelError
from propension.features import catalogue
from propension.model import (
    SCORE,
    Bundle,
    build_training_data,
    load_evaluation,
    recalibrate_model,
    train_model,
)
from propension.model.calibration import Calibration
from propension.model.curve import Curve
from propension.model.dataset import assemble
from propension.model.fitting import recalibrate_bundle
from propension.model.split import split_anew
from propension.snapshots import prepare_streams

MONTH_ENDS = [
    dt.date(month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
    for month in range(2023 * 12 + 10, 2024 * 12 + 13)
]
FALLS_FROM, TRAINED_ON = dt.date(2024, 8, 1), dt.date(2024, 7, 31)
ACCOUNTS = 300
SETTINGS = Settings.model_validate(
    {
        "portfolio": {"name": "level"},
        "source": {"path": "data"},
        "snapshots": {"history_days": 30},
        "target": {"horizon_days": 28, "horizons": [14, 21, 60]},
        "features": {
            "extra": [{"name": "mood", "text": dict.fromkeys(("es", "pt", "en"), "mood")}]
        },
        "model": {"min_rows_per_leaf": 20, "max_trees": 30, "learning_rate": 0.2},
        "resources": {"threads": 1, "memory_gb": 1},
    }
)
FEATURES = catalogue(SETTINGS.features)


def falling_ledger():
    """Who is in a good mood pays; from a day on, four in ten of these, whatever the mood."""
    rng, ledger = Random(5), Ledger()
    for number in range(ACCOUNTS):
        customer_id, mood = f"C{number:03d}", rng.random()
        ledger.attribute(dt.date(2022, 1, 1), customer_id=customer_id, mood=mood)
        for month_end in MONTH_ENDS:
            chance = (0.15 + 0.8 * mood) * (0.4 if month_end >= FALLS_FROM else 1)
            debt_id = f"{customer_id}-{month_end}"
            ledger.debt(debt_id, days_after(month_end, -2), customer_id=customer_id)
            pays = rng.random() < chance
            ledger.payment(days_after(month_end, rng.randint(1, 25) if pays else 29), 100, debt_id)
    return ledger


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A champion of before the fall, and the data of after it."""
    folder = tmp_path_factory.mktemp("level")
    extraction = falling_ledger().write(folder / "extraction")
    streams = prepare_streams(extraction, RESOURCES)
    for name, as_of in (("before", TRAINED_ON), ("after", None)):
        build_training_data(SETTINGS, extraction, streams, as_of, folder / name)
    train_model(SETTINGS, FEATURES, folder / "before", None, folder / "model")
    champion = Bundle.load(folder / "model")
    scales = {**champion.curve.scales, 60: Calibration("platt", 2.0, 2.0, 1.0)}
    return folder / "after", replace(champion, curve=Curve(28, scales))


@pytest.fixture(scope="module")
def recalibrated(world, tmp_path_factory):
    data, champion = world
    folder = tmp_path_factory.mktemp("recalibrated")
    told = recalibrate_model(SETTINGS, FEATURES, data, champion, folder)
    return told, Bundle.load(folder), folder


def test_the_level_comes_right_on_a_month_it_was_not_fitted_to_and_the_ranking_stays(
    world, recalibrated
):
    _, champion = world
    told, bundle, folder = recalibrated
    assert (told.verdict, load_evaluation(folder)) == ("better", told)
    model, before = (told.metrics[name] for name in ("model", "champion"))
    gaps = [one["mean_propensity"] - one["paid_share"] for one in (model, before)]
    assert abs(gaps[0]) < 0.08
    assert gaps[1] > 0.15
    assert model["auc"] == pytest.approx(before["auc"], abs=0.01)
    assert bundle.booster.model_to_string() == champion.booster.model_to_string()


def test_it_learns_the_newest_month_that_was_over_when_the_month_of_the_test_began(
    world, recalibrated
):
    _, champion = world
    _, bundle, _ = recalibrated
    windows, learnt = bundle.facts["windows"], champion.facts["windows"]
    assert windows["test"] == {"first": "2024-12-31", "last": "2024-12-31", "dates": 1}
    assert windows["calibration"] == {"first": "2024-11-30", "last": "2024-11-30", "dates": 1}
    assert bundle.learnt_until == np.datetime64("2024-11-30")
    assert (windows["train"], windows["validation"]) == (learnt["train"], learnt["validation"])


def test_horizons_that_were_over_move_with_it_and_the_others_stay(world, recalibrated):
    _, champion = world
    _, bundle, _ = recalibrated
    assert set(bundle.curve.scales) == set(champion.curve.scales) == {14, 21, 60}
    for horizon in (14, 21):
        assert bundle.curve.scales[horizon].intercept < champion.curve.scales[horizon].intercept
    assert bundle.curve.scales[60] == champion.curve.scales[60]


def test_features_are_held_against_what_the_trees_learnt_and_the_score_against_its_own(
    world, recalibrated
):
    _, champion = world
    _, bundle, _ = recalibrated
    columns, before = bundle.profile.columns, champion.profile.columns
    assert columns.keys() == before.keys()
    assert [name for name in columns if columns[name] != before[name]] == [SCORE]


def test_a_champion_of_other_features_or_of_yesterday_is_refused(world, tmp_path):
    data, champion = world
    with pytest.raises(ModelError, match="restore the target"):
        recalibrate_model(
            SETTINGS, FEATURES, data, replace(champion, target={"stage": "overdue"}), tmp_path
        )
    learnt = champion.facts["windows"]
    with pytest.raises(DataError, match="leave no month to recalibrate on"):
        split_anew(MONTH_ENDS[:6], 28, learnt)


def test_a_month_in_which_too_few_paid_is_refused(world):
    data, champion = world
    rows = assemble(data, SETTINGS.target)
    windows = split_anew(rows.dates, 28, champion.facts["windows"])
    few = rows.where(pc.less(rows.rows["account_id"], "C040"))
    with pytest.raises(DataError, match="30 of either outcome are needed"):
        recalibrate_bundle(champion, few, windows, SETTINGS.model)
