"""A model as look-up tables: per group of leaves, how to find a row's state and what it adds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from propension.arrays import Array
from propension.compiled import compiled
from propension.explain.codes import Coding, TablesTooLargeError, learn_coding
from propension.explain.effects import group_effects, quadrature
from propension.explain.groups import group_states, partition
from propension.explain.paths import TreeGames, tree_games
from propension.explain.trees import Forest

# More changes of state than this are looked up instead of compared one by one.
MAX_STEPS = 5
# Measured nanoseconds per row of a table cell, then prices that make tables smaller than is quickest.
CELL_COSTS = (0.0002, 0.001, 0.01)


class Routes(NamedTuple):
    """How each group's state index follows from the codes.

    Starting at ``first``, every step adds ``add`` where the feature's code exceeds ``code``, and
    every map adds its cell for the feature's code.

    Attributes
    ----------
    first : array of int16, shape (n_groups,)
    step_start, map_start : arrays of shape (n_groups + 1,)
    step_feature, step_code, step_add : arrays of shape (n_steps,)
    map_feature, map_offset : arrays of shape (n_maps,)
    cells : array of int16
    """

    first: Array
    step_start: Array
    step_feature: Array
    step_code: Array
    step_add: Array
    map_start: Array
    map_feature: Array
    map_offset: Array
    cells: Array


class Tables(NamedTuple):
    """The effects of a whole model.

    Attributes
    ----------
    coding : Coding
    routes : Routes
    look_start : array of shape (n_groups + 1,)
        The look-ups of each group.
    look_feature : array of shape (n_looks,)
        The feature whose effect is looked up.
    look_offset : array of shape (n_looks + 1,)
        Where each look-up's part of ``effects`` begins.
    effects : array of int32
        In units of ``unit``: whole numbers add up to the same sum in any order.
    unit : float
        A power of two.
    base : float
        The mean raw margin over the training rows.
    """

    coding: Coding
    routes: Routes
    look_start: Array
    look_feature: Array
    look_offset: Array
    effects: Array
    unit: float
    base: float


class _Group(NamedTuple):
    game: TreeGames
    run: tuple[int, int]
    states: Array
    n_states: Array

    @property
    def stride(self) -> Array:
        """What a state of each feature counts in the joint state, then the number of joint states."""
        return np.cumprod(np.concatenate([[1], np.maximum(self.n_states, 1)]))

    @property
    def n_cells(self) -> int:
        return int(np.count_nonzero(self.n_states) * self.stride[-1])


def build_tables(forest: Forest, max_bytes: int) -> Tables:
    """Compute every effect a row can get.

    Parameters
    ----------
    forest : Forest
    max_bytes : int
        Refuse larger tables, before they are computed; that takes three times as much for a moment.

    Raises
    ------
    TablesTooLargeError
    """
    coding = learn_coding(forest)
    games = [tree_games(tree, coding) for tree in forest.trees]
    for cell_cost in CELL_COSTS:
        groups = [group for game in games for group in _groups(game, cell_cost)]
        n_bytes = sum(group.n_cells for group in groups) * np.dtype(np.int32).itemsize
        if n_bytes <= max_bytes:
            break
    else:
        raise TablesTooLargeError(
            f"{n_bytes / 2**20:.0f} MiB of tables, over {max_bytes / 2**20:.0f}"
        )
    base = forest.constant + sum(game.base for game in games)
    return Tables(coding, _routes(groups, coding), *_looks(groups), base)


def _groups(game: TreeGames, cell_cost: float) -> list[_Group]:
    bounds = partition(game.leaves, cell_cost).tolist()
    return [_Group(game, run, *group_states(game.leaves, *run)) for run in pairwise(bounds)]


def _looks(groups: Sequence[_Group]) -> tuple[Array, Array, Array, Array, float]:
    """Return the look-ups as ``Tables`` holds them, and the unit: the finest that fits 32 bits."""
    rule = quadrature()
    features, parts = [np.empty(0, np.int64)], []
    for group in groups:
        members = np.flatnonzero(group.n_states)
        found = group_effects(group.game.leaves, group.run, group.states, group.stride, rule)
        features.append(group.game.features[members])
        parts.append(found[members])
    largest = max((float(np.abs(part).max()) for part in parts), default=0.0)
    unit = math.ldexp(1.0, math.frexp(largest)[1] - 30)
    whole = [np.rint(part / unit).astype(np.int32).ravel() for part in parts]
    widths = [0, *(part.shape[1] for part in parts for _ in part)]
    return (
        np.cumsum([len(part) for part in features]),
        np.concatenate(features),
        np.cumsum(widths),
        np.concatenate([np.empty(0, np.int32), *whole]),
        unit,
    )


def _routes(groups: Sequence[_Group], coding: Coding) -> Routes:
    first = np.zeros(len(groups), np.int16)
    steps, maps, cells = [], [np.empty(0, np.int64)], [np.empty(0, np.int16)]
    for place, group in enumerate(groups):
        features = group.game.features
        added = _added(group.game.class_of, group.states, group.stride)
        jumps = np.diff(added, axis=1)
        is_map = np.count_nonzero(jumps, axis=1) > MAX_STEPS
        jumps[is_map] = 0
        first[place] = added[~is_map, 0].sum()
        which, code = np.nonzero(jumps)
        steps.append(np.stack([features[which], code, jumps[which, code]]))
        mapped = np.flatnonzero(is_map)
        maps.append(features[mapped])
        cells.extend(added[local, : coding.n_codes[features[local]]] for local in mapped)
    step_feature, step_code, step_add = np.concatenate([np.empty((3, 0), np.int64), *steps], axis=1)
    return Routes(
        first,
        np.cumsum([0, *(step.shape[1] for step in steps)]),
        step_feature,
        step_code.astype(np.int16),
        step_add.astype(np.int16),
        np.cumsum([len(part) for part in maps]),
        np.concatenate(maps),
        np.cumsum([len(part) for part in cells])[:-1],
        np.concatenate(cells),
    )


@compiled
def _added(class_of: Array, states: Array, stride: Array) -> Array:
    """Return what every code of every feature adds to the joint state."""
    added = np.zeros(class_of.shape, np.int16)
    for which in range(class_of.shape[0]):
        for code in range(class_of.shape[1]):
            added[which, code] = stride[which] * states[which, class_of[which, code]]
    return added
