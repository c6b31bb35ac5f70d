"""From a raw margin to a probability that means what it says."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from propension.arrays import Floats, Outcomes
from propension.model.metrics import log_loss

KINDS = ("none", "platt", "beta", "isotonic")
MIN_ROWS_PER_CLASS = 30
# Steps fitted to fewer rows of the rarer outcome harm the log-loss of later snapshots.
MIN_RARER_ISOTONIC = 1000
FOLDS = 5


@dataclass(frozen=True)
class Calibration:
    """A function from margin (raw log-odds) to probability that never reverses the ranking.

    ``none``, ``platt`` and ``beta`` are ``1 / (1 + exp(-(low x a(m) + high x b(m) + intercept)))``
    with a(m) = log p, b(m) = -log(1 - p), p the uncalibrated probability; so ``low = high`` is
    Platt's slope. ``isotonic`` interpolates between ``margins`` and ``levels``.

    Attributes
    ----------
    kind : {"none", "platt", "beta", "isotonic"}
    low, high, intercept : float
    margins, levels : tuple of float
    rows : int
        Rows it was fitted to.
    compared : dict of str to float
        Log-loss, in nats, of every kind on rows of accounts it was not fitted to.

    Notes
    -----
    Platt, 1999; Kull et al., AISTATS 2017 (beta); Zadrozny and Elkan, KDD 2002 (isotonic).
    """

    kind: str = "none"
    low: float = 1.0
    high: float = 1.0
    intercept: float = 0.0
    margins: tuple[float, ...] = ()
    levels: tuple[float, ...] = ()
    rows: int = 0
    compared: dict[str, float] = field(default_factory=dict)

    def apply(self, margin: Floats) -> Floats:
        """Return calibrated probabilities of raw margins (log-odds)."""
        if self.kind == "isotonic":
            return np.asarray(np.interp(margin, self.margins, self.levels), dtype=np.float64)
        if self.low == self.high:
            return np.asarray(expit(self.low * margin + self.intercept), dtype=np.float64)
        log_paid, minus_log_unpaid = _log_chances(margin)
        scaled = self.low * log_paid + self.high * minus_log_unpaid + self.intercept
        return np.asarray(expit(scaled), dtype=np.float64)

    def in_words(self) -> str:
        """Return the kind with its numbers, for the card."""
        if self.kind == "isotonic":
            return f"isotonic steps ({len(self.levels)} points, {self.rows:,} rows)"
        return (
            f"{self.kind} (low {self.low:.3f}, high {self.high:.3f}, intercept {self.intercept:.3f}, "
            f"{self.rows:,} rows)"
        )


def choose_calibration(
    margin: Floats, y_true: Outcomes, accounts: NDArray[np.object_], kind: str = "auto"
) -> Calibration:
    """Fit the kind of calibration with the lowest log-loss on accounts it did not see.

    Parameters
    ----------
    margin : array of shape (n_rows,)
        Of rows the trees did not see.
    y_true : array of shape (n_rows,), 0 or 1
    accounts : array of shape (n_rows,)
        An account's rows stay on one side: they are not independent.
    kind : {"auto", "none", "platt", "beta", "isotonic"}
        Fit this kind without comparing, unless "auto".

    Returns
    -------
    Calibration
        ``none`` where a class has fewer than 30 rows: numbers fitted to so little do harm.
    """
    paid = int(y_true.sum())
    if min(paid, len(y_true) - paid) < MIN_ROWS_PER_CLASS:
        return Calibration()
    if kind != "auto":
        return _fit(kind, margin, y_true, {})
    rarer = min(paid, len(y_true) - paid)
    kinds = [k for k in KINDS if k != "isotonic" or rarer >= MIN_RARER_ISOTONIC]
    given = {k: np.empty(len(y_true)) for k in kinds}
    for seen, unseen in GroupKFold(FOLDS).split(margin, y_true, accounts):
        for k in kinds:
            given[k][unseen] = _fit(k, margin[seen], y_true[seen], {}).apply(margin[unseen])
    compared = {k: log_loss(y_true, given[k]) for k in kinds}
    # The simpler kind where two are equal: the order of KINDS.
    return _fit(min(kinds, key=lambda k: compared[k]), margin, y_true, compared)


def _fit(kind: str, margin: Floats, y_true: Outcomes, compared: dict[str, float]) -> Calibration:
    rows = len(y_true)
    if kind == "isotonic":
        steps = IsotonicRegression(y_min=0.5 / rows, y_max=1 - 0.5 / rows, out_of_bounds="clip")
        steps.fit(margin, y_true)
        margins, levels = steps.X_thresholds_.tolist(), steps.y_thresholds_.tolist()
        return Calibration(
            kind, margins=tuple(margins), levels=tuple(levels), rows=rows, compared=compared
        )
    low, high, intercept = 1.0, 1.0, 0.0
    if kind == "platt":
        low, high, intercept = _slope(margin, y_true)
    elif kind == "beta":
        low, high, intercept = _beta(margin, y_true)
    return Calibration(kind, low, high, intercept, rows=rows, compared=compared)


def _slope(margin: Floats, y_true: Outcomes) -> tuple[float, float, float]:
    fitted = LogisticRegression(C=np.inf).fit(margin.reshape(-1, 1), y_true)
    slope, intercept = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
    # A slope below zero would reverse the ranking: the margin says nothing there.
    return (slope, slope, intercept) if slope > 0 else (1.0, 1.0, 0.0)


def _beta(margin: Floats, y_true: Outcomes) -> tuple[float, float, float]:
    columns = np.column_stack(_log_chances(margin))
    fitted = LogisticRegression(C=np.inf, max_iter=1000).fit(columns, y_true)
    low, high = (float(value) for value in fitted.coef_[0])
    if low < 0 or high < 0:
        return _slope(margin, y_true)
    return low, high, float(fitted.intercept_[0])


def _log_chances(margin: Floats) -> tuple[Floats, Floats]:
    """Return log p and -log(1 - p) of p = 1 / (1 + exp(-margin)), exact for any margin."""
    return -np.logaddexp(0, -margin), np.logaddexp(0, margin)
