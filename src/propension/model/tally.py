"""Payers and others at every probability, weighed: all that a measure needs to know.

Sorting happens once; weighing the same rows again, as every draw of a bootstrap does, is then
one pass. That is what makes hundreds of draws over a million rows affordable.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from propension.arrays import Floats, Outcomes
from propension.model.metrics import CERTAINTY, equal_count_bins


class Tally:
    """Rows sorted by probability, to be weighed again and again.

    Parameters
    ----------
    accounts : array of shape (n_rows,)
        Position of every row's account among the accounts that draws weigh.
    y_true : array of shape (n_rows,), 0 or 1
    probability : array of shape (n_rows,), in [0, 1]
    weights : array of shape (n_rows,), optional
        What a row weighs before any draw.

    Attributes
    ----------
    probability : array of shape (n_thresholds,)
        The distinct probabilities, rising.
    bin_starts : array
        Where the equal-count bins of the calibration error begin among them. They are the
        bins of the whole sample: a draw does not move them.
    """

    def __init__(
        self,
        accounts: NDArray[np.intp],
        y_true: Outcomes,
        probability: Floats,
        weights: Floats | None = None,
    ) -> None:
        # Ties in a fixed order, so that sums do not depend on the order of the rows.
        order = np.lexsort((accounts, probability))
        ordered = probability[order]
        self._starts = np.flatnonzero(np.diff(ordered, prepend=-1.0))
        self._accounts = accounts[order]
        self._is_paid = y_true[order].astype(np.float64)
        self._weights = None if weights is None else weights[order].astype(np.float64)
        self.probability = ordered[self._starts]
        bins = equal_count_bins(probability)[order][self._starts]
        self.bin_starts = np.flatnonzero(np.diff(bins, prepend=-1))
        p = np.clip(self.probability, CERTAINTY, 1 - CERTAINTY)
        self.log_p, self.log_q = np.log(p), np.log(1 - p)

    def weigh(self, account_weights: Floats) -> tuple[Floats, Floats]:
        """Return the weight of payers and of others at every distinct probability."""
        weight = account_weights[self._accounts]
        if self._weights is not None:
            weight *= self._weights
        both = np.add.reduceat(weight, self._starts)
        weight *= self._is_paid
        paid = np.add.reduceat(weight, self._starts)
        return paid, both - paid


def _auc(_: Tally, paid: Floats, unpaid: Floats) -> float:
    below = np.cumsum(unpaid) - unpaid / 2
    return float(np.dot(paid, below) / (paid.sum() * unpaid.sum()))


def _gini(tally: Tally, paid: Floats, unpaid: Floats) -> float:
    return 2 * _auc(tally, paid, unpaid) - 1


def _ks(_: Tally, paid: Floats, unpaid: Floats) -> float:
    gap = np.cumsum(paid) / paid.sum() - np.cumsum(unpaid) / unpaid.sum()
    return float(np.max(np.abs(gap)))


def _pr_auc(_: Tally, paid: Floats, unpaid: Floats) -> float:
    down = paid[::-1]
    found = np.cumsum(down)
    taken = found + np.cumsum(unpaid[::-1])
    precision = np.divide(found, taken, out=np.zeros_like(found), where=taken > 0)
    return float(np.dot(down, precision) / found[-1])


def _log_loss(tally: Tally, paid: Floats, unpaid: Floats) -> float:
    likelihood = np.dot(paid, tally.log_p) + np.dot(unpaid, tally.log_q)
    return float(-likelihood / (paid.sum() + unpaid.sum()))


def _brier(tally: Tally, paid: Floats, unpaid: Floats) -> float:
    squares = np.dot(paid, (1 - tally.probability) ** 2) + np.dot(unpaid, tally.probability**2)
    return float(squares / (paid.sum() + unpaid.sum()))


def _calibration_error(tally: Tally, paid: Floats, unpaid: Floats) -> float:
    weight = paid + unpaid
    gaps = np.add.reduceat(paid - weight * tally.probability, tally.bin_starts)
    return float(np.abs(gaps).sum() / weight.sum())


RANKING = frozenset({"auc", "gini", "ks", "pr_auc"})
"""Measures that need payers and others; the rest need a row."""

MEASURES: dict[str, Callable[[Tally, Floats, Floats], float]] = {
    "auc": _auc,
    "gini": _gini,
    "ks": _ks,
    "pr_auc": _pr_auc,
    "log_loss": _log_loss,
    "brier": _brier,
    "calibration_error": _calibration_error,
}


def measure(tally: Tally, names: tuple[str, ...], account_weights: Floats) -> list[float]:
    """Return measures by name under some account weights; NaN where there is nothing to measure."""
    paid, unpaid = tally.weigh(account_weights)
    any_paid, any_unpaid = paid.sum() > 0, unpaid.sum() > 0

    def one(name: str) -> float:
        enough = any_paid and any_unpaid if name in RANKING else any_paid or any_unpaid
        return MEASURES[name](tally, paid, unpaid) if enough else float("nan")

    return [one(name) for name in names]
