"""Synthetic logs with known effects: confounded or drawn, one row or many per account."""

import numpy as np
import pyarrow as pa
from scipy.special import expit

QUADRANTS = np.array(["cannot_wont", "cannot_wants", "can_wont", "can_wants"])
# do_nothing, call, plan: what they add to the chance of paying.
TREATMENTS = ("do_nothing", "call", "plan")


def true_effects(ability, willingness):
    """Return the effect of a call and of a plan: a call helps who can, a plan who cannot but wants."""
    return np.array([0.02 + 0.2 * (ability - 0.3), 0.25 * (willingness - ability)])


def effect_log(rows=6000, seed=0, confounding=2.0, rows_per_account=3, known=True):
    """Return a log in which bad payers are called, and the true effects of its rows.

    Chances of assignment fall with the score; outcomes of an account resemble one another.
    """
    rng = np.random.default_rng(seed)
    account = np.repeat(np.arange(rows // rows_per_account), rows_per_account)
    ability, willingness = rng.random((2, len(account)))
    liking = np.repeat(rng.normal(scale=0.08, size=rows // rows_per_account), rows_per_account)
    score = np.clip(0.15 + 0.3 * ability + 0.3 * willingness, 0, 1)
    pull = confounding * 3 * (0.45 - score)
    odds = np.column_stack([np.zeros(len(score)), pull, 0.5 * pull])
    chances = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
    drawn = (rng.random(len(score))[:, None] > np.cumsum(chances, axis=1)[:, :-1]).sum(axis=1)
    effects = true_effects(ability, willingness)
    untreated = np.clip(score + liking, 0, 1)
    added = np.where(drawn == 0, 0.0, effects[np.maximum(drawn, 1) - 1, np.arange(len(drawn))])
    paid = (rng.random(len(score)) < np.clip(untreated + added, 0, 1)).astype(float)
    owed = rng.lognormal(11, 1, len(score))
    log = {
        "account_id": pa.array([f"A{number:06d}" for number in account]),
        "treatment": pa.array(np.array(TREATMENTS)[drawn]),
        "arm": pa.array(np.where(drawn == 0, "control", "treatment")),
        "stage": pa.array(["overdue"] * len(score)),
        "quadrant": pa.array(QUADRANTS[2 * (ability >= 0.5) + (willingness >= 0.5)]),
        "propensity": np.clip(score, 0, 1),
        "expected_recovery": score * owed,
        "ability": ability,
        "willingness": willingness,
        "disputed": np.zeros(len(score), bool),
        "amount_at_stake": owed,
        "days_past_due": 100 * expit(-4 * (score - 0.5)),
        "has_phone": np.ones(len(score), bool),
        "paid": paid,
        "recovered_amount": paid * owed,
    }
    if known:
        log["assignment_probability"] = chances[np.arange(len(score)), drawn]
    return pa.table(log), effects, chances
