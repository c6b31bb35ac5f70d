"""How good probabilities are: ranking, sharpness, honesty.

Every measure takes optional weights, such as what each account owes.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score, roc_curve

from propension.arrays import Floats, Outcomes

CERTAINTY = 1e-15
"""Probabilities are kept this far from 0 and 1 where their logarithm is taken."""


def auc(y_true: Outcomes, probability: Floats, weights: Floats | None = None) -> float:
    """Return the chance that a payer is ranked above a non-payer; NaN with one class."""
    if not _has_both(y_true, weights):
        return float("nan")
    return float(roc_auc_score(y_true, probability, sample_weight=weights))


def gini(y_true: Outcomes, probability: Floats, weights: Floats | None = None) -> float:
    """Return 2 AUC - 1: 0 ranks like a coin, 1 perfectly; NaN with one class."""
    return 2 * auc(y_true, probability, weights) - 1


def ks(y_true: Outcomes, probability: Floats, weights: Floats | None = None) -> float:
    """Return the widest gap between the score distributions of payers and others; NaN with one class."""
    if not _has_both(y_true, weights):
        return float("nan")
    others, payers, _ = roc_curve(
        y_true, probability, sample_weight=weights, drop_intermediate=False
    )
    return float(np.max(np.abs(payers - others)))


def pr_auc(y_true: Outcomes, probability: Floats, weights: Floats | None = None) -> float:
    """Return the average precision, to be read beside the share that paid; NaN with one class."""
    if not _has_both(y_true, weights):
        return float("nan")
    return float(average_precision_score(y_true, probability, sample_weight=weights))


def log_loss(y_true: Outcomes, probability: Floats, weights: Floats | None = None) -> float:
    """Return the mean negative log-likelihood, in nats; probabilities are kept 1e-15 from 0 and 1."""
    p = np.clip(probability, CERTAINTY, 1 - CERTAINTY)
    return float(-np.average(xlogy(y_true, p) + xlogy(1 - y_true, 1 - p), weights=weights))


def brier(y_true: Outcomes, probability: Floats, weights: Floats | None = None) -> float:
    """Return the mean squared distance between probability and outcome."""
    return float(brier_score_loss(y_true, probability, sample_weight=weights, pos_label=1))


def expected_calibration_error(
    y_true: Outcomes, probability: Floats, n_bins: int = 10, weights: Floats | None = None
) -> float:
    """Mean gap between predicted and observed payment rates over equal-count bins.

    Parameters
    ----------
    y_true : array of shape (n_accounts,), 0 or 1
        1 where the account paid within the horizon.
    probability : array of shape (n_accounts,), in [0, 1]
        Calibrated propensity to pay.
    n_bins : int
        Number of equal-count bins; ties stay together.
    weights : array of shape (n_accounts,), at least 0, optional
        Weigh rows inside the bins and bins among themselves; the bins hold equal numbers of rows.

    Returns
    -------
    float in [0, 1]
        0 is perfect; bins weigh as much as their rows.

    Raises
    ------
    ValueError
        If the arrays differ in length or a probability is outside [0, 1].

    Notes
    -----
    Equal-count bins as in Naeini et al., AAAI 2015.
    """
    if len(y_true) != len(probability):
        raise ValueError(f"{len(y_true)} outcomes but {len(probability)} probabilities")
    if len(probability) and (probability.min() < 0 or probability.max() > 1):
        raise ValueError("a probability is outside [0, 1]")
    weighing = np.ones(len(y_true)) if weights is None else weights
    gaps = np.bincount(
        equal_count_bins(probability, n_bins), weights=weighing * (y_true - probability)
    )
    return float(np.abs(gaps).sum() / weighing.sum())


def equal_count_bins(probability: Floats, n_bins: int = 10) -> NDArray[np.intp]:
    """Return the bin of every row, 0 the least likely; equal probabilities share a bin."""
    edges = np.unique(np.quantile(probability, np.linspace(0, 1, n_bins + 1)[1:-1]))
    return np.searchsorted(edges, probability, side="right")


METRICS: dict[str, Callable[[Outcomes, Floats, Floats | None], float]] = {
    "auc": auc,
    "gini": gini,
    "ks": ks,
    "pr_auc": pr_auc,
    "log_loss": log_loss,
    "brier": brier,
    "calibration_error": lambda y, p, w: expected_calibration_error(y, p, weights=w),
}
"""Every measure by name, as ``measure(y_true, probability, weights)``."""


def evaluate(
    y_true: Outcomes, probability: Floats, weights: Floats | None = None
) -> dict[str, float]:
    """Return every measure, the share that paid and the mean probability.

    Parameters
    ----------
    y_true : array of shape (n_accounts,), 0 or 1
    probability : array of shape (n_accounts,), in [0, 1]
    weights : array of shape (n_accounts,), at least 0, optional

    Notes
    -----
    Where only one class is present, what ranks (AUC, Gini, KS, average precision) is NaN:
    there is nothing to rank.
    """
    return {
        **{name: measure(y_true, probability, weights) for name, measure in METRICS.items()},
        "paid_share": float(np.average(y_true, weights=weights)),
        "mean_propensity": float(np.average(probability, weights=weights)),
    }


def gains(
    y_true: Outcomes,
    probability: Floats,
    n_groups: int = 10,
    amounts: dict[str, Floats] | None = None,
) -> list[dict[str, float]]:
    """Return, from the most to the least likely tenth, how many paid and how many that adds up to.

    Parameters
    ----------
    y_true : array of shape (n_accounts,), 0 or 1
    probability : array of shape (n_accounts,)
    n_groups : int
    amounts : dict of str to array of shape (n_accounts,), optional
        Amounts of money by name, such as ``collected``: each adds ``<name>_amount`` and
        ``cumulative_<name>_share`` to every group.

    Returns
    -------
    list of dict
        group (1 = most likely), accounts, paid_share, mean_propensity, cumulative_paid_share
        (share of all payers found so far), lift (paid_share / overall share).
    """
    order = np.argsort(-probability, kind="stable")
    total = max(1, int(y_true.sum()))
    overall = max(float(np.mean(y_true)), 1e-12)
    sums = {name: max(float(np.sum(values)), 1e-12) for name, values in (amounts or {}).items()}
    rows: list[dict[str, float]] = []
    found, so_far = 0, dict.fromkeys(sums, 0.0)
    for index, group in enumerate(np.array_split(order, n_groups)):
        if not len(group):
            continue
        found += int(y_true[group].sum())
        share = float(np.mean(y_true[group]))
        row = {
            "group": float(index + 1),
            "accounts": float(len(group)),
            "paid_share": share,
            "mean_propensity": float(np.mean(probability[group])),
            "cumulative_paid_share": found / total,
            "lift": share / overall,
        }
        for name, values in (amounts or {}).items():
            row[f"{name}_amount"] = float(np.sum(values[group]))
            so_far[name] += row[f"{name}_amount"]
            row[f"cumulative_{name}_share"] = so_far[name] / sums[name]
        rows.append(row)
    return rows


def _has_both(y_true: Outcomes, weights: Floats | None) -> bool:
    heavy = y_true if weights is None else y_true[weights > 0]
    return bool(0 < heavy.sum() < len(heavy))
