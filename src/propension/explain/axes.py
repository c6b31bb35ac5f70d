"""Where every account stands on the axes of ability and willingness."""

from __future__ import annotations

import weakref
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from propension.explain.contributions import margin_of
from propension.features import Feature
from propension.model import Bundle
from propension.model.axes import DENIED_BY
from propension.model.encoding import Matrix

AXES = tuple(DENIED_BY)

_used: weakref.WeakKeyDictionary[object, frozenset[str]] = weakref.WeakKeyDictionary()


def axis_groups(features: Sequence[Feature]) -> NDArray[np.int64]:
    """Return the axis each feature is tagged with, as its position in ``AXES``; -1 for none."""
    place: dict[str, int] = {axis: at for at, axis in enumerate(AXES)}
    return np.array([place.get(feature.axis, -1) for feature in features], dtype=np.int64)


def axis_values(
    bundle: Bundle, matrix: Matrix, sums: Matrix, features: Sequence[Feature]
) -> Matrix:
    """Return the value of every axis, in log-odds, on the rows of a batch; NaN where it has none.

    An axis with evidence of its own (see ``fit_axes``) is its model's raw score. Without, it is the sum
    of the SHAP values of the features tagged with it, where the score uses any of them: billing
    data alone say nothing of willingness, and that is not hidden.

    Parameters
    ----------
    bundle : Bundle
    matrix : array of shape (n_rows, n_features)
    sums : array of shape (n_rows, 2)
        Sums of SHAP values by ``axis_groups``.
    features : sequence of Feature

    Returns
    -------
    array of shape (n_rows, 2)
    """
    values = np.full((len(matrix), len(AXES)), np.nan)
    if bundle.target["stage"] != "overdue":
        return values
    for at, axis in enumerate(AXES):
        if axis in bundle.axes:
            values[:, at] = margin_of(bundle.axes[axis], matrix)
        elif axis in _used_axes(bundle, features):
            values[:, at] = sums[:, at]
    return values


def _used_axes(bundle: Bundle, features: Sequence[Feature]) -> frozenset[str]:
    """Name the axes of which the score uses at least one feature."""
    if bundle.booster not in _used:
        gain = bundle.booster.feature_importance("gain")
        axis_of = {feature.name: feature.axis for feature in features}
        names = zip(bundle.encoding.names, gain, strict=True)
        _used[bundle.booster] = frozenset(axis_of[name] for name, worth in names if worth > 0)
    return _used[bundle.booster]
