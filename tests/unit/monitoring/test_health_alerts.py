"""When a signal rings, when it asks for action, and what is recommended then."""

import datetime as dt
import json

import pytest
from health_world import month_ends
from hypothesis import given
from hypothesis import strategies as st

from propension.config import Bounds, Monitoring
from propension.monitoring.health import SIGNALS, Alert, Measurement, grade, recommend
from propension.monitoring.health.alerts import levels
from propension.monitoring.health.signals import SIGNAL

DAYS = month_ends(6)
SETTINGS = Monitoring()


def series(*values, signal="feature_shift", subject="late_share", **said):
    return [
        Measurement(signal, "overdue", subject, day, value, **said)
        for day, value in zip(DAYS, values, strict=False)
    ]


def level(measured, settings=SETTINGS):
    found = grade(measured, settings)
    assert len(found) <= 1
    return found[0].level if found else "ok"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((0.1,), "ok"),
        ((0.11,), "watch"),
        ((0.26,), "watch"),
        ((0.26, 0.26), "act"),
        ((0.26, 0.2, 0.26), "watch"),
        ((0.2, 0.2, 0.2), "watch"),
        ((1.01,), "act"),
        ((1.01, 0.05), "ok"),
        ((0.26, 0.26, 0.2), "act"),
        ((1.01, 0.2), "act"),
        ((0.26, 0.26, 0.05, 0.2), "watch"),
    ],
)
def test_a_signal_acts_when_it_lasted_or_was_large_until_it_is_over(values, expected):
    assert level(series(*values)) == expected


def test_how_long_it_must_last_is_a_setting():
    assert level(series(0.3, 0.3), Monitoring(persistence=3)) == "watch"
    assert level(series(0.3, 0.3, 0.3), Monitoring(persistence=3)) == "act"


@pytest.mark.parametrize(
    ("values", "is_sudden"),
    [
        ((0.05, 1.1, 0.5), True),
        ((1.1,), True),
        ((0.05, 0.5, 1.1), False),
        ((0.05, 0.98, 1.1), False),
    ],
)
def test_a_jump_is_large_from_its_first_list(values, is_sudden):
    usual = 0.99 if 0.98 in values else 0.0
    [alert] = grade(series(*values, usual=usual), Monitoring(persistence=1))
    assert (alert.level, alert.is_sudden) == ("act", is_sudden)


def test_what_is_usual_and_what_does_not_weigh_ask_for_nothing():
    assert level(series(2.0, 2.0, usual=2.5)) == "ok"
    assert level(series(2.0, 2.0, usual=1.5)) == "act"
    assert level(series(0.9, 0.9, 0.9, weighs=False)) == "watch"
    # A jump is a matter of the source, whoever leans on it.
    assert level(series(1.1, weighs=False)) == "act"


def test_a_large_figure_that_may_be_chance_rings_nothing():
    assert level(series(2.0, p_value=0.02)) == "ok"
    assert level(series(2.0, p_value=0.009)) == "act"


def test_the_more_is_tested_the_stronger_the_evidence_must_be():
    lone = series(2.0, p_value=0.004)
    others = [
        Measurement("feature_shift", "overdue", f"f{n}", DAYS[0], 0.0, p_value=0.9)
        for n in range(9)
    ]
    assert level(lone) == "act"
    # Of ten tests the least counts ten times, times 1 + 1/2 + ... + 1/10, whatever hangs together.
    assert 0.004 * 10 * sum(1 / n for n in range(1, 11)) > SETTINGS.false_discovery_rate
    assert level(lone + others) == "ok"
    assert level(series(2.0, p_value=0.0003) + others) == "act"
    # Tests of another list do not count.
    later = [Measurement("feature_shift", "overdue", "late_share", DAYS[1], 2.0, p_value=0.004)]
    assert level(later + others) == "act"


@given(st.lists(st.floats(0, 1), min_size=20, max_size=20), st.floats(0.0001, 0.01))
def test_chance_alone_needs_evidence_beyond_the_rate(chances, rate):
    measured = [
        Measurement("feature_shift", "", f"f{n}", DAYS[0], 2.0, p_value=p)
        for n, p in enumerate(chances)
    ]
    strict = Monitoring(false_discovery_rate=rate)
    if min(chances) > rate:
        assert grade(measured, strict) == []


def test_a_signal_that_is_no_longer_measured_is_over():
    gone = Measurement("new_finding", "", "debts: orphan_key", DAYS[0], 0.5)
    assert level([gone]) == "act"
    assert level([gone, Measurement("new_finding", "", "", DAYS[1], 0.0)]) == "ok"


def test_an_alert_says_since_when_and_what_to_do_in_three_languages():
    [alert] = grade(series(0.05, 0.2, 0.3), SETTINGS)
    assert (alert.since, alert.as_of) == (DAYS[1], DAYS[2])
    assert alert.told.es.startswith("Distribución de una variable (late_share): 0,3. Revisar")
    assert alert.told.en.startswith("Distribution of a feature (late_share): 0.3. Check")
    assert json.loads(json.dumps(alert.as_dict()))["told"]["pt"] == alert.told.pt


def test_every_signal_has_bounds_and_words():
    for signal in SIGNALS:
        assert isinstance(getattr(SETTINGS, signal.name), Bounds)
        for text in (signal.label, signal.advice):
            assert len({text.es, text.pt, text.en}) == 3
    named = {name for name, of in Monitoring.model_fields.items() if of.annotation is Bounds}
    assert named == SIGNAL.keys()


def test_bounds_that_fall_are_refused():
    with pytest.raises(ValueError, match="watch <= act <= at_once"):
        Bounds(watch=0.2, act=0.1, at_once=1)


def test_the_level_of_a_signal_is_its_worst():
    measured = [
        *series(0.2),
        *series(2.0, subject="delay"),
        *series(0.0, signal="bias", subject=""),
    ]
    assert levels(measured, grade(measured, SETTINGS)) == {"feature_shift": "act", "bias": "ok"}


def alert(signal, stage="overdue", level="act", since=DAYS[2], sudden=False, subject=""):
    return Alert(SIGNAL[signal], stage, subject, DAYS[3], level, 1.0, since, sudden)


def payments(signal):
    return alert(signal, stage="", level="watch", subject="payments")


@pytest.mark.parametrize(
    ("alerts", "matured", "action", "rule"),
    [
        ([], DAYS[0], "keep", "quiet"),
        ([alert("auc_loss", level="watch")], DAYS[0], "keep", "quiet"),
        ([alert("auc_loss", stage="upcoming")], DAYS[0], "keep", "quiet"),
        ([alert("mix_shift", stage="")], DAYS[0], "keep", "quiet"),
        ([alert("auc_loss")], DAYS[0], "retrain", "ranking"),
        ([alert("auc_loss"), alert("bias")], DAYS[0], "retrain", "ranking"),
        ([alert("bias")], DAYS[0], "recalibrate", "level"),
        ([alert("slope"), alert("score_shift")], DAYS[0], "recalibrate", "level"),
        ([alert("score_shift")], DAYS[1], "retrain", "drift"),
        ([alert("feature_shift")], None, "retrain", "drift"),
        ([alert("score_shift")], DAYS[2], "keep", "drift_proved_harmless"),
        (
            [alert("score_shift"), alert("feature_shift", since=DAYS[3])],
            DAYS[2],
            "retrain",
            "drift",
        ),
        ([alert("auc_loss"), alert("late_days", stage="")], DAYS[0], "keep", "source"),
        ([alert("feature_shift", sudden=True), alert("bias")], DAYS[0], "keep", "source"),
        ([alert("score_shift", sudden=True)], None, "retrain", "drift"),
        ([alert("row_loss", stage=""), alert("bias")], DAYS[0], "keep", "source"),
        # What is missing of the payments may be why fewer seem to pay.
        ([payments("row_loss"), alert("bias")], DAYS[0], "keep", "source"),
        ([payments("late_days"), alert("auc_loss")], DAYS[0], "keep", "source"),
        ([payments("row_loss"), alert("score_shift")], None, "retrain", "drift"),
        ([payments("row_growth"), alert("bias")], DAYS[0], "recalibrate", "level"),
        # Who pays less is called more: that is no fault of the source, and twice the rows at once are.
        ([alert("row_growth", stage=""), alert("bias")], DAYS[0], "recalibrate", "level"),
        ([alert("row_growth", stage="", sudden=True), alert("bias")], DAYS[0], "keep", "source"),
    ],
)
def test_the_first_rule_that_applies_decides(alerts, matured, action, rule):
    found = recommend("overdue", alerts, matured)
    assert (found.action, found.rule) == (action, rule)
    assert bool(found.because) == (rule != "quiet")
    assert json.loads(json.dumps(found.as_dict()))["reason"]["es"]


def test_days_of_measurements_are_plain_in_json():
    [one] = series(0.2)
    assert json.loads(json.dumps(one.as_dict()))["as_of"] == str(DAYS[0])
    assert isinstance(DAYS[0], dt.date)
