"""Neighbouring leaves put together, and the effects of a whole group for every state of its features."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from propension.explain.compiled import compiled
from propension.explain.paths import MAX_PATH, Array, Leaves, refine

MAX_STATES = 2048
# Measured nanoseconds per row: of a group, of a look-up, of a change of state.
GROUP_COST, LOOK_COST, STEP_COST = 0.3, 0.5, 0.12


class Quadrature(NamedTuple):
    """Gauss-Legendre points on [0, 1] that integrate the games of k features exactly.

    Attributes
    ----------
    points, weights : arrays of shape (MAX_PATH + 1, (MAX_PATH + 1) // 2)
        Row k holds (k + 1) // 2 points, then weights of zero.
    """

    points: Array
    weights: Array


def quadrature() -> Quadrature:
    """Return the points for every number of features up to ``MAX_PATH``."""
    shape = (MAX_PATH + 1, (MAX_PATH + 1) // 2)
    points, weights = np.zeros(shape), np.zeros(shape)
    for k in range(1, MAX_PATH + 1):
        x, weight = np.polynomial.legendre.leggauss((k + 1) // 2)
        points[k, : len(x)], weights[k, : len(x)] = (x + 1) / 2, weight / 2
    return Quadrature(points, weights)


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
        n_states[which] = refine(
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


@compiled
def strides(n_states: Array) -> Array:
    """Return what a state of each feature counts in the joint state, and the joint states."""
    stride = np.ones(len(n_states) + 1, np.int64)
    for which in range(len(n_states)):
        stride[which + 1] = stride[which] * max(n_states[which], 1)
    return stride


@compiled
def group_effects(
    leaves: Leaves, run: tuple[int, int], states: Array, n_states: Array, rule: Quadrature
) -> Array:
    """Return the Shapley values of the features of a run of leaves, in every joint state.

    Returns
    -------
    array of shape (n_tree_features, n_joint)
        The joint state counts the states of the features in order, the first one fastest.
    """
    stride = strides(n_states)
    effects = np.zeros((len(n_states), stride[-1]))
    for leaf in range(run[0], run[1]):
        pattern = _patterns(leaves, leaf, states, n_states, stride)
        begin, end = leaves.start[leaf], leaves.start[leaf + 1]
        of_leaf = leaf_effects(leaves.share[begin:end], leaves.value[leaf], rule)
        for step in range(begin, end):
            row, source = effects[leaves.feature[step]], of_leaf[step - begin]
            for joint in range(len(pattern)):
                row[joint] += source[pattern[joint]]
    return effects


@compiled
def _patterns(leaves: Leaves, leaf: int, states: Array, n_states: Array, stride: Array) -> Array:
    """Return, for every joint state, which of the leaf's conditions hold, as bits."""
    pattern = np.zeros(stride[-1], np.int64)
    for step in range(leaves.start[leaf], leaves.start[leaf + 1]):
        which = leaves.feature[step]
        bits = np.zeros(n_states[which], np.int64)
        for code in range(leaves.n_classes[which]):
            bits[states[which, code]] = leaves.holds[step, code]
        bits <<= step - leaves.start[leaf]
        joint = 0
        while joint < len(pattern):
            for bit in bits:
                pattern[joint : joint + stride[which]] |= bit
                joint += stride[which]
    return pattern


@compiled
def leaf_effects(share: Array, value: float, rule: Quadrature) -> Array:
    """Return the Shapley values of one leaf for every set of conditions a row can satisfy.

    With z the share of feature j where unknown and o (0 or 1) whether its condition holds, the
    value of feature i is the integral over t from 0 to 1 of
    value (o_i - z_i) prod over the others of (t o_j + (1 - t) z_j): Owen's multilinear extension
    (Management Science 18, 1972) of path-dependent TreeSHAP's game.

    Parameters
    ----------
    share : array of shape (k,)
    value : float
    rule : Quadrature
        Exact here: the integrand is a polynomial of degree k - 1.

    Returns
    -------
    array of shape (k, 2 ** k)
        Bit j of the column says whether condition j holds.
    """
    k = len(share)
    effects = np.zeros((k, 1 << k))
    product = np.empty(1 << k)
    for which in range(k):
        for point in range((k + 1) // 2):
            t = rule.points[k, point]
            product[0] = value * rule.weights[k, point]
            for j in range(k):
                failed = -share[j] if j == which else (1.0 - t) * share[j]
                held = 1.0 + failed if j == which else t + failed
                for low in range(1 << j):
                    product[low + (1 << j)] = product[low] * held
                    product[low] *= failed
            effects[which] += product
    return effects
