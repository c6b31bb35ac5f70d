"""How good probabilities are: ranking, sharpness, honesty."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy
from scipy.stats import ks_2samp
from sklearn.metrics import brier_score_loss, roc_auc_score

Floats = NDArray[np.float64]
Outcomes = NDArray[np.int8]


def evaluate(y_true: Outcomes, probability: Floats) -> dict[str, float]:
    """Return AUC, KS, log-loss, Brier score, calibration error, base rate and mean probability.

    Parameters
    ----------
    y_true : array of shape (n_accounts,), 0 or 1
    probability : array of shape (n_accounts,), in [0, 1]

    Notes
    -----
    Where only one class is present, AUC and KS are NaN: there is nothing to rank.
    """
    both = 0 < y_true.sum() < len(y_true)
    ks = ks_2samp(probability[y_true == 1], probability[y_true == 0]).statistic if both else np.nan
    return {
        "auc": float(roc_auc_score(y_true, probability)) if both else float("nan"),
        "ks": float(ks),
        "log_loss": log_loss(y_true, probability),
        "brier": float(brier_score_loss(y_true, probability)),
        "calibration_error": expected_calibration_error(y_true, probability),
        "paid_share": float(np.mean(y_true)),
        "mean_propensity": float(np.mean(probability)),
    }


def log_loss(y_true: Outcomes, probability: Floats) -> float:
    """Return the mean negative log-likelihood, in nats; probabilities are kept 1e-15 from 0 and 1."""
    p = np.clip(probability, 1e-15, 1 - 1e-15)
    return float(-np.mean(xlogy(y_true, p) + xlogy(1 - y_true, 1 - p)))


def expected_calibration_error(y_true: Outcomes, probability: Floats, n_bins: int = 10) -> float:
    """Mean gap between predicted and observed payment rates over equal-count bins.

    Parameters
    ----------
    y_true : array of shape (n_accounts,), 0 or 1
        1 where the account paid within the horizon.
    probability : array of shape (n_accounts,), in [0, 1]
        Calibrated propensity to pay.
    n_bins : int
        Number of equal-count bins; ties stay together.

    Returns
    -------
    float in [0, 1]
        0 is perfect; weights are bin sizes.

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
    edges = np.unique(np.quantile(probability, np.linspace(0, 1, n_bins + 1)[1:-1]))
    bins = np.searchsorted(edges, probability, side="right")
    counts = np.bincount(bins)
    gaps = np.abs(np.bincount(bins, weights=y_true) - np.bincount(bins, weights=probability))
    return float(gaps.sum() / counts.sum())


def gains(y_true: Outcomes, probability: Floats, n_groups: int = 10) -> list[dict[str, float]]:
    """Return, from the most to the least likely tenth, how many paid and how many that adds up to.

    Returns
    -------
    list of dict
        group (1 = most likely), accounts, paid_share, mean_propensity, cumulative_paid_share
        (share of all payers found so far), lift (paid_share / overall share).
    """
    order = np.argsort(-probability, kind="stable")
    total = max(1, int(y_true.sum()))
    overall = max(float(np.mean(y_true)), 1e-12)
    rows, found = [], 0
    for index, group in enumerate(np.array_split(order, n_groups)):
        if not len(group):
            continue
        found += int(y_true[group].sum())
        share = float(np.mean(y_true[group]))
        rows.append(
            {
                "group": float(index + 1),
                "accounts": float(len(group)),
                "paid_share": share,
                "mean_propensity": float(np.mean(probability[group])),
                "cumulative_paid_share": found / total,
                "lift": share / overall,
            }
        )
    return rows
