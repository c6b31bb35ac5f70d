"""How far a population has moved from the one a model learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from propension.model.figure import known
from propension.model.metrics import Floats

Reading = Literal["stable", "watch", "changed"]
WATCH, CHANGED = 0.1, 0.25
EMPTY_SHARE = 1e-4
"""A bin without rows counts as this share: the logarithm of nothing is not a number."""


def psi(expected: NDArray[Any], actual: NDArray[Any], bins: int = 10) -> float:
    """Return the population stability index between two samples of one column.

    Parameters
    ----------
    expected, actual : arrays of shape (n_expected,) and (n_actual,)
        Numbers, NaN where missing, are compared by quantiles of ``expected``; anything else
        by name, None where missing. What is missing has a bin of its own.
    bins : int
        Number of equal-count bins of ``expected``; ties stay together.

    Returns
    -------
    float, at least 0
        Under .1 is read as stable, over .25 as changed. NaN where a sample is empty.

    >>> psi(np.array(["a", "a", "b", "b"]), np.array(["a", "a", "b", "b"]))
    0.0
    """
    if not len(expected) or not len(actual):
        return float("nan")
    numeric = np.issubdtype(expected.dtype, np.number)
    shares = _number_shares(expected, actual, bins) if numeric else _name_shares(expected, actual)
    return psi_of_counts(*shares)


def psi_of_counts(expected: NDArray[Any], actual: NDArray[Any]) -> float:
    """Return the population stability index between two samples counted in the same bins.

    >>> psi_of_counts(np.array([5, 5]), np.array([10, 10]))
    0.0
    """
    if not expected.sum() or not actual.sum():
        return float("nan")
    was, now = (np.maximum(part / part.sum(), EMPTY_SHARE) for part in (expected, actual))
    return float(np.sum((now - was) * np.log(now / was)))


def read_psi(value: float) -> Reading | None:
    """Say how an index is usually read; None where there is none."""
    if np.isnan(value):
        return None
    if value < WATCH:
        return "stable"
    return "watch" if value <= CHANGED else "changed"


def feature_stability(
    expected: pa.Table, actual: pa.Table, names: Sequence[str], bins: int = 10
) -> list[dict[str, Any]]:
    """Return the index of every feature between two windows, most changed first.

    Parameters
    ----------
    expected, actual : Table
        Rows the model learnt from, and later rows.
    names : sequence of str
        Columns of both. Leave the calendar out: months differ between any two windows.
    bins : int

    Returns
    -------
    list of dict
        name, psi, reading, missing_before, missing_after (shares of rows).
    """
    rows = [_stability_of(name, expected[name], actual[name], bins) for name in names]
    return sorted(rows, key=lambda row: (-(row["psi"] or 0.0), row["name"]))


def score_stability(expected: Floats, actual: Floats, bins: int = 10) -> dict[str, Any]:
    """Return the index and reading of the score itself."""
    value = psi(expected, actual, bins)
    return {"psi": known(value), "reading": read_psi(value)}


def _stability_of(
    name: str, expected: pa.ChunkedArray, actual: pa.ChunkedArray, bins: int
) -> dict[str, Any]:
    value = psi(_values(expected), _values(actual), bins)
    return {
        "name": name,
        "psi": known(value),
        "reading": read_psi(value),
        "missing_before": expected.null_count / max(1, len(expected)),
        "missing_after": actual.null_count / max(1, len(actual)),
    }


def _values(column: pa.ChunkedArray) -> NDArray[Any]:
    if pa.types.is_boolean(column.type):
        column = pc.cast(column, pa.int8())
    kinds = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    if any(kind(column.type) for kind in kinds):
        return np.asarray(pc.cast(column, pa.float64(), safe=False).to_numpy(), dtype=np.float64)
    return np.asarray(column.to_pylist(), dtype=object)


def _number_shares(
    expected: NDArray[Any], actual: NDArray[Any], bins: int
) -> tuple[Floats, Floats]:
    was, now = expected.astype(np.float64), actual.astype(np.float64)
    seen = was[~np.isnan(was)]
    edges = (
        np.unique(np.quantile(seen, np.linspace(0, 1, bins + 1)[1:-1]))
        if len(seen)
        else np.empty(0)
    )

    def shares(values: Floats) -> Floats:
        missing = np.isnan(values)
        codes = np.where(missing, len(edges) + 1, np.searchsorted(edges, values, side="right"))
        return np.bincount(codes, minlength=len(edges) + 2) / len(values)

    return shares(was), shares(now)


def _name_shares(expected: NDArray[Any], actual: NDArray[Any]) -> tuple[Floats, Floats]:
    both = pc.dictionary_encode(
        pa.array([*expected.tolist(), *actual.tolist()], pa.string()), null_encoding="encode"
    )
    codes = both.indices.to_numpy()
    was, now = codes[: len(expected)], codes[len(expected) :]
    size = len(both.dictionary)
    return np.bincount(was, minlength=size) / len(was), np.bincount(now, minlength=size) / len(now)
