import numpy as np
import pyarrow as pa
import pytest
from effect_trials import TREATMENTS, effect_log

from propension.errors import DataError
from propension.monitoring import evaluate_policy


def one_hot(choice):
    return np.eye(len(TREATMENTS))[choice]


def true_value(table, effects, chances):
    """What a policy gets: the untreated chance as the log draws it, and the effects."""
    added = np.vstack([np.zeros(table.num_rows), effects])
    outcomes = np.clip(np.asarray(table["propensity"]) + added, 0, 1)
    return (chances.T * outcomes).sum(axis=0).mean()


def best(effects):
    return one_hot(np.vstack([np.zeros(effects.shape[1]), effects]).argmax(axis=0))


def test_the_policy_of_the_log_gets_the_mean_of_the_log():
    table, _, chances = effect_log(3_000)
    found = evaluate_policy(table, TREATMENTS, chances, "paid")
    mean = np.asarray(table["paid"]).mean()
    assert found.logged.value == pytest.approx(mean)
    assert found.ips.value == pytest.approx(mean)
    assert found.self_normalised.value == pytest.approx(mean)
    assert found.effective_rows == pytest.approx(3_000)
    assert found.mean_weight == pytest.approx(1)
    assert found.gain.low < 0 < found.gain.high
    assert "not yet distinguishable from zero" in found.told()["en"]


def test_intervals_hold_the_true_value_at_about_their_rate():
    held = {"ips": [], "self_normalised": [], "doubly_robust": []}
    for seed in range(120):
        table, effects, _ = effect_log(1_500, seed=seed)
        candidate = best(effects)
        found = evaluate_policy(table, TREATMENTS, candidate, "paid")
        true = true_value(table, effects, candidate)
        for name, within in held.items():
            value = getattr(found, name)
            within.append(value.low <= true <= value.high)
    assert all(0.88 < np.mean(within) <= 1 for within in held.values()), held


def test_copies_of_rows_do_not_make_it_surer():
    table, effects, _ = effect_log(900)
    candidate = best(effects)
    once = evaluate_policy(table, TREATMENTS, candidate, "paid")
    twice = evaluate_policy(
        pa.concat_tables([table, table]), TREATMENTS, np.vstack([candidate, candidate]), "paid"
    )
    assert twice.ips.low == pytest.approx(once.ips.low)
    assert twice.ips.high == pytest.approx(once.ips.high)


def test_doubly_robust_is_surer_than_weighing_alone():
    table, effects, _ = effect_log(6_000, seed=2)
    found = evaluate_policy(table, TREATMENTS, best(effects), "paid")
    width = {
        name: getattr(found, name).high - getattr(found, name).low
        for name in ("ips", "doubly_robust")
    }
    assert width["doubly_robust"] < 0.8 * width["ips"]
    assert found.gain.low > 0
    assert "above zero" in found.told()["en"]


def test_what_the_confounded_log_hides_is_found():
    table, effects, _ = effect_log(24_000, seed=2, confounding=3.0)
    paid, treatment = np.asarray(table["paid"]), np.asarray(table["treatment"])
    calls, nobody = (one_hot(np.full(table.num_rows, place)) for place in (1, 0))
    assert paid[treatment == "call"].mean() < paid[treatment == "do_nothing"].mean()
    found = [evaluate_policy(table, TREATMENTS, policy, "paid") for policy in (calls, nobody)]
    for name in ("self_normalised", "doubly_robust"):
        gap = getattr(found[0], name).value - getattr(found[1], name).value
        assert gap == pytest.approx(effects[0].mean(), abs=0.04)
        assert gap > 0


def test_a_candidate_the_log_hardly_covers_is_not_valued_in_words():
    table, _, _ = effect_log(3_000, confounding=12.0)
    best_payers = np.asarray(table["propensity"]) > 0.5
    found = evaluate_policy(table, TREATMENTS, one_hot(np.where(best_payers, 1, 0)), "paid")
    rare = evaluate_policy(
        table.filter(pa.array(best_payers)),
        TREATMENTS,
        one_hot(np.ones(best_payers.sum(), int)),
        "paid",
    )
    assert rare.effective_rows < found.effective_rows
    assert not rare.is_covered
    assert "does too little" in rare.told()["en"]
    assert "muy poco" in rare.told()["es"]


def test_rows_whose_treatment_was_certain_count_for_what_they_got():
    table, _, chances = effect_log(900)
    place = table.column_names.index("assignment_probability")
    certain = np.where(np.arange(900) < 300, 1.0, np.asarray(table["assignment_probability"]))
    table = table.set_column(place, "assignment_probability", pa.array(certain))
    done = one_hot([TREATMENTS.index(name) for name in table["treatment"].to_pylist()])
    chances = np.where(np.arange(900)[:, None] < 300, done, chances)
    found = evaluate_policy(table, TREATMENTS, chances, "paid")
    assert found.rows == 900
    assert found.ips.value == pytest.approx(found.logged.value)


def test_immature_rows_are_left_out_with_their_candidate():
    table, effects, _ = effect_log(900)
    late = np.arange(900) < 200
    place = table.column_names.index("paid")
    waiting = table.set_column(place, "paid", pa.array(np.asarray(table["paid"]), mask=late))
    candidate = best(effects)
    found = evaluate_policy(waiting, TREATMENTS, candidate, "paid")
    kept = evaluate_policy(table.filter(pa.array(~late)), TREATMENTS, candidate[~late], "paid")
    assert found.ips == kept.ips


@pytest.mark.parametrize(
    ("candidate", "message"),
    [
        (np.ones((30, 2)) / 2, "has shape"),
        (np.ones((30, 3)), "30 rows of the candidate do not add up to 1"),
        (np.tile([2.0, -1.0, 0.0], (30, 1)), "below 0"),
    ],
)
def test_what_is_no_policy_is_refused(candidate, message):
    with pytest.raises(DataError, match=message):
        evaluate_policy(effect_log(30)[0], TREATMENTS, candidate, "paid")


def test_a_treatment_the_log_never_gave_cannot_be_valued():
    table, _, _ = effect_log(300)
    candidate = np.tile([0.5, 0.0, 0.0, 0.5], (300, 1))
    with pytest.raises(DataError, match="uses letter, which the log never did"):
        evaluate_policy(table, (*TREATMENTS, "letter"), candidate, "paid")


def test_logs_without_chances_or_outcomes_are_refused():
    table, _, chances = effect_log(30, known=False)
    with pytest.raises(DataError, match="lacks assignment_probability"):
        evaluate_policy(table, TREATMENTS, chances, "paid")
    table, _, chances = effect_log(30)
    empty = table.set_column(table.column_names.index("paid"), "paid", pa.nulls(30, pa.float64()))
    with pytest.raises(DataError, match="no row has a mature paid"):
        evaluate_policy(empty, TREATMENTS, chances, "paid")
