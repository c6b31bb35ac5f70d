"""Feature values as small integers that decide every split exactly as the values would."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from propension.compiled import compiled
from propension.explain.trees import MISSING_NONE, MISSING_ZERO, Forest, Tree

BinCodes = NDArray[np.int16]

MAX_CODES = 2**15 - 1
# LightGBM's kZeroThreshold, a single-precision constant.
ZERO = float(np.float32(1e-35))
UNUSED, NUMBER, NUMBER_OR_ZERO, CATEGORY = 0, 1, 2, 3


class TablesTooLargeError(Exception):
    """The model cannot be held in tables; the message says what is too large."""


class Coding(NamedTuple):
    """How the values of every feature are coded.

    A number's code is 0 where missing, else one more than the model's thresholds below it; zeros
    have a code of their own, the last, where a split takes them as missing. A category's code is
    0 where no split names it, else its place among the named ones.

    Attributes
    ----------
    kind : array of shape (n_features,)
        UNUSED, NUMBER, NUMBER_OR_ZERO or CATEGORY.
    n_codes : array of shape (n_features,)
    zero : array of int16, shape (n_features,)
        The code of the number zero.
    start, size : arrays of shape (n_features,)
        Where a feature's part of ``thresholds`` (or of ``places``) begins, and its length.
    thresholds : array of float64
        Sorted per feature and filled up with infinity to a power of two less one.
    places : array of int16
        Codes by category number.
    """

    kind: NDArray[np.int64]
    n_codes: NDArray[np.int64]
    zero: BinCodes
    start: NDArray[np.int64]
    size: NDArray[np.int64]
    thresholds: NDArray[np.float64]
    places: BinCodes

    def thresholds_of(self, feature: int) -> NDArray[np.float64]:
        """Return the thresholds of a feature, and the infinities after them."""
        return self.thresholds[self.start[feature] : self.start[feature] + self.size[feature]]


def learn_coding(forest: Forest) -> Coding:
    """Collect the thresholds and categories that the splits of a model name.

    Raises
    ------
    TablesTooLargeError
        If a feature needs more than 15 bits, or is a number in one tree and a category in another.
    """
    kind = np.zeros(forest.n_features, np.int64)
    n_codes, start, size = (np.ones_like(kind), np.zeros_like(kind), np.zeros_like(kind))
    zero = np.zeros(forest.n_features, np.int16)
    thresholds, places = [np.empty(0)], [np.empty(0, np.int16)]
    for feature, (numbers, categories, zero_apart) in _named_values(forest).items():
        if len(numbers) and len(categories):
            raise TablesTooLargeError(f"feature {feature} is both a number and a category")
        n_codes[feature] = 1 + len(categories) if len(categories) else 2 + len(numbers) + zero_apart
        if n_codes[feature] > MAX_CODES:
            raise TablesTooLargeError(f"feature {feature} has {n_codes[feature]} distinct codes")
        if len(categories):
            kind[feature], part = CATEGORY, np.zeros(categories[-1] + 1, np.int16)
            part[categories] = 1 + np.arange(len(categories))
            start[feature], size[feature] = sum(map(len, places)), len(part)
            places.append(part)
        else:
            kind[feature] = NUMBER_OR_ZERO if zero_apart else NUMBER
            filled = np.full((1 << len(numbers).bit_length()) - 1, np.inf)
            filled[: len(numbers)] = numbers
            start[feature], size[feature] = sum(map(len, thresholds)), len(filled)
            zero[feature] = (
                n_codes[feature] - 1 if zero_apart else 1 + np.searchsorted(numbers, 0.0)
            )
            thresholds.append(filled)
    parts = np.concatenate(thresholds), np.concatenate(places)
    return Coding(kind, n_codes, zero, start, size, *parts)


def _named_values(
    forest: Forest,
) -> dict[int, tuple[NDArray[np.float64], NDArray[np.int64], bool]]:
    """Return per used feature its sorted thresholds, its sorted categories, and whether a zero can be missing."""
    if not forest.trees:
        return {}
    feature, threshold, is_category, missing = (
        np.concatenate([getattr(tree, name) for tree in forest.trees])
        for name in ("feature", "threshold", "is_category", "missing")
    )
    named: dict[int, set[int]] = {}
    for tree in forest.trees:
        for node, categories in tree.categories.items():
            named.setdefault(int(tree.feature[node]), set()).update(categories.tolist())
    found = {}
    for used in np.unique(feature):
        numeric = (feature == used) & ~is_category
        found[int(used)] = (
            np.unique(threshold[numeric]),
            np.array(sorted(named.get(int(used), ())), np.int64),
            bool((missing[numeric] == MISSING_ZERO).any()),
        )
    return found


def goes_left(tree: Tree, coding: Coding) -> NDArray[np.uint8]:
    """Return whether each node sends each code of its feature left.

    Returns
    -------
    array of shape (n_nodes, most codes of a feature of the tree), 0 or 1
    """
    codes = np.arange(coding.n_codes[tree.feature].max())
    below = np.array(
        [
            0 if category else np.searchsorted(coding.thresholds_of(feature), threshold)
            for feature, threshold, category in zip(
                tree.feature, tree.threshold, tree.is_category, strict=True
            )
        ]
    )
    left = (codes[None, :] <= below[:, None] + 1).astype(np.uint8)
    zero_left = tree.threshold >= 0
    left[:, 0] = np.where(tree.missing == MISSING_NONE, zero_left, tree.default_left)
    apart = np.flatnonzero(coding.kind[tree.feature] == NUMBER_OR_ZERO)
    left[apart, coding.n_codes[tree.feature[apart]] - 1] = np.where(
        tree.missing == MISSING_ZERO, tree.default_left, zero_left
    )[apart]
    for node, categories in tree.categories.items():
        first = coding.start[tree.feature[node]]
        left[node] = 0
        left[node, coding.places[first + categories]] = 1
    return left


@compiled
def encode(columns: NDArray[np.float64], coding: Coding) -> BinCodes:
    """Return the codes of a block of values; those of unused features mean nothing.

    Parameters
    ----------
    columns : array of shape (n_features, n_rows)
    coding : Coding

    Returns
    -------
    array of int16, shape (n_features, n_rows)
    """
    codes = np.empty(columns.shape, np.int16)
    for feature in range(columns.shape[0]):
        start, stop = coding.start[feature], coding.start[feature] + coding.size[feature]
        if coding.kind[feature] == CATEGORY:
            _encode_categories(columns[feature], coding.places[start:stop], codes[feature])
        elif coding.kind[feature] != UNUSED:
            thresholds = coding.thresholds[start:stop]
            _encode_numbers(columns[feature], thresholds, coding.zero[feature], codes[feature])
    return codes


@compiled
def _encode_categories(values: NDArray[np.float64], places: BinCodes, codes: BinCodes) -> None:
    for row in range(len(values)):
        value = values[row]
        # LightGBM cuts towards zero, so -0.5 is category 0; NaN fails both comparisons.
        known = value > -1.0 and value < len(places)
        codes[row] = places[np.uint64(value)] if known else 0


@compiled
def _encode_numbers(
    values: NDArray[np.float64], thresholds: NDArray[np.float64], zero: int, codes: BinCodes
) -> None:
    """Count the thresholds below each value by bisection, all rows a level at a time."""
    levels = 0
    while (1 << levels) <= len(thresholds):
        levels += 1
    codes[: len(values)] = 0
    for level in range(levels - 1, -1, -1):
        probe = thresholds[(1 << level) - 1 :]
        for row in range(len(values)):
            # Unsigned spares the check for an index from the end; the shift spares a branch
            # that nobody could predict.
            below = np.uint16(codes[row])
            codes[row] = below + (np.uint16(probe[below] < values[row]) << level)
    for row in range(len(values)):
        code = codes[row] + 1 if values[row] == values[row] else 0
        # LightGBM takes what is closer to zero than this for zero.
        codes[row] = zero if abs(values[row]) <= ZERO else code
