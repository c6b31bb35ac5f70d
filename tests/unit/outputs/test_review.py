"""What a policy does to the accounts of a list, before it is used."""

import datetime as dt

import duckdb
import pyarrow.parquet as pq
import pytest
import yaml

from propension.config import Policy, Settings
from propension.config.settings import Portfolio
from propension.errors import PolicyError
from propension.outputs import check_policy, review_policy
from propension.outputs.assemble import HISTORY_NAME, INPUTS_NAME, SCORED_NAME
from propension.segments import example_row
from propension.treatments import HISTORY_SCHEMA, Occasion, decide

AS_OF = dt.date(2026, 1, 31)
PORTFOLIO = Portfolio(name="P")
SETTINGS = Settings(portfolio=PORTFOLIO, source={"kind": "files", "path": "data"})
TEMPLATE = "src/propension/config/template/policy.yaml"


@pytest.fixture(scope="module")
def content(pytestconfig):
    found = yaml.safe_load((pytestconfig.rootpath / TEMPLATE).read_text(encoding="utf-8"))
    experiment = {"control_share": 0.0, "explore_share": 0.0}
    return {**found, "experiment": experiment, "strategy": {"choose": "order"}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, content):
    """A published list of ten accounts of rising propensity."""
    folder = tmp_path_factory.mktemp("list")
    rows = " UNION ALL ".join(
        f"SELECT * REPLACE ('A{n}' AS account_id, 'C{n}' AS customer_id, {n / 10} AS propensity, "
        f"900 AS tenure_days, 40 AS days_past_due) FROM ({example_row()})"
        for n in range(10)
    )
    with duckdb.connect() as engine:
        engine.execute(f"CREATE TABLE accounts AS {rows}")
        decide(engine, Policy.model_validate(content), "accounts", Occasion(PORTFOLIO, AS_OF))
        engine.execute(f"COPY accounts TO '{folder / INPUTS_NAME}' (FORMAT parquet)")
        engine.execute(f"COPY decided TO '{folder / SCORED_NAME}' (FORMAT parquet)")
    pq.write_table(HISTORY_SCHEMA.empty_table(), folder / HISTORY_NAME)
    return folder


def review(content, folder, **changes):
    return review_policy(Policy.model_validate(content | changes), SETTINGS, folder, AS_OF)


def test_the_same_policy_changes_nothing(content, folder):
    found = review(content, folder)
    assert found.accounts == 10
    assert found.segment_changes == found.treatment_changes == ()
    assert sum(found.treatments.values()) == 10


def test_every_rule_says_whom_it_holds_for_and_whom_it_takes(content, folder):
    uses = {use.name: use for use in review(content, folder).rules if use.kind == "segment"}
    assert (uses["forgot"].holds, uses["forgot"].takes) == (4, 4)
    assert uses["low_yield"].holds == 10
    assert sum(use.takes for use in uses.values()) == 10


def test_rules_that_take_none_and_rules_that_are_shadowed_are_told_apart(content, folder):
    label = {"es": "x", "pt": "x", "en": "x"}
    extra = [
        {"name": "sure", "when": "propensity >= 0.7", "treatments": ["do_nothing"], "label": label},
        {"name": "never", "when": "propensity > 2", "treatments": ["do_nothing"], "label": label},
    ]
    segments = [*content["segments"][:-1], *extra, content["segments"][-1]]
    notes = {use.name: use.note for use in review(content, folder, segments=segments).rules}
    assert notes["sure"] == "takes no account: all 3 are taken before it, most by forgot"
    assert notes["never"] == "takes no account: its rule holds for none"
    assert notes["forgot"] == ""


def test_what_changes_is_counted(content, folder):
    segments = [dict(segment) for segment in content["segments"]]
    for segment in segments:
        if segment["name"] == "forgot":
            segment["when"] = "propensity >= 0.8"
    found = review(content, folder, segments=segments)
    assert found.segment_changes == (("forgot", "talk", 2),)
    assert found.treatment_changes == (("friendly_reminder", "soft_call", 2),)


def test_what_is_used_of_a_team_stands_beside_what_there_is_and_one_more_is_worth(content, folder):
    capacities = {"agents": {"minutes": 7, "treatments": ["soft_call"]}}
    found = review(content, folder, capacities=capacities)
    [agents] = [limit for limit in found.limits if limit["name"] == "agents"]
    # One call of six minutes; others would be made.
    assert (agents["used"], agents["capacity"]) == (6, 7)
    assert agents["price"] > 0
    assert agents["told"]["en"].startswith("agents: 6 of 7 minutes (85.7%); one more hour would be")


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("Pague ya o iremos al juzgado.", "creditor"),
        ("{{ creditor }}: ¿por qué no ha pagado {{ amount }}?", "says .por que"),
        ("{{ creditor }}: " + "palabra " * 40, "160"),
        ("{{ creditor }}: pague hoy o habrá un embargo.", "says .embargo"),
        ("{{ creditor }}: último aviso antes de ir al juzgado.", "says .juzgado"),
    ],
)
def test_a_message_that_may_not_be_sent_is_refused_before_anything_runs(content, text, because):
    texts = dict.fromkeys(("es", "pt", "en"), text)
    template = {
        "treatment": "friendly_reminder",
        "channel": "sms",
        "tone": "friendly",
        "text": texts,
    }
    messages = {"templates": {"friendly_reminder_sms": template}}
    with pytest.raises(PolicyError, match=because):
        check_policy(Policy.model_validate({**content, "messages": messages}), PORTFOLIO)
