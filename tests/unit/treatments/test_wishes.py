"""What people choose is done where nothing forbids it, within all limits, and is evidence of nothing."""

import datetime as dt
from collections import Counter

import duckdb
import numpy as np
import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from propension.config import CHAMPION, Policy
from propension.config.settings import Portfolio
from propension.segments import example_row
from propension.treatments import WISHES_SCHEMA, Occasion, decide
from propension.treatments.allocation import Resource
from propension.treatments.choice import Limit, Slate, make_plan
from propension.treatments.choice.slate import CLOSED

AS_OF = dt.date(2026, 1, 31)
ORDINARY = {
    "propensity": 0.7, "days_past_due": 20, "late_share": 0.5, "late_debts_90d": 0, "tenure_days": 900,
    "overdue_amount": 200_000, "expected_recovery": 100_000, "opt_outs": [],
}  # fmt: skip
TREATMENTS = ("do_nothing", "call", "letter", "service")


@pytest.fixture(scope="module")
def content(pytestconfig):
    path = pytestconfig.rootpath / "src/propension/config/template/policy.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def policy_with(content, control=0.0, explore=0.0):
    shares = {"control_share": control, "explore_share": explore}
    return Policy.model_validate(content | {"experiment": content["experiment"] | shares})


def wish(account="A0", treatment=None, refusal=None, not_before=None):
    named = zip(WISHES_SCHEMA.names, (account, treatment, refusal, not_before), strict=True)
    return dict(named)


def decided(policy, wishes, *accounts):
    """What is done about accounts given as changes to an ordinary overdue one; by account id."""
    with duckdb.connect() as engine:
        ordinary = engine.sql(example_row()).to_arrow_table()
        base = ordinary.to_pylist()[0] | ORDINARY
        rows = [
            base | {"account_id": f"A{n}", "customer_id": f"C{n}"} | changes
            for n, changes in enumerate(accounts)
        ]
        engine.register("given", pa.Table.from_pylist(rows, ordinary.schema))
        engine.execute("CREATE TABLE accounts AS SELECT * FROM given")
        asked = pa.Table.from_pylist(wishes, WISHES_SCHEMA)
        decide(engine, policy, "accounts", Occasion(Portfolio(name="P"), AS_OF, wishes=asked))
        found = engine.sql("SELECT * FROM decided").to_arrow_table().to_pylist()
    return {row["account_id"]: row for row in found}


def rules(row, treatment):
    return [told["rule"] for told in row["refusals"] if told["treatment"] == treatment]


def test_what_people_choose_is_done_though_its_segment_does_not_consider_it(content):
    policy = policy_with(content)
    before = decided(policy, [], {})["A0"]
    row = decided(policy, [wish(treatment="soft_call")], {})["A0"]
    assert before["treatment"] == "friendly_reminder"
    assert (row["treatment"], row["feedback"]) == ("soft_call", "followed")
    assert row["assignment_probability"] == 1
    assert rules(row, "friendly_reminder") == ["chosen_by_people"]
    assert row["scheduled_at"] is not None


@pytest.mark.parametrize(
    ("changes", "treatment", "rule"),
    [
        ({"deceased": True}, "soft_call", "deceased"),
        ({"disputed": True}, "firm_call", "open_dispute"),
        ({"opt_outs": ["call"]}, "soft_call", "channel_opt_out"),
        ({"has_phone": False}, "soft_call", "no_phone"),
        ({"expected_recovery": 10}, "field_visit", "not_eligible"),
        ({}, "pre_due_reminder", "not_for_stage"),
        ({"country": "ZZ"}, "soft_call", "no-pack"),
    ],
)
def test_what_is_forbidden_is_not_done_whoever_chose_it(content, changes, treatment, rule):
    policy = policy_with(content)
    row = decided(policy, [wish(treatment=treatment)], changes)["A0"]
    assert (row["treatment"] == treatment, row["feedback"]) == (False, "not_followed")
    assert rules(row, treatment) == [rule]


def test_what_the_policy_does_not_leave_to_people_is_not_done_and_changes_nothing(content):
    policy = policy_with(content)
    refused = wish(treatment="soft_call", refusal="not_left_to_people")
    before, row = (decided(policy, wishes, {})["A0"] for wishes in ([], [refused]))
    assert row["feedback"] == "not_followed"
    assert rules(row, "soft_call") == ["not_left_to_people"]
    for name in ("treatment", "assignment_probability", "scheduled_at"):
        assert row[name] == before[name]


def test_contact_put_off_waits_for_its_day_or_is_refused(content):
    policy = policy_with(content)
    days = [2, 5, 9]
    wishes = [wish(not_before=AS_OF + dt.timedelta(days=ahead)) for ahead in days]
    soon, later, beyond = (decided(policy, [one], {})["A0"] for one in wishes)
    for row, asked in ((soon, wishes[0]), (later, wishes[1])):
        assert row["treatment"] == "friendly_reminder"
        assert row["scheduled_at"].date() >= asked["not_before"]
    assert beyond["treatment"] == "do_nothing"
    assert rules(beyond, "friendly_reminder") == ["postponed"]
    assert {row["feedback"] for row in (soon, later, beyond)} == {"postponed"}


def test_who_is_not_to_be_contacted_is_the_customer_through_no_account(content):
    policy = policy_with(content)
    put_off = wish("A1", not_before=AS_OF + dt.timedelta(days=20))
    other = {"customer_id": "C0", "overdue_amount": 1}
    found = decided(policy, [put_off], {}, other, {})
    assert [found[name]["treatment"] for name in ("A0", "A1")] == ["do_nothing", "do_nothing"]
    assert found["A2"]["treatment"] == "friendly_reminder"


def slate_of(values, wishes, policy, seed=0, opened=None, strategy=CHAMPION):
    """A slate over values (treatments x accounts), arms drawn by a generator, wishes as names."""
    rng = np.random.default_rng(seed)
    values = np.array(values, np.float32)
    n = values.shape[1]
    number = rng.random(n)
    control, explore = policy.experiment.control_share, policy.experiment.explore_share
    arm = np.select(
        [number < control, number < control + explore], ["control", "explore"], "treatment"
    )
    opened = np.ones(values.shape, bool) if opened is None else opened
    opened[0] = True
    order = np.array([len(values), *range(len(values) - 1)], np.int8)[:, None]
    chosen = [(TREATMENTS.index(name), n) for n, name in enumerate(wishes) if name]
    closed = ~opened
    closed[tuple(zip(*chosen, strict=True)) if chosen else ([], [])] = False
    values[closed] = -np.inf
    values[0] = 0
    accounts = pa.table(
        {
            "arm": arm.tolist(),
            "strategy": [strategy] * n,
            "wish": list(wishes),
            "drawn": rng.random(n),
        }
    )
    positions = {CHAMPION: np.where(opened, order, CLOSED).astype(np.int8)}
    service = np.array([False, False, False, True])
    explored = np.array([True, True, True, True])
    return Slate(TREATMENTS, accounts, positions, service, explored, values, values)


def calls(capacity):
    return Limit("calls", None, "accounts", Resource("calls", capacity, np.array([0, 1.0, 0, 0])))


def alike(n, *worth):
    return np.repeat(np.array([0.0, *worth])[:, None], n, axis=1)


def test_the_control_group_is_left_alone_and_leaves_the_comparison(content):
    policy = policy_with(content, control=0.3, explore=0.2)
    asked = np.array(["letter", ""] * 500)
    slate = slate_of(alike(1000, 5.0, 3.0, -1.0), asked, policy)
    slate.positions[CHAMPION][3] = CLOSED
    plan = make_plan(policy, slate, [])
    arm, wished = slate.accounts["arm"].to_numpy(), asked != ""
    assert set(plan.choice[wished & (arm == "control")]) == {0}
    assert {plan.reasons[code] for code in plan.reason[wished & (arm == "control")]} == {
        "control_group"
    }
    for other in ("treatment", "explore"):
        assert set(plan.choice[wished & (arm == other)]) == {2}
    # In every arm the same kind of account is evidence, and the same kind is not.
    for each in ("control", "treatment", "explore"):
        assert set(plan.probability[wished & (arm == each)]) == {1.0}
        assert max(plan.probability[~wished & (arm == each)]) < 1


def test_wishes_of_some_change_no_chance_of_others(content):
    policy = policy_with(content, control=0.1, explore=0.2)
    asked = np.array(["call"] * 100 + [""] * 900)
    values = alike(1000, 5.0, 3.0, -1.0)
    with_wishes, without = (
        make_plan(policy, slate_of(values, names, policy), []) for names in (asked, [""] * 1000)
    )
    assert (with_wishes.choice[100:] == without.choice[100:]).all()
    assert with_wishes.probability[100:] == pytest.approx(without.probability[100:])


def test_who_finds_no_room_is_told_of_the_limit(content):
    policy = policy_with(content)
    slate = slate_of(alike(50, 5.0, 3.0, -1.0), ["call"] * 50, policy)
    plan = make_plan(policy, slate, [calls(20)])
    assert Counter(plan.choice.tolist()) == {1: 20, 0: 30}
    left = plan.choice == 0
    assert {plan.reasons[code] for code in plan.reason[left]} == {"capacity:calls"}
    assert set(plan.missed[left]) == {1}


def test_who_needs_more_than_there_is_bars_nobody_behind(content):
    policy = policy_with(content)
    slate = slate_of(alike(4, 5.0, 3.0, -1.0), ["call"] * 4, policy)
    # In turn: more than there is, something, more than that leaves, and all the rest.
    place = np.argsort(slate.accounts["drawn"].to_numpy())
    minutes = np.zeros(4)
    minutes[place] = [90, 20, 50, 40]
    limit = Limit("m", None, "minutes", Resource("m", 60, np.array([0, 1.0, 0, 0]), minutes))
    plan = make_plan(policy, slate, [limit])
    assert plan.choice[place].tolist() == [0, 1, 0, 1]


def test_what_people_chose_instead_of_is_what_the_accounts_own_strategy_would_do(content):
    challengers = {"by_order": {"share": 0.5, "choose": "order"}}
    experiment = content["experiment"] | {"control_share": 0, "explore_share": 0}
    policy = Policy.model_validate(
        content | {"experiment": experiment | {"challengers": challengers}}
    )
    # By value the letter, in order the call.
    slate = slate_of(alike(4, 3.0, 5.0, -1.0), ["do_nothing"] * 4, policy, strategy="by_order")
    plan = make_plan(policy, slate, [])
    assert set(plan.choice) == {0}
    assert set(plan.missed) == {TREATMENTS.index("call")}
    assert {plan.reasons[code] for code in plan.reason} == {"chosen_by_people"}


def test_people_come_before_the_strategy_where_there_is_too_little(content):
    policy = policy_with(content)
    asked = np.array(["call"] * 10 + [""] * 90)
    values = alike(100, 5.0, -3.0, -1.0)
    values[1, :10] = -4.0
    plan = make_plan(policy, slate_of(values, asked, policy), [calls(15)])
    assert set(plan.choice[:10]) == {1}
    assert (plan.choice[10:] == 1).sum() == 5


@settings(max_examples=60)
@given(st.data())
def test_what_people_choose_passes_no_limit_and_opens_nothing_to_others(content, data):
    n, seed = data.draw(st.integers(1, 60)), data.draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    shares = st.sampled_from([0.0, 0.1, 0.4])
    policy = policy_with(content, data.draw(shares), data.draw(shares))
    opened = rng.random((4, n)) < 0.6
    asked = rng.choice(["", *TREATMENTS], n)
    slate = slate_of(rng.normal(0, 10, (4, n)), asked, policy, seed, opened)
    most = data.draw(st.floats(0, n))
    plan = make_plan(policy, slate, [calls(most)])
    columns, arm = np.arange(n), slate.accounts["arm"].to_numpy()
    place = np.array([TREATMENTS.index(name) if name else -1 for name in asked])
    assert (opened[plan.choice, columns] | (plan.choice == place) & (arm != "control")).all()
    assert (plan.choice == 1).sum() <= most
    reason = np.array(plan.reasons)[plan.reason]
    missed = (place >= 0) & (plan.choice != place)
    assert (plan.missed[missed] == place[missed]).all()
    assert set(reason[missed]) <= {"control_group", "capacity:calls"}
    followed = (place >= 0) & (arm != "control") & (reason != "capacity:calls")
    assert (plan.choice[followed] == place[followed]).all()
