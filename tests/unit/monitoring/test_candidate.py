"""Another policy file on past lists: its choices are its own, and what they would have got is read off the log."""

import datetime as dt

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from propension.config import Policy, Settings
from propension.config.settings import Portfolio
from propension.errors import DataError
from propension.monitoring import evaluate_candidate
from propension.outputs import INPUTS_NAME, SCORED_NAME
from propension.outputs.assemble import HISTORY_NAME
from propension.segments import example_row
from propension.treatments import HISTORY_SCHEMA, Occasion, decide

PORTFOLIO = Portfolio(name="P")
SETTINGS = Settings(portfolio=PORTFOLIO, source={"kind": "files", "path": "data"})
DATES = (dt.date(2026, 1, 31), dt.date(2026, 2, 28))
LABEL = {"es": "x", "pt": "x", "en": "x"}
QUIET = {"channel": "none", "tone": "none", "manual": False, "label": LABEL}
ACCOUNTS = 1_500


def policy(*, young=("write", "do_nothing"), old=("write", "do_nothing"), owed=False, **experiment):
    """Accounts with a propensity below .5 are young; nothing is sent, so no rule of contact plays a part."""
    asked = {
        "name": "asked",
        "when": "propensity < 0.05",
        "label": LABEL,
        "treatments": ["resolve"],
    }
    segments = [
        *([asked] if owed else []),
        {"name": "young", "when": "propensity < 0.5", "label": LABEL, "treatments": young},
        {"name": "old", "when": "TRUE", "label": LABEL, "treatments": old},
    ]
    effect = dict.fromkeys(
        ("can_wants", "cannot_wants", "can_wont", "cannot_wont", "uncertain"), 0.2
    )
    return Policy.model_validate(
        {
            "version": "t",
            "segments": segments,
            "treatments": {
                "do_nothing": QUIET,
                "write": QUIET | {"effect": effect},
                "resolve": QUIET | {"service": True, "effect": effect},
                "visit": QUIET | {"effect": effect},
            },
            "experiment": {"control_share": 0.3, "explore_share": 0.0} | experiment,
        }
    )


@pytest.fixture(scope="module")
def past(tmp_path_factory):
    """Two lists of the policy, and what came of them: writing helps the young and harms the old."""
    outputs, rng = tmp_path_factory.mktemp("outputs"), np.random.default_rng(0)
    folders, found = [], []
    for date in DATES:
        folders.append(publish(outputs, date))
        listed = pq.read_table(folders[-1] / SCORED_NAME)
        young = np.asarray(listed["propensity"]) < 0.5
        written = np.asarray(listed["treatment"]) == "write"
        paid = rng.random(ACCOUNTS) < 0.4 + written * np.where(young, 0.3, -0.3)
        mask = np.full(ACCOUNTS, date == DATES[-1])
        found.append(
            listed.append_column("paid_30", pa.array(paid.astype(float), mask=mask)).append_column(
                "recovered_amount_30", pa.array(100 * paid.astype(float), mask=mask)
            )
        )
    pq.write_table(pa.concat_tables(found), outputs / "outcomes.parquet")
    return outputs / "outcomes.parquet", folders


def publish(outputs, date):
    folder = outputs / f"as_of={date}"
    folder.mkdir()
    rows = (
        f"SELECT * REPLACE ('A' || n AS account_id, 'C' || n AS customer_id, DATE '{date}' AS as_of, "
        f"(n % 10) / 10 AS propensity) FROM ({example_row()}), range({ACCOUNTS}) t(n)"
    )
    columns = (
        "as_of, account_id, treatment, arm, assignment_probability, stage, quadrant, propensity, ability, willingness, "
        "disputed, amount_at_stake, days_past_due, has_phone"
    )
    with duckdb.connect() as engine:
        engine.execute(f"CREATE TABLE accounts AS {rows}")
        decide(engine, policy(), "accounts", Occasion(PORTFOLIO, date))
        engine.execute(f"COPY accounts TO '{folder / INPUTS_NAME}' (FORMAT parquet)")
        query = f"SELECT {columns} FROM decided ORDER BY account_id"
        engine.execute(f"COPY ({query}) TO '{folder / SCORED_NAME}' (FORMAT parquet)")
    pq.write_table(HISTORY_SCHEMA.empty_table(), folder / HISTORY_NAME)
    return folder


def value(past, candidate):
    return evaluate_candidate(*past, candidate, SETTINGS, ["paid_30"])["paid_30"]


def test_the_policy_of_the_log_is_worth_what_the_log_got(past):
    same = value(past, policy())
    assert same.mean_weight == pytest.approx(1)
    assert same.gain.low < 0 < same.gain.high
    assert same.is_covered
    assert same.rows == ACCOUNTS


def test_a_better_candidate_gains_what_it_would_have_got(past):
    better = value(past, policy(old=("do_nothing",)))
    # Half of the accounts are old, and 70% of them would no longer be harmed by 30 points.
    assert better.gain.low < 0.5 * 0.7 * 0.3 < better.gain.high
    assert better.gain.low > 0


def test_a_candidates_own_control_is_left_alone(past):
    smaller = value(past, policy(old=("do_nothing",), control_share=0.0))
    assert smaller.gain.value > value(past, policy(old=("do_nothing",))).gain.value


def test_what_was_never_done_cannot_be_told(past):
    with pytest.raises(DataError, match="visit, which the log never did"):
        value(past, policy(young=("visit", "do_nothing")))


def test_several_measures_are_read_off_the_same_choices(past):
    found = evaluate_candidate(*past, policy(), SETTINGS, ["recovered_amount_30", "paid_30"])
    assert list(found) == ["recovered_amount_30", "paid_30"]
    money, rate = (one.doubly_robust.value for one in found.values())
    assert money == pytest.approx(100 * rate)


def test_an_outcome_that_is_not_over_anywhere_is_told(past, tmp_path):
    outcomes, folders = past
    table = pq.read_table(outcomes)
    late = table.filter(pa.array(np.asarray(table["as_of"]) == np.datetime64(DATES[-1])))
    pq.write_table(late, tmp_path / "late.parquet")
    with pytest.raises(DataError, match="no row has a mature paid_30"):
        value((tmp_path / "late.parquet", folders), policy())


def test_the_newest_rows_are_read_where_there_are_too_many(past):
    few = policy().model_copy(
        update={"learning": policy().learning.model_copy(update={"max_rows": 500})}
    )
    assert value(past, few).rows == 500


def test_the_control_gets_what_is_owed_to_it(past, tmp_path):
    outcomes, folders = past
    table = pq.read_table(outcomes)
    asked = np.asarray(table["propensity"]) < 0.05
    done = {
        "treatment": np.where(asked, "resolve", np.asarray(table["treatment"])),
        "assignment_probability": np.where(asked, 1.0, np.asarray(table["assignment_probability"])),
    }
    for name, values in done.items():
        table = table.set_column(table.column_names.index(name), name, pa.array(values))
    pq.write_table(table, tmp_path / "resolved.parquet")
    found = value((tmp_path / "resolved.parquet", folders), policy(owed=True))
    assert found.mean_weight == pytest.approx(1)
