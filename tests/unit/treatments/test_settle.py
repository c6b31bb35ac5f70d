"""Terms settled over the parts of a portfolio: every part for itself keeps the limits of the whole."""

import numpy as np
import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from propension.config import CHAMPION, Policy
from propension.treatments.allocation import Resource
from propension.treatments.choice import Limit, Slate, make_plan
from propension.treatments.choice.part import Part
from propension.treatments.choice.settle import settle

N = 6000


@pytest.fixture(scope="module")
def content(pytestconfig):
    path = pytestconfig.rootpath / "src/propension/config/template/policy.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def slate_of(policy, names, n, seed):
    rng = np.random.default_rng(seed)
    values = rng.gamma(2.0, 10.0, (len(names), n))
    opened = rng.random((len(names), n)) < 0.8
    opened[0] = True
    order = np.array([len(names), *range(len(names) - 1)], np.int8)[:, None]
    number, other = rng.random(n), rng.random(n)
    told = policy.experiment
    arm = np.select(
        [number < told.control_share, number < told.control_share + told.explore_share],
        ["control", "explore"], "treatment",
    )  # fmt: skip
    strategy = np.full(n, CHAMPION, dtype=object)
    reached = 0.0
    for name, challenger in told.challengers.items():
        strategy[(other >= reached) & (other < reached + challenger.share)] = name
        reached += challenger.share
    accounts = pa.table(
        {
            "arm": arm.tolist(),
            "strategy": strategy.tolist(),
            "wish": [""] * n,
            "drawn": rng.random(n),
        }
    )
    values = np.where(opened, values, -np.inf).astype(np.float32)
    values[0] = 0
    positions = {CHAMPION: np.where(opened, order, -1).astype(np.int8)}
    service = np.array([policy.treatments[name].service for name in names])
    return Slate(names, accounts, positions, service, np.ones(len(names), bool), values, values)


def policy_with(content, **experiment):
    shares = {"control_share": 0.1, "explore_share": 0.2} | experiment
    return Policy.model_validate(content | {"experiment": content["experiment"] | shares})


def limits_of(policy, names, n, rng, tightness=0.1):
    """Each capacity of the policy at a share of the accounts, and money that differs by account."""
    found = []
    for name, capacity in policy.capacities.items():
        use = np.array([float(treatment in capacity.treatments) for treatment in names])
        found.append(Limit(name, None, "accounts", Resource(name, tightness * n, use)))
    if policy.budgets:
        name, budget = next(iter(policy.budgets.items()))
        use = np.array([float(t in budget.treatments) for t in names])
        money = np.where(use[:, None] > 0, rng.random((len(names), n)), 0).astype(np.float32)
        resource = Resource(name, tightness * n / 4, use, money)
        found.append(Limit(name, None, "money", resource))
    return found


def take(slate, limits, places):
    """The part of a slate and its limits at some places."""
    positions = {name: array[:, places] for name, array in slate.positions.items()}
    part = Slate(
        slate.treatments, slate.accounts.take(places), positions, slate.service, slate.explored,
        slate.added[:, places], slate.values[:, places],
    )  # fmt: skip
    ours = []
    for limit in limits:
        resource = limit.resource
        weight = None if resource.weight is None else np.asarray(resource.weight)[..., places]
        told = Resource(resource.name, resource.capacity, resource.use, weight)
        ours.append(Limit(limit.name, limit.group, limit.unit, told))
    return Part(part, ours)


def parts_of(slate, limits, count, seed=3):
    """The slate in parts of unequal size, each through its bytes and back; and the places of each."""
    n = slate.values.shape[1]
    which = np.random.default_rng(seed).integers(0, count, n)
    places = [np.flatnonzero(which == number) for number in range(count)]
    parts = [Part.from_bytes(take(slate, limits, place).to_bytes()) for place in places]
    return parts, places


def world(content, seed=1, n=N, tightness=0.1, **experiment):
    policy = policy_with(content, **experiment)
    names = ("do_nothing", *(name for name in policy.treatments if name != "do_nothing"))
    slate = slate_of(policy, names, n, seed)
    return policy, slate, limits_of(policy, names, n, np.random.default_rng(seed), tightness)


def asking(parts):
    return lambda question: [question(part) for part in parts]


CHALLENGED = {"challengers": {"by_order": {"share": 0.25, "choose": "order"}}}


def test_the_same_terms_give_the_same_choice_in_one_part_or_ten(content):
    policy, slate, limits = world(content, **CHALLENGED)
    parts, places = parts_of(slate, limits, 10)
    terms = settle(policy, asking(parts), parts[:3]).terms
    whole = make_plan(policy, slate, limits, terms)
    for part, place in zip(parts, places, strict=True):
        plan = make_plan(policy, part.slate, part.limits, terms)
        assert (plan.choice == whole.choice[place]).all()
        assert (plan.probability == whole.probability[place]).all()
        assert (plan.missed == whole.missed[place]).all()
        words = np.array(plan.reasons)[plan.reason]
        assert (words == np.array(whole.reasons)[whole.reason[place]]).all()


@pytest.mark.parametrize("tightness", [0.02, 0.1, 0.4, 5.0])
def test_limits_of_the_whole_hold_and_little_is_lost(content, tightness):
    policy, slate, limits = world(content, tightness=tightness, **CHALLENGED)
    parts, _ = parts_of(slate, limits, 8)
    settled = settle(policy, asking(parts), parts[:2])
    plan = make_plan(policy, slate, limits, settled.terms)
    for limit, used in zip(limits, plan.used, strict=True):
        assert used <= limit.resource.capacity * (1 + 1e-9)
        assert used == pytest.approx(settled.used[limit.resource.name])
    exact = make_plan(policy, slate, limits)
    columns = np.arange(N)
    worth, best = (slate.values[p.choice, columns].sum() for p in (plan, exact))
    print(f"\ntightness {tightness}: {worth / best:.4f} of the exact allocation's value")
    assert worth >= 0.985 * best
    for share in settled.shares:
        assert share.value <= share.bound * (1 + 1e-9)


def test_the_value_told_is_what_the_pools_come_to(content):
    policy, slate, limits = world(content)
    parts, _ = parts_of(slate, limits, 4)
    settled = settle(policy, asking(parts), parts)
    plan = make_plan(policy, slate, limits, settled.terms)
    pooled = slate.accounts["arm"].to_numpy() != "explore"
    owed = (slate.open() & slate.service[:, None]).any(axis=0)
    columns = np.flatnonzero(pooled | owed)
    worth = slate.values[plan.choice[columns], columns].sum(dtype=np.float64)
    assert settled.shares[0].value == pytest.approx(worth)
    assert sum(settled.arms.values()) == N


def test_accounts_all_alike_share_a_scarce_team_by_lot(content):
    policy, slate, limits = world(content, explore_share=0, control_share=0)
    alike = np.where(np.isfinite(slate.values), np.float32(7), slate.values)
    alike[0] = 0
    slate = Slate(
        slate.treatments,
        slate.accounts,
        slate.positions,
        slate.service,
        slate.explored,
        alike,
        alike,
    )
    parts, _ = parts_of(slate, limits, 5)
    settled = settle(policy, asking(parts), parts[:1])
    plan = make_plan(policy, slate, limits, settled.terms)
    exact = make_plan(policy, slate, limits)
    worth, best = (alike[p.choice, np.arange(N)].sum() for p in (plan, exact))
    assert worth >= 0.97 * best
    for limit, used in zip(limits, plan.used, strict=True):
        assert used <= limit.resource.capacity


def test_drawing_leaves_most_of_a_scarce_team_to_the_strategy(content):
    policy, slate, limits = world(content, explore_share=0.5, tightness=0.01)
    parts, _ = parts_of(slate, limits, 6)
    terms = settle(policy, asking(parts), parts[:1]).terms
    assert min(terms.factor.values()) < 1
    plan = make_plan(policy, slate, limits, terms)
    drawn = np.where(slate.accounts["arm"].to_numpy() == "explore", plan.choice, 0)
    for limit in limits:
        resource = limit.resource
        use = np.asarray(resource.use)[drawn]
        if resource.weight is not None:
            use = use * np.asarray(resource.weight)[drawn, np.arange(N)]
        assert use.sum() <= resource.capacity


def test_a_group_that_some_parts_lack_is_limited_over_the_whole(content):
    policy, slate, limits = world(content, explore_share=0, control_share=0)
    pressure = next(iter(policy.pressure))
    use = np.array([float(t in policy.pressure[pressure].treatments) for t in slate.treatments])
    inside = (np.arange(N) < 300).astype(np.float32)
    name = f"{pressure}: few"
    grouped = Limit(pressure, "few", "accounts", Resource(name, 0.0, use, inside))
    near = take(slate, [*limits, grouped], np.arange(600))
    far = take(slate, limits, np.arange(600, N))
    settled = settle(policy, asking([near, far]), [far])
    most = np.floor(policy.pressure[pressure].at_most * 300 + 1e-9)
    found = next(limit for limit in settled.limits if limit.resource.name == name)
    assert found.resource.capacity == most
    plan = make_plan(policy, slate, [*limits, grouped], settled.terms)
    assert (use[plan.choice] * inside).sum() <= most


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.sampled_from([0.005, 0.05, 0.2]), st.integers(1, 5))
def test_no_limit_is_passed_whatever_the_portfolio(content, seed, tightness, count):
    policy, slate, limits = world(content, seed=seed, n=400, tightness=tightness, **CHALLENGED)
    parts, _ = parts_of(slate, limits, count)
    parts = [part for part in parts if part.slate.values.shape[1]]
    plan = make_plan(
        policy, slate, limits, settle(policy, asking(parts), parts[:1], passes=3).terms
    )
    for limit, used in zip(limits, plan.used, strict=True):
        assert used <= limit.resource.capacity * (1 + 1e-9)
    assert np.isfinite(slate.values[plan.choice, np.arange(400)]).all()
