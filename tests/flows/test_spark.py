"""The scoring flow on Spark: the same list, but for what is allocated; needs Java and pyspark."""

import datetime as dt
import json
import shutil
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
import yaml
from spark_engines import compare

from propension.errors import ConfigurationError, DataError
from propension.outputs import SCORED_SCHEMA, verify_decisions

pytestmark = [pytest.mark.flows, pytest.mark.filterwarnings("ignore")]
LIST = "as_of=2026-06-30"
# What is said of an account apart from what is done about it, in the order of the list.
DONE = [
    "treatment",
    "channel",
    "tone",
    "manual",
    "offer",
    "message",
    "expected_uplift",
    "expected_cost",
    "expected_value",
    "priority",
    "scheduled_at",
    "starts_at",
    "ends_at",
    "team",
    "agent",
    "assignment_probability",
    "refusals",
    "run_id",
    "recommended_due_on",
]
KNOWN = [name for name in SCORED_SCHEMA.names if name not in DONE]


def on_spark(folder, **told):
    """The portfolio's configuration, on Spark."""
    config = folder / "propension.yaml"
    settings = yaml.safe_load(config.read_text(encoding="utf-8"))
    settings["spark"] = {"master": "local[2]", "partitions": 2, "group_accounts": 100} | told
    config.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    return config


@pytest.fixture
def scoring(prefect_server):
    from pipelines.scoring import scoring

    return scoring


def test_the_list_is_the_same_but_for_what_is_allocated(portfolio, scoring, spark, tmp_path):
    scoring(portfolio / "propension.yaml")
    published = portfolio / "outputs" / LIST
    here = pq.read_table(published / "scored.parquet")
    allocated = json.loads((published / "allocation.json").read_text(encoding="utf-8"))
    shutil.rmtree(portfolio / "outputs")
    result = scoring(on_spark(portfolio))
    there = pq.read_table(published / "scored.parquet")
    assert there.schema.equals(SCORED_SCHEMA)
    rows, cells = compare(here.select(KNOWN), there.select(KNOWN), ["account_id"])
    print(f"\nscoring flow: {rows} rows, {cells} cells compared, 0 mismatches")
    by_account = dict(
        zip(here["account_id"].to_pylist(), here["treatment"].to_pylist(), strict=True)
    )
    alike = sum(
        by_account[account] == treatment
        for account, treatment in zip(
            there["account_id"].to_pylist(), there["treatment"].to_pylist(), strict=True
        )
    )
    print(f"treatments alike: {alike} of {rows}")
    assert alike > 0.9 * rows
    settled = json.loads((published / "allocation.json").read_text(encoding="utf-8"))
    print(
        f"value: {settled['expected_value'] / allocated['expected_value']:.4f} of the exact one's"
    )
    assert settled["expected_value"] >= 0.97 * allocated["expected_value"]
    assert [limit["name"] for limit in settled["limits"]] == [
        limit["name"] for limit in allocated["limits"]
    ]
    for limit in settled["limits"]:
        assert limit["used"] <= limit["capacity"] * (1 + 1e-9)
    assert settled["arms"] == allocated["arms"]
    assert {finding["rule"] for finding in result["findings"]} >= {"not_on_spark"}
    assert (published / "scored.xlsx").exists()
    assert not verify_decisions(portfolio / "outputs").faults
    assert not (portfolio / "outputs" / ".work" / "stages" / "newest").exists()


def test_rows_that_break_the_contract_are_refused(portfolio, scoring, spark):
    file = portfolio / "data" / "payments.parquet"
    rows = pq.read_table(file)
    bad = rows.slice(0, 3).to_pylist()
    for number, row in enumerate(bad):
        row |= {"payment_id": f"bad-{number}", "paid_on": dt.date(1990, 1, 1), "amount": Decimal(0)}
    pq.write_table(type(rows).from_pylist([*rows.to_pylist(), *bad], rows.schema), file)
    with pytest.raises(DataError, match="payments: 3 rows have an amount of zero"):
        scoring(on_spark(portfolio))
    assert not (portfolio / "outputs" / LIST).exists()


def test_sql_mappings_stay_on_one_machine(portfolio, scoring, spark):
    config = on_spark(portfolio)
    settings = yaml.safe_load(config.read_text(encoding="utf-8"))
    settings["source"]["tables"] = {"flags": {"sql": "SELECT * FROM flags"}}
    config.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="mapped by its columns, not by SQL"):
        scoring(config)
