"""Every list has its record, and the command tells what was done to it since."""

import json
import shutil
import sys

import pyarrow.parquet as pq
import pytest

from pipelines import cli
from propension.errors import OutputError
from propension.outputs import DecisionLog, verify_decisions

pytestmark = [pytest.mark.flows, pytest.mark.filterwarnings("ignore")]
LIST = "as_of=2026-06-30"


@pytest.fixture
def portfolio(scored, tmp_path):
    """A copy of the scored portfolio, to be tampered with."""
    return shutil.copytree(scored, tmp_path / "cartera")


@pytest.fixture
def command(portfolio, monkeypatch, capsys):
    def call(*arguments):
        config = str(portfolio / "propension.yaml")
        monkeypatch.setenv("COLUMNS", "400")
        monkeypatch.setattr(sys, "argv", ["propension", "audit", *arguments, "-c", config])
        code = 0
        try:
            cli.main()
        except SystemExit as leaving:
            code = leaving.code
        return code, capsys.readouterr()

    return call


def manifest(portfolio):
    return json.loads((portfolio / "outputs" / LIST / "manifest.json").read_text())


def segment(portfolio):
    (path,) = (portfolio / "outputs" / "decisions").glob("*.parquet")
    return path


def test_a_list_is_recorded_whole_and_its_manifest_holds_the_head(portfolio):
    listed = pq.read_table(portfolio / "outputs" / LIST / "scored.parquet")
    logged = pq.read_table(segment(portfolio))
    for column in (
        "account_id",
        "treatment",
        "channel",
        "offer",
        "arm",
        "scheduled_at",
        "propensity",
    ):
        assert logged[column].to_pylist() == listed[column].to_pylist()
    assert logged["customer_name"].null_count == logged.num_rows
    found = verify_decisions(portfolio / "outputs", manifest(portfolio)["decision_head"])
    assert (found.faults, found.runs, found.rows) == ((), 1, listed.num_rows)
    assert found.head == manifest(portfolio)["decision_head"]


def test_the_entry_says_who_decided(portfolio):
    facts = json.loads((segment(portfolio).parent / "chain.jsonl").read_text())["facts"]
    told = manifest(portfolio)
    assert facts["run_id"] == told["run_id"]
    assert facts["policy"] == {"version": told["policy_version"], "digest": told["policy"]}
    assert facts["models"]["overdue"]["digest"] == told["models"]["overdue"]["digest"]


def test_the_same_run_again_adds_nothing_to_the_log(scored, portfolio, prefect_server):
    from pipelines.scoring import scoring

    head = manifest(portfolio)["decision_head"]
    result = scoring(portfolio / "propension.yaml")
    assert result["decision_head"] == head
    assert verify_decisions(portfolio / "outputs", head).runs == 1


def test_a_run_whose_list_is_not_published_leaves_no_record(portfolio, prefect_server, monkeypatch):
    import pipelines.scoring

    policy = portfolio / "policy.yaml"
    policy.write_text(policy.read_text().replace("prior_rows: 50", "prior_rows: 51"))

    def full_disk(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pipelines.scoring, "write_manifest", full_disk)
    with pytest.raises(OutputError, match="No space left"):
        pipelines.scoring.scoring(portfolio / "propension.yaml")
    found = verify_decisions(portfolio / "outputs")
    assert (found.runs, found.faults, found.pending) == (1, (), False)


def test_the_command_says_that_nothing_was_touched(portfolio, command):
    head = manifest(portfolio)["decision_head"]
    code, printed = command("verify", "--head", head)
    assert code == 0
    assert "Everything is as it was written." in printed.out
    assert f"Head: {head}" in printed.out


def test_the_command_names_account_and_run_of_a_changed_decision(portfolio, command):
    table = pq.read_table(segment(portfolio))
    treatments = table["treatment"].to_pylist()
    treatments[4] = "nothing to see here"
    place = table.schema.names.index("treatment")
    pq.write_table(table.set_column(place, "treatment", [treatments]), segment(portfolio))
    code, printed = command("verify")
    assert code == 1
    run, account = manifest(portfolio)["run_id"], table["account_id"][4].as_py()
    assert f"changed_row: run {run} of 2026-06-30: 1 row was changed: {account}" in printed.out
    assert "TAMPERED WITH OR DAMAGED: 1 fault." in printed.out
    code, printed = command("verify", "--json")
    assert code == 1
    assert json.loads(printed.out)["faults"][0]["accounts"] == [account]


def test_the_command_finds_another_head_than_was_printed(command):
    code, printed = command("verify", "--head", "f" * 64)
    assert code == 1
    assert "its end was cut off or written anew" in printed.out


def test_the_command_tells_an_accounts_story(portfolio, command):
    rows = pq.read_table(portfolio / "outputs" / LIST / "scored.parquet").to_pylist()
    row = next(row for row in rows if row["refusals"] and row["scheduled_at"])
    code, printed = command("account", row["account_id"])
    assert code == 0
    told = (
        row["customer_name"], row["segment"], row["treatment"], row["channel"], row["reasons"][0]["text"],
        row["refusals"][0]["rule"], f"{row['scheduled_at']:%Y-%m-%d %H:%M}", row["run_id"], row["model_name"],
    )  # fmt: skip
    for text in told:
        assert text in printed.out
    code, printed = command("account", row["account_id"], "--json")
    assert json.loads(printed.out)["decisions"][0]["run_id"] == row["run_id"]


def test_an_account_without_decisions_is_told_in_one_line(command):
    code, printed = command("account", "nobody")
    assert code == 2
    assert "nobody: no decision about it is kept" in printed.err


def test_a_run_killed_after_its_list_was_published_is_recorded_by_the_next(portfolio):
    # What such a run leaves: the record made ready, the list, and no entry.
    folder = portfolio / "outputs" / "decisions"
    (folder / "chain.jsonl").rename(folder / "pending.json")
    assert verify_decisions(portfolio / "outputs").pending
    with DecisionLog(portfolio / "outputs").writing():
        pass
    found = verify_decisions(portfolio / "outputs", manifest(portfolio)["decision_head"])
    assert (found.faults, found.runs, found.pending) == ((), 1, False)
