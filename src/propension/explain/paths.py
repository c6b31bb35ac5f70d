"""The leaves of a tree as games: which features each stands on, and where it holds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from propension.arrays import Array
from propension.compiled import compiled
from propension.explain.codes import Coding, TablesTooLargeError, goes_left
from propension.explain.groups import MAX_PATH, Leaves, code_classes
from propension.explain.trees import Tree


class TreeGames(NamedTuple):
    """The leaves of a tree, with the features and codes they are about.

    Attributes
    ----------
    leaves : Leaves
    features : array of shape (n_tree_features,)
        Positions in the model.
    class_of : array of shape (n_tree_features, most codes)
        Rows of fewer codes repeat their last class.
    base : float
        Mean value of the tree over its training rows.
    """

    leaves: Leaves
    features: Array
    class_of: Array
    base: float


def tree_games(tree: Tree, coding: Coding) -> TreeGames:
    """Return the leaves of a tree as games over its features.

    Raises
    ------
    TablesTooLargeError
        If a leaf stands on more than ``MAX_PATH`` features, or a node saw no training rows.
    """
    features, feature = np.unique(tree.feature, return_inverse=True)
    if not tree.count.all():
        raise TablesTooLargeError("a node saw no training rows")
    order, parent, shares = _walk(tree)
    length = _path_lengths(order, parent, feature)
    if length.max() > MAX_PATH:
        raise TablesTooLargeError(f"a leaf stands on {length.max()} features, over {MAX_PATH}")
    left = goes_left(tree, coding)
    class_of, n_classes = code_classes(left, feature, coding.n_codes[features])
    alike = _left_by_class(left, feature, coding.n_codes[features], class_of, n_classes.max())
    start = np.concatenate([[0], np.cumsum(length)])
    steps = _trace(order, parent, shares, feature, alike, start)
    value = tree.leaf_value[~order]
    base = float(value @ np.multiply.reduceat(steps[1], start[:-1]))
    # A constant has no effects; without it the values are small, and so is their rounding.
    return TreeGames(Leaves(value - base, start, *steps, n_classes), features, class_of, base)


def _walk(tree: Tree) -> tuple[Array, Array, Array]:
    """Return the leaves depth first, every child's parent, and every child's share of its parent.

    Returns
    -------
    order : array of shape (n_leaves,)
        Leaves as children, that is negative.
    parent : array of shape (n_nodes + n_leaves,)
        Indexed by child, leaves from the end; ``2 * node`` or ``2 * node + 1`` for a right child.
    shares : array of shape (n_nodes + n_leaves,)
    """
    n_nodes = len(tree.left)
    parent = np.full(2 * n_nodes + 1, -1)
    parent[tree.left] = 2 * np.arange(n_nodes)
    parent[tree.right] = 2 * np.arange(n_nodes) + 1
    count = np.concatenate([tree.count, tree.leaf_count[::-1]]).astype(np.float64)
    shares = count / count[parent >> 1]
    return _depth_first(tree.left, tree.right), parent, shares


@compiled
def _depth_first(left: Array, right: Array) -> Array:
    order = np.empty(len(left) + 1, np.int64)
    stack = np.empty(len(left) + 1, np.int64)
    stack[0], height, found = 0, 1, 0
    while height:
        height -= 1
        child = stack[height]
        if child < 0:
            order[found] = child
            found += 1
        else:
            stack[height], stack[height + 1] = right[child], left[child]
            height += 2
    return order


@compiled
def _path_lengths(order: Array, parent: Array, feature: Array) -> Array:
    length = np.zeros(len(order), np.int64)
    last_leaf = np.full(feature.max() + 1, -1)
    for leaf in range(len(order)):
        child = order[leaf]
        while child != 0:
            child = parent[child] >> 1
            if last_leaf[feature[child]] != leaf:
                last_leaf[feature[child]] = leaf
                length[leaf] += 1
    return length


@compiled
def _trace(
    order: Array, parent: Array, shares: Array, feature: Array, alike: Array, start: Array
) -> tuple[Array, Array, Array]:
    """Return feature, share and holds of every path step, from each leaf up to the root."""
    step_feature = np.empty(start[-1], np.int64)
    share = np.ones(start[-1])
    holds = np.ones((start[-1], alike.shape[1]), np.uint8)
    step_of = np.full(feature.max() + 1, -1)
    for leaf in range(len(order)):
        child, free = order[leaf], start[leaf]
        while child != 0:
            node, is_right = parent[child] >> 1, parent[child] & 1
            step = step_of[feature[node]]
            if step < start[leaf]:
                step = free
                step_of[feature[node]] = step
                step_feature[step] = feature[node]
                free += 1
            share[step] *= shares[child]
            for code in range(alike.shape[1]):
                holds[step, code] &= alike[node, code] ^ is_right
            child = node
    return step_feature, share, holds


@compiled
def _left_by_class(
    left: Array, feature: Array, n_codes: Array, class_of: Array, width: int
) -> Array:
    alike = np.zeros((len(feature), width), np.uint8)
    for node in range(len(feature)):
        which = feature[node]
        for code in range(n_codes[which]):
            alike[node, class_of[which, code]] = left[node, code]
    return alike
