"""LightGBM's model text as arrays: what splits where, and how many rows went each way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from propension.arrays import Flags, Floats, Ints
from propension.errors import ModelError

MISSING_NONE, MISSING_ZERO, MISSING_NAN = 0, 1, 2
_IS_CATEGORY, _DEFAULT_LEFT = 1, 2


@dataclass(frozen=True)
class Tree:
    """One tree with at least one split.

    Children are nodes when zero or more, and leaves ``~child`` when negative.

    Attributes
    ----------
    feature, threshold, left, right, count : arrays of shape (n_nodes,)
        What is compared with what, the children, and the training rows that passed.
    is_category, default_left : bool arrays of shape (n_nodes,)
    missing : array of shape (n_nodes,)
        What the node takes as missing: nothing, zeros and NaN, or NaN.
    categories : dict of int to array of int
        Categories a categorical node sends left.
    leaf_value, leaf_count : arrays of shape (n_nodes + 1,)
    """

    feature: Ints
    threshold: Floats
    left: Ints
    right: Ints
    count: Ints
    is_category: Flags
    default_left: Flags
    missing: Ints
    categories: dict[int, Ints]
    leaf_value: Floats
    leaf_count: Ints


@dataclass(frozen=True)
class Forest:
    """The trees whose leaf values add up to the raw margin.

    Attributes
    ----------
    n_features : int
    trees : tuple of Tree
    constant : float
        Sum of the trees without a split.
    """

    n_features: int
    trees: tuple[Tree, ...]
    constant: float


def read_forest(text: str) -> Forest:
    """Return the trees of a LightGBM model with one output.

    Parameters
    ----------
    text : str
        As ``Booster.model_to_string`` writes it; leaf values include the shrinkage.

    Raises
    ------
    ModelError
        If the model has several outputs, linear leaves or averaged trees.
    """
    header, *blocks = text.partition("\nend of trees")[0].split("\nTree=")
    facts = _pairs(header)
    if int(facts["num_tree_per_iteration"]) != 1:
        raise ModelError(
            f"model: {facts['num_tree_per_iteration']} outputs, only one can be explained. "
            "Train a binary or a regression objective."
        )
    read = [_pairs(block) for block in blocks]
    if any(tree.get("is_linear", "0") != "0" for tree in read):
        raise ModelError("model: linear leaves cannot be explained. Train with linear_tree=false.")
    if "average_output" in facts:
        raise ModelError(
            "model: the trees of a random forest are averaged, not added up to a margin, and cannot "
            "be explained. Train with boosting=gbdt."
        )
    split = [tree for tree in read if int(tree["num_leaves"]) > 1]
    constant = sum(float(tree["leaf_value"]) for tree in read if int(tree["num_leaves"]) == 1)
    return Forest(int(facts["max_feature_idx"]) + 1, tuple(map(_tree, split)), constant)


def _pairs(block: str) -> dict[str, str]:
    return {name: value for name, _, value in (line.partition("=") for line in block.split("\n"))}


def _numbers(text: str, kind: type) -> NDArray[Any]:
    return np.fromstring(text, dtype=kind, sep=" ")


def _tree(facts: dict[str, str]) -> Tree:
    decision = _numbers(facts["decision_type"], np.int64)
    threshold = _numbers(facts["threshold"], np.float64)
    is_category = (decision & _IS_CATEGORY) != 0
    return Tree(
        feature=_numbers(facts["split_feature"], np.int64),
        threshold=threshold,
        left=_numbers(facts["left_child"], np.int64),
        right=_numbers(facts["right_child"], np.int64),
        count=_numbers(facts["internal_count"], np.int64),
        is_category=is_category,
        default_left=(decision & _DEFAULT_LEFT) != 0,
        missing=(decision >> 2) & 3,
        categories={
            int(node): _categories(facts, int(threshold[node]))
            for node in np.flatnonzero(is_category)
        },
        leaf_value=_numbers(facts["leaf_value"], np.float64),
        leaf_count=_numbers(facts["leaf_count"], np.int64),
    )


def _categories(facts: dict[str, str], which: int) -> Ints:
    """Unpack the bit set of one categorical split."""
    start, stop = _numbers(facts["cat_boundaries"], np.int64)[which : which + 2]
    words = _numbers(facts["cat_threshold"], np.int64)[start:stop].astype("<u4")
    return np.flatnonzero(np.unpackbits(words.view(np.uint8), bitorder="little"))
