"""Quadrants, value tiers and likely causes: where an account stands in its portfolio."""

import duckdb
import numpy as np
import pytest
from pydantic import ValidationError

from propension.config import Policy
from propension.errors import PolicyError
from propension.segments import example_row, segment_sql

LABEL = {"es": "x", "pt": "x", "en": "x"}
PLAIN = {
    "version": "1",
    "segments": [{"name": "all", "when": "TRUE", "label": LABEL, "treatments": ["do_nothing"]}],
    "treatments": {
        "do_nothing": {"channel": "none", "tone": "none", "manual": False, "label": LABEL}
    },
}


def stand(accounts, **policy):
    """What is said of accounts, each given by what differs from an ordinary one."""
    content = Policy.model_validate(PLAIN | policy)
    with duckdb.connect() as engine:
        engine.execute(f"CREATE TABLE accounts AS {example_row()}")
        engine.execute("UPDATE accounts SET stage = 'overdue'")
        ordinary = rows_of(engine.execute("SELECT * FROM accounts"))[0]
        engine.execute("DELETE FROM accounts")
        for number, changes in enumerate(accounts):
            row = ordinary | {"account_id": f"A{number:03d}"} | changes
            engine.execute(
                f"INSERT INTO accounts VALUES ({', '.join('?' * len(row))})", list(row.values())
            )
        found = engine.execute(
            f"SELECT * FROM ({segment_sql(content, 'accounts')}) ORDER BY account_id"
        )
        return rows_of(found)


def rows_of(found):
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def grid(n=20):
    """Accounts on every combination of n ranks of the two axes."""
    return [{"ability": a / n, "willingness": w / n} for a in range(n) for w in range(n)]


def test_quadrants_are_cut_at_the_medians():
    rows = stand(grid(), quadrants={"dead_zone": 0})
    for row in rows:
        can, wants = row["ability"] >= 0.475, row["willingness"] >= 0.475
        assert row["quadrant"] == f"{'can' if can else 'cannot'}_{'wants' if wants else 'wont'}"


def test_accounts_near_a_threshold_are_uncertain():
    rows = stand(grid(), quadrants={"dead_zone": 0.1})
    uncertain = np.array([row["quadrant"] == "uncertain" for row in rows])
    near = np.array(
        [0.4 <= row["ability"] <= 0.55 or 0.4 <= row["willingness"] <= 0.55 for row in rows]
    )
    np.testing.assert_array_equal(uncertain, near)


def test_thresholds_are_the_policys():
    rows = stand(grid(), quadrants={"ability": 0.5, "willingness": 0.3, "dead_zone": 0})
    unwilling = [row for row in rows if row["quadrant"].endswith("wont")]
    assert len(unwilling) / len(rows) == pytest.approx(0.3, abs=0.01)


def test_an_axis_nobody_is_known_on_makes_no_quadrant():
    rows = stand([{"ability": a / 9, "willingness": None} for a in range(9)])
    assert {row["quadrant"] for row in rows} == {None}


def test_an_axis_that_is_the_same_for_everybody_makes_no_quadrant():
    rows = stand([{"ability": a / 9, "willingness": 0.2} for a in range(9)])
    assert {row["quadrant"] for row in rows} == {None}


def test_worth_is_the_weighted_mean_of_ranks():
    accounts = [
        {"open_amount": amount, "tenure_days": days}
        for amount, days in ((1, 50), (2, 40), (3, 30), (4, 20), (100, 10))
    ]
    tiers = {"high": 0.9, "medium": 0.5}
    by_amount = stand(accounts, value_tiers={**tiers, "by": {"open_amount": 1}})
    assert [row["value_tier"] for row in by_amount] == ["low", "low", "medium", "medium", "high"]
    by_tenure = stand(accounts, value_tiers={**tiers, "by": {"open_amount": 1, "tenure_days": 3}})
    assert [row["value_tier"] for row in by_tenure] == ["high", "medium", "medium", "low", "low"]


def test_accounts_that_are_worth_the_same_are_of_the_same_tier():
    assert {row["value_tier"] for row in stand([{}] * 12)} == {"low"}


CAUSES = {"dispute": "disputed", "forgetful": "days_past_due <= 20"}


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"disputed": True}, "dispute"),
        ({"days_past_due": 10}, "forgetful"),
        ({"days_past_due": 90}, "unknown"),
        ({"stage": "upcoming", "days_past_due": 0}, None),
    ],
)
def test_the_first_cause_whose_rule_holds_is_the_likely_one(changes, cause):
    assert stand([changes], causes=CAUSES)[0]["likely_cause"] == cause


def test_no_rules_tell_no_cause():
    assert stand([{}])[0]["likely_cause"] is None


def test_a_cause_cannot_rest_on_a_cause():
    with pytest.raises(PolicyError, match=r"causes\.dispute: likely_cause is not known here"):
        stand([{}], causes={"dispute": "likely_cause = 'unknown'"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"causes": {"lazy": "TRUE"}},
        {"quadrants": {"dead_zone": 0.6}},
        {"value_tiers": {"by": {}}},
        {"value_tiers": {"by": {"audit_sex": 1}}},
        {"value_tiers": {"by": {"open_amount": 0}}},
    ],
)
def test_what_cannot_be_meant_is_refused(wrong):
    with pytest.raises(ValidationError):
        Policy.model_validate(PLAIN | wrong)


@pytest.mark.parametrize("name", ["order", "select", "End"])
def test_a_flag_may_bear_a_word_of_sql(name):
    [row] = stand([{}], flags={name: {"when": "TRUE", "label": LABEL}})
    assert row["flags"] == [name]


@pytest.mark.parametrize("name", ["account_id", "Stage", "opt_outs", "segment", "flags", "worth"])
def test_a_flag_bears_no_name_of_a_column(name):
    with pytest.raises(PolicyError, match=rf"flags\.{name} is a column of the list already"):
        stand([{}], flags={name: {"when": "TRUE", "label": LABEL}})


def test_two_flags_differ_by_more_than_case():
    flag = {"when": "TRUE", "label": LABEL}
    with pytest.raises(PolicyError, match=r"flags\.New is a column of the list already"):
        stand([{}], flags={"new": flag, "New": flag})
