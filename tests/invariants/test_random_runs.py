"""Nothing that is decided breaks a capacity, a budget, a limit, a rule of contact, an eligibility or an arm: random
portfolios and policies, whatever people ask for, judged by code that shares nothing with the decisions but the rule packs."""

import datetime as dt

import pytest
import yaml
from random_runs import Run, violations


@pytest.fixture(scope="module")
def content(pytestconfig):
    path = pytestconfig.rootpath / "src/propension/config/template/policy.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def run(content):
    return Run(3, content, accounts=400)


@pytest.mark.parametrize("seed", [101, 102])
def test_no_random_run_breaks_a_rule(content, seed):
    assert violations(Run(seed, content, accounts=400)) == []


def test_the_same_run_decides_the_same(content, run):
    assert Run(3, content, accounts=400).rows == run.rows


def spoilt(run, change):
    """What the checker says once one row is changed."""
    rows = [dict(row) for row in run.rows]
    change(rows)
    other = object.__new__(Run)
    other.__dict__ = run.__dict__ | {"rows": rows}
    return violations(other)


def first(rows, **having):
    return next(row for row in rows if all(row[name] == value for name, value in having.items()))


@pytest.mark.parametrize(
    ("change", "because"),
    [
        (lambda rows: first(rows, treatment="do_nothing", arm="control").update(treatment="letter"), "control gets letter"),
        (lambda rows: first(rows, channel="sms").update(starts_at=dt.datetime(2026, 8, 9, 3, tzinfo=dt.UTC)), "against"),
        (lambda rows: rows[0].update(treatment="settlement", offer_discount=10**9), "budget discounts"),
        (lambda rows: [row.update(treatment="field_visit") for row in rows[:9]], "capacity visits"),
        (lambda rows: first(rows, arm="treatment").update(arm="explore"), "arm explore, not treatment"),
        (lambda rows: rows[0].update(assignment_probability=0), "probability 0"),
        (lambda rows: first(rows, feedback="not_followed").update(refusals=[]), "nobody is told why"),
        (lambda rows: first(rows, feedback="followed").update(feedback=None), "None"),
        (lambda rows: [row.update(scheduled_at=dt.datetime(2020, 1, 1)) for row in rows if row["channel"] != "none"], "contacted before"),
        (lambda rows: [row.update(team="agents", agent=1) for row in rows if row["manual"]], "at once"),
    ],
)  # fmt: skip
def test_the_checker_sees_what_is_wrong(run, change, because):
    assert violations(run) == []
    assert any(because in found for found in spoilt(run, change))
