"""Ranks over a whole portfolio without a single worker that sorts it: buckets are counted, then sorted apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_BUCKETS = 256
# How evenly the buckets are filled; ranks are exact whatever it is.
_EVENNESS = 1 / 1000
# Of what has no value: before all others.
_NOTHING = -1


class Ranks:
    """The values of some columns of a frame in order; see ``Sorted``.

    Parameters
    ----------
    frame : DataFrame
        Few columns: it is kept while ranks are asked for.
    columns : sequence of str
        Of doubles.
    """

    def __init__(self, frame: DataFrame, columns: Sequence[str]) -> None:
        shares = np.linspace(0, 1, _BUCKETS + 1)[1:-1].tolist()
        bounds = frame.approxQuantile(list(columns), shares, _EVENNESS)
        held = {
            name: np.unique(found) for name, found in zip(columns, bounds, strict=True) if found
        }
        self._columns = list(columns)
        schema = ", ".join(
            [
                *(f"`{field.name}` {field.dataType.simpleString()}" for field in frame.schema),
                *(f"`{_bucket(name)}` int" for name in columns),
            ]
        )
        self._frame = frame.mapInArrow(_into_buckets(held, self._columns), schema).persist()
        self._counts = {name: self._count(name) for name in columns}
        self._sorted: dict[tuple[str, int], NDArray[np.float64]] = {}

    def count(self, column: str) -> int:
        """Return how many values there are."""
        return sum(number for bucket, number in self._counts[column].items() if bucket != _NOTHING)

    def at(self, column: str, positions: Sequence[int]) -> list[float]:
        """Return the values at some positions, from 0."""
        found = []
        for position in positions:
            before = 0
            for bucket, number in sorted(self._counts[column].items()):
                if bucket == _NOTHING:
                    continue
                if position < before + number:
                    found.append(float(self._bucket(column, bucket)[position - before]))
                    break
                before += number
        return found

    def percent_rank(self, column: str) -> Column:
        """Return the share of the other rows that come before each; rows without a value come first."""
        from pyspark.sql import Window
        from pyspark.sql import functions as f

        counts = self._counts[column]
        before, starts = 0, {}
        for bucket, number in sorted(counts.items()):
            starts[bucket], before = before, before + number
        offsets = f.create_map(*(f.lit(n) for pair in starts.items() for n in pair))
        inside = f.rank().over(Window.partitionBy(_bucket(column)).orderBy(f.col(column).asc()))
        rank = f.element_at(offsets, f.col(_bucket(column))) + inside - f.lit(1)
        return rank.cast("double") / f.lit(float(max(before - 1, 1)))

    @property
    def frame(self) -> DataFrame:
        """The rows, with what ``percent_rank`` reads."""
        return self._frame

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return sum(self._counts[self._columns[0]].values())

    def __enter__(self) -> Ranks:
        return self

    def __exit__(self, *_: object) -> None:
        self._frame.unpersist()

    def _count(self, column: str) -> dict[int, int]:
        rows = self._frame.groupBy(_bucket(column)).count().collect()
        return {int(row[0]): int(row[1]) for row in rows}

    def _bucket(self, column: str, bucket: int) -> NDArray[np.float64]:
        key = (column, bucket)
        if key not in self._sorted:
            inside = self._frame.where(f"{_bucket(column)} = {bucket}").select(column).toArrow()
            self._sorted[key] = np.sort(inside[column].to_numpy())
        return self._sorted[key]


def _bucket(column: str) -> str:
    return f"_bucket_{column}"


def _into_buckets(
    bounds: dict[str, NDArray[np.float64]], columns: list[str]
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def place(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for rows in batches:
            found = rows
            for name in columns:
                values = rows.column(name)
                numbers = values.to_numpy(zero_copy_only=False)
                edges = bounds.get(name, np.zeros(0))
                bucket = np.searchsorted(edges, numbers, side="right").astype(np.int32)
                bucket[np.asarray(values.is_null())] = _NOTHING
                found = found.append_column(_bucket(name), pa.array(bucket))
            yield found

    return place
