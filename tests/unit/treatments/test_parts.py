"""A portfolio decided in parts: where the whole's terms are given, in one part or in ten it comes to the same."""

import datetime as dt

import duckdb
import numpy as np
import pyarrow as pa
import pytest
import yaml

from propension.config import Policy
from propension.config.settings import Portfolio
from propension.segments import example_row, find_standing, worth_sql
from propension.treatments import (
    HISTORY_SCHEMA,
    WISHES_SCHEMA,
    Occasion,
    Whole,
    decide,
    learn_policy_effects,
    weigh,
)
from propension.treatments.choice import largest_groups, settle

AS_OF = dt.date(2026, 1, 31)
N = 1200
# Two accounts a customer, alike in nothing.
ACCOUNTS = f"""
SELECT * REPLACE (
    printf('A%06d', n) AS account_id, printf('C%06d', n // 2) AS customer_id,
    CASE WHEN n % 3 = 0 THEN 'upcoming' ELSE 'overdue' END AS stage,
    (hash(n) % 365)::BIGINT AS days_past_due, (1e5 * exp(2 * (hash(n, 1) % 1000) / 1000))::DECIMAL(18,2) AS overdue_amount,
    (1e5 * exp(2 * (hash(n, 2) % 1000) / 1000))::DECIMAL(18,2) AS due_amount,
    (1e5 * exp(3 * (hash(n, 3) % 1000) / 1000))::DECIMAL(18,2) AS open_amount,
    (5e4 * (hash(n, 4) % 1000) / 1000)::DECIMAL(18,2) AS expected_recovery, (n % 15)::BIGINT AS days_to_due,
    (hash(n, 5) % 1000) / 1000 AS propensity, (hash(n, 6) % 1000) / 1000 AS ability,
    (hash(n, 7) % 1000) / 1000 AS willingness, (hash(n, 8) % 3000)::BIGINT AS tenure_days,
    hash(n, 9) % 20 = 0 AS disputed, hash(n, 10) % 10 > 0 AS has_phone, hash(n, 11) % 5 > 0 AS has_email,
    CASE hash(n, 12) % 3 WHEN 0 THEN 'north' WHEN 1 THEN 'south' END AS region,
    []::VARCHAR[] AS opt_outs
)
FROM ({example_row()}), range({N}) r(n)
"""


class Columns:
    """Columns of a table in order."""

    def __init__(self, engine, table):
        self._columns = {
            name: engine.sql(f"SELECT {name} FROM {table} WHERE {name} IS NOT NULL ORDER BY 1")
            .to_arrow_table()[name]
            .to_pylist()
            for name in ("worth", "ability", "willingness")
        }

    def count(self, column):
        return len(self._columns[column])

    def at(self, column, positions):
        return [self._columns[column][place] for place in positions]


@pytest.fixture(scope="module")
def policy(pytestconfig):
    path = pytestconfig.rootpath / "src/propension/config/template/policy.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    challengers = {"by_order": {"share": 0.3, "choose": "order"}}
    by = {"open_amount": 2.0, "tenure_days": 1.0}
    # The template's teams would have room for everybody.
    capacities = {
        name: capacity | ({"minutes": 300} if "minutes" in capacity else {"accounts": 30})
        for name, capacity in content["capacities"].items()
    }
    told = {
        "experiment": content["experiment"] | {"challengers": challengers, "explore_share": 0.2},
        "value_tiers": content.get("value_tiers", {}) | {"by": by},
        "capacities": capacities,
    }
    return Policy.model_validate(content | told)


@pytest.fixture(scope="module")
def history():
    rng = np.random.default_rng(1)
    count = 3 * N
    at = np.datetime64(AS_OF) - rng.integers(0, 20 * 86_400, count).astype("timedelta64[s]")
    return pa.table(
        {
            "customer_id": [f"C{customer:06d}" for customer in rng.integers(0, N // 2, count)],
            "channel": rng.choice(["call", "sms", "email"], count),
            "at": pa.array(at).cast(pa.timestamp("us")),
            "direction": ["out"] * count,
            "outcome": rng.choice(["no_answer", "delivered", "right_party"], count),
        },
        HISTORY_SCHEMA,
    )


@pytest.fixture(scope="module")
def engine(policy):
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.execute(f"CREATE TABLE accounts AS {ACCOUNTS}")
        worth = worth_sql(policy.value_tiers)
        engine.execute(f"CREATE TABLE ranked AS SELECT *, {worth} AS worth FROM accounts")
        yield engine


@pytest.fixture(scope="module")
def occasion(history):
    wishes = [
        {
            "account_id": f"A{n:06d}",
            "treatment": ("soft_call", "letter", "do_nothing", None)[n % 4],
            "refusal": None,
            "not_before": AS_OF + dt.timedelta(days=3 + n % 9) if n % 4 == 3 else None,
        }
        for n in range(0, N, 7)
    ]
    asked = pa.Table.from_pylist(wishes, WISHES_SCHEMA)
    return Occasion(Portfolio(name="P"), AS_OF, history=history, wishes=asked)


def cut(engine, number, count):
    """Leave the table ``part``: all accounts of some customers."""
    where = f"WHERE hash(customer_id) % {count} = {number}"
    engine.execute(f"CREATE OR REPLACE TABLE part AS SELECT * FROM ranked {where}")


@pytest.fixture(scope="module")
def whole(engine, policy, occasion):
    """What the portfolio settles, over five parts."""
    standing = find_standing(policy, Columns(engine, "ranked"))
    effects = learn_policy_effects(policy, occasion, ("overdue", "upcoming"))
    parts = []
    for number in range(5):
        cut(engine, number, 5)
        parts.append(weigh(engine, policy, "part", occasion, Whole(standing, effects))[0])
    settled = settle(policy, lambda question: [question(part) for part in parts], parts[:2])
    return Whole(standing, effects, settled.terms)


def decided(engine, policy, occasion, whole, count):
    """What is decided about every account in some number of parts, by account; places and ranks aside."""
    found = []
    for number in range(count):
        cut(engine, number, count)
        decide(engine, policy, "part", occasion, whole)
        rows = engine.sql("SELECT * EXCLUDE (priority) FROM decided").to_arrow_table()
        found.append(rows)
    return pa.concat_tables(found, promote_options="permissive").sort_by("account_id")


def test_bands_of_a_part_are_those_of_the_whole(engine, policy, occasion, whole):
    decide(engine, policy, "accounts", occasion)
    columns = "account_id, risk_band, value_tier, quadrant, segment, likely_cause, arm, strategy"
    ordinary = engine.sql(f"SELECT {columns} FROM decided ORDER BY account_id").to_arrow_table()
    parts = decided(engine, policy, occasion, whole, 7).select(ordinary.column_names)
    assert len(set(ordinary["value_tier"].to_pylist())) == 3
    assert len(set(ordinary["quadrant"].to_pylist())) == 5
    assert parts.to_pylist() == ordinary.to_pylist()


def test_the_same_terms_decide_alike_in_one_part_or_ten(engine, policy, occasion, whole):
    one, ten = (decided(engine, policy, occasion, whole, count) for count in (1, 10))
    assert len(one) == N
    for name in one.column_names:
        assert one[name].to_pylist() == ten[name].to_pylist(), name
    assert len(set(one["treatment"].to_pylist())) > 4
    assert set(one["feedback"].to_pylist()) == {"followed", "not_followed", "postponed", None}


def test_limits_of_the_whole_hold_and_it_is_worth_what_allocating_is(
    engine, policy, occasion, whole
):
    one = decided(engine, policy, occasion, whole, 1)
    treated = one["treatment"].to_pylist()
    scarce = 0
    for capacity in policy.capacities.values():
        count = sum(treatment in capacity.treatments for treatment in treated)
        minutes = {name: treatment.minutes for name, treatment in policy.treatments.items()}
        if capacity.minutes is not None:
            used = sum(minutes[t] for t in treated if t in capacity.treatments)
            assert used <= capacity.minutes
            scarce += used > 0.8 * capacity.minutes
        else:
            assert count <= capacity.accounts
            scarce += count > 0.8 * capacity.accounts
    assert scarce
    decision = decide(engine, policy, "accounts", occasion)
    slate, plan = decision.slate, decision.plan
    best = float(slate.values[plan.choice, np.arange(N)].sum())
    assert sum(one["expected_value"].to_pylist()) >= 0.95 * best


def test_nobody_is_given_a_time_by_a_part(engine, policy, occasion, whole):
    rows = decided(engine, policy, occasion, whole, 2)
    assert rows["starts_at"].null_count == rows["team"].null_count == len(rows)
    refused = [entry["rule"] for row in rows["refusals"].to_pylist() for entry in row]
    assert "agenda" not in refused


def test_many_groups_are_kept_level_one_by_one_and_the_smallest_together(engine, policy, occasion):
    engine.execute(
        "CREATE OR REPLACE TABLE many AS SELECT * REPLACE ("
        "CASE WHEN hash(account_id) % 4 = 0 THEN printf('large %02d', hash(account_id, 1) % 39) "
        "ELSE printf('it''s small %03d', hash(account_id, 2) % 300) END AS region) FROM ranked"
    )
    pressed = policy.pressure["firmness"]
    largest = largest_groups(engine, "many", (pressed.within, "stage"))
    assert list(largest) == ["region"]
    assert len(largest["region"]) == 39
    found = weigh(engine, policy, "many", occasion)[0]
    limits = {limit.group: limit for limit in found.limits if limit.name == "firmness"}
    assert len(limits) == 40
    assert set(limits) == {*largest["region"], "…"}
    accounts = sum(limit.resource.weight.sum() for limit in limits.values())
    assert accounts == found.slate.accounts.num_rows
    small = limits["…"].resource
    assert small.capacity == np.floor(pressed.at_most * small.weight.sum() + 1e-9)
    assert decide(engine, policy, "many", occasion).plan is not None


def test_a_part_keeps_level_what_the_whole_does(engine, policy, occasion):
    standing = find_standing(policy, Columns(engine, "ranked"))
    effects = learn_policy_effects(policy, occasion, ("overdue", "upcoming"))
    cut(engine, 0, 5)
    whole = Whole(standing, effects, largest={"region": ("south",)})
    found = weigh(engine, policy, "part", occasion, whole)[0]
    assert {limit.group for limit in found.limits if limit.name == "firmness"} == {
        "?",
        "south",
        "…",
    }
