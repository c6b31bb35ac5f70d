"""`propension experiment` sizes, reads and says what it could not read."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from builders import write_config, write_portfolio
from command import Run
from past_lists import write_list

ACCOUNTS = 120
LISTED_ON = dt.date(2026, 3, 2)


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """Settings of a portfolio with a list of March: a quarter is control, and pays only by halves."""
    names = [f"C{number:03d}" for number in range(ACCOUNTS)]
    paid = [name for number, name in enumerate(names) if number % 4 or number % 8]
    later = {"issued_on": dt.date(2026, 4, 15), "due_on": dt.date(2026, 5, 15)}
    payment = {"paid_on": dt.date(2026, 3, 12), "amount": Decimal("100.00")}
    write_portfolio(
        tmp_path,
        customers=[{"customer_id": name} for name in names],
        # The last is only there for the data to go on.
        debts=[
            *({"debt_id": f"D{name}", "customer_id": name} for name in names),
            {"debt_id": "later", "customer_id": names[0]} | later,
        ],
        payments=[payment | {"payment_id": f"P{name}", "debt_id": f"D{name}"} for name in paid],
    )
    control = {"arm": "control", "treatment": "do_nothing", "assignment_probability": 0.25}
    treated = {"assignment_probability": 0.75}
    rows = [
        {"account_id": name, "propensity": 0.5} | (treated if number % 4 else control)
        for number, name in enumerate(names)
    ]
    write_list(tmp_path / "outputs", LISTED_ON, rows)
    config = write_config(tmp_path)
    policy = yaml.safe_load((tmp_path / "policy.yaml").read_text(encoding="utf-8"))
    policy["experiment"] = {"control_share": 0.25, "planned_accounts": 1000}
    (tmp_path / "policy.yaml").write_text(yaml.safe_dump(policy), encoding="utf-8")
    return config


def test_power_is_a_calculation_that_needs_no_portfolio(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ("experiment", "power", "--base-rate", ".3", "--lift", ".02", "--control-share", ".1")
    shown = run(*asked)
    assert shown.code == 0
    assert "4,596 control accounts and 41,356 treated ones" in shown.out
    assert "What it can show" not in shown.out
    few = json.loads(run(*asked, "--accounts", 20_000, "--json").out)["prospects"]["accounts"]
    assert few["power"] == pytest.approx(0.46, abs=0.02)
    assert few["detectable"] > 0.02


def test_power_without_a_rate_is_the_portfolios_own(run: Run, listed: Path) -> None:
    found = json.loads(run("experiment", "power", "-c", listed, "--json").out)
    assert found["base_rate"] == pytest.approx(0.5)
    assert found["size"]["design"]["control_share"] == 0.25
    assert {name: one["accounts"] for name, one in found["prospects"].items()} == {
        "one month": ACCOUNTS,
        "six months": ACCOUNTS,
    }


def test_power_speaks_the_commands_language_and_of_the_portfolios_money(
    run: Run, listed: Path
) -> None:
    shown = run("experiment", "power", "-c", listed, "--lift", ".1", "--amounts", "--window", 15)
    assert shown.code == 0
    assert shown.out.count("control accounts") == 2
    assert "+10.0 points" in shown.out


def test_power_without_a_list_says_what_to_run(run: Run, config: Path) -> None:
    outcome = run("experiment", "power", "-c", config)
    assert outcome.code == 3
    assert outcome.told.endswith("Run: propension score")


def test_the_report_measures_a_mature_list(run: Run, listed: Path) -> None:
    shown = run("experiment", "report", "-c", listed, "--window", 15, "--json")
    assert shown.code == 0
    found = json.loads(shown.out)
    # Plans and lawsuits are judged later than after thirty days.
    assert (found["lists"]["mature"], found["lists"]["partial"]) == (0, 1)
    assert found["lists_read"] == [str(LISTED_ON)]
    assert found["accounts"] == {"control": 30, "treatment": 90}
    overall = found["strategy"][0]
    assert overall["group"] == "strategy"
    assert overall["rate"]["value"] == pytest.approx(0.5)
    assert overall["self_cure_rate"] == pytest.approx(0.5)
    assert found["verdict"]["outcome"] == "goes_on"


def test_the_report_for_people_says_what_is_not_known_yet(run: Run, listed: Path) -> None:
    shown = run("experiment", "report", "-c", listed, "--window", 15)
    assert shown.code == 0
    for said in (
        "0 mature, 1 partially mature, 0 too young",
        "Accounts by arm",
        "treatment=soft_call",
        "Self-cure: 50.0%",
    ):
        assert said in shown.out
    late = run("experiment", "report", "-c", listed, "--window", 200)
    assert late.code == 0
    assert "0 mature, 0 partially mature, 1 too young" in late.out
    assert "cannot be measured" in late.out


def test_lists_that_cannot_be_read_are_told(run: Run, listed: Path) -> None:
    folder = listed.parent / "outputs" / "as_of=2026-02-15"
    folder.mkdir()
    (folder / "scored.parquet").write_bytes(b"")
    shown = run("experiment", "report", "-c", listed, "--window", 15)
    assert "1 past lists are not read" in shown.out
    assert "as_of=2026-02-15" in shown.out


def test_lists_from_before_a_day_are_left_out(run: Run, listed: Path) -> None:
    outcome = run("experiment", "report", "-c", listed, "--since", "2026-03-03")
    assert outcome.code == 3
    assert "no list from before to follow up" in outcome.err


def test_a_candidate_that_is_no_policy_is_refused(run: Run, listed: Path, tmp_path: Path) -> None:
    (tmp_path / "candidate.yaml").write_text("version: x", encoding="utf-8")
    outcome = run("experiment", "evaluate", tmp_path / "candidate.yaml", "-c", listed)
    assert outcome.code == 2
    assert "candidate.yaml" in outcome.err
