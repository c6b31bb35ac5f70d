"""A feature that tells the outcome does not become a model."""

import datetime as dt
import json
from random import Random

import pytest
from ledgers import RESOURCES, Ledger, days_after

from propension.config import Settings, Target
from propension.errors import DataError, ModelError
from propension.features import catalogue
from propension.model import (
    CARD_FILE,
    SCORE,
    Bundle,
    assemble,
    build_training_data,
    refuse_leak,
    train_model,
)
from propension.snapshots import prepare_streams

MONTH_ENDS = [
    dt.date(month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
    for month in range(2023 * 12 + 1, 2024 * 12 + 7)
]
ACCOUNTS = 25
SETTINGS = {
    "portfolio": {"name": "leak"},
    "source": {"path": "data"},
    "snapshots": {"history_days": 30},
    "target": {"horizon_days": 28},
    "features": {"extra": [{"name": "outcome", "text": dict.fromkeys(("es", "pt", "en"), "outcome")}]},
    "model": {"min_rows_per_leaf": 5, "max_trees": 60, "learning_rate": 0.3},
    "resources": {"threads": 1, "memory_gb": 1},
}  # fmt: skip


def tossed_ledger(known_days):
    """Every month every account has a debt overdue and pays it by the toss of a coin.

    The outcome stands as an attribute known ``known_days`` after the month's end; None has
    another coin stand there, known on the month's end.
    """
    rng, ledger = Random(5), Ledger()
    for number in range(ACCOUNTS):
        customer_id = f"C{number:02d}"
        for month_end in MONTH_ENDS:
            pays, other = rng.random() < 0.5, rng.random() < 0.5
            debt_id = f"{customer_id}-{month_end}"
            ledger.debt(debt_id, days_after(month_end, -2), customer_id=customer_id)
            # Who does not pay settles as soon as the outcome is over.
            ledger.payment(days_after(month_end, 10 if pays else 29), 100, debt_id)
            ledger.attribute(
                days_after(month_end, known_days or 0),
                customer_id=customer_id,
                outcome=int(other if known_days is None else pays),
            )
    return ledger


def train(folder, known_days):
    settings = Settings.model_validate(SETTINGS)
    extraction = tossed_ledger(known_days).write(folder / "extraction")
    streams = prepare_streams(extraction, RESOURCES)
    build_training_data(settings, extraction, streams, None, folder / "data")
    features = catalogue(settings.features)
    return train_model(settings, features, folder / "data", None, folder / "model")


def test_an_attribute_that_tells_the_outcome_trips_the_alarm_when_dated_before_it(tmp_path):
    told = train(tmp_path, known_days=0)
    assert told.verdict == "leak"
    assert not told.promotes
    assert told.metrics["model"]["auc"] > 0.99
    assert "carry most are outcome," in told.reason
    assert json.loads((tmp_path / "model" / "evaluation.json").read_text())["verdict"] == "leak"
    with pytest.raises(ModelError, match=r"something tells the future.*outcome"):
        refuse_leak(told)


@pytest.mark.parametrize("known_days", [None, 20])
def test_a_coin_or_an_outcome_with_its_true_date_trips_no_alarm(tmp_path, known_days):
    honest = train(tmp_path, known_days)
    assert honest.verdict == "first"
    assert honest.metrics["model"]["auc"] < 0.8
    refuse_leak(honest)


def test_a_trained_bundle_keeps_how_its_rows_were_distributed_and_how_its_test_went(tmp_path):
    told = train(tmp_path, known_days=None)
    bundle = Bundle.load(tmp_path / "model")
    kept = {
        f.name
        for f in catalogue(Settings.model_validate(SETTINGS).features)
        if f.axis != "calendar"
    }
    assert set(bundle.profile.columns) == kept | {SCORE}
    windows = bundle.facts["windows"]
    assert bundle.profile.columns["days_past_due"].dates == 12
    assert sum(window["dates"] for window in windows.values()) > 12
    assert bundle.profile.columns[SCORE].dates == sum(
        windows[name]["dates"] for name in ("validation", "calibration", "test")
    )
    assert bundle.facts["test"] == told.test["contenders"]["model"]["metrics"]


def test_the_card_tells_every_window_contender_and_check(tmp_path):
    told = train(tmp_path, None)
    card = (tmp_path / "model" / CARD_FILE).read_text(encoding="utf-8")
    for name, window in told.windows.items():
        assert f"| {name} | {window.get('first', '')} | {window.get('last', '')} |" in card
    for name, measured in told.metrics.items():
        assert f"| {name} | {measured['auc']:.4f} | {measured['ks']:.4f} |" in card
    assert all(check["texts"]["en"] in card for check in told.checks)
    assert "at least 80% of its overdue balance within 28 days" in card


@pytest.mark.parametrize(
    ("stage", "remedy"),
    [("overdue", r"target\.min_overdue_amount"), ("upcoming", r"snapshots\.every: week")],
)
def test_nothing_to_learn_from_names_the_settings_of_its_stage(tmp_path, stage, remedy):
    with pytest.raises(DataError, match=remedy):
        assemble(tmp_path, Target(), stage)
