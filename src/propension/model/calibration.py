"""From a raw margin to a probability that means what it says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]
MIN_ROWS_PER_CLASS = 30


@dataclass(frozen=True)
class Calibration:
    """``probability = 1 / (1 + exp(-(slope x margin + intercept)))``.

    Notes
    -----
    Platt, 1999. Two numbers, refitted often, beat finer curves fitted once (decision 0003).
    """

    slope: float = 1.0
    intercept: float = 0.0
    rows: int = 0

    def apply(self, margin: Floats) -> Floats:
        """Return calibrated probabilities of raw margins (log-odds)."""
        return np.asarray(expit(self.slope * margin + self.intercept), dtype=np.float64)


def fit_calibration(margin: Floats, y_true: NDArray[np.int8]) -> Calibration:
    """Fit slope and intercept on rows the trees did not see.

    With fewer than 30 rows of a class the margins are left as they are: two numbers fitted
    to so little do harm. The slope never turns negative, which would reverse the ranking.
    """
    paid = int(y_true.sum())
    if min(paid, len(y_true) - paid) < MIN_ROWS_PER_CLASS:
        return Calibration()
    fitted = LogisticRegression(C=np.inf).fit(margin.reshape(-1, 1), y_true)
    slope, intercept = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    return Calibration(slope, intercept, len(y_true)) if slope > 0 else Calibration()
