"""Matured lists are judged by the label their model learnt, and never before it can be known."""

import json
from dataclasses import replace

import duckdb
import numpy as np
import pytest
from ledgers import DUE_ON, Ledger, Portfolio, days_after
from past_lists import write_list
from random_ledgers import AS_OF as DATES
from random_ledgers import random_rows
from scipy.stats import ks_2samp
from scoring_builders import feature_rows, small_bundle

from propension.config import Target
from propension.labels import write_labels
from propension.monitoring.health import (
    Horizon,
    Quality,
    horizons_of,
    measure_quality,
    quality_measurements,
    read_matured,
)

LISTED_ON = days_after(DUE_ON, 10)
SETTLED = days_after(LISTED_ON, 400)


def none(*_):
    return None


def after(days):
    return days_after(LISTED_ON, days)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("stage", ["overdue", "upcoming"])
def test_what_came_is_the_label_that_models_learn(tmp_path, seed, stage):
    target, as_of = Target(horizon_days=20, min_overdue_amount=10), DATES[1]
    ledger = Ledger(random_rows(seed, accounts=60, punctual_share=0.9))
    until = days_after(as_of, 200)
    with Portfolio(ledger.write(tmp_path / "tables")) as portfolio:
        path = tmp_path / "labels.parquet"
        count = write_labels(portfolio.engine, as_of, target, until, path, stage)
        own = "is_paid_20d" if stage == "overdue" else "is_paid"
        labels = dict(duckdb.sql(f"SELECT account_id, {own} FROM '{path}'").fetchall())
        rows = [{"account_id": name, "stage": stage} for name in labels]
        folder = write_list(
            tmp_path / "outputs", as_of, [*rows, {"account_id": "gone", "stage": stage}]
        )
        [horizon] = [one for one in horizons_of(folder, stage, target, until) if one.is_own]
        table = read_matured(portfolio.engine, folder, [horizon], target, until)
        found = dict(
            zip(table["account_id"].to_pylist(), table[horizon.outcome].to_pylist(), strict=True)
        )
        quality = measure_quality(portfolio.engine, [folder], target, until, none)
    assert len(labels) == count > 0
    assert found == labels
    [own_quality] = [one for one in quality if one.horizon.is_own]
    assert (own_quality.rows, own_quality.lost_rows) == (count, 1)


def test_a_list_is_not_scored_a_day_before_its_outcome_can_be_known(tmp_path):
    target = Target(recording_lag_days=3, horizons=(7, 30))
    folder = write_list(
        tmp_path / "outputs", LISTED_ON, [{"account_id": "C1", "propensity_7d": 0.1}]
    )
    with Portfolio(Ledger().debt().payment(after(5)).write(tmp_path / "tables")) as portfolio:
        told = {
            day: [
                (one.horizon.days, one.horizon.elapsed_share, one.rows)
                for one in measure_quality(portfolio.engine, [folder], target, after(day), none)
            ]
            for day in (0, 9, 10, 32, 33)
        }
    assert told[0] == [(7, 0, 0), (30, 0, 0)]
    assert told[9] == [(7, 0.9, 0), (30, 9 / 33, 0)]
    assert told[10] == [(7, 1, 1), (30, 10 / 33, 0)]
    assert told[32] == [(7, 1, 1), (30, 32 / 33, 0)]
    assert told[33] == [(7, 1, 1), (30, 1, 1)]


def test_horizons_a_list_did_not_speak_of_are_not_judged(tmp_path):
    folder = write_list(tmp_path / "outputs", LISTED_ON, [{"account_id": "C1"}])
    days = [one.days for one in horizons_of(folder, "overdue", Target(horizons=(7, 45)), SETTLED)]
    assert days == [7, 30]
    [upcoming] = horizons_of(folder, "upcoming", Target(), SETTLED)
    assert (upcoming.days, upcoming.score, upcoming.outcome) == (18, "propensity", "is_paid")


def test_a_list_is_judged_by_the_target_its_model_learnt(tmp_path):
    folder = write_list(
        tmp_path / "outputs", LISTED_ON, [{"account_id": "C1", "model_version": "1"}]
    )
    bundle = small_bundle(feature_rows(300), trees=2)
    learnt = replace(bundle, target=bundle.target | {"horizon_days": 10, "paid_share": 0.3})
    ledger = Ledger().debt().payment(after(8), 40).payment(after(20), 60)
    with Portfolio(ledger.write(tmp_path / "tables")) as portfolio:
        shares = [
            one.paid_share
            for known in (learnt, None)
            for one in measure_quality(
                portfolio.engine, [folder], Target(horizons=(15,)), SETTLED, lambda *_, k=known: k
            )
            if one.horizon.is_own
        ]
    assert shares == [1.0, 1.0]
    assert [
        one.days
        for one in horizons_of(folder, "overdue", Target(horizon_days=10, horizons=()), SETTLED)
    ] == [10]


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """A list of 300 customers with one account each, and its like with four accounts a customer."""
    folder = tmp_path_factory.mktemp("judged")
    rng = np.random.default_rng(0)
    p = rng.uniform(0.05, 0.95, 300)
    paid = rng.random(300) < np.clip(p - 0.1, 0, 1)
    ledger = Ledger()
    for number in range(1200):
        customer = number // 4
        ledger.debt(f"D{number}", customer_id=f"C{customer}", account_id=f"A{number}")
        if paid[customer]:
            ledger.payment(after(5), 100, f"D{number}")
    rows = [
        {
            "account_id": f"A{n}",
            "customer_id": f"C{n // 4}",
            "propensity": p[n // 4],
            "model_version": "1",
        }
        for n in range(1200)
    ]
    lists = [
        write_list(folder / "one", LISTED_ON, rows[::4]),
        write_list(folder / "four", LISTED_ON, rows),
    ]
    bundle = small_bundle(feature_rows(300), trees=2)
    facts = {
        "test": {"auc": {"value": 0.9, "low": 0.88, "high": 0.92}},
        "metrics": {"model": {"auc": 0.9}},
    }
    known = replace(bundle, facts=facts)
    with Portfolio(ledger.write(folder / "tables")) as portfolio:
        found = [
            one
            for part in lists
            for one in measure_quality(
                portfolio.engine, [part], Target(horizons=()), SETTLED, lambda *_: known
            )
        ]
    return p, paid.astype(int), found


def test_figures_are_those_of_an_independent_computation(judged):
    p, paid, (one, _) = judged
    payers, others = p[paid == 1], p[paid == 0]
    wins = (payers[:, None] > others).mean() + (payers[:, None] == others).mean() / 2
    value = {name: figure["value"] for name, figure in one.figures.items()}
    assert value["auc"] == pytest.approx(wins)
    assert value["ks"] == pytest.approx(ks_2samp(payers, others).statistic)
    assert value["log_loss"] == pytest.approx(-np.log(np.where(paid, p, 1 - p)).mean())
    assert value["bias"] == pytest.approx((p - paid).mean())
    tenths = np.array_split(np.argsort(p), 10)
    error = sum(abs((p[part] - paid[part]).sum()) for part in tenths) / 300
    assert value["calibration_error"] == pytest.approx(error, abs=0.01)
    for figure in one.figures.values():
        assert figure["low"] <= figure["value"] <= figure["high"]


def test_accounts_of_one_customer_are_one_piece_of_evidence(judged):
    _, _, (one, four) = judged
    assert four.rows == 4 * one.rows
    for name in ("auc", "bias", "slope"):
        widths = [q.figures[name]["high"] - q.figures[name]["low"] for q in (one, four)]
        assert four.figures[name]["value"] == pytest.approx(one.figures[name]["value"], abs=0.01)
        assert widths[1] == pytest.approx(widths[0], rel=0.25)


def test_the_loss_is_what_both_intervals_leave(judged):
    _, _, (one, _) = judged
    found = {m.signal: m for m in quality_measurements([one])}
    low, high = one.figures["bias"]["low"], one.figures["bias"]["high"]
    assert 0.03 < low < high
    assert found["bias"].value == pytest.approx(low)
    auc, test = one.figures["auc"], one.test["auc"]
    half = np.hypot((auc["high"] - auc["low"]) / 2, (test["high"] - test["low"]) / 2)
    assert found["auc_loss"].value == pytest.approx(max(0, 0.9 - auc["value"] - half))
    assert found["slope"].value >= 0
    assert json.dumps([m.as_dict() for m in found.values()])


@pytest.mark.parametrize(
    ("interval", "beyond"), [((-0.1, 0.02), 0), ((0.04, 0.09), 0.04), ((-0.2, -0.06), 0.06)]
)
def test_an_interval_that_holds_nothing_says_nothing(interval, beyond):
    horizon = Horizon(LISTED_ON, "overdue", 30, True, SETTLED, 1.0)
    bare = {"value": 0.8, "low": 0.8, "high": 0.8}
    figures = {"bias": {"value": 0.0, "low": interval[0], "high": interval[1]}, "auc": bare}
    figures["slope"] = {
        "value": 1.0,
        "low": float(np.exp(interval[0])),
        "high": float(np.exp(interval[1])),
    }
    found = {
        m.signal: m.value
        for m in quality_measurements([Quality(horizon, "1", 500, figures=figures, test={})])
    }
    assert found == {"bias": pytest.approx(beyond), "slope": pytest.approx(beyond)}


def test_early_horizons_and_few_payers_raise_nothing(tmp_path):
    horizon = Horizon(LISTED_ON, "overdue", 7, False, SETTLED, 1.0)
    bad = {name: {"value": 0.5, "low": 0.4, "high": 0.6} for name in ("bias", "slope", "auc")}
    assert list(quality_measurements([Quality(horizon, "1", 500, figures=bad)])) == []
    folder = write_list(tmp_path / "outputs", LISTED_ON, [{"account_id": "C1"}])
    with Portfolio(Ledger().debt().payment(after(5)).write(tmp_path / "tables")) as portfolio:
        [few] = measure_quality(portfolio.engine, [folder], Target(horizons=()), SETTLED, none)
    assert (few.rows, few.paid_share, few.figures) == (1, 1.0, {})
    assert list(quality_measurements([few])) == []
    assert json.dumps(few.as_dict())
