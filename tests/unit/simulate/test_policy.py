"""The legacy policy presses bad payers; the randomised arm does not know who they are."""

from __future__ import annotations

import math
from pathlib import Path

import duckdb
import numpy as np
import pytest

from propension.simulate import simulate_portfolio
from propension.simulate.policy import TREATMENTS, policy_probabilities


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """Assignments beside the true chance of paying if left alone, from both arms."""
    folder = tmp_path_factory.mktemp("policy")
    simulate_portfolio(
        folder / "data", 5_000, 10, 3, truth=folder / "truth", truth_months=2, random_share=0.5
    )
    engine = duckdb.connect(config={"threads": 1})
    engine.execute(f"CREATE VIEW all_assignments AS FROM '{folder}/data/assignments.parquet'")
    engine.execute(
        f"""CREATE TABLE assignments AS
        SELECT a.*, t.p_pay_30d_untreated AS untreated
        FROM all_assignments AS a JOIN '{folder}/truth/propensity.parquet' AS t
          ON t.customer_id = a.account_id AND t.as_of = a.as_of"""
    )
    return engine


def test_pressing_goes_with_not_paying_under_the_policy_but_not_at_random(
    engine: duckdb.DuckDBPyConnection,
) -> None:
    def gap(arm: str) -> tuple[float, float]:
        rows = engine.execute(
            f"""SELECT treatment IN ('firm_call', 'letter') AS pressed, avg(untreated),
                       var_samp(untreated) / count(*) FROM assignments WHERE {arm}
            GROUP BY 1 ORDER BY 1"""
        ).fetchall()
        (_, calm, calm_error), (_, pressed, pressed_error) = rows
        return pressed - calm, math.sqrt(calm_error + pressed_error)

    policy, error = gap("arm = 'treatment'")
    assert policy < -0.2
    assert policy < -10 * error
    random, error = gap("arm <> 'treatment'")
    assert abs(random) < 3 * error
    assert error < 0.03


def test_assignment_probabilities_are_those_the_treatments_were_drawn_with(
    engine: duckdb.DuckDBPyConnection,
) -> None:
    at_random = engine.execute(
        """SELECT treatment, arm, count(*), min(assignment_probability), max(assignment_probability)
        FROM all_assignments WHERE arm <> 'treatment' GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    assert {row[0] for row in at_random} == set(TREATMENTS)
    assert {row[1] for row in at_random if row[0] == "do_nothing"} == {"control"}
    assert {row[1] for row in at_random if row[0] != "do_nothing"} == {"explore"}
    assert [value for row in at_random for value in row[3:]] == pytest.approx([1 / 6] * 12)
    total = sum(row[2] for row in at_random)
    for row in at_random:
        assert abs(row[2] - total / 6) < 4 * math.sqrt(total * 5 / 36)
    # Weighted by the inverse of its probability, every treatment stands for everybody.
    weights = engine.execute(
        """SELECT treatment, sum(1 / assignment_probability) FROM all_assignments
        WHERE arm = 'treatment' GROUP BY ALL"""
    ).fetchall()
    everybody = engine.execute(
        "SELECT count(*) FROM all_assignments WHERE arm = 'treatment'"
    ).fetchone()
    assert everybody is not None
    assert [weight / everybody[0] for _, weight in weights] == pytest.approx([1] * 6, abs=0.25)


def test_the_randomised_arm_has_the_size_asked_for(tmp_path: Path) -> None:
    simulate_portfolio(tmp_path, 2_000, 10, seed=3)
    counts = dict(
        duckdb.sql(
            f"SELECT arm = 'treatment', count(*) FROM '{tmp_path}/assignments.parquet' GROUP BY 1"
        ).fetchall()
    )
    total = sum(counts.values())
    assert abs(counts[False] / total - 0.05) < 4 * math.sqrt(0.05 * 0.95 / total)


def test_nobody_contacts_a_control_account_in_its_month(tmp_path: Path) -> None:
    simulate_portfolio(tmp_path, 2_000, 10, seed=3, random_share=0.5)
    worked = duckdb.sql(
        f"""SELECT treatment_of_month, count(*), count(DISTINCT treatment) FROM (
            SELECT a.treatment AS treatment_of_month, c.treatment
            FROM '{tmp_path}/assignments.parquet' AS a JOIN '{tmp_path}/contacts.parquet' AS c
              ON c.customer_id = a.account_id AND date_trunc('month', c."at" - INTERVAL 5 HOUR) = a.as_of + 1
            WHERE arm <> 'treatment' AND c.direction = 'out'
        ) GROUP BY 1"""
    ).fetchall()
    assert {row[0] for row in worked} == set(TREATMENTS) - {"do_nothing"}
    assert {row[2] for row in worked} == {1}


def test_policy_presses_with_age_and_habit() -> None:
    days, late, broken = np.array([5, 60, 5, 300]), np.array([0.1, 0.1, 0.8, 0.1]), np.zeros(4)
    chances = policy_probabilities(days, late, broken)
    assert chances.sum(axis=1) == pytest.approx(np.ones(4))
    firm, nothing = chances[:, TREATMENTS.index("firm_call")], chances[:, 0]
    assert firm[0] < firm[1]
    assert firm[0] < firm[2]
    assert nothing[3] > 0.5
