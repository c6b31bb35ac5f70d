"""Simulated months as decisions see them: scored columns, what was done, what came of it, the truth."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from sklearn.linear_model import LogisticRegression

from propension.simulate import simulate_portfolio

TREATMENTS = ("firm_call", "instalment_plan", "letter", "reminder", "soft_call")
# Means of the truth of another portfolio, as a manager might guess them, and the letter wrongly so.
PRIORS = {
    "reminder": {"can_wants": 0.10, "cannot_wants": 0.03, "can_wont": 0.02, "cannot_wont": 0.0},
    "soft_call": {"can_wants": 0.10, "cannot_wants": 0.05, "can_wont": 0.03, "cannot_wont": 0.02},
    "firm_call": {"can_wants": 0.02, "cannot_wants": -0.05, "can_wont": 0.08, "cannot_wont": 0.02},
    "instalment_plan": {"can_wants": 0.0, "cannot_wants": 0.10, "can_wont": 0.0, "cannot_wont": 0.03},
    "letter": {"can_wants": 0.05, "cannot_wants": 0.05, "can_wont": 0.05, "cannot_wont": 0.05},
}  # fmt: skip
# How far an account's axes are from the truth: about as far as measured ones (rank correlation .75).
AXIS_NOISE = 0.9

# What was overdue on every date, and what came in of it within thirty days.
_ROWS = """
WITH owed AS (
    SELECT as_of, d.customer_id, d.due_on,
        d.amount - coalesce(sum(p.amount) FILTER (paid_on <= as_of), 0) AS balance,
        coalesce(sum(p.amount) FILTER (paid_on > as_of AND paid_on <= as_of + 30), 0) AS later
    FROM (SELECT DISTINCT as_of FROM '{data}/assignments.parquet'
          UNION SELECT DISTINCT as_of FROM '{truth}/propensity.parquet')
    JOIN '{data}/debts.parquet' AS d ON due_on < as_of
    LEFT JOIN '{data}/payments.parquet' AS p ON p.debt_id = d.debt_id AND NOT bounced
    GROUP BY as_of, d.debt_id, d.customer_id, d.due_on, d.amount
)
SELECT owed.as_of, customer_id AS account_id, 'overdue' AS stage,
       count(*) FILTER (balance > 0) AS open_debts, count(*) AS debts,
       sum(greatest(balance, 0))::DOUBLE AS amount_at_stake,
       (owed.as_of - min(due_on) FILTER (balance > 0))::DOUBLE AS days_past_due,
       sum(least(balance, greatest(later, 0))) FILTER (balance > 0)::DOUBLE AS recovered_amount,
       FALSE AS disputed, any_value(c.phone) IS NOT NULL AS has_phone,
       any_value(t.ability) AS true_ability, any_value(t.willingness) AS true_willingness,
       any_value(a.arm) AS arm, any_value(a.treatment) AS treatment,
       any_value(a.assignment_probability) AS assignment_probability
FROM owed JOIN '{truth}/customers.parquet' AS t USING (customer_id)
JOIN '{data}/customers.parquet' AS c USING (customer_id)
LEFT JOIN '{data}/assignments.parquet' AS a ON a.account_id = customer_id AND a.as_of = owed.as_of
GROUP BY owed.as_of, customer_id HAVING amount_at_stake > 0 ORDER BY owed.as_of, customer_id"""


@dataclass
class EffectWorld:
    """Logged rows, the accounts to decide on, and what each treatment would really do to them."""

    log: pa.Table
    accounts: pa.Table
    truth: np.ndarray  # (n_treatments, n_accounts)


def effect_world(out: Path, accounts: int = 3000, seed: int = 1, random_share: float = 0.2):
    """Simulate a portfolio and read it back as scored tables."""
    data, truth = out / "data", out / "truth"
    simulate_portfolio(data, accounts, 14, seed, truth=truth, random_share=random_share)
    rows = duckdb.sql(_ROWS.format(data=data, truth=truth)).df()
    rng = np.random.default_rng(seed)
    names = np.unique(rows["account_id"])
    noise = rng.normal(scale=AXIS_NOISE, size=(2, len(names)))
    place = np.searchsorted(names, rows["account_id"])
    for axis, of in zip(("ability", "willingness"), noise, strict=True):
        rows[axis] = rows[f"true_{axis}"] + of[place]
        rows[axis] = rows[axis].rank(pct=True)
    can, wants = rows["ability"] >= 0.4, rows["willingness"] >= 0.4
    rows["quadrant"] = np.where(can, "can_", "cannot_") + np.where(wants, "wants", "wont").astype(
        object
    )
    rows["paid"] = (rows["recovered_amount"] >= 0.8 * rows["amount_at_stake"]).astype(float)
    seen = np.column_stack(
        [np.log1p(rows["days_past_due"]), np.log(rows["amount_at_stake"]), rows["open_debts"],
         rows["ability"], rows["willingness"]]
    )  # fmt: skip
    seen = (seen - seen.mean(axis=0)) / seen.std(axis=0)
    last = rows["as_of"].max()
    old = (rows["as_of"] < last).to_numpy()
    score = LogisticRegression().fit(seen[old], rows["paid"][old])
    rows["propensity"] = score.predict_proba(seen)[:, 1]
    effects = duckdb.sql(
        f"PIVOT (SELECT * FROM '{truth}/effects.parquet') ON treatment USING any_value(effect) "
        "GROUP BY customer_id, as_of"
    ).df()
    # What is learnt from is over before the truth begins.
    learnt = old & (rows["as_of"] < effects["as_of"].min() - np.timedelta64(25, "D")).to_numpy()
    known = rows.merge(effects, left_on=["account_id", "as_of"], right_on=["customer_id", "as_of"])
    log = rows[learnt & rows["treatment"].notna()]
    return EffectWorld(
        pa.Table.from_pandas(
            log.drop(columns=["true_ability", "true_willingness"]), preserve_index=False
        ),
        pa.Table.from_pandas(known[list(log.columns)], preserve_index=False),
        known[list(TREATMENTS)].to_numpy().T,
    )
