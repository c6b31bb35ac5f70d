"""Allocation against brute force, against HiGHS on the whole instance, and at its edges."""

import itertools

import highspy
import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from propension.errors import ConfigurationError, PolicyError
from propension.treatments.allocation import (
    Resource,
    allocate,
    parse_capacity_changes,
    what_if,
)

FORBIDDEN = -np.inf
EIGHTHS = st.integers(0, 80).map(lambda n: n / 8)


@st.composite
def tiny_instances(draw):
    """At most 6 accounts, 3 treatments and 2 resources; eighths, so that sums are exact."""
    n_accounts, n_treatments = draw(st.integers(1, 6)), draw(st.integers(1, 3))
    worth = st.integers(-16, 80).map(lambda n: n / 8)
    rows = [[draw(worth) for _ in range(n_accounts)]]
    for _ in range(n_treatments - 1):
        rows.append([draw(st.one_of(worth, st.just(FORBIDDEN))) for _ in range(n_accounts)])
    resources = []
    for position in range(draw(st.integers(0, 2))):
        use = [0.0, *(draw(EIGHTHS) for _ in range(n_treatments - 1))]
        shape = draw(st.sampled_from([None, (n_accounts,), (n_treatments, n_accounts)]))
        weight = None
        if shape:
            count = int(np.prod(shape))
            weight = np.array([draw(st.integers(0, 2)) for _ in range(count)]).reshape(shape)
        resources.append(Resource(f"r{position}", draw(st.integers(0, 160)) / 8, use, weight))
    return np.array(rows, np.float32), resources


def uses(resource, values):
    """What every account would use under every treatment, spelt out."""
    weight = 1.0 if resource.weight is None else np.asarray(resource.weight, float)
    return np.asarray(resource.use, float)[:, None] * weight * np.ones(values.shape)


def used(resource, values, choice):
    return uses(resource, values)[choice, np.arange(values.shape[1])].sum()


def best_by_brute_force(values, resources):
    best = -np.inf
    accounts = np.arange(values.shape[1])
    for choice in itertools.product(range(len(values)), repeat=values.shape[1]):
        if all(used(r, values, np.array(choice)) <= r.capacity for r in resources):
            best = max(best, values[np.array(choice), accounts].astype(float).sum())
    return best


def check_allowed(values, resources, found):
    """Nothing forbidden, no capacity exceeded, and the figures are those of the choice."""
    chosen = values[found.choice, np.arange(values.shape[1])].astype(float)
    assert np.isfinite(chosen).all()
    assert found.value == pytest.approx(chosen.sum())
    for resource in resources:
        total = used(resource, values, found.choice)
        assert total <= resource.capacity * (1 + 1e-12)
        assert found.used[resource.name] == pytest.approx(total)
        assert found.prices[resource.name] >= 0


def portfolio(n_accounts, seed=0, profiles=None, tight=1.0):
    """Six treatments, four resources, one of them confined to a group, one by account."""
    rng = np.random.default_rng(seed)
    values = np.exp(rng.normal(3, 1, (6, n_accounts))) * np.array([0, 1, 2, 3, 5, 9])[:, None]
    values -= np.array([0, 1, 5, 10, 30, 120])[:, None]
    values[0] = 0
    values[1:][rng.random((5, n_accounts)) < 0.2] = FORBIDDEN
    if profiles:
        values = values[:, rng.integers(0, profiles, n_accounts)]
    group = rng.random(n_accounts) < 0.3
    length = np.clip(rng.lognormal(0, 0.4, n_accounts), 0.4, 3)
    size = n_accounts * tight
    resources = [
        Resource("minutes", 1.5 * size, [0, 0, 0, 5, 8, 12], length),
        Resource("letters", 0.2 * size, [0, 0, 1, 0, 1, 0]),
        Resource("visits", 0.01 * size, [0, 0, 0, 0, 0, 1]),
        Resource("pressed_in_group", 0.05 * group.sum() * tight, [0, 0, 0, 0, 1, 1], group),
    ]
    return values.astype(np.float32), resources


def bound_by_highs(values, resources):
    """The linear relaxation of the whole instance, by HiGHS."""
    treatments, accounts = np.nonzero(np.isfinite(values))
    n_pairs, n_accounts = len(accounts), values.shape[1]
    pairs = np.arange(n_pairs)
    rows = [sp.csr_matrix((np.ones(n_pairs), (accounts, pairs)), (n_accounts, n_pairs))]
    rows += [sp.csr_matrix(uses(r, values)[treatments, accounts]) for r in resources]
    matrix = sp.vstack(rows).tocsc()
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = n_pairs, matrix.shape[0]
    model.col_cost_ = -values[treatments, accounts].astype(float)
    model.col_lower_, model.col_upper_ = np.zeros(n_pairs), np.full(n_pairs, highspy.kHighsInf)
    model.row_lower_ = np.append(np.ones(n_accounts), [-highspy.kHighsInf] * len(resources))
    model.row_upper_ = np.append(np.ones(n_accounts), [r.capacity for r in resources])
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = matrix.indptr, matrix.indices
    model.a_matrix_.value_ = matrix.data
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.passModel(model)
    solver.run()
    return -solver.getInfo().objective_function_value


@settings(max_examples=100)
@given(tiny_instances())
def test_tiny_instances_are_solved_to_the_optimum(instance):
    values, resources = instance
    found = allocate(values, resources)
    check_allowed(values, resources, found)
    best = best_by_brute_force(values, resources)
    assert found.value == pytest.approx(best, abs=1e-6)
    assert found.bound >= best - 1e-6
    assert 0 <= found.gap <= 1e-6


@settings(max_examples=40)
@given(tiny_instances())
def test_the_large_method_never_breaks_a_capacity_nor_its_bound(instance):
    values, resources = instance
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("propension.treatments.allocation.solution.EXACT_PAIRS", -1)
        found = allocate(values, resources)
    check_allowed(values, resources, found)
    best = best_by_brute_force(values, resources)
    assert found.value <= best + 1e-6
    assert found.bound >= best - 1e-6


def test_ten_thousand_accounts_are_within_a_thousandth_of_what_highs_proves():
    values, resources = portfolio(10_000)
    found = allocate(values, resources)
    check_allowed(values, resources, found)
    proven = bound_by_highs(values, resources)
    assert found.bound == pytest.approx(proven, rel=2e-6)
    assert found.gap < 0.001
    assert found.value >= (1 - 0.001) * proven


def test_more_accounts_than_the_sample_are_priced_by_all_of_them():
    values, resources = portfolio(40_000)
    found = allocate(values, resources)
    check_allowed(values, resources, found)
    assert found.gap < 0.001


@pytest.mark.parametrize("profiles", [5, 60])
def test_accounts_that_are_all_alike_leave_no_wide_gap(profiles):
    values, resources = portfolio(30_000, profiles=profiles)
    found = allocate(values, resources)
    check_allowed(values, resources, found)
    assert found.gap < 0.001


@pytest.mark.parametrize("accounts", [100, 6_000])
def test_a_budget_is_used_to_the_last_cent(accounts):
    values = np.repeat(np.array([[0.0], [5.0], [4.0]], np.float32), accounts, axis=1)
    # In binary a hundred times seven cents is more than seven, and three times a tenth more than three tenths.
    for cost, budget in ((0.07, 7 * accounts / 100), (0.1, 0.3)):
        found = allocate(values[:2], [Resource("messages", budget, [0, cost])])
        assert found.choice.sum() == round(budget / cost)


def test_nobody_gets_less_than_what_is_open_to_all():
    values = np.repeat(np.array([[0], [101], [100], [99.9]], np.float32), 30_000, axis=1)
    found = allocate(values, [Resource("calls", 3_000, [0, 1, 0, 0])])
    assert np.bincount(found.choice).tolist() == [0, 3_000, 27_000]


def test_without_capacity_everybody_is_left_alone():
    values, resources = portfolio(3_000, tight=0)
    values[1:] -= 1
    resources.append(Resource("messages", 0, [0, 1, 1, 0, 0, 0]))
    found = allocate(values, resources)
    assert not found.choice.any()
    assert found.value == found.idle_value == 0


def test_ample_capacity_gives_everybody_the_best_treatment():
    values, resources = portfolio(3_000, tight=1000)
    found = allocate(values, resources)
    assert np.array_equal(found.choice, values.argmax(axis=0))
    assert found.gap == 0
    assert set(found.prices.values()) == {0.0}


def test_doing_nothing_alone_is_an_allocation():
    found = allocate(np.full((1, 4), 2.5, np.float32), [Resource("minutes", 1, [0])])
    assert not found.choice.any()
    assert found.value == found.bound == 10


def test_no_accounts_are_worth_nothing():
    found = allocate(np.empty((3, 0), np.float32), [Resource("minutes", 1, [0, 1, 2])])
    assert len(found.choice) == 0
    assert found.value == found.bound == 0


def test_the_same_inputs_give_the_same_choice():
    values, resources = portfolio(6_000, profiles=20)
    first, second = (allocate(values, resources, seed=3) for _ in range(2))
    assert np.array_equal(first.choice, second.choice)
    assert first.prices == second.prices


def test_pressure_in_a_group_stays_below_its_share():
    values, resources = portfolio(10_000)
    found = allocate(values, resources)
    group = np.asarray(resources[3].weight)
    assert np.isin(found.choice[group], [4, 5]).mean() <= 0.05
    free = allocate(values, resources[:3])
    assert np.isin(free.choice[group], [4, 5]).mean() > 0.05


@pytest.mark.parametrize("name", ["minutes", "letters", "visits"])
def test_a_price_is_what_one_more_unit_adds_to_the_bound(name):
    values, resources = portfolio(5_000)
    base = allocate(values, resources)
    capacity = {r.name: r.capacity for r in resources}[name]
    step = 0.02 * capacity
    more, less = (
        what_if(values, resources, base, {name: capacity + change}).allocation.bound
        for change in (step, -step)
    )
    assert base.prices[name] > 0
    assert (more - less) / (2 * step) == pytest.approx(base.prices[name], rel=0.05)


def test_a_changed_capacity_is_worth_what_allocating_anew_is():
    values, resources = portfolio(6_000)
    base = allocate(values, resources)
    found = what_if(values, resources, base, {"minutes": 0.5 * resources[0].capacity})
    changed = [Resource("minutes", 4_500, resources[0].use, resources[0].weight), *resources[1:]]
    anew = allocate(values, changed)
    check_allowed(values, changed, found.allocation)
    assert found.allocation.bound == pytest.approx(anew.bound, rel=2e-6)
    assert found.at_least <= anew.value - base.value <= found.at_most
    assert found.at_least <= found.difference <= found.at_most < 0


def test_capacity_changes_are_shares_amounts_or_new_values():
    capacities = {"calls": 50.0, "letters": 40.0, "visits": 30.0, "legal": 4.0}
    changes = ["calls=+20%", "letters=-50", "visits = 12.5", "legal=-25%"]
    assert parse_capacity_changes(changes, capacities) == {
        "calls": 60.0,
        "letters": 0.0,
        "visits": 12.5,
        "legal": 3.0,
    }


def test_a_limit_of_a_group_is_changed_by_the_name_it_has():
    capacities = {"firmness: Bogotá D.C.": 30.0, "firmness: a=b": 10.0}
    changes = ["firmness: Bogotá D.C.=+20%", "firmness: a=b=4"]
    assert parse_capacity_changes(changes, capacities) == {
        "firmness: Bogotá D.C.": 36.0,
        "firmness: a=b": 4.0,
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (["cals=+20%"], "no resource cals (did you mean calls?)"),
        (["zzz=1"], "no resource zzz. Resources: calls, visits"),
        (["calls=20%"], "cannot read 'calls=20%'"),
        (["calls"], "cannot read 'calls'"),
        (["calls=nan"], "cannot read"),
        (["calls=1", "calls=2"], "calls is changed twice"),
    ],
)
def test_a_change_that_cannot_be_read_is_refused(changes, message):
    with pytest.raises(ConfigurationError, match="--capacity") as refused:
        parse_capacity_changes(changes, {"calls": 50.0, "visits": 30.0})
    assert message in str(refused.value)


def test_what_if_refuses_a_resource_that_does_not_exist():
    values, resources = portfolio(50)
    base = allocate(values, resources)
    with pytest.raises(ConfigurationError, match="did you mean visits"):
        what_if(values, resources, base, {"visit": 3})


VALUES = np.array([[0, 0], [1, FORBIDDEN], [3, 4]], np.float32)


@pytest.mark.parametrize(
    ("values", "resource", "message"),
    [
        ([[0, 0], [1, np.nan]], None, "values hold NaN"),
        ([[0, 0], [1, np.inf]], None, "values hold NaN or infinity"),
        ([[0, FORBIDDEN], [1, 1]], None, "do not allow doing nothing"),
        ([0, 1], None, r"values have shape \(2,\)"),
        (VALUES, Resource("calls", -1, [0, 1, 1]), "calls has a capacity of -1"),
        (VALUES, Resource("calls", np.nan, [0, 1, 1]), "calls has a capacity of nan"),
        (VALUES, Resource("calls", 1, [0, -2, 1]), "calls has use of -2"),
        (VALUES, Resource("calls", 1, [0, 1]), r"calls has use of shape \(2,\)"),
        (VALUES, Resource("calls", 1, [1, 1, 1]), "calls has 1 used by doing nothing"),
        (VALUES, Resource("calls", 1, [0, 1, 1], [1, 1, 1]), r"weights of shape \(3,\)"),
        (VALUES, Resource("calls", 1, [0, 1, 1], [1, -0.5]), "calls has weights of -0.5"),
    ],
)
def test_what_cannot_be_allocated_is_refused(values, resource, message):
    with pytest.raises(PolicyError, match=message):
        allocate(values, [resource] if resource else [])


def test_resources_of_one_name_are_refused():
    calls = Resource("calls", 1, [0, 1, 1])
    with pytest.raises(PolicyError, match="calls is named twice"):
        allocate(VALUES, [calls, calls])
