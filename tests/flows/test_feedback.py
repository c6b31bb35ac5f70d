"""What people say is followed by the next run, shown where decisions are shown, and counted."""

import json
import shutil

import pyarrow.parquet as pq
import pytest

from propension import clock
from propension.config import load_policy, load_settings
from propension.outputs import Feedback, FeedbackLog, account_story, verify_decisions

pytestmark = [pytest.mark.flows, pytest.mark.filterwarnings("ignore")]
LIST = "as_of=2026-06-30"


@pytest.fixture
def portfolio(scored, tmp_path):
    return shutil.copytree(scored, tmp_path / "cartera")


def listed(portfolio):
    rows = pq.read_table(portfolio / "outputs" / LIST / "scored.parquet").to_pylist()
    return {row["account_id"]: row for row in rows}


def test_the_next_run_follows_what_the_policy_leaves_to_people(portfolio):
    from pipelines.monitoring import monitoring
    from pipelines.scoring import scoring

    config, outputs = portfolio / "propension.yaml", portfolio / "outputs"
    before = listed(portfolio)
    manifest = json.loads((outputs / LIST / "manifest.json").read_text())
    settings = load_settings(config)
    policy = load_policy(settings.resolve(settings.policy))
    asked = next(
        row
        for row in before.values()
        if row["treatment"] == "friendly_reminder" and row["arm"] == "treatment"
    )
    control = next(
        row
        for row in before.values()
        if row["arm"] == "control" and row["treatment"] == "do_nothing"
    )
    log = FeedbackLog(outputs)
    for row in (asked, control):
        said = Feedback(
            "override", row["account_id"], row["as_of"], row["run_id"], "ana",
            treatment="reminder_email", reason="knows_customer",
        )  # fmt: skip
        log.add(said, policy, clock.now_utc())

    again = scoring(config)
    assert again["run_id"] != manifest["run_id"]
    after = listed(portfolio)
    row = after[asked["account_id"]]
    # By e-mail, or it is said what was in the way.
    if row["feedback"] == "followed":
        assert row["treatment"] == "reminder_email"
    else:
        assert "reminder_email" in {told["treatment"] for told in row["refusals"]}
    alone = after[control["account_id"]]
    assert (alone["treatment"], alone["feedback"]) == ("do_nothing", "not_followed")
    assert {name: row["arm"] for name, row in after.items()} == {
        name: row["arm"] for name, row in before.items()
    }
    story = account_story(outputs, asked["account_id"])
    assert [told["feedback"] for told in story] == [None, row["feedback"]]
    assert verify_decisions(outputs).faults == ()
    assert scoring(config)["run_id"] == again["run_id"]
    figures = monitoring(config)["feedback"]
    assert figures["by_author"] == {"ana": 2}
    assert figures["followed"] + figures["not_followed"] == 2
