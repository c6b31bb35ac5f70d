"""Segments, and treatments under the same terms, are the same on Spark; limits hold, and little is lost."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml
from scoring_builders import feature_rows, small_bundle
from spark_engines import AS_OF, compare, read

from propension.config import Policy, load_policy
from propension.distributed.deciding import (
    Deciders,
    decide_parts,
    gather_inputs,
    learn_whole,
    settle_parts,
    weigh_parts,
)
from propension.distributed.lists import write_list
from propension.distributed.queries import write_history, write_query
from propension.distributed.scoring import write_scores
from propension.explain import score_features
from propension.features import catalogue, feature_sql, write_features
from propension.outputs import SCORED_SCHEMA, StageFiles, contract_sql, scored_facts_sql
from propension.segments import worth_sql
from propension.snapshots import contact_history, facts_sql, write_facts
from propension.sources import open_engine
from propension.treatments import Occasion, Whole, decide, rulebook_of

IDENTITY = {"currency": "COP", "policy_version": "1", "run_id": "test"}
MODEL = ("propension_test", "1")


class Decided(NamedTuple):
    """A portfolio decided on both engines."""

    policy: Policy
    whole: Whole
    settled: object
    engine: object
    occasion: Occasion
    rows: object


@pytest.fixture(scope="module")
def policy(engines):
    """Teams with room for few, who take turns; draws, a challenger, and ranks of two measures."""
    path = engines.folder / "policy.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    scarce = {
        name: capacity | ({"minutes": 150} if "minutes" in capacity else {"accounts": 15})
        for name, capacity in content["capacities"].items()
    }
    told = {
        "capacities": scarce,
        "experiment": content["experiment"]
        | {"explore_share": 0.2, "challengers": {"by_order": {"share": 0.3, "choose": "order"}}},
        "value_tiers": {"by": {"open_amount": 2, "tenure_days": 1, "billed_growth": 1}},
    }
    path.write_text(yaml.safe_dump(content | told, allow_unicode=True), encoding="utf-8")
    return load_policy(path)


@pytest.fixture(scope="module")
def decided(engines, policy):
    """What is known of both stages on each engine, and what Spark decides."""
    folder, settings, spark = engines.folder, engines.settings, engines.spark
    target, outputs = settings.target, settings.outputs
    bundle, here, there = small_bundle(feature_rows(800)), [], []
    for stage in target.stages:
        floor, days = target.population(stage)
        ours, theirs = folder / "here" / stage, folder / "there" / stage
        ours.mkdir(parents=True)
        files = StageFiles(
            *(ours / f"{n}.parquet" for n in ("facts", "features", "scores")), *MODEL
        )
        write_features(engines.embedded, AS_OF, catalogue(), floor, files.features, days)
        write_facts(engines.embedded, AS_OF, target, outputs, files.facts, stage)
        score_features(bundle, files.features, catalogue(), settings, files.scores)
        here.append(files)
        files = StageFiles(*(theirs / n for n in ("facts", "features", "scores")), *MODEL)
        features = feature_sql(AS_OF, catalogue(), engines.streams, floor, days)
        write_query(spark, features, files.features)
        facts = facts_sql(AS_OF, engines.streams, target, outputs, stage)
        write_query(spark, facts, files.facts)
        write_scores(spark, bundle, settings, files.features, files.scores)
        there.append(files)
    occasion = Occasion(settings.portfolio, AS_OF, horizon_days=target.horizon_days)
    deciders = Deciders(policy, occasion, settings, IDENTITY)
    memory, work = rulebook_of(policy).memory_days, folder / "work"
    write_history(spark, engines.streams, AS_OF, memory, work)
    inputs, history, parts = work / "inputs", work / "history", work / "parts"
    standing = gather_inputs(spark, there, deciders, inputs)
    whole = learn_whole(spark, inputs, deciders, standing)
    weigh_parts(spark, inputs, history, deciders, whole, parts)
    settled = settle_parts(spark, parts, policy, settings.spark.sample_accounts)
    whole = replace(whole, terms=settled.terms)
    write_list(decide_parts(spark, inputs, history, deciders, whole), work / "decided", folder)
    with open_engine(settings.resources, folder / "engine") as engine:
        known = " UNION ALL BY NAME ".join(
            scored_facts_sql(tuple(f"read_parquet('{file}')" for file in files[:3]), MODEL)
            for files in here
        )
        worth = worth_sql(policy.value_tiers)
        engine.execute(f"CREATE TABLE accounts AS SELECT *, {worth} AS worth FROM ({known})")
        ours = replace(occasion, history=contact_history(engines.embedded, AS_OF, memory))
        rows = pq.read_table(folder / "scored.parquet")
        yield Decided(policy, whole, settled, engine, ours, rows)


def list_of(decided):
    """The list of the embedded engine's table ``decided``."""
    held = {row[0] for row in decided.engine.execute("DESCRIBE decided").fetchall()}
    columns = contract_sql(held, IDENTITY, decided.occasion.portfolio)
    listed = decided.engine.sql(f"SELECT {columns} FROM decided").to_arrow_table()
    return listed.cast(SCORED_SCHEMA)


def test_there_is_more_than_one_part(engines, decided):
    parts = read(engines.folder / "work" / "parts")
    assert len(parts) > 3
    assert sum(parts["accounts"].to_pylist()) == len(decided.rows)


def test_thresholds_of_the_portfolio_are_the_same(decided):
    decide(decided.engine, decided.policy, "accounts", decided.occasion)
    own = ["account_id", "risk_band", "value_tier", "quadrant", "likely_cause", "flags", "segment"]
    rows, cells = compare(list_of(decided).select(own), decided.rows.select(own), ["account_id"])
    print(f"\nsegments and bands: {rows} rows, {cells} cells compared, 0 mismatches")


def test_treatments_offers_and_messages_under_the_same_terms_are_the_same(decided):
    decide(decided.engine, decided.policy, "accounts", decided.occasion, decided.whole)
    listed = list_of(decided)
    rows, cells = compare(listed, decided.rows, ["account_id"])
    treatments = set(listed["treatment"].to_pylist())
    assert len(treatments) > 4
    print(f"\nthe list under the same terms: {rows} rows, {cells} cells compared, 0 mismatches")


def test_rows_are_by_priority(decided):
    assert decided.rows["priority"].to_pylist() == list(range(1, len(decided.rows) + 1))
    idle = [treatment == "do_nothing" for treatment in decided.rows["treatment"].to_pylist()]
    assert idle == sorted(idle)


def test_limits_hold_and_it_is_worth_what_allocating_is(decided):
    exact = decide(decided.engine, decided.policy, "accounts", decided.occasion)
    allowed = {limit.resource.name: limit.resource.capacity for limit in exact.plan.limits}
    for name, used in decided.settled.used.items():
        assert used <= allowed[name] * (1 + 1e-9)
    priced = {
        name
        for prices in decided.settled.terms.prices.values()
        for name, price in prices.items()
        if price > 0
    }
    assert priced
    slate, columns = exact.slate, np.arange(len(exact.plan.choice))
    best = float(slate.values[exact.plan.choice, columns].sum(dtype=np.float64))
    ids = slate.accounts["account_id"].to_pylist()
    chosen = dict(
        zip(
            decided.rows["account_id"].to_pylist(),
            decided.rows["treatment"].to_pylist(),
            strict=True,
        )
    )
    choice = [slate.treatments.index(chosen[account]) for account in ids]
    worth = float(slate.values[choice, columns].sum(dtype=np.float64))
    print(f"\nvalue: {worth / best:.4f} of the exact allocation's; scarce: {sorted(priced)}")
    assert worth >= 0.97 * best
