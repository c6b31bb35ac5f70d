"""The truth is what happens: chances come true, and effects have the promised signs."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from propension.simulate import simulate_portfolio, truth
from propension.simulate.behaviour import QUADRANTS

# What the account paid in thirty days, on the clock of events, of what was overdue.
OUTCOMES = """
WITH known AS (
    SELECT as_of, d.debt_id, d.customer_id,
        any_value(d.amount) - coalesce(sum(p.amount) FILTER (paid_on <= as_of), 0) AS balance,
        coalesce(sum(p.amount) FILTER (paid_on > as_of AND paid_on <= as_of + 30), 0) AS later
    FROM (SELECT DISTINCT as_of FROM '{truth}/propensity.parquet' WHERE as_of <= '2026-04-30')
    JOIN '{data}/debts.parquet' AS d ON due_on < as_of
    LEFT JOIN '{data}/payments.parquet' AS p ON p.debt_id = d.debt_id AND NOT bounced
    GROUP BY as_of, d.debt_id, d.customer_id HAVING balance > 0
)
SELECT t.*, a.arm, a.treatment, e.effect,
       sum(least(balance, greatest(later, 0))) >= 0.8 * sum(balance) AS pays
FROM known JOIN '{truth}/propensity.parquet' AS t USING (customer_id, as_of)
LEFT JOIN '{data}/assignments.parquet' AS a ON a.account_id = customer_id AND a.as_of = t.as_of
LEFT JOIN '{truth}/effects.parquet' AS e
  ON e.customer_id = t.customer_id AND e.as_of = t.as_of AND e.treatment = a.treatment
GROUP BY ALL"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("world")
    simulate_portfolio(
        out / "data", 7_000, 12, 21, truth=out / "truth", truth_months=7, random_share=0.6
    )
    return out


@pytest.fixture(scope="module")
def outcomes(folder: Path) -> pd.DataFrame:
    sql = OUTCOMES.format(truth=folder / "truth", data=folder / "data")
    rows = duckdb.connect(config={"threads": 1}).execute(sql).df()
    rows["effect"] = rows.effect.fillna(0.0)
    rows["chance"] = np.where(
        rows.arm.isin(["explore", "control"]),
        rows.p_pay_30d_untreated + rows.effect,
        rows.p_pay_30d,
    )
    return rows


@pytest.fixture(scope="module")
def effects(folder: Path) -> pd.DataFrame:
    true = pd.read_parquet(folder / "truth" / "effects.parquet")
    quadrants = pd.read_parquet(folder / "truth" / "propensity.parquet")
    return true.merge(quadrants, on=["customer_id", "as_of"])


def standard_errors(rows: pd.DataFrame) -> float:
    """How far what happened lies from the truth."""
    gap = rows.pays.mean() - rows.chance.mean()
    return float(gap / np.sqrt((rows.chance * (1 - rows.chance)).sum()) * len(rows))


def test_chances_of_paying_come_true_in_every_decile(outcomes: pd.DataFrame) -> None:
    policy = outcomes[outcomes.arm == "treatment"]
    assert len(policy) > 1_000
    assert abs(standard_errors(policy)) < 3
    deciles = policy.groupby(pd.qcut(policy.chance, 10, labels=False, duplicates="drop"))
    assert deciles.apply(standard_errors).abs().max() < 4
    assert deciles.pays.mean().iloc[0] < 0.1
    assert deciles.pays.mean().iloc[-1] > 0.85


def test_chances_under_every_treatment_come_true_in_the_randomised_arm(
    outcomes: pd.DataFrame,
) -> None:
    drawn = outcomes[outcomes.arm.isin(["explore", "control"])]
    found = drawn.groupby("treatment").apply(standard_errors)
    assert len(found) == 6
    assert found.abs().max() < 3.5
    # What happened moves one for one with the true effect.
    slope = np.polyfit(drawn.effect, drawn.pays - drawn.p_pay_30d_untreated, 1)[0]
    assert slope == pytest.approx(1, abs=0.3)


def mean_effect(effects: pd.DataFrame, treatment: str, quadrant: str) -> float:
    chosen = (effects.treatment == treatment) & (effects.quadrant == quadrant)
    return float(effects[chosen].effect.mean())


def test_firmness_helps_those_who_can_and_will_not_and_harms_others(effects: pd.DataFrame) -> None:
    for treatment, least in (("firm_call", 0.05), ("letter", 0.02)):
        assert mean_effect(effects, treatment, "can_wont") > least
    assert mean_effect(effects, "firm_call", "cannot_wants") < -0.03
    assert mean_effect(effects, "firm_call", "cannot_wont") < -0.03
    assert mean_effect(effects, "firm_call", "can_wants") < 0.01


def test_a_plan_helps_those_who_want_and_not_those_who_will_not(effects: pd.DataFrame) -> None:
    assert mean_effect(effects, "instalment_plan", "cannot_wants") > 0.03
    assert abs(mean_effect(effects, "instalment_plan", "can_wont")) < 0.02
    assert mean_effect(effects, "instalment_plan", "cannot_wont") < 0.01


def test_a_reminder_helps_the_forgetful(effects: pd.DataFrame, folder: Path) -> None:
    customers = pd.read_parquet(folder / "truth" / "customers.parquet")
    reminded = effects[effects.treatment == "reminder"].merge(
        customers[["customer_id", "forgetfulness"]], on="customer_id"
    )
    forgetful = reminded.groupby(reminded.forgetfulness > 0.4).effect.mean()
    assert forgetful[True] > 0.04
    assert forgetful[False] < forgetful[True] / 2
    assert mean_effect(effects, "reminder", "cannot_wont") == pytest.approx(0, abs=0.02)


def test_effects_happen_with_their_sign_where_the_randomised_arm_can_show_it(
    outcomes: pd.DataFrame,
) -> None:
    drawn = outcomes[outcomes.arm.isin(["explore", "control"])]
    paid = drawn.groupby(["quadrant", "treatment"]).pays.mean()
    assert paid["can_wont", "firm_call"] > paid["can_wont", "do_nothing"] + 0.03
    assert paid["cannot_wont", "firm_call"] < paid["cannot_wont", "do_nothing"]
    assert paid["cannot_wants", "instalment_plan"] > paid["cannot_wants", "firm_call"] + 0.05


def test_logs_alone_show_the_wrong_sign(outcomes: pd.DataFrame, effects: pd.DataFrame) -> None:
    policy = outcomes[outcomes.arm == "treatment"].groupby("treatment").pays.mean()
    assert policy["soft_call"] < policy["do_nothing"] - 0.02
    assert effects[effects.treatment == "soft_call"].effect.mean() > 0.02


def test_every_overdue_account_has_a_truth_on_the_days_asked_for(tmp_path: Path) -> None:
    until = dt.date(2026, 6, 17)
    simulate_portfolio(
        tmp_path / "data", 300, 8, 4, until=until, truth=tmp_path / "truth", truth_months=2
    )
    told = {name: pq.read_table(tmp_path / "truth" / f"{name}.parquet").to_pandas()
            for name in ("customers", "propensity", "effects")}  # fmt: skip
    assert list(told["customers"]) == [
        "customer_id", "ability", "willingness", "forgetfulness", "quadrant", "likely_cause",
    ]  # fmt: skip
    assert len(told["customers"]) == 300
    assert set(told["customers"].quadrant) == set(QUADRANTS)
    assert set(told["customers"].likely_cause) <= set(truth.CAUSES)
    assert sorted(set(told["propensity"].as_of)) == [
        dt.date(2026, 4, 30), dt.date(2026, 5, 31), until,
    ]  # fmt: skip
    assert told["propensity"].p_pay_30d.between(0, 1).all()
    assert told["propensity"].p_pay_30d_untreated.between(0, 1).all()
    assert len(told["effects"]) == 5 * len(told["propensity"])


def test_a_treatment_nobody_can_carry_out_has_no_effect(folder: Path) -> None:
    silent = duckdb.sql(
        f"""SELECT max(abs(effect)), count(*) FROM '{folder}/truth/effects.parquet' AS e
        JOIN '{folder}/data/flags.parquet' AS f USING (customer_id)
        WHERE flag = 'do_not_contact' AND from_on <= as_of"""
    ).fetchall()
    [(largest, rows)] = silent
    assert largest == 0
    assert rows > 10


def test_nearly_all_the_noise_of_the_truth_is_small(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Sixteen times the futures hardly move it."""
    chances = []
    for futures in (truth.FUTURES, 16 * truth.FUTURES):
        monkeypatch.setattr(truth, "FUTURES", futures)
        out = tmp_path / str(futures)
        simulate_portfolio(out / "data", 300, 8, 4, truth=out / "truth", truth_months=0)
        chances.append(pd.read_parquet(out / "truth" / "propensity.parquet").p_pay_30d)
    assert (chances[0] - chances[1]).std() < 0.05
