"""Feature rows as the numbers a model sees; the same code in training and scoring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from propension.features import Feature

Matrix = NDArray[np.float64]


MIN_ACCOUNTS_PER_CATEGORY = 30


@dataclass(frozen=True)
class Encoding:
    """Columns of the model's matrix, in order.

    Attributes
    ----------
    names : tuple of str
    digests : tuple of str
        Hash of every feature's declaration.
    categories : dict of str to tuple of str
        Names of each categorical feature; a name's position is its code.
    """

    names: tuple[str, ...]
    digests: tuple[str, ...]
    categories: dict[str, tuple[str, ...]]

    @classmethod
    def learn(cls, features: Sequence[Feature], table: pa.Table) -> Encoding:
        """Take the categories from training rows: the names that enough accounts share.

        An account appears on many dates, so a name is counted by accounts, not by rows:
        a rare one would only tell the model who the account is.
        """
        categories = {
            feature.name: _shared_names(table, feature.name)
            for feature in features
            if feature.is_category
        }
        return cls(
            tuple(feature.name for feature in features),
            tuple(feature.digest for feature in features),
            categories,
        )

    def matrix(self, table: pa.Table | pa.RecordBatch) -> Matrix:
        """Return the rows as a matrix; missing values and unseen names are NaN.

        Parameters
        ----------
        table : Table or RecordBatch
            Holds every named column.

        Returns
        -------
        array of shape (n_rows, n_features), float64, Fortran order
        """
        matrix = np.empty((table.num_rows, len(self.names)), dtype=np.float64, order="F")
        for index, name in enumerate(self.names):
            column = table.column(name)
            if name in self.categories:
                known = pa.array(self.categories[name], pa.string())
                column = pc.index_in(column, value_set=known)
            matrix[:, index] = pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False)
        return matrix

    def changed(self, features: Sequence[Feature]) -> list[str]:
        """Name the features whose declaration is no longer the one the model learnt from."""
        today = {feature.name: feature.digest for feature in features}
        return [
            name
            for name, digest in zip(self.names, self.digests, strict=True)
            if today.get(name) != digest
        ]


def _shared_names(table: pa.Table, name: str) -> tuple[str, ...]:
    pairs = table.select([name, "account_id"]).group_by([name, "account_id"]).aggregate([])
    counted = pairs.group_by(name).aggregate([("account_id", "count")])
    shared = counted.filter(
        pc.greater_equal(counted["account_id_count"], MIN_ACCOUNTS_PER_CATEGORY)
    )
    return tuple(sorted(shared[name].drop_null().to_pylist()))
