"""Lists that drift ring, each by its own signal; lists of quiet months do not."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from health_world import ROWS, draw_month, learnt, month_ends, write_month, write_months
from scipy.stats import chi2, ks_2samp

from propension.config import Monitoring
from propension.model import Marginal, stability
from propension.monitoring.health import (
    PROFILE_NAME,
    grade,
    keep_profile,
    lists_apart,
    measure_drift,
)
from propension.monitoring.health.two_samples import (
    chi_square,
    kolmogorov_smirnov,
    missing_p_value,
    p_value,
)
from propension.outputs import SCORED_NAME

# The world's bundle gains nothing by its columns: here all of them weigh.
SETTINGS = Monitoring(leaning_share=0)
STARTS = 6


def rung(lists, bundle, settings=SETTINGS):
    return grade(measure_drift(lists, lambda *_: bundle, settings), settings)


def subjects(alerts, level="act"):
    return {(alert.signal.name, alert.subject) for alert in alerts if alert.level == level}


def unit(columns, month):
    """From a month on, amounts arrive in cents."""
    times = 100 if month >= STARTS else 1
    return columns | {"payment_amount_mean": columns["payment_amount_mean"] * times}


def shock(columns, month):
    """Everybody pays later, more so every month."""
    depth = min(1.5, 0.5 * max(0, month - STARTS + 1))
    late = columns["late_share"] ** np.exp(-depth)
    return columns | {"late_share": late, "delay_mean_12": columns["delay_mean_12"] * np.exp(depth)}


def dead_channel(columns, month):
    """Calls no longer get through."""
    if month < STARTS:
        return columns
    rows = len(columns["late_share"])
    return columns | {
        "right_party_count_90d": np.zeros(rows),
        "contact_rate_90d": np.full(rows, np.nan),
    }


@pytest.mark.parametrize(("seed", "has_profile"), [(0, True), (1, True), (0, False)])
def test_ten_quiet_months_ring_nothing(tmp_path, seed, has_profile):
    bundle = learnt(seed)
    lists = write_months(tmp_path, seed, 10, bundle)
    known = bundle if has_profile else replace(bundle, profile=None)
    measured = measure_drift(lists, lambda *_: known, SETTINGS)
    assert {one.signal for one in measured} > {"score_shift", "feature_shift", "mix_shift"}
    for day in month_ends(10):
        assert grade([one for one in measured if one.as_of <= day], SETTINGS) == []


@pytest.mark.parametrize(
    ("plant", "runs", "expected"),
    [
        (unit, 1, {("feature_shift", "payment_amount_mean")}),
        (shock, 3, {("feature_shift", "late_share"), ("score_shift", "propensity")}),
        (
            dead_channel,
            1,
            {("feature_shift", "right_party_count_90d"), ("missing_change", "contact_rate_90d")},
        ),
    ],
)
def test_a_planted_drift_asks_for_action_within_so_many_runs(tmp_path, plant, runs, expected):
    bundle = learnt(1)
    lists = write_months(tmp_path, 1, STARTS + runs, bundle, plant)
    assert rung(lists[:STARTS], bundle) == []
    alerts = rung(lists, bundle)
    assert expected <= subjects(alerts)
    first = month_ends(STARTS + 1)[-1]
    assert all(alert.since >= first for alert in alerts)


def test_without_a_profile_what_lists_kept_is_held_against_the_lists_before(tmp_path):
    old = replace(learnt(1), profile=None)
    lists = write_months(tmp_path, 1, STARTS + 1, None, unit)[2:]
    assert subjects(rung(lists, old)) == {("feature_shift", "payment_amount_mean")}
    # A bundle that is gone tells no version apart, and nothing else.
    assert subjects(rung(lists, None)) == {("feature_shift", "payment_amount_mean")}


def test_lists_of_another_model_tell_nothing_of_its_score(tmp_path):
    months = month_ends(5)
    lists = [
        write_month(tmp_path, day, draw_month(0, number), None, "2" if number > 3 else "1")
        for number, day in enumerate(months)
    ]

    def scores(lists):
        measured = measure_drift(lists, lambda *_: None, SETTINGS)
        return [one.as_of for one in measured if one.signal == "score_shift"]

    assert scores(lists[:4]) == [months[3]]
    assert scores(lists) == []


def test_a_feature_no_tree_leans_on_may_drift_as_long_as_it_does_not_jump(tmp_path):
    bundle = learnt(1)
    # The first month of the shock, again and again.
    lists = write_months(tmp_path, 1, STARTS + 3, bundle, lambda c, n: shock(c, min(n, STARTS)))
    told = rung(lists, bundle, Monitoring(leaning_share=0.01))
    assert {("feature_shift", "late_share"), ("feature_shift", "delay_mean_12")} <= subjects(
        told, "watch"
    )
    assert {("feature_shift", "late_share"), ("feature_shift", "delay_mean_12")} <= subjects(
        rung(lists, bundle)
    )


def psi(before, after):
    return stability.psi(pa.chunked_array([pa.array(before)]), pa.chunked_array([pa.array(after)]))


def test_the_mix_is_held_against_the_lists_before_of_the_same_policy(tmp_path):
    def older(columns, month):
        return columns | {"days_past_due": columns["days_past_due"] + (40 if month > 4 else 0)}

    lists = write_months(tmp_path, 0, 6, None, older)
    found = {
        m.subject: m
        for m in measure_drift(lists, lambda *_: None, SETTINGS)
        if m.as_of == month_ends(6)[-1]
    }
    buckets = [
        np.array(pq.read_table(one / SCORED_NAME)["dpd_bucket"].to_pylist(), object)
        for one in lists
    ]
    assert found["dpd_bucket"].value == pytest.approx(psi(np.concatenate(buckets[:5]), buckets[5]))
    assert "segment" in found
    changed = pq.read_table(lists[-1] / SCORED_NAME).to_pandas()
    table = pq.read_table(lists[-1] / SCORED_NAME)
    place = table.schema.get_field_index("policy_version")
    pq.write_table(
        table.set_column(place, "policy_version", [["2"] * len(changed)]), lists[-1] / SCORED_NAME
    )
    again = {
        m.subject
        for m in measure_drift(lists, lambda *_: None, SETTINGS)
        if m.as_of == month_ends(6)[-1]
    }
    assert "dpd_bucket" in again
    assert "segment" not in again


def test_every_feature_counts_though_lists_keep_but_a_few(tmp_path):
    bundle = learnt(0)
    [folder] = write_months(tmp_path, 0, 1, bundle)
    measured = {
        m.subject: m
        for m in measure_drift([folder], lambda *_: bundle, SETTINGS)
        if m.signal == "feature_shift"
    }
    assert set(measured) == {*bundle.profile.columns} - {"propensity"}
    month, before = draw_month(0, 0), [draw_month(0, number) for number in range(-12, 0)]
    for name in ("late_share", "contact_rate_90d"):
        whole = np.concatenate([one[name] for one in before])
        assert measured[name].value == pytest.approx(psi(whole, month[name]))
        assert measured[name].facts["rows"] == ROWS
    (folder / PROFILE_NAME).unlink()
    assert {
        m.subject
        for m in measure_drift([folder], lambda *_: bundle, SETTINGS)
        if m.signal == "feature_shift"
    } == {"payment_amount_mean", "late_share", "delay_mean_12"}


def test_features_in_a_folder_of_files_count_as_in_one(tmp_path):
    bundle = learnt(0)
    table = pa.table({name: pa.array(v, from_pandas=True) for name, v in draw_month(0, 0).items()})
    pq.write_table(table, tmp_path / "one.parquet")
    parts = tmp_path / "parts"
    parts.mkdir()
    (parts / "_SUCCESS").touch()
    for part, start in enumerate(range(0, ROWS, 400)):
        pq.write_table(table.slice(start, 400), parts / f"part-{part}.parquet")
    told = [
        keep_profile(tmp_path, {"overdue": (bundle, features)}).read_text()
        for features in (tmp_path / "one.parquet", parts)
    ]
    assert told[0] == told[1]
    assert keep_profile(tmp_path, {"overdue": (replace(bundle, profile=None), parts)}) is None


def test_counts_in_bins_of_another_model_are_not_used(tmp_path):
    [folder] = write_months(tmp_path, 0, 1, learnt(0))
    names = {m.subject for m in measure_drift([folder], lambda *_: learnt(3), SETTINGS)}
    # Counts of whole days fall into the same bins under both.
    assert "contact_rate_90d" not in names
    assert "late_share" in names


@pytest.mark.parametrize("shift", [0.0, 0.3, 1.0])
def test_the_tests_are_those_of_the_books(shift):
    rng = np.random.default_rng(3)
    one, other = (
        rng.integers(0, 6, 400),
        np.minimum(5, rng.integers(0, 6, 300) + (rng.random(300) < shift)),
    )
    counts = [np.bincount(part, minlength=6) for part in (one, other)]
    assert kolmogorov_smirnov(*counts) == pytest.approx(ks_2samp(one, other, method="asymp").pvalue)
    expected = sum(counts) * np.array([[400], [300]]) / 700
    statistic = ((np.array(counts) - expected) ** 2 / expected).sum()
    assert chi_square(*counts) == pytest.approx(chi2.sf(statistic, 5))


def test_nothing_to_compare_is_no_evidence():
    empty = Marginal("number", (1.0,), (0, 0, 0))
    assert kolmogorov_smirnov(np.zeros(2), np.ones(2)) == 1
    assert chi_square(np.array([3, 0]), np.array([5, 0])) == 1
    assert missing_p_value(empty, np.array([1, 2, 3])) == 1


def test_twelve_dates_of_the_same_accounts_count_as_one():
    counts, now = np.array([500, 500, 0]), np.array([60, 40, 0])
    few = Marginal("name", ("a",), tuple((counts // 10).tolist()))
    many = Marginal("name", ("a",), tuple(counts.tolist()), dates=10)
    assert p_value(many, now) == pytest.approx(p_value(few, now))


def test_lists_of_neighbouring_days_do_not_stand_in_a_row(tmp_path):
    days = [dt.date(2024, 3, 1) + dt.timedelta(days=n) for n in (0, 1, 5, 8, 14, 15)]
    folders = [tmp_path / f"as_of={day}" for day in days]
    assert [one.name[-2:] for one in lists_apart(folders, 7)] == ["02", "09", "16"]
    assert lists_apart(folders, 1) == folders
