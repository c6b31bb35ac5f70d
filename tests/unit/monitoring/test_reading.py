"""An experiment is read from its outcomes: what is checked, compared, and when it ends."""

import datetime as dt
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from propension.config import Policy, Target
from propension.errors import DataError
from propension.monitoring import foresee, read_experiment, reading_windows, size_for_money
from propension.treatments.experiment import Design

DATES = [dt.date(2026, month, 1) for month in (1, 2, 3, 4, 5)]
AS_OF = dt.date(2026, 5, 15)
LABEL = {"es": "x", "pt": "x", "en": "x"}
QUIET = {"channel": "none", "tone": "none", "manual": False, "label": LABEL}
CALL = {"channel": "call", "tone": "neutral", "manual": True, "label": LABEL}


def policy(**experiment):
    segment = {"name": "talk", "when": "TRUE", "label": LABEL, "treatments": ["call", "do_nothing"]}
    return Policy.model_validate(
        {
            "version": "t",
            "segments": [segment],
            "treatments": {
                "do_nothing": QUIET,
                "call": CALL,
                "plan": CALL | {"window_days": 90},
            },
            "experiment": {"control_share": 0.3, "explore_share": 0.2} | experiment,
        }
    )


def outcomes(path, seed=0, accounts=2_000, lift=0.1, strategies=("champion",), control=0.3):
    """Accounts on every list; the treated pay more often, and a plan only shows after 90 days."""
    rng = np.random.default_rng(seed)
    drawn = np.tile(rng.random(accounts), len(DATES))
    arm = np.where(
        drawn < control, "control", np.where(drawn < control + 0.2, "explore", "treatment")
    )
    rows, treated = len(arm), arm != "control"
    treatment = np.where(treated, np.where(rng.random(rows) < 0.5, "call", "plan"), "do_nothing")
    strategy = np.array(strategies)[
        (np.tile(rng.random(accounts), len(DATES)) * len(strategies)).astype(int)
    ]
    as_of = np.repeat(np.array(DATES, dtype="datetime64[D]"), accounts)
    columns = {
        "as_of": pa.array(as_of, pa.date32()),
        "account_id": [f"A{number:05d}" for _ in DATES for number in range(accounts)],
        "stage": ["overdue"] * rows,
        "segment": ["talk"] * rows,
        "quadrant": ["can_wants"] * rows,
        "value_tier": ["low"] * rows,
        "treatment": treatment,
        "arm": arm,
        "strategy": pa.array(strategy, mask=arm != "treatment"),
        "assignment_probability": np.where(treated, (1 - control) / 2, control),
        "disputed": np.zeros(rows, bool),
        "has_phone": np.ones(rows, bool),
    }
    for name in (
        "propensity",
        "ability",
        "willingness",
        "expected_recovery",
        "amount_at_stake",
        "days_past_due",
    ):
        columns[name] = rng.random(rows)
    for window in (30, 90):
        helped = treated & ((treatment == "call") | (window == 90))
        paid = (rng.random(rows) < 0.3 + lift * helped).astype(float)
        over = as_of + window <= np.datetime64(AS_OF)
        columns[f"paid_{window}"] = pa.array(paid, mask=~over)
        columns[f"recovered_amount_{window}"] = pa.array(100 * paid, mask=~over)
    pq.write_table(pa.table(columns), path / "outcomes.parquet")
    return path / "outcomes.parquet"


def read(path, plan=None, **options):
    return read_experiment(outcomes(path, **options), plan or policy(), Target(), AS_OF, 30)


def test_the_windows_are_the_strategys_and_those_of_treatments_that_take_longer():
    assert reading_windows(policy(), 30) == (30, 90)


def test_lists_are_mature_partly_or_too_young(tmp_path):
    lists = read(tmp_path).lists
    assert (lists.mature, lists.partial, lists.young) == (2, 2, 1)


def test_accounts_are_counted_once_and_their_shares_checked(tmp_path):
    found = read(tmp_path)
    assert sum(found.accounts.values()) == 2_000
    assert not found.ratios[0].is_alarm
    assert found.balance.findings == ()


def test_arms_of_other_sizes_than_the_policys_are_an_alarm(tmp_path):
    assert read(tmp_path, control=0.35).ratios[0].is_alarm


def test_lists_from_before_strategies_expect_no_exploration(tmp_path):
    file = outcomes(tmp_path)
    table = pq.read_table(file)
    arm = np.where(np.asarray(table["arm"]) == "control", "control", "treatment")
    table = table.set_column(table.column_names.index("arm"), "arm", pa.array(arm))
    place = table.column_names.index("strategy")
    pq.write_table(table.set_column(place, "strategy", pa.nulls(table.num_rows, pa.string())), file)
    found = read_experiment(file, policy(), Target(), AS_OF, 30)
    assert not found.ratios[0].is_alarm
    assert found.challengers == ()


def test_the_strategy_is_measured_over_all_and_by_group_and_on_the_first_list(tmp_path):
    found = read(tmp_path)
    assert [one.group for one in found.strategy] == [
        "strategy", "segment=talk", "quadrant=can_wants",
    ]  # fmt: skip
    assert found.strategy[0].rate.low > 0
    assert found.entry.rate.standard_error > found.strategy[0].rate.standard_error


def test_every_treatment_is_judged_by_its_own_window(tmp_path):
    by_name = {one.group: one for one in read(tmp_path).treatments}
    assert sorted(by_name) == ["treatment=call", "treatment=plan"]
    # After thirty days a plan has shown nothing; after ninety it has.
    assert by_name["treatment=plan"].rate.low > 0
    assert by_name["treatment=plan"].treated_rows < by_name["treatment=call"].treated_rows


def test_challengers_are_compared_and_their_shares_checked(tmp_path):
    tried = policy(challengers={"by_order": {"choose": "order", "share": 0.5}})
    found = read(tmp_path, tried, strategies=("champion", "by_order"))
    assert [one.group for one in found.challengers] == ["challenger=by_order"]
    assert not found.challengers[0].rate.is_distinguishable
    assert set(found.ratios[1].found) == {"champion", "by_order"}
    assert not found.ratios[1].is_alarm


def test_a_plan_ends_at_its_look_and_widens_the_interval_until_then(tmp_path):
    assert read(tmp_path).verdict is None
    waiting = read(tmp_path, policy(planned_accounts=20_000), lift=0.0)
    assert waiting.verdict.outcome == "goes_on"
    assert waiting.verdict.information == pytest.approx(0.1)
    plain = read(tmp_path, lift=0.0)
    assert waiting.strategy[0].rate.high > plain.strategy[0].rate.high
    assert read(tmp_path, policy(planned_accounts=2_000), lift=0.15).verdict.outcome == "effect"
    ended = read(tmp_path, policy(planned_accounts=2_000), lift=0.0)
    assert ended.verdict.outcome == "no_effect_shown"


def test_the_course_is_what_each_month_end_knew(tmp_path):
    found = read(tmp_path)
    # Of five lists, one is over by the end of January, three by that of March, a fourth on 1 May.
    assert [one.as_of.month for one in found.course] == [1, 3]
    assert [one.impact.treated_rows for one in found.course] == [1_396, 3 * 1_396]
    early, late = (one.impact.rate for one in found.course)
    assert late.high - late.low < early.high - early.low


def test_a_reading_is_plain_values_with_what_is_said_of_them(tmp_path):
    plain = json.loads(json.dumps(read(tmp_path).as_dict(), allow_nan=False))
    assert plain["as_of"] == AS_OF.isoformat()
    assert plain["told"]["alarms"] == []
    assert plain["told"]["strategy"]["pt"].startswith("a estratégia: ")
    wrong = read(tmp_path, policy(control_share=0.5)).as_dict()
    assert len(wrong["told"]["alarms"]) == 1


def test_without_control_there_is_nothing_to_compare_with(tmp_path):
    found = read(tmp_path, policy(control_share=0), control=0)
    assert found.balance is None
    assert "cannot be measured" in found.strategy[0].told()["en"]


def test_rows_whose_debts_are_gone_are_counted(tmp_path):
    file = outcomes(tmp_path)
    table = pq.read_table(file)
    gone = (np.arange(table.num_rows) < 7) | ~np.asarray(table["paid_30"].is_valid())
    paid = pa.array(np.asarray(table["paid_30"].fill_null(0)), mask=gone)
    pq.write_table(table.set_column(table.column_names.index("paid_30"), "paid_30", paid), file)
    assert read_experiment(file, policy(), Target(), AS_OF, 30).lost_rows == 7


def test_nothing_is_over_yet_on_a_young_experiment(tmp_path):
    file = outcomes(tmp_path)
    table = pq.read_table(file)
    late = table.filter(pa.array(np.asarray(table["as_of"]) == np.datetime64(DATES[-1])))
    pq.write_table(late, file)
    found = read_experiment(file, policy(planned_accounts=1_000), Target(), AS_OF, 30)
    assert (found.lists.mature, found.lists.young, found.verdict) == (0, 1, None)
    assert np.isnan(found.strategy[0].rate.value)


def test_money_is_sized_by_what_the_control_brought(tmp_path):
    file = outcomes(tmp_path)
    found = size_for_money(file, 30, 0.3, 0.03, Design(control_share=0.5))
    # All or nothing: as many accounts as the rate takes.
    rate = np.mean(np.asarray(pq.read_table(file)["paid_30"].drop_null()))
    assert found.is_money
    assert found.lift == pytest.approx(3, rel=0.15)
    assert found.accounts == pytest.approx(4 * 7.849 * 2 * rate * 0.7 / 0.03**2 / 2, rel=0.3)


def test_money_needs_a_window_that_is_over(tmp_path):
    file = outcomes(tmp_path)
    table = pq.read_table(file)
    pq.write_table(
        table.filter(pa.array(np.asarray(table["as_of"]) == np.datetime64(DATES[-1]))), file
    )
    with pytest.raises(DataError, match="no list is 30 days old"):
        size_for_money(file, 30, 0.3, 0.03, Design())


def test_too_few_accounts_show_no_rise_at_all():
    found = foresee(0.5, 0.02, 4, Design())
    assert found.detectable is None
    assert found.power < 0.1
