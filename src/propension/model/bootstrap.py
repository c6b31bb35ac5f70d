"""How sure a measure of the model is: intervals that resample accounts, not rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from propension.arrays import Floats, Outcomes
from propension.model.metrics import METRICS
from propension.model.tally import Tally, measure
from propension.resampling import account_weights, percentiles

HIGHER_IS_BETTER = frozenset({"auc", "gini", "ks", "pr_auc"})


@dataclass(frozen=True)
class Paired:
    """How A differs from B on the same rows under the same draws.

    Attributes
    ----------
    metric : str
    difference : float
        A minus B, on the rows as they are.
    draws : array of shape (n_draws,)
        A minus B, draw by draw.
    """

    metric: str
    difference: float
    draws: Floats

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of the difference."""
        return percentiles(self.draws)

    def is_worse(self, margin: float = 0.0) -> bool:
        """Say whether A is worse than B by more than ``margin``, beyond chance."""
        return bool(self._loss_of_a()[0] > margin)

    def is_not_worse(self, margin: float = 0.0) -> bool:
        """Say whether chance, too, leaves A at most ``margin`` worse than B (non-inferiority)."""
        return bool(self._loss_of_a()[1] <= margin)

    def is_better(self, margin: float = 0.0) -> bool:
        """Say whether A is better than B by more than ``margin``, beyond chance."""
        return bool(self._loss_of_a()[1] < -margin)

    def _loss_of_a(self) -> tuple[float, float]:
        low, high = self.interval
        return (-high, -low) if self.metric in HIGHER_IS_BETTER else (low, high)


class ClusteredBootstrap:
    """Draws of Poisson(1) weights, one per account, all its rows together.

    The draws follow from the seed and the sorted account ids: the order of the rows does not
    matter, and two contenders judged by one object meet the same draws.

    Parameters
    ----------
    account_ids : array of shape (n_rows,)
    n_draws : int
    seed : int

    Notes
    -----
    One draw is held at a time.
    """

    def __init__(self, account_ids: ArrayLike, n_draws: int = 200, seed: int = 7) -> None:
        names, accounts = np.unique(np.asarray(account_ids), return_inverse=True)
        self.n_draws, self.seed = n_draws, seed
        self.n_accounts = len(names)
        self._accounts: NDArray[np.intp] = accounts

    def only(self, rows: NDArray[np.bool_]) -> ClusteredBootstrap:
        """Return a bootstrap over some of the rows, with draws of its own."""
        return ClusteredBootstrap(self._accounts[rows], self.n_draws, self.seed)

    def draws(
        self,
        metrics: Sequence[str],
        y: Outcomes,
        p: Floats,
        weights: Floats | None = None,
    ) -> dict[str, Floats]:
        """Return the draws of several measures, in one pass.

        Parameters
        ----------
        metrics : sequence of str
            Names in ``METRICS``.
        y : array of shape (n_rows,), 0 or 1
        p : array of shape (n_rows,), in [0, 1]
        weights : array of shape (n_rows,), at least 0, optional

        Raises
        ------
        ValueError
            If the rows are not those of the accounts.
        """
        self._require_rows(y, p)
        tally, names = Tally(self._accounts, y, p, weights), tuple(metrics)
        table = np.array([measure(tally, names, given) for given in self._account_weights()])
        return {name: table[:, position] for position, name in enumerate(names)}

    def interval(
        self, metric: str, y: Outcomes, p: Floats, weights: Floats | None = None
    ) -> tuple[float, float]:
        """Return the 95% interval of a measure; NaN where too few draws have both outcomes."""
        drawn = self.draws([metric], y, p, weights)[metric]
        return interval_of(metric, METRICS[metric](y, p, weights), drawn)

    def paired(
        self,
        metric: str,
        y: Outcomes,
        p_a: Floats,
        p_b: Floats,
        weights: Floats | None = None,
    ) -> Paired:
        """Return how A differs from B, on the same rows and draws.

        Raises
        ------
        ValueError
            If the rows are not those of the accounts.
        """
        first, second = (self.draws([metric], y, p, weights)[metric] for p in (p_a, p_b))
        known = METRICS[metric]
        return Paired(metric, known(y, p_a, weights) - known(y, p_b, weights), first - second)

    def shares(self, groups: NDArray[np.intp], y: Outcomes) -> Floats:
        """Return the share that paid in every group (0, 1, ...), draw by draw."""
        self._require_rows(y, groups)
        count = int(groups.max()) + 1
        cell = self._accounts * count + groups
        size = self.n_accounts * count
        rows = np.bincount(cell, minlength=size).reshape(-1, count).astype(np.float64)
        paid = np.bincount(cell, weights=y, minlength=size).reshape(-1, count)
        table = [(given @ paid, given @ rows) for given in self._account_weights()]
        return np.array([_divide(found, of) for found, of in table])

    def _account_weights(self) -> Iterator[Floats]:
        return account_weights(self.n_accounts, self.n_draws, self.seed)

    def _require_rows(self, *columns: NDArray[np.generic]) -> None:
        for column in columns:
            if len(column) != len(self._accounts):
                raise ValueError(f"{len(column)} values for {len(self._accounts)} account rows")


def interval_of(metric: str, value: float, draws: Floats) -> tuple[float, float]:
    """Return the 95% interval of a measure from its value and its draws.

    Notes
    -----
    Percentiles, except for the calibration error: resampling adds noise to gaps whose sign is
    dropped, so that its draws lie above its value. Its percentiles are reflected about the
    value (the basic bootstrap), and always hold it.
    """
    low, high = percentiles(draws)
    if metric != "calibration_error" or np.isnan(low):
        return low, high
    return max(0.0, min(value, 2 * value - high)), max(value, 2 * value - low)


def _divide(found: Floats, of: Floats) -> Floats:
    shares: Floats = np.divide(found, of, out=np.full(len(of), np.nan), where=of > 0)
    return shares
