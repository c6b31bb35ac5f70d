"""Whether probabilities mean what they say, with intervals that count accounts, not rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from propension.arrays import Floats

Interval = tuple[float, float, float]
NORMAL_95 = 1.959964
_BOUND = 1e-9


def bias(accounts: NDArray[Any], is_paid: NDArray[np.int8], propensity: Floats) -> Interval:
    """Return mean propensity minus the share that paid: value, low, high (95%).

    Parameters
    ----------
    accounts : array of shape (n_rows,)
        Rows of one account move together: their errors are added before they are squared.
    is_paid : array of shape (n_rows,), 0 or 1
    propensity : array of shape (n_rows,), in [0, 1]
    """
    gap = propensity - is_paid
    value = float(gap.mean())
    together = _by_account(accounts, (gap - value).reshape(-1, 1))
    error = float(np.sqrt((together**2).sum()) / len(gap))
    return value, value - NORMAL_95 * error, value + NORMAL_95 * error


def recalibration(
    accounts: NDArray[Any], is_paid: NDArray[np.int8], propensity: Floats
) -> tuple[Interval, Interval]:
    """Return slope and intercept of paying on the log-odds of the propensity: value, low, high (95%) of each.

    1 and 0 are honest; with a slope below 1 the propensities are too sure, above it too shy. NaN with
    one outcome or one propensity only.

    Notes
    -----
    Cox, 1958; the intervals are from the sandwich estimator over accounts (Liang and Zeger, 1986).
    """
    if is_paid.min() == is_paid.max() or np.ptp(propensity) == 0:
        nothing = (float("nan"),) * 3
        return nothing, nothing
    margin = logit(np.clip(propensity, _BOUND, 1 - _BOUND))
    fitted = LogisticRegression(C=np.inf).fit(margin.reshape(-1, 1), is_paid)
    values = np.array([fitted.coef_[0, 0], fitted.intercept_[0]])
    design = np.column_stack([margin, np.ones_like(margin)])
    said = expit(design @ values)
    inverse = np.linalg.inv(design.T @ (design * (said * (1 - said))[:, None]))
    scores = _by_account(accounts, design * (is_paid - said)[:, None])
    reach = NORMAL_95 * np.sqrt(np.diag(inverse @ (scores.T @ scores) @ inverse))
    lowest, highest = (values - reach).tolist(), (values + reach).tolist()
    slope, intercept = zip(values.tolist(), lowest, highest, strict=True)
    return slope, intercept


def _by_account(accounts: NDArray[Any], values: Floats) -> Floats:
    """Return the sums of columns over the rows of every account."""
    _, position = np.unique(accounts.astype(str), return_inverse=True)
    return np.column_stack([np.bincount(position, weights=column) for column in values.T])
