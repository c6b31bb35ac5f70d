"""The columns effects are read from: the score, both axes, dispute, arrears and phone."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from propension.arrays import Floats
from propension.errors import DataError, sample_text

# Not what is owed: effects are shares of it, and money multiplies every error of its slope.
COLUMNS = ("propensity", "ability", "willingness", "disputed", "days_past_due", "has_phone")


def axes_of(table: pa.Table) -> Floats:
    """Return the columns of ``COLUMNS`` and ability x willingness; NaN where a value is missing.

    Raises
    ------
    DataError
        If a column is absent.
    """
    require_columns(table, COLUMNS)
    columns = {name: numbers(table[name]) for name in COLUMNS}
    # A long tail: a logarithm keeps one old debt from deciding a slope.
    columns["days_past_due"] = np.log1p(np.maximum(columns["days_past_due"], 0.0))
    return np.column_stack([*columns.values(), columns["ability"] * columns["willingness"]])


def numbers(column: pa.ChunkedArray) -> Floats:
    """Return a column of numbers, decimals or booleans as floats; NaN where it is null."""
    plain = column.cast(pa.int8()) if pa.types.is_boolean(column.type) else column
    return np.asarray(plain.cast(pa.float64()).to_numpy(), dtype=np.float64)


def cells_of(table: pa.Table) -> tuple[list[tuple[str, str]], NDArray[np.intp]]:
    """Return the (stage, quadrant) found, and which of them every row is in.

    A missing quadrant is ``unknown``: the model could not make it.
    """
    require_columns(table, ("stage", "quadrant"))
    quadrant = pc.fill_null(table["quadrant"].cast(pa.string()), "unknown")
    joined = pc.binary_join_element_wise(table["stage"].cast(pa.string()), quadrant, "|")
    encoded = joined.combine_chunks().dictionary_encode()
    found = [tuple(cell.split("|", 1)) for cell in encoded.dictionary.to_pylist()]
    return [(stage, name) for stage, name in found], np.asarray(encoded.indices, dtype=np.intp)


def require_columns(table: pa.Table, names: tuple[str, ...]) -> None:
    """Refuse a table that lacks a column.

    Raises
    ------
    DataError
    """
    absent = [name for name in names if name not in table.column_names]
    if absent:
        raise DataError(
            f"effects: the table lacks {sample_text(absent, 10)}. Give it the columns of the scored list.",
            columns=absent,
        )
