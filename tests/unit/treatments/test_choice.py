"""Who gets what: arms and their known chances, strategies, services, and limits that hold whatever is drawn."""

import numpy as np
import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from propension.config import CHAMPION, Policy
from propension.treatments.allocation import Resource
from propension.treatments.choice import Limit, Slate, make_plan
from propension.treatments.choice.slate import CLOSED

TREATMENTS = ("do_nothing", "call", "letter", "service")
SERVICE = 3


@pytest.fixture(scope="module")
def content(pytestconfig):
    path = pytestconfig.rootpath / "src/propension/config/template/policy.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def policy_with(content, **experiment):
    shares = {"control_share": 0.1, "explore_share": 0.2} | experiment
    strategy = {"choose": shares.pop("choose", "value")}
    return Policy.model_validate(
        content | {"experiment": content["experiment"] | shares, "strategy": strategy}
    )


def slate_of(values, policy, seed=0, opened=None, positions=None):
    """A slate over values (treatments x accounts), arms and strategies drawn by a generator."""
    rng = np.random.default_rng(seed)
    values = np.asarray(values, np.float32)
    n = values.shape[1]
    experiment = policy.experiment
    number, other = rng.random(n), rng.random(n)
    control, explore = experiment.control_share, experiment.explore_share
    arm = np.select(
        [number < control, number < control + explore], ["control", "explore"], "treatment"
    )
    strategy = np.full(n, CHAMPION, dtype=object)
    reached = 0.0
    for name, challenger in experiment.challengers.items():
        strategy[(other >= reached) & (other < reached + challenger.share)] = name
        reached += challenger.share
    opened = np.ones(values.shape, bool) if opened is None else opened
    opened[0] = True
    if positions is None:
        order = np.array([len(values), *range(len(values) - 1)], np.int8)[:, None]
        positions = {CHAMPION: np.where(opened, order, CLOSED).astype(np.int8)}
    values = np.where(opened, values, -np.inf)
    values[0] = 0
    accounts = pa.table(
        {
            "arm": arm.tolist(),
            "strategy": strategy.tolist(),
            "wish": [""] * n,
            "drawn": rng.random(n),
        }
    )
    service = np.arange(len(values)) == SERVICE
    return Slate(
        TREATMENTS[: len(values)],
        accounts,
        positions,
        service,
        np.ones(len(values), bool),
        values,
        values,
    )


def limit(name, capacity, use, weight=None):
    return Limit(name, None, "minutes", Resource(name, capacity, np.array(use, float), weight))


def arm_of(slate):
    return slate.accounts["arm"].to_numpy()


def alike(n, *worth):
    """Accounts all alike: what each treatment is worth."""
    return np.repeat(np.array([0.0, *worth])[:, None], n, axis=1)


def test_every_treatment_comes_as_often_as_its_logged_chance_says(content):
    policy = policy_with(content)
    slate = slate_of(alike(40_000, 5.0, 3.0), policy)
    plan = make_plan(policy, slate, [])
    # The best, a draw among three, nothing in control or drawn.
    expected = {1: 0.7 + 0.2 / 3, 2: 0.2 / 3, 0: 0.1 + 0.2 / 3}
    for treatment, chance in expected.items():
        got = plan.choice == treatment
        assert plan.probability[got] == pytest.approx(chance, abs=1e-6)
        assert got.mean() == pytest.approx(chance, abs=4 * np.sqrt(chance / 40_000))


def test_a_challenger_has_its_share_of_the_accounts_and_of_what_teams_can_do(content):
    challengers = {"by_order": {"share": 0.25, "choose": "order"}}
    policy = policy_with(content, challengers=challengers, explore_share=0)
    slate = slate_of(alike(20_000, 3.0, 5.0), policy)
    calls = limit("calls", 4000, [0, 1, 0])
    plan = make_plan(policy, slate, [calls, limit("letters", 8000, [0, 0, 1])])
    ours = (slate.accounts["strategy"].to_numpy() == "by_order") & (arm_of(slate) == "treatment")
    # In order calls come first; by value, letters.
    assert set(plan.choice[ours]) == {0, 1}
    assert (plan.choice[ours] == 1).sum() == pytest.approx(4000 * ours.sum() / 20_000, abs=1)
    theirs = ~ours & (arm_of(slate) == "treatment")
    assert (plan.choice[theirs] == 2).sum() == pytest.approx(8000 * (1 - ours.mean()), abs=1)
    assert {pool.strategy for pool in plan.pools} == {CHAMPION, "by_order"}
    assert plan.used[0] <= 4000


def test_the_chances_weigh_every_account_right_when_teams_are_short(content):
    policy = policy_with(content, challengers={"by_order": {"share": 0.3, "choose": "order"}})
    rng = np.random.default_rng(3)
    values = rng.gamma(2.0, 10.0, (3, 400)) - 8
    limits = [limit("calls", 60, [0, 1, 0]), limit("letters", 50, [0, 0, 1])]
    weighed, redraws = np.zeros((3, 400)), 100
    for seed in range(redraws):
        plan = make_plan(policy, slate_of(values, policy, seed), limits)
        weighed[plan.choice, np.arange(400)] += 1 / plan.probability
    # One over the chance, where a treatment came, is one on average: over draws, for every treatment.
    assert weighed.mean(axis=1) / redraws == pytest.approx(np.ones(3), abs=0.06)


def test_who_is_owed_a_service_gets_it_in_every_arm_for_certain(content):
    policy = policy_with(content)
    values = alike(300, -4.0, -2.0, 1.0)
    opened = np.ones(values.shape, bool)
    opened[1:3, :] = False
    opened[SERVICE, 150:] = False
    slate = slate_of(values, policy, opened=opened)
    plan = make_plan(policy, slate, [])
    assert set(plan.choice[:150]) == {SERVICE}
    assert set(plan.choice[150:]) == {0}
    assert set(plan.probability) == {1.0}
    assert set(arm_of(slate)[:150]) == {"control", "explore", "treatment"}


def test_the_control_group_says_what_it_missed(content):
    policy = policy_with(content)
    slate = slate_of(alike(500, 5.0, 3.0), policy)
    plan = make_plan(policy, slate, [])
    control = arm_of(slate) == "control"
    assert set(plan.choice[control]) == {0}
    assert {plan.reasons[code] for code in plan.reason[control]} == {"control_group"}
    assert set(plan.missed[control]) == {1}


def test_what_is_out_of_reach_or_not_worth_it_says_so(content):
    policy = policy_with(content, control_share=0, explore_share=0)
    values = alike(100, 5.0, -1.0)
    values[1, 50:] = -3.0
    plan = make_plan(policy, slate_of(values, policy), [limit("calls", 10, [0, 1, 0])])
    assert (plan.choice[:50] == 1).sum() == 10
    short = (plan.choice == 0) & (np.arange(100) < 50)
    assert {plan.reasons[code] for code in plan.reason[short]} == {"capacity:calls"}
    assert {plan.reasons[code] for code in plan.reason[50:]} == {"adds_less_than_it_costs"}
    assert {plan.reasons[code] for code in plan.reason[plan.choice == 1]} == {""}


def test_drawing_leaves_most_of_a_scarce_team_to_the_strategy(content):
    policy = policy_with(content, explore_share=0.5, explore_capacity=0.25, control_share=0)
    slate = slate_of(alike(10_000, 5.0, 3.0), policy)
    plan = make_plan(policy, slate, [limit("calls", 400, [0, 1, 0])])
    drawn = (arm_of(slate) == "explore") & (plan.choice == 1)
    assert drawn.sum() == pytest.approx(100, abs=40)
    # A quarter of 400, over some 5,000 explorers, in half of all draws.
    assert np.median(plan.probability[drawn]) == pytest.approx(0.5 * 100 / 5000, rel=0.1)
    assert plan.used[0] == 400


def test_what_luck_drew_too_much_of_is_cut_and_not_learnt_from(content):
    policy = policy_with(content, explore_share=0.5, explore_capacity=1.0, control_share=0)
    cut = 0
    for seed in range(30):
        slate = slate_of(alike(200, 5.0, 3.0), policy, seed)
        plan = make_plan(policy, slate, [limit("calls", 8, [0, 1, 0])])
        drawn = (arm_of(slate) == "explore") & (plan.choice == 1)
        assert plan.used[0] <= 8
        cut += drawn.sum() == 8 and set(plan.probability[drawn]) == {1.0}
    assert cut


def test_money_that_differs_by_account_stays_within_its_budget(content):
    policy = policy_with(content)
    rng = np.random.default_rng(5)
    forgone = rng.gamma(2.0, 500.0, 3000)
    weight = np.stack([np.zeros(3000), forgone, np.zeros(3000)])
    plan = make_plan(
        policy,
        slate_of(alike(3000, 5.0, 3.0), policy),
        [limit("discounts", 90_000, [0, 1, 0], weight)],
    )
    assert plan.used[0] == pytest.approx(forgone[plan.choice == 1].sum())
    assert 80_000 < plan.used[0] <= 90_000


def test_more_capacity_is_never_worth_less(content):
    policy = policy_with(content)
    rng = np.random.default_rng(6)
    plan = make_plan(
        policy, slate_of(rng.gamma(2.0, 10.0, (3, 2000)), policy), [limit("calls", 200, [0, 1, 0])]
    )
    more, same = (plan.what_if({"calls": capacity})[0].difference for capacity in (300, 200))
    assert more > 100 * plan.pools[0].allocation.prices["calls"] * 0.3
    assert same == pytest.approx(0, abs=1e-3)


@settings(max_examples=40)
@given(st.data())
def test_nothing_closed_is_chosen_and_no_limit_is_passed(content, data):
    n = data.draw(st.integers(1, 60))
    seed = data.draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    shares = st.sampled_from([0.0, 0.05, 0.3])
    challengers = {"other": {"share": 0.4, "choose": "order"}} if data.draw(st.booleans()) else {}
    policy = policy_with(
        content,
        control_share=data.draw(shares),
        explore_share=data.draw(shares),
        choose=data.draw(st.sampled_from(["value", "order"])),
        challengers=challengers,
    )
    values = rng.normal(5, 10, (4, n))
    opened = rng.random((4, n)) < 0.6
    slate = slate_of(values, policy, seed, opened)
    limits = [
        limit("minutes", data.draw(st.floats(0, 3 * n)), [0, 2.5, 0, 4]),
        limit("letters", data.draw(st.integers(0, n)), [0, 0, 1, 0]),
        limit(
            "group", data.draw(st.integers(0, n)), [0, 1, 1, 0], (rng.random(n) < 0.5).astype(float)
        ),
    ]
    plan = make_plan(policy, slate, limits)
    columns = np.arange(n)
    assert opened[plan.choice, columns].all()
    for found in limits:
        used = np.asarray(found.resource.use)[plan.choice]
        used = used if found.resource.weight is None else used * found.resource.weight
        assert used.sum() <= found.resource.capacity * (1 + 1e-9)
    control = arm_of(slate) == "control"
    assert set(plan.choice[control]) <= {0, SERVICE}
    assert ((plan.probability > 0) & (plan.probability <= 1)).all()
    only_nothing = ~opened[1:].any(axis=0)
    assert (plan.probability[only_nothing] == 1).all()
