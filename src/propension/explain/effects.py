"""Shapley values of groups of leaves, for every state the features can be in."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from propension.arrays import Array
from propension.compiled import compiled
from propension.explain.groups import MAX_PATH, Leaves


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
def group_effects(
    leaves: Leaves, run: tuple[int, int], states: Array, stride: Array, rule: Quadrature
) -> Array:
    """Return the Shapley values of the features of a run of leaves, in every joint state.

    Parameters
    ----------
    leaves : Leaves
    run : tuple of int
        The first leaf, and the one after the last.
    states : array of shape (n_tree_features, most classes)
    stride : array of shape (n_tree_features + 1,)
        What a state of each feature counts in the joint state, then the number of joint states.
    rule : Quadrature

    Returns
    -------
    array of shape (n_tree_features, n_joint)
    """
    effects = np.zeros((len(stride) - 1, stride[-1]))
    for leaf in range(run[0], run[1]):
        pattern = _patterns(leaves, leaf, states, stride)
        begin, end = leaves.start[leaf], leaves.start[leaf + 1]
        of_leaf = _leaf_effects(leaves.share[begin:end], leaves.value[leaf], rule)
        for step in range(begin, end):
            row, source = effects[leaves.feature[step]], of_leaf[step - begin]
            for joint in range(len(pattern)):
                row[joint] += source[pattern[joint]]
    return effects


@compiled
def _patterns(leaves: Leaves, leaf: int, states: Array, stride: Array) -> Array:
    """Return, for every joint state, which of the leaf's conditions hold, as bits."""
    pattern = np.zeros(stride[-1], np.int64)
    for step in range(leaves.start[leaf], leaves.start[leaf + 1]):
        which = leaves.feature[step]
        bits = np.zeros(stride[which + 1] // stride[which], np.int64)
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
def _leaf_effects(share: Array, value: float, rule: Quadrature) -> Array:
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
