"""What a model learnt from, counted in a few bins a column: what later lists are compared with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Counts = NDArray[np.int64]
SCORE = "propensity"
BINS, MAX_NAMES = 10, 30
EMPTY_SHARE = 1e-4
"""A bin without rows counts as this share: the logarithm of nothing is not a number."""
# A list is never like all lists before it taken together: with fewer dates there is no telling how far from them is usual.
MIN_DATES = 3


@dataclass(frozen=True)
class Marginal:
    """How one column is distributed.

    Attributes
    ----------
    kind : {"number", "name"}
    cuts : tuple of float, or of str
        Of a number, where its bins end: equal counts, ties together. Of a name, the most frequent ones;
        all others share a bin.
    counts : tuple of int
        Rows in every bin; the last holds the missing values.
    dates : int
        As-of dates that the rows are of.
    usual : float
        Population stability index of the date that is least like all of them; 0 with fewer than three.
    usual_missing : float
        How far the share of missing values of a date is from that of all, at most; 0 with fewer than three.
    """

    kind: Literal["number", "name"]
    cuts: tuple[Any, ...]
    counts: tuple[int, ...]
    dates: int = 1
    usual: float = 0.0
    usual_missing: float = 0.0

    @classmethod
    def learn(
        cls,
        column: pa.ChunkedArray,
        as_of: NDArray[np.datetime64],
        names: Collection[str] | None = None,
    ) -> Marginal:
        """Take bins and counts from the rows of some dates; of names, only those given where some are."""
        is_number = _is_number(column.type)
        kind, cuts = _number_cuts(column) if is_number else _name_cuts(column, names)
        marginal = cls(kind, cuts, ())
        _, date = np.unique(as_of, return_inverse=True)
        size, dates = marginal.size, int(date.max(initial=-1)) + 1
        cells = np.bincount(date * size + marginal._codes(column), minlength=size * dates)
        table = cells.reshape(dates, size)
        counts = table.sum(axis=0)
        usual, usual_missing = 0.0, 0.0
        if dates >= MIN_DATES:
            usual = max(psi_of_counts(counts, row) for row in table)
            gaps = table[:, -1] / table.sum(axis=1) - counts[-1] / counts.sum()
            usual_missing = float(np.abs(gaps).max())
        return cls(kind, cuts, tuple(counts.tolist()), max(1, dates), usual, usual_missing)

    @property
    def size(self) -> int:
        """Number of bins."""
        return len(self.cuts) + 2

    def count(self, column: pa.Array | pa.ChunkedArray) -> Counts:
        """Return the rows of a column by bin."""
        return np.bincount(self._codes(column), minlength=self.size)

    def _codes(self, column: pa.Array | pa.ChunkedArray) -> NDArray[np.intp]:
        if self.kind == "number":
            values = _numbers(column)
            codes = np.searchsorted(np.array(self.cuts, np.float64), values, side="right")
            return np.where(np.isnan(values), self.size - 1, codes)
        names = pc.cast(column, pa.string())
        found = pc.fill_null(
            pc.index_in(names, value_set=pa.array(self.cuts, pa.string())), len(self.cuts)
        )
        known = pc.if_else(names.is_valid(), found, self.size - 1)
        return np.asarray(known.to_numpy(zero_copy_only=False), dtype=np.intp)


@dataclass(frozen=True)
class Profile:
    """Every column of a population by itself."""

    columns: Mapping[str, Marginal]

    @classmethod
    def learn(
        cls,
        table: pa.Table,
        as_of: NDArray[np.datetime64],
        names: Mapping[str, Collection[str]] | None = None,
    ) -> Profile:
        """Take every column of a table as it is on its rows' dates.

        Parameters
        ----------
        table : Table
        as_of : array of shape (n_rows,)
        names : mapping of column to names, optional
            The names of a column that may be told; all, where the column is not among them.
        """
        told = names or {}
        return cls(
            {
                name: Marginal.learn(table[name], as_of, told.get(name))
                for name in table.column_names
            }
        )

    @classmethod
    def from_dict(cls, content: Mapping[str, Mapping[str, Any]]) -> Profile:
        """Return what ``as_dict`` told."""
        listed = ("cuts", "counts")
        return cls(
            {
                name: Marginal(**{**of, **{key: tuple(of[key]) for key in listed}})
                for name, of in content.items()
            }
        )

    def as_dict(self) -> dict[str, Any]:
        """Return plain values that JSON holds."""
        return {name: asdict(marginal) for name, marginal in self.columns.items()}

    def count(self, batches: Iterable[pa.RecordBatch]) -> dict[str, Counts]:
        """Return the rows of every known column by bin, batch after batch; other columns are passed over."""
        found: dict[str, Counts] = {}
        for batch in batches:
            for name in self.columns.keys() & set(batch.schema.names):
                counts = self.columns[name].count(batch.column(name))
                found[name] = found[name] + counts if name in found else counts
        return found


def _is_number(kind: pa.DataType) -> bool:
    return not (
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind)
    )


def _numbers(column: pa.Array | pa.ChunkedArray) -> NDArray[np.float64]:
    if pa.types.is_boolean(column.type):
        column = pc.cast(column, pa.int8())
    values = pc.cast(column, pa.float64(), safe=False)
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)


def _number_cuts(column: pa.ChunkedArray) -> tuple[Literal["number"], tuple[float, ...]]:
    values = _numbers(column)
    seen = values[~np.isnan(values)]
    if not len(seen):
        return "number", ()
    return "number", tuple(np.unique(np.quantile(seen, np.linspace(0, 1, BINS + 1)[1:-1])).tolist())


def _name_cuts(
    column: pa.ChunkedArray, names: Collection[str] | None
) -> tuple[Literal["name"], tuple[str, ...]]:
    counted = pc.value_counts(pc.cast(column.drop_null(), pa.string())).to_pylist()
    counted = [row for row in counted if names is None or row["values"] in names]
    counted.sort(key=lambda row: (-row["counts"], row["values"]))
    return "name", tuple(row["values"] for row in counted[:MAX_NAMES])


def psi_of_counts(expected: NDArray[Any], actual: NDArray[Any]) -> float:
    """Return the population stability index between two samples counted in the same bins.

    >>> psi_of_counts(np.array([5, 5]), np.array([10, 10]))
    0.0
    """
    if not expected.sum() or not actual.sum():
        return float("nan")
    was, now = (np.maximum(part / part.sum(), EMPTY_SHARE) for part in (expected, actual))
    return float(np.sum((now - was) * np.log(now / was)))
