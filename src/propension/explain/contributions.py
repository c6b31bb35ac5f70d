"""Exact SHAP values of rows, the largest of them, and the margin they add up to."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal
from weakref import WeakKeyDictionary

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from propension.errors import ModelError
from propension.explain.codes import TablesTooLargeError, encode
from propension.explain.kernel import add_by_group, add_effects, add_up, keep_largest
from propension.explain.tables import Tables, build_tables
from propension.explain.trees import read_forest
from propension.model import Bundle

_log = logging.getLogger(__name__)

MAX_TABLE_BYTES = 256 * 2**20
# Few enough for a core's cache, enough to share the tables' way through it, and no power of two:
# those put every feature's sums in the same few lines of the cache.
_BLOCK_ROWS = 2000

Matrix = NDArray[np.float64]


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


class Explainer:
    """Exact path-dependent TreeSHAP of a model with one output, prepared once.

    Everything the trees can say about a row is computed beforehand; a row is then explained by
    looking up (see ``effects.py`` for the method). Sums are whole numbers of a small
    unit, so they do not depend on the order or the number of rows asked for at once.

    Parameters
    ----------
    booster : Booster
        As it is now: growing it further does not change the explainer.
    max_table_bytes : int

    Attributes
    ----------
    n_features : int
    base : float
        The margin before any effect: its mean over the training rows.
    method : {"tables", "pred_contrib"}
        LightGBM's own ``pred_contrib`` explains a model whose tables would be too large; it is
        as exact, and hundreds of times slower.

    Raises
    ------
    ModelError
        If the model has several outputs, linear leaves or averaged trees.
    """

    def __init__(self, booster: lgb.Booster, max_table_bytes: int = MAX_TABLE_BYTES) -> None:
        text = booster.model_to_string()
        forest = read_forest(text)
        self.n_features = forest.n_features
        self._tables: Tables | None = None
        self.method: Literal["tables", "pred_contrib"] = "tables"
        try:
            self._tables = build_tables(forest, max_table_bytes)
            self.base = self._tables.base
        except TablesTooLargeError as error:
            self.method = "pred_contrib"
            self._booster = lgb.Booster(model_str=text)
            self.base = float(self._predicted(np.zeros((self.n_features, 1)))[-1, 0])
            _log.warning(
                "model: %s. Explained with LightGBM's pred_contrib, hundreds of times slower; "
                "a max_depth of 6 avoids it.",
                error,
            )

    @property
    def table_bytes(self) -> int:
        """Memory that the tables of effects take; 0 without tables."""
        return 0 if self._tables is None else self._tables.effects.nbytes

    def matrix(self, rows: Matrix) -> Matrix:
        """Return the effect of every feature on every row.

        Parameters
        ----------
        rows : array of shape (n_rows, n_features)
            Numbers as the booster takes them: categories as their codes.

        Returns
        -------
        array of shape (n_rows, n_features)
            For few rows: the other methods never hold it whole.
        """
        effects = np.empty((len(rows), self.n_features))
        for part, sums, unit in self._blocks(rows):
            np.multiply(sums.T, unit, out=effects[part])
        return effects

    def top(self, rows: Matrix, k: int) -> Contributions:
        """Return margin and the ``k`` largest effects of every row; the first of equals leads."""
        return self.top_and_groups(rows, k, np.full(self.n_features, -1))[0]

    def groups(self, rows: Matrix, group_ids: NDArray[np.int64]) -> Matrix:
        """Return the sum of effects per group of features, of shape (n_rows, n_groups).

        Parameters
        ----------
        rows : array of shape (n_rows, n_features)
        group_ids : array of shape (n_features,)
            Group of each feature, from 0; negative for features of no group.
        """
        return self.top_and_groups(rows, 0, group_ids)[1]

    def top_and_groups(
        self, rows: Matrix, k: int, group_ids: NDArray[np.int64]
    ) -> tuple[Contributions, Matrix]:
        """Return what ``top`` and ``groups`` do, in one pass."""
        n_rows, k = len(rows), min(k, self.n_features)
        group_ids = np.asarray(group_ids, np.int64)
        found = Contributions(
            np.empty(n_rows), np.empty((n_rows, k), np.int64), np.empty((n_rows, k))
        )
        totals = np.empty((n_rows, max(group_ids.max(initial=-1) + 1, 0)))
        for part, sums, unit in self._blocks(rows):
            add_up(sums, unit, self.base, found.margin[part])
            keep_largest(sums, unit, found.features[part], found.effects[part])
            add_by_group(sums, group_ids, unit, totals[part])
        return found, totals

    def _blocks(self, rows: Matrix) -> Iterator[tuple[slice, NDArray[Any], float]]:
        """Yield the effects of some rows at a time: which rows, features by rows, and the unit."""
        if rows.shape[1] != self.n_features:
            raise ModelError(
                f"model: rows with {rows.shape[1]} columns, it was trained on {self.n_features}. "
                "Encode them with the model's own encoding."
            )
        for begin in range(0, len(rows), _BLOCK_ROWS):
            part = slice(begin, begin + _BLOCK_ROWS)
            columns = np.ascontiguousarray(rows.T[:, part], dtype=np.float64)
            if self._tables is None:
                yield part, self._predicted(columns)[:-1], 1.0
            else:
                codes = encode(columns, self._tables.coding)
                yield part, add_effects(codes, self._tables), self._tables.unit

    def _predicted(self, columns: Matrix) -> Matrix:
        values = self._booster.predict(np.ascontiguousarray(columns.T), pred_contrib=True)
        return np.ascontiguousarray(np.asarray(values, dtype=np.float64).T)


_explainers: WeakKeyDictionary[lgb.Booster, Explainer] = WeakKeyDictionary()


def explainer_of(bundle: Bundle) -> Explainer:
    """Return the bundle's explainer, prepared when first asked for."""
    if bundle.booster not in _explainers:
        _explainers[bundle.booster] = Explainer(bundle.booster)
    return _explainers[bundle.booster]


def explain_rows(bundle: Bundle, matrix: Matrix, k: int) -> Contributions:
    """Return margin and the ``k`` largest SHAP values of every row.

    Path-dependent TreeSHAP (Lundberg et al., 2020), as LightGBM computes it. Ties are broken
    by the feature's position, so the order does not depend on the batch.

    Parameters
    ----------
    bundle : Bundle
    matrix : array of shape (n_rows, n_features)
    k : int
        At most n_features.
    """
    return explainer_of(bundle).top(matrix, k)
