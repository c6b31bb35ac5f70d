import numpy as np
import pyarrow as pa
import pytest
from effect_trials import TREATMENTS, effect_log
from effect_world import PRIORS, effect_world
from effect_world import TREATMENTS as SIMULATED
from scipy.stats import spearmanr

from propension.errors import DataError, PolicyError
from propension.treatments.effects import (
    Learning,
    fit_axes,
    fit_departures,
    fit_doubly_robust,
    fit_pooled,
    learn_effects,
    prior_effects,
    read_evidence,
)
from propension.treatments.effects.axes import axes_of

PAID = Learning(outcome="paid")
NO_PRIOR = {}


def without_null(table, name, nulls):
    values = np.asarray(table[name])
    return table.set_column(
        table.column_names.index(name), name, pa.array(values, mask=nulls, from_pandas=True)
    )


@pytest.fixture(scope="module")
def log():
    return effect_log(24_000, seed=1)


@pytest.mark.parametrize("fit", [fit_departures, fit_pooled, fit_axes, fit_doubly_robust])
def test_every_learner_finds_who_gains_in_a_confounded_log_with_known_chances(log, fit):
    table, effects, _ = log
    found = fit(read_evidence(table, "paid")).effects(axes_of(table))
    assert spearmanr(found[0], effects[0]).statistic > 0.7
    assert spearmanr(found[1], effects[1]).statistic > 0.7
    assert found.mean(axis=1) == pytest.approx(effects.mean(axis=1), abs=0.03)


def test_a_plain_difference_has_the_wrong_sign_where_the_learners_have_not():
    table, effects, _ = effect_log(24_000, seed=2, confounding=4.0)
    paid, treatment = np.asarray(table["paid"]), np.asarray(table["treatment"])
    naive = paid[treatment == "call"].mean() - paid[treatment == "do_nothing"].mean()
    assert naive < -0.02 < 0.02 < effects[0].mean()
    evidence = read_evidence(table, "paid")
    for fit in (fit_departures, fit_axes, fit_pooled, fit_doubly_robust):
        assert fit(evidence).effects(axes_of(table))[0].mean() > 0.02


@pytest.mark.parametrize("fit", [fit_departures, fit_axes, fit_pooled, fit_doubly_robust])
def test_known_chances_right_what_no_column_tells(fit):
    table, effects, _ = effect_log(24_000, seed=2, confounding=1.0)
    for name in ("propensity", "ability", "willingness", "days_past_due"):
        table = without_null(table, name, np.ones(table.num_rows, bool))
    weighed = fit(read_evidence(table, "paid")).effects(axes_of(table))[0].mean()
    assert weighed == pytest.approx(effects[0].mean(), abs=0.02)
    if fit is not fit_doubly_robust:
        confounded = read_evidence(table, "paid", allow_confounded=True)
        assert fit(confounded).effects(axes_of(table))[0].mean() < weighed - 0.04


def test_without_a_log_effects_are_the_priors():
    table, _, _ = effect_log(30)
    model = learn_effects(None, SIMULATED, {"letter": {"overdue": {"can_wont": 0.07}}})
    found = model.effects(table)
    inside = np.asarray(table["quadrant"]) == "can_wont"
    assert found.added[SIMULATED.index("letter"), inside] == pytest.approx(0.07)
    assert not found.evidence_share.any()
    assert model.rows() == dict.fromkeys(SIMULATED, 0.0)
    assert "those the policy expects" in model.warnings[0]["en"]


def test_evidence_takes_over_from_the_prior_as_rows_grow():
    wrong = {"call": {"overdue": dict.fromkeys(PRIORS["letter"], -0.5)}}
    shares, gaps = [], []
    for rows in (150, 1_500, 15_000):
        table, effects, _ = effect_log(rows, seed=4)
        found = learn_effects(table, TREATMENTS, wrong, PAID).effects(table)
        shares.append(found.evidence_share[1].mean())
        gaps.append(abs(found.added[1].mean() - effects[0].mean()))
    assert shares == sorted(shares)
    assert shares[-1] > 0.95
    assert gaps[0] > gaps[1] > gaps[2]


def test_a_quadrant_the_log_never_treated_keeps_its_prior():
    table, _, _ = effect_log(9_000)
    quadrant, treatment = (np.asarray(table[name]) for name in ("quadrant", "treatment"))
    never = pa.array((quadrant != "can_wont") | (treatment == "do_nothing"))
    prior = {"call": {"overdue": {"can_wont": 0.11}}}
    found = learn_effects(table.filter(never), TREATMENTS, prior, PAID).effects(table)
    assert found.added[1, quadrant == "can_wont"] == pytest.approx(0.11)
    assert (found.evidence_share[1, quadrant != "can_wont"] > 0.5).all()
    assert found.added[0] == pytest.approx(0)


def test_with_few_rows_departures_stay_near_what_was_expected():
    evidence = read_evidence(effect_log(90)[0], "paid")
    few = fit_departures(evidence).effects(evidence.axes)
    assert abs(few).max() < 0.1 < abs(fit_axes(evidence).effects(evidence.axes)).max()


def test_departures_are_from_what_was_expected_of_each_treatment(log):
    evidence = read_evidence(log[0], "paid")
    believed = np.zeros((3, len(evidence.cells)))
    believed[1] = 0.2
    plain, beside = (fit_departures(evidence, expected) for expected in (None, believed))
    less = plain.effects(evidence.axes) - beside.effects(evidence.axes)
    assert less[0].mean() == pytest.approx(0.2, abs=0.03)
    assert less[1].mean() == pytest.approx(0.0, abs=0.03)


def test_what_is_owed_does_not_move_an_effect():
    table, _, _ = effect_log(900)
    place = table.column_names.index("amount_at_stake")
    richer = table.set_column(place, "amount_at_stake", pa.array(np.full(900, 1e9)))
    first, second = (
        learn_effects(rows, TREATMENTS, NO_PRIOR, PAID).effects(rows).added
        for rows in (table, richer)
    )
    assert np.array_equal(first, second)


def test_logs_without_probabilities_are_refused():
    table, _, _ = effect_log(300, known=False)
    with pytest.raises(DataError, match=r"no assignment_probability.*wrong sign"):
        learn_effects(table, TREATMENTS, NO_PRIOR, PAID)
    empty = table.append_column("assignment_probability", pa.nulls(table.num_rows, pa.float64()))
    with pytest.raises(DataError, match="no assignment_probability"):
        learn_effects(empty, TREATMENTS, NO_PRIOR, PAID)


def test_confounded_logs_are_read_when_allowed_and_the_reader_is_warned():
    table, _, _ = effect_log(3_000, known=False)
    model = learn_effects(table, TREATMENTS, NO_PRIOR, Learning("paid", allow_confounded=True))
    assert model.effects(table).added[1].any()
    (warning,) = model.warnings
    assert "wrong sign" in warning["en"]
    assert "signo equivocado" in warning["es"]
    assert "sinal errado" in warning["pt"]
    with pytest.raises(DataError, match="needs assignment probabilities"):
        fit_doubly_robust(read_evidence(table, "paid", allow_confounded=True))


def test_a_probability_outside_its_range_is_refused():
    table, _, _ = effect_log(300)
    place = table.column_names.index("assignment_probability")
    wrong = table.set_column(place, "assignment_probability", pa.array(np.full(300, 0.0)))
    with pytest.raises(DataError, match=r"300 rows have an assignment_probability outside"):
        read_evidence(wrong, "paid")


def test_certain_immature_and_unlogged_rows_teach_nothing():
    table, _, _ = effect_log(900)
    rows = np.arange(900)
    chance = np.asarray(table["assignment_probability"]).copy()
    chance[rows < 100] = 1.0
    place = table.column_names.index("assignment_probability")
    table = table.set_column(
        place, "assignment_probability", pa.array(chance, mask=(rows >= 100) & (rows < 200))
    )
    evidence = read_evidence(without_null(table, "paid", rows >= 800), "paid")
    assert len(evidence.arm) == 600
    assert len(read_evidence(table, "paid", keeps_certain=True).arm) == 900


def test_a_treatment_is_judged_by_the_window_that_fits_it():
    table, _, _ = effect_log(9_000, seed=3)
    plan = np.asarray(table["treatment"]) == "plan"
    early = np.where(plan, 0.0, np.asarray(table["paid"]))
    table = table.append_column("paid_early", pa.array(early))
    short = Learning("paid_early")
    fitting = Learning("paid_early", windows={"plan": "paid"})
    hasty, fair = (
        learn_effects(table, TREATMENTS, NO_PRIOR, how).effects(table).added
        for how in (short, fitting)
    )
    assert hasty[2].mean() < -0.2
    assert abs(fair[2].mean()) < 0.05
    assert fair[1] == pytest.approx(hasty[1])


def test_a_log_of_one_arm_leaves_the_priors():
    table, _, _ = effect_log(600)
    called = table.filter(pa.array(np.asarray(table["treatment"]) == "call"))
    for rows in (called, called.slice(0, 0), called.slice(0, 1)):
        model = learn_effects(rows, TREATMENTS, NO_PRIOR, PAID)
        assert not model.effects(table).added.any()
        assert "too few mature rows" in model.warnings[0]["en"]


def test_an_arm_of_one_account_and_missing_values_do_not_break_it():
    table, _, _ = effect_log(600)
    treatment = np.asarray(table["treatment"]).astype(object)
    treatment[treatment == "plan"] = "call"
    treatment[0] = "plan"
    table = table.set_column(1, "treatment", pa.array(treatment))
    table = without_null(table, "ability", np.arange(600) % 3 == 0)
    table = without_null(table, "quadrant", np.arange(600) % 3 == 0)
    found = learn_effects(table, TREATMENTS, NO_PRIOR, PAID).effects(table)
    assert np.isfinite(found.added).all()
    assert abs(found.added[2]).max() < 0.05


def test_the_same_log_gives_the_same_effects():
    table, _, _ = effect_log(1_500)
    first, second = (
        learn_effects(table, TREATMENTS, NO_PRIOR, PAID).effects(table) for _ in range(2)
    )
    assert np.array_equal(first.added, second.added)


def test_amounts_are_shares_of_what_is_owed():
    table, _, _ = effect_log(60)
    found = learn_effects(None, TREATMENTS, {"call": {"overdue": {"can_wants": 0.1}}}).effects(
        table
    )
    owed = table["amount_at_stake"]
    assert found.amounts(owed) == pytest.approx(found.added * np.asarray(owed), rel=1e-5)


def test_an_uncertain_or_unknown_quadrant_expects_the_mean():
    table = pa.table(
        {"stage": ["overdue", "overdue", "upcoming"], "quadrant": ["uncertain", None, "can_wants"]}
    )
    priors = {"call": {"overdue": {"can_wants": 0.1, "cannot_wont": 0.0}}}
    assert prior_effects(priors, ("call",), table)[0] == pytest.approx([0.05, 0.05, 0.0])


@pytest.mark.parametrize(
    ("priors", "message"),
    [
        ({"kall": {"overdue": {"can_wants": 0.1}}}, "there is no treatment kall"),
        ({"call": {"overdue": {"can_wnats": 0.1}}}, "there is no quadrant can_wnats"),
        ({"call": {"overdue": {"can_wants": 10}}}, "call.overdue.can_wants is 10"),
        ({"do_nothing": {"overdue": {"can_wants": 0.1}}}, "that of do_nothing is 0"),
    ],
)
def test_unsound_priors_are_refused(priors, message):
    table = pa.table({"stage": ["overdue"], "quadrant": ["can_wants"]})
    with pytest.raises(PolicyError, match=message):
        prior_effects(priors, TREATMENTS, table)


def test_a_table_that_lacks_columns_is_refused_by_name():
    with pytest.raises(DataError, match="lacks ability, willingness"):
        axes_of(effect_log(30)[0].drop_columns(["ability", "willingness"]))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return effect_world(tmp_path_factory.mktemp("effects"), accounts=3000, seed=1)


def test_on_the_simulator_the_blend_ranks_true_effects_better_than_the_priors_alone(world):
    priors = {treatment: {"overdue": table} for treatment, table in PRIORS.items()}
    expected = prior_effects(priors, SIMULATED, world.accounts)
    blend = learn_effects(world.log, SIMULATED, priors, PAID).effects(world.accounts)
    before, after = (
        spearmanr(found.ravel(), world.truth.ravel()).statistic for found in (expected, blend.added)
    )
    assert after > before + 0.03
    # And it chooses better: the true effect of what each would do.
    rows = np.arange(world.accounts.num_rows)
    chosen, hoped = (
        world.truth[found.argmax(axis=0), rows].mean() for found in (blend.added, expected)
    )
    assert chosen > hoped


def test_on_the_simulator_a_plain_difference_says_that_calls_harm(world):
    paid = np.asarray(world.log["paid"])
    treatment, arm = (np.asarray(world.log[name]) for name in ("treatment", "arm"))
    policy = arm == "treatment"
    untreated = paid[policy & (treatment == "do_nothing")].mean()
    assert paid[policy & (treatment == "firm_call")].mean() - untreated < -0.15
    assert paid[policy & (treatment == "soft_call")].mean() - untreated < 0
    assert world.truth[SIMULATED.index("soft_call")].mean() > 0.03
