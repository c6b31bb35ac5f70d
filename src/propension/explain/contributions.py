"""Exact SHAP values of rows, the largest of them, and the margin they add up to."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any, Literal
from weakref import WeakKeyDictionary

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from propension.arrays import Ints
from propension.errors import ModelError
from propension.explain.codes import TablesTooLargeError, encode
from propension.explain.kernel import (
    add_effects,
    add_up,
    keep_largest,
    name_leaders,
    sum_groups,
)
from propension.explain.tables import Tables, build_tables
from propension.explain.trees import read_forest
from propension.model.encoding import Matrix

_log = logging.getLogger(__name__)

MAX_TABLE_BYTES = 256 * 2**20
# Few enough for a core's cache, enough to share the tables' way through it, and no power of two:
# those put every feature's sums in the same few lines of the cache.
_BLOCK_ROWS = 2000


@dataclass(frozen=True)
class Contributions:
    """The largest effects of every row.

    Attributes
    ----------
    margin : array of shape (n_rows,)
        Raw log-odds: the base value plus all effects.
    features : array of shape (n_rows, k), int
        Positions of the features with the largest absolute effect, largest first; where features
        are asked for by family, of the one that speaks for each family.
    effects : array of shape (n_rows, k)
        Their effects, or those of their families, in log-odds.
    groups : array of shape (n_rows, n_groups)
        Sums of effects by group of features, in log-odds.
    """

    margin: NDArray[np.float64]
    features: NDArray[np.int64]
    effects: NDArray[np.float64]
    groups: NDArray[np.float64]


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

    def top(
        self,
        rows: Matrix,
        k: int,
        families: Ints | None = None,
        groups: Ints | None = None,
    ) -> Contributions:
        """Return margin, the ``k`` largest effects and the sums by group of every row, in one pass.

        Parameters
        ----------
        rows : array of shape (n_rows, n_features)
        k : int
            No more than there are families are returned; the first of equals leads.
        families : array of shape (n_features,), optional
            Family of each feature, from 0: the sums of families compete for the ``k`` places.
            Negative for features that never take one. Every feature on its own when left out.
        groups : array of shape (n_features,), optional
            Group of each feature, from 0; negative for features of no group.
        """
        own = np.arange(self.n_features)
        families = own if families is None else np.asarray(families, np.int64)
        groups = np.full_like(own, -1) if groups is None else np.asarray(groups, np.int64)
        n_families, n_groups = (int(ids.max(initial=-1)) + 1 for ids in (families, groups))
        n_rows, k = len(rows), min(k, n_families)
        found = Contributions(
            np.empty(n_rows),
            np.empty((n_rows, k), np.int64),
            np.empty((n_rows, k)),
            np.empty((n_rows, n_groups)),
        )
        for part, sums, unit in self._blocks(rows):
            add_up(sums, unit, self.base, found.margin[part])
            if n_groups:
                np.multiply(sum_groups(sums, groups, n_groups).T, unit, out=found.groups[part])
            if k and families is own:
                keep_largest(sums, unit, found.features[part], found.effects[part])
            elif k:
                totals = sum_groups(sums, families, n_families)
                keep_largest(totals, unit, found.features[part], found.effects[part])
                name_leaders(sums, families, found.features[part], found.effects[part])
        return found

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
_one_at_a_time = Lock()


def explainer_of(booster: lgb.Booster) -> Explainer:
    """Return a model's explainer, prepared when first asked for."""
    with _one_at_a_time:
        if booster not in _explainers:
            _explainers[booster] = Explainer(booster)
        return _explainers[booster]


def margin_of(booster: lgb.Booster, matrix: Matrix) -> NDArray[np.float64]:
    """Return the raw score of every row, several times sooner than the booster itself would."""
    return explainer_of(booster).top(matrix, 0).margin
