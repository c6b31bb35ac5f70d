import numpy as np
import pyarrow as pa
import pytest
from effect_trials import effect_log

from propension.errors import DataError
from propension.monitoring import (
    Reading,
    contrast,
    measure_challengers,
    measure_strategy,
    measure_treatments,
)


def experiment(seed=0, accounts=2_000, dates=3, lift=0.05, control_share=0.3):
    """Accounts whose rows resemble one another, a score that knows them well, a known lift."""
    rng = np.random.default_rng(seed)
    kind = np.repeat(rng.normal(scale=0.18, size=accounts), dates)
    account = np.repeat(np.arange(accounts), dates)
    control = np.repeat(rng.random(accounts) < control_share, dates)
    score = np.clip(0.4 + kind + rng.normal(scale=0.05, size=len(kind)), 0.01, 0.9)
    paid = (rng.random(len(kind)) < np.clip(0.4 + kind + lift * ~control, 0, 1)).astype(float)
    owed = np.repeat(rng.lognormal(8, 0.8, accounts), dates)
    return pa.table(
        {
            "account_id": pa.array([f"A{number}" for number in account]),
            "arm": pa.array(np.where(control, "control", "treatment")),
            "segment": pa.array(np.where(owed > np.median(owed), "large", "small")),
            "propensity": score,
            "expected_recovery": score * owed,
            "paid": paid,
            "recovered_amount": paid * owed,
        }
    )


def strategy(table, **reading):
    return measure_strategy(table, reading=Reading(**reading))[0]


def test_intervals_hold_the_truth_at_about_their_rate():
    found = [strategy(experiment(seed, accounts=300)).rate for seed in range(300)]
    assert 0.91 < np.mean([one.low <= 0.05 <= one.high for one in found]) < 0.985
    assert np.mean([one.value for one in found]) == pytest.approx(0.05, abs=0.005)


def test_rows_taken_for_accounts_would_be_too_sure():
    table = experiment(1)
    columns = [np.asarray(table[name]) for name in ("paid", "arm")]
    rows = np.arange(table.num_rows)
    account = np.repeat(np.arange(2_000), 3)
    right, wrong = (contrast(columns[0], columns[1] != "control", by) for by in (account, rows))
    assert right.value == wrong.value
    assert right.standard_error > 1.1 * wrong.standard_error


def test_single_rows_give_the_two_sample_standard_error():
    rng = np.random.default_rng(0)
    outcome, treated = rng.random(500), rng.random(500) < 0.4
    found = contrast(outcome, treated, np.arange(500))
    ours, theirs = outcome[treated], outcome[~treated]
    welch = np.sqrt(ours.var(ddof=1) / len(ours) + theirs.var(ddof=1) / len(theirs))
    assert found.standard_error == pytest.approx(welch)
    assert found.value == pytest.approx(ours.mean() - theirs.mean())


def test_accounts_on_both_sides_are_their_own_control():
    rng = np.random.default_rng(0)
    liking, lift = rng.normal(size=400), rng.normal(0.1, 0.2, 400)
    outcome = np.concatenate([liking, liking + lift])
    found = contrast(outcome, np.repeat([False, True], 400), np.tile(np.arange(400), 2))
    paired = lift.std(ddof=1) / np.sqrt(400)
    assert found.standard_error == pytest.approx(paired)


def test_the_score_narrows_the_interval_and_leaves_the_estimate_unbiased():
    table = experiment(2)
    adjusted, plain = strategy(table), strategy(table, is_adjusted=False)
    assert adjusted.rate.standard_error < 0.95 * plain.rate.standard_error
    assert adjusted.amount.standard_error < 0.9 * plain.amount.standard_error
    gaps = [strategy(experiment(seed, accounts=300)).rate.value for seed in range(60)]
    assert np.mean(gaps) == pytest.approx(0.05, abs=0.01)


def test_self_cure_is_what_the_control_does():
    table = experiment(3)
    found = strategy(table)
    control = np.asarray(table["arm"]) == "control"
    assert found.self_cure_rate == pytest.approx(np.asarray(table["paid"])[control].mean())
    assert found.treated_rows == (~control).sum()
    assert found.total[0] == pytest.approx(found.amount.value * found.treated_rows)


def test_segments_are_compared_within():
    found = {impact.group: impact for impact in measure_strategy(experiment(4), ["segment"])}
    assert list(found) == ["strategy", "segment=large", "segment=small"]
    parts = found["segment=large"], found["segment=small"]
    assert sum(part.treated_rows for part in parts) == found["strategy"].treated_rows
    assert parts[0].amount.value > parts[1].amount.value


def test_winsorising_bounds_what_one_large_payment_does():
    table = experiment(5)
    recovered = np.asarray(table["recovered_amount"]).copy()
    recovered[np.flatnonzero(np.asarray(table["arm"]) == "treatment")[0]] = 1e9
    place = table.column_names.index("recovered_amount")
    table = table.set_column(place, "recovered_amount", pa.array(recovered))
    capped, plain = strategy(table), strategy(table, winsorised_at=1.0)
    assert plain.amount.value > 10 * capped.amount.value
    assert plain.amount.standard_error > 10 * capped.amount.standard_error


def test_immature_rows_are_left_out():
    table = experiment(6)
    late = np.arange(table.num_rows) % 3 == 2
    place = table.column_names.index("paid")
    waiting = table.set_column(place, "paid", pa.array(np.asarray(table["paid"]), mask=late))
    assert strategy(waiting) == strategy(table.filter(pa.array(~late)))


def test_no_lift_is_not_yet_distinguishable_from_zero():
    told = strategy(experiment(7, lift=0.0)).told()
    assert "not yet distinguishable from zero" in told["en"]
    assert "todavía no se distingue de cero" in told["es"]
    assert "ainda não se distingue de zero" in told["pt"]


def test_a_lift_and_a_harm_are_said_to_be_one():
    assert "above zero" in strategy(experiment(8, lift=0.15)).told()["en"]
    assert "below zero" in strategy(experiment(8, lift=-0.15)).told()["en"]


def test_a_stop_rule_widens_the_interval():
    table = experiment(9)
    plain, early = strategy(table), strategy(table, critical=4.0)
    assert early.rate.high - early.rate.value == pytest.approx(4.0 * plain.rate.standard_error)


@pytest.mark.parametrize("arm", ["control", "treatment"])
def test_an_empty_arm_is_said_and_not_measured(arm):
    table = experiment(1)
    found = strategy(table.filter(pa.array(np.asarray(table["arm"]) == arm)))
    assert np.isnan(found.rate.value)
    assert not found.rate.is_distinguishable
    assert "cannot be measured" in found.told()["en"]


def test_one_account_in_control_gives_a_figure_without_an_interval():
    table = experiment(1)
    account, control = np.asarray(table["account_id"]), np.asarray(table["arm"]) == "control"
    keep = ~control | (account == account[control][0])
    found = strategy(table.filter(pa.array(keep)))
    assert np.isfinite(found.rate.value)
    assert np.isnan(found.rate.low)
    assert "1 to compare with" in found.told()["en"]


def test_nothing_at_all_is_said_too():
    assert "0 accounts treated" in strategy(experiment(1).slice(0, 0)).told()["en"]


def test_the_treatment_is_no_group():
    table = experiment(1).append_column("treatment", pa.array(["call"] * 6_000))
    with pytest.raises(DataError, match="control has no treatment"):
        measure_strategy(table, ["treatment"])


def test_weighing_by_chance_rights_the_sign_that_a_plain_difference_has_wrong():
    table, effects, _ = effect_log(24_000, seed=2, confounding=3.0)
    (naive,) = measure_strategy(
        table.filter(pa.array(np.asarray(table["treatment"]) != "plan")),
        reading=Reading(is_adjusted=False),
    )
    assert naive.rate.high < 0
    found = {one.group: one for one in measure_treatments(table)}
    call = found["treatment=call"].rate
    assert call.low < effects[0].mean() < call.high
    assert call.value > 0
    plan = found["treatment=plan"].rate
    assert plan.low < effects[1].mean() < plan.high


def test_treatments_need_their_chances():
    table, _, _ = effect_log(300, known=False)
    with pytest.raises(DataError, match="lacks assignment_probability"):
        measure_treatments(table)
    unknown = table.append_column("assignment_probability", pa.nulls(table.num_rows, pa.float64()))
    with pytest.raises(DataError, match="300 of 300 rows have no assignment_probability"):
        measure_treatments(unknown)


def test_a_treatment_of_one_segment_is_compared_inside_it():
    """Calls go to the segment that pays least; left alone are accounts of both."""
    rng = np.random.default_rng(3)
    low = np.repeat([True, False], 4_000)
    control = rng.random(8_000) < 0.3
    paid = (rng.random(8_000) < np.where(low, 0.2, 0.7) + 0.1 * (low & ~control)).astype(float)
    table = pa.table(
        {
            "account_id": pa.array([f"A{number}" for number in range(8_000)]),
            "segment": pa.array(np.where(low, "low", "high")),
            "treatment": pa.array(np.where(control, "do_nothing", np.where(low, "call", "sms"))),
            "assignment_probability": np.where(control, 0.3, 0.7),
            "paid": paid,
            "recovered_amount": paid * 100,
        }
    )
    naive, _ = measure_treatments(table)
    assert naive.rate.high < 0
    call, sms = measure_treatments(table, within=["segment"])
    assert call.rate.low < 0.1 < call.rate.high
    assert not sms.rate.is_distinguishable
    assert call.rate.control_accounts == int((low & control).sum())
    assert "against doing nothing" in call.told()["en"]


def test_groups_are_compared_in_the_treateds_own_mix():
    """Nothing helps, but the treated are mostly of the segment that pays less."""
    rng = np.random.default_rng(4)
    low = rng.random(20_000) < 0.5
    treated = rng.random(20_000) < np.where(low, 0.8, 0.2)
    paid = (rng.random(20_000) < np.where(low, 0.2, 0.7)).astype(float)
    table = pa.table(
        {
            "account_id": pa.array([f"A{number}" for number in range(20_000)]),
            "segment": pa.array(np.where(low, "low", "high")),
            "treatment": pa.array(np.where(treated, "call", "do_nothing")),
            "assignment_probability": np.full(20_000, 0.5),
            "paid": paid,
            "recovered_amount": paid,
        }
    )
    (plain,), (inside,) = measure_treatments(table), measure_treatments(table, within=["segment"])
    assert plain.rate.high < 0
    assert not inside.rate.is_distinguishable


def test_a_challenger_is_compared_with_the_champion_alone():
    table = experiment(10, lift=0.0, control_share=0.3)
    rng = np.random.default_rng(0)
    by_account = np.repeat(rng.random(2_000) < 0.4, 3)
    treated = np.asarray(table["arm"]) == "treatment"
    tried = by_account & treated
    paid = np.where(tried, np.maximum(np.asarray(table["paid"]), rng.random(6_000) < 0.2), 0.0)
    paid = np.where(tried, paid, np.asarray(table["paid"]))
    names = np.where(tried, "by_order", "champion").tolist()
    strategies = [name if one else None for name, one in zip(names, treated, strict=True)]
    table = table.set_column(table.column_names.index("paid"), "paid", pa.array(paid))
    table = table.append_column("strategy", pa.array(strategies))
    (found,) = measure_challengers(table)
    assert found.group == "challenger=by_order"
    assert found.rate.low > 0
    champions = np.asarray(table["account_id"])[treated & ~tried]
    assert found.rate.control_accounts == len(set(champions))
    assert "against the present strategy" in found.told()["en"]
    assert "vigente" in found.told()["es"]


@pytest.mark.parametrize(("control", "is_told"), [(19, False), (20, True)])
def test_a_handful_that_all_did_the_same_gives_no_interval(control, is_told):
    rng = np.random.default_rng(0)
    outcome = np.concatenate([(rng.random(200) < 0.1).astype(float), np.zeros(control)])
    treated = np.arange(200 + control) < 200
    found = contrast(outcome, treated, np.arange(200 + control))
    assert found.value == pytest.approx(outcome[treated].mean())
    assert bool(np.isfinite(found.low)) is is_told
