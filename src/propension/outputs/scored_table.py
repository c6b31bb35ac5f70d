"""Reading ``scored.parquet`` in bounded batches, and its nested values as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from propension.errors import OutputError
from propension.outputs.columns import SCORED_COLUMNS

BATCH_ROWS = 20_000


def scored_batches(scored: Path) -> Iterator[pa.RecordBatch]:
    """Yield the rows in file order, in batches of at most ``BATCH_ROWS``."""
    with pq.ParquetFile(scored) as file:
        yield from file.iter_batches(BATCH_ROWS, columns=[column.name for column in SCORED_COLUMNS])


def check_contract(scored: Path) -> None:
    """Refuse a file whose columns are not those of ``SCORED_SCHEMA``.

    Raises
    ------
    OutputError
        If a column is missing or has another type; further columns are allowed.
    """
    schema = pq.read_schema(scored)
    faults = []
    for column in SCORED_COLUMNS:
        if column.name not in schema.names:
            faults.append(f"{column.name} is missing")
        elif schema.field(column.name).type != column.type:
            found = schema.field(column.name).type
            faults.append(f"{column.name} is {found}, not {column.type}")
    if faults:
        count = f"{len(faults)} column{'s' if len(faults) > 1 else ''}"
        raise OutputError(
            f"{scored}: {count} outside the output contract: {'; '.join(faults)}. "
            "Write it with SCORED_SCHEMA.",
            faults=faults,
        )


def map_values(lists: pa.Array, values: pa.Array) -> pa.Array:
    """Return lists of the same lengths as ``lists`` over other flat ``values``."""
    lengths = pc.fill_null(pc.list_value_length(lists), 0)
    start = pa.array([0], pa.int32())
    ends = pc.cumulative_sum(lengths).cast(pa.int32())
    return pa.ListArray.from_arrays(pa.concat_arrays([start, ends]), values)


def list_texts(lists: pa.Array, field: str | None = None) -> pa.Array:
    """Return a list of texts per row, of one field where the elements are structs."""
    flat = pc.list_flatten(lists)
    if field is not None:
        flat = pc.struct_field(flat, field)
    return map_values(lists, pc.fill_null(flat, ""))


def translate(codes: pa.Array, words: Mapping[str, str]) -> pa.Array:
    """Return the words for coded texts; a code without words stays as it is."""
    known = pc.index_in(codes, value_set=pa.array(list(words), pa.string()))
    return pc.coalesce(pc.take(pa.array(list(words.values()), pa.string()), known), codes)
