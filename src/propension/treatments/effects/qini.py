"""How well effects rank accounts: the Qini curve of a trial, with intervals by account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from propension.arrays import Floats
from propension.errors import DataError
from propension.resampling import account_weights, percentiles


@dataclass(frozen=True)
class Qini:
    """How much of the gain a ranking finds early.

    Attributes
    ----------
    coefficient : float
        Area between the curve and the straight line of treating at random, in the outcome's
        unit per account; 0 ranks like a coin.
    interval : tuple of float
        95%, accounts resampled.
    share : array of shape (n_points,)
        Share of the accounts treated, from 0 to 1, those with the largest effect first.
    gain : array of shape (n_points,)
        What treating them adds, per account of all.
    """

    coefficient: float
    interval: tuple[float, float]
    share: Floats
    gain: Floats


class Trial:
    """Rows some of which were treated at random, to judge rankings by.

    Parameters
    ----------
    outcome : array of shape (n_rows,)
    treated : array of shape (n_rows,), bool
    account : array of shape (n_rows,)
        Rows of the same account are resampled together.
    probability : array of shape (n_rows,), in (0, 1), optional
        Chance with which the row got what it got; none where all had the same.
    n_draws : int
    seed : int

    Raises
    ------
    DataError
        If an arm is empty.
    """

    def __init__(
        self,
        outcome: ArrayLike,
        treated: ArrayLike,
        account: ArrayLike,
        probability: ArrayLike | None = None,
        *,
        n_draws: int = 200,
        seed: int = 7,
    ) -> None:
        self._outcome = np.asarray(outcome, dtype=np.float64)
        self._treated = np.asarray(treated, dtype=bool)
        names, self._account = np.unique(np.asarray(account), return_inverse=True)
        self._n_accounts, self._n_draws, self._seed = len(names), n_draws, seed
        chance = np.ones(len(self._outcome)) if probability is None else np.asarray(probability)
        self._weight: Floats = 1 / chance
        if self._treated.all() or not self._treated.any():
            raise DataError(
                "qini: an arm of the trial is empty; effects need treated and untreated rows."
            )

    def qini(self, effect: ArrayLike) -> Qini:
        """Return the curve of a ranking by effect, its area and the interval of it."""
        ranking = self._ranking(np.asarray(effect, dtype=np.float64))
        share, gain = ranking.curve(np.ones(self._n_accounts))
        draws = np.array([_area(*ranking.curve(weight)) for weight in self._draws()])
        return Qini(_area(share, gain), percentiles(draws), share, gain)

    def differences(
        self, effects: Mapping[str, ArrayLike], beside: str
    ) -> dict[str, tuple[float, float]]:
        """Return the 95% interval of every ranking's coefficient less that of ``beside``, same draws."""
        rankings = {
            name: self._ranking(np.asarray(effect, dtype=np.float64))
            for name, effect in effects.items()
        }
        draws = np.array(
            [
                [_area(*ranking.curve(weight)) for ranking in rankings.values()]
                for weight in self._draws()
            ]
        )
        base = draws[:, list(rankings).index(beside)]
        return {
            name: percentiles(draws[:, place] - base)
            for place, name in enumerate(rankings)
            if name != beside
        }

    def _draws(self) -> list[Floats]:
        return list(account_weights(self._n_accounts, self._n_draws, self._seed))

    def _ranking(self, effect: Floats) -> _Ranking:
        order = np.argsort(-effect, kind="stable")
        ends = np.flatnonzero(np.append(np.diff(effect[order]) != 0, True))
        return _Ranking(
            self._account[order],
            self._outcome[order],
            self._treated[order],
            self._weight[order],
            ends,
        )


@dataclass(frozen=True)
class _Ranking:
    """Rows from the largest effect down; rows of equal effect enter together, at ``ends``."""

    account: NDArray[np.intp]
    outcome: Floats
    treated: NDArray[np.bool_]
    weight: Floats
    ends: NDArray[np.intp]

    def curve(self, account_weight: Floats) -> tuple[Floats, Floats]:
        weight = self.weight * account_weight[self.account]
        means = []
        for inside in (self.treated, ~self.treated):
            rows = np.cumsum(np.where(inside, weight, 0.0))[self.ends]
            total = np.cumsum(np.where(inside, weight * self.outcome, 0.0))[self.ends]
            means.append(np.divide(total, rows, out=np.full(len(rows), np.nan), where=rows > 0))
        share = np.cumsum(account_weight[self.account])[self.ends]
        # Where one arm has not begun, nothing can be said yet: the curve starts flat.
        gain = np.nan_to_num(means[0] - means[1]) * share / share[-1]
        return np.append(0.0, share / share[-1]), np.append(0.0, gain)


def _area(share: Floats, gain: Floats) -> float:
    return float(np.trapezoid(gain, share) - gain[-1] / 2)
