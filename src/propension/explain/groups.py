"""The leaves of a tree as games, and neighbouring leaves put together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from propension.arrays import Array
from propension.compiled import compiled

# Joint states are 16-bit codes.
MAX_PATH = 14
MAX_STATES = 2048
# Measured nanoseconds per row: of a group, of a look-up, of a change of state.
GROUP_COST, LOOK_COST, STEP_COST = 0.3, 0.5, 0.12


class Leaves(NamedTuple):
    """The leaves of one tree, depth first, so that neighbours share most of their path.

    A path step is one distinct feature above a leaf. Features are numbered within the tree.
    Codes that every node of the tree treats alike are one class.

    Attributes
    ----------
    value : array of shape (n_leaves,)
        Less the tree's mean.
    start : array of shape (n_leaves + 1,)
        First path step of each leaf.
    feature, share : arrays of shape (n_steps,)
        The step's feature, and the share of training rows that passed its conditions.
    holds : array of shape (n_steps, most classes), 0 or 1
        Whether a class of the feature's codes satisfies the step's conditions.
    n_classes : array of shape (n_tree_features,)
    """

    value: Array
    start: Array
    feature: Array
    share: Array
    holds: Array
    n_classes: Array


@compiled
def code_classes(left: Array, feature: Array, n_codes: Array) -> tuple[Array, Array]:
    """Return the class of every code of the tree's features, and the number of classes.

    Parameters
    ----------
    left : array of shape (n_nodes, most codes), 0 or 1
    feature : array of shape (n_nodes,)
        Numbered within the tree.
    n_codes : array of shape (n_tree_features,)
    """
    class_of = np.zeros((len(n_codes), left.shape[1]), np.int16)
    n_classes = np.ones(len(n_codes), np.int64)
    for node in range(len(feature)):
        which = feature[node]
        n_classes[which] = _refine(class_of[which], n_classes[which], left[node], n_codes[which])
    for which in range(len(n_codes)):
        class_of[which, n_codes[which] :] = class_of[which, n_codes[which] - 1]
    return class_of, n_classes


@compiled
def _refine(states: Array, n_states: int, bits: Array, length: int) -> int:
    """Split states by a bit, in place, and return how many there are.

    Parameters
    ----------
    states : array of int16, shape (at least length,)
        Below ``n_states``; renumbered by first appearance.
    bits : array of shape (at least length,), 0 or 1
    """
    renamed = np.full(2 * n_states, -1)
    found = 0
    for place in range(length):
        key = 2 * states[place] + bits[place]
        if renamed[key] < 0:
            renamed[key] = found
            found += 1
        states[place] = renamed[key]
    return found


@compiled
def partition(leaves: Leaves, cell_cost: float) -> Array:
    """Cut the leaves into runs so that a row costs least; return where each run begins, and the end.

    A dynamic programme over contiguous runs whose features have at most ``MAX_STATES`` joint
    states; a leaf alone may have more.

    Parameters
    ----------
    leaves : Leaves
    cell_cost : float
        Nanoseconds per row of a table cell: the more, the smaller the tables.
    """
    n_leaves = len(leaves.value)
    cost = np.full(n_leaves + 1, np.inf)
    cost[0] = 0.0
    previous = np.zeros(n_leaves + 1, np.int64)
    states = np.zeros((len(leaves.n_classes), leaves.holds.shape[1]), np.int16)
    n_states = np.zeros(len(leaves.n_classes), np.int64)
    for first in range(n_leaves):
        states[:] = 0
        n_states[:] = 0
        for leaf in range(first, n_leaves):
            _add_leaf(leaves, leaf, states, n_states)
            n_joint, width, changes = 1.0, 0, 0
            for count in n_states[n_states > 0]:
                n_joint *= count
                width += 1
                changes += count - 1
            if leaf > first and n_joint > MAX_STATES:
                break
            total = cost[first] + GROUP_COST + LOOK_COST * width + STEP_COST * changes
            total += cell_cost * n_joint * width
            if total < cost[leaf + 1]:
                cost[leaf + 1], previous[leaf + 1] = total, first
    bounds = [n_leaves]
    while bounds[-1] > 0:
        bounds.append(previous[bounds[-1]])
    return np.array(bounds[::-1])


@compiled
def _add_leaf(leaves: Leaves, leaf: int, states: Array, n_states: Array) -> None:
    for step in range(leaves.start[leaf], leaves.start[leaf + 1]):
        which = leaves.feature[step]
        n_states[which] = _refine(
            states[which], max(n_states[which], 1), leaves.holds[step], leaves.n_classes[which]
        )


@compiled
def group_states(leaves: Leaves, first: int, stop: int) -> tuple[Array, Array]:
    """Return the state of every class of every feature in a run of leaves, and their number.

    Classes between which no leaf of the run tells are one state.

    Returns
    -------
    states : array of int16, shape (n_tree_features, most classes)
    n_states : array of shape (n_tree_features,)
        0 for a feature the run does not stand on.
    """
    states = np.zeros((len(leaves.n_classes), leaves.holds.shape[1]), np.int16)
    n_states = np.zeros(len(leaves.n_classes), np.int64)
    for leaf in range(first, stop):
        _add_leaf(leaves, leaf, states, n_states)
    return states, n_states
