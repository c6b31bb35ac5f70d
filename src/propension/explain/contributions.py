"""Exact SHAP values of rows, the largest of them, and the margin they add up to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from propension.model import Bundle


@dataclass(frozen=True)
class Contributions:
    """The largest effects of every row.

    Attributes
    ----------
    margin : array of shape (n_rows,)
        Raw log-odds: the base value plus all effects.
    features : array of shape (n_rows, k), int
        Positions of the features with the largest absolute effect, largest first.
    effects : array of shape (n_rows, k)
        Their effects, in log-odds.
    """

    margin: NDArray[np.float64]
    features: NDArray[np.int64]
    effects: NDArray[np.float64]


def explain_rows(bundle: Bundle, matrix: NDArray[np.float64], k: int) -> Contributions:
    """Return margin and the ``k`` largest SHAP values of every row, in one pass over the trees.

    Path-dependent TreeSHAP (Lundberg et al., 2020), as LightGBM computes it. Ties are broken
    by the feature's position, so the order does not depend on the batch.

    Parameters
    ----------
    bundle : Bundle
    matrix : array of shape (n_rows, n_features)
    k : int
        At most n_features.
    """
    values = np.asarray(bundle.booster.predict(matrix, pred_contrib=True), dtype=np.float64)
    effects = values[:, :-1]
    order = np.argsort(-np.abs(effects), axis=1, kind="stable")[:, : min(k, effects.shape[1])]
    return Contributions(values.sum(axis=1), order, np.take_along_axis(effects, order, axis=1))
