"""How far a population has moved from the one a model learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from propension.arrays import Floats
from propension.model.figure import known
from propension.model.profile import Marginal, psi_of_counts

Reading = Literal["stable", "watch", "changed"]
WATCH, CHANGED = 0.1, 0.25


def psi(expected: pa.ChunkedArray, actual: pa.ChunkedArray) -> float:
    """Return the population stability index between two samples of one column.

    Numbers are compared by tenths of ``expected``, names by the most frequent of them; what is
    missing has a bin of its own.

    Returns
    -------
    float, at least 0
        Under .1 is read as stable, over .25 as changed. NaN where a sample is empty.

    >>> names = pa.chunked_array([["a", "a", "b", "b"]])
    >>> psi(names, names)
    0.0
    """
    one_date = np.zeros(len(expected), "datetime64[D]")
    marginal = Marginal.learn(expected, one_date)
    return psi_of_counts(np.array(marginal.counts), marginal.count(actual))


def read_psi(value: float) -> Reading | None:
    """Say how an index is usually read; None where there is none."""
    if np.isnan(value):
        return None
    if value < WATCH:
        return "stable"
    return "watch" if value <= CHANGED else "changed"


def feature_stability(
    expected: pa.Table, actual: pa.Table, names: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the index of every feature between two windows, most changed first.

    Parameters
    ----------
    expected, actual : Table
        Rows the model learnt from, and later rows.
    names : sequence of str
        Columns of both. Leave the calendar out: months differ between any two windows.

    Returns
    -------
    list of dict
        name, psi, reading, missing_before, missing_after (shares of rows).
    """
    rows = [_stability_of(name, expected[name], actual[name]) for name in names]
    return sorted(rows, key=lambda row: (-(row["psi"] or 0.0), row["name"]))


def score_stability(expected: Floats, actual: Floats) -> dict[str, Any]:
    """Return the index and reading of the score itself."""
    value = psi(pa.chunked_array([expected]), pa.chunked_array([actual]))
    return {"psi": known(value), "reading": read_psi(value)}


def _stability_of(name: str, expected: pa.ChunkedArray, actual: pa.ChunkedArray) -> dict[str, Any]:
    value = psi(expected, actual)
    return {
        "name": name,
        "psi": known(value),
        "reading": read_psi(value),
        "missing_before": expected.null_count / max(1, len(expected)),
        "missing_after": actual.null_count / max(1, len(actual)),
    }
