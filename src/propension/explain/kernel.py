"""The pass over rows: look up every group's effects and keep what is asked for."""

from __future__ import annotations

import numpy as np

from propension.arrays import Array
from propension.compiled import compiled
from propension.explain.tables import Routes, Tables

_CHUNK_ROWS = 64
# Of 4 bytes each, in a line of the processor's cache.
_CELLS_PER_LINE = 16


@compiled
def add_effects(codes: Array, tables: Tables) -> Array:
    """Return the effects of every feature on a block of rows, in the tables' unit.

    Parameters
    ----------
    codes : array of int16, shape (n_features, n_rows)
    tables : Tables

    Returns
    -------
    array of int64, shape (n_features, n_rows)
    """
    sums = np.zeros(codes.shape, np.int64)
    index = np.empty(codes.shape[1], np.int16)
    seen = np.zeros(1, np.int64)
    for group in range(len(tables.routes.first)):
        _find_states(codes, tables.routes, group, index)
        _read_ahead(tables, group, seen)
        look, stop = tables.look_start[group], tables.look_start[group + 1]
        while look + 4 <= stop:
            _add_four(tables, look, index, sums)
            look += 4
        while look + 2 <= stop:
            _add_two(tables, look, index, sums)
            look += 2
        if look < stop:
            _add_one(tables, look, index, sums)
    return sums


@compiled
def _read_ahead(tables: Tables, group: int, seen: Array) -> None:
    """Read a group's effects in order, which memory is quick at, so that look-ups find them near.

    The sum only keeps the compiler from leaving the reading out.
    """
    begin = tables.look_offset[tables.look_start[group]]
    for cell in range(begin, tables.look_offset[tables.look_start[group + 1]], _CELLS_PER_LINE):
        seen[0] += tables.effects[cell]


@compiled
def _add_one(tables: Tables, look: int, index: Array, sums: Array) -> None:
    effects, total = tables.effects[tables.look_offset[look] :], sums[tables.look_feature[look]]
    for row in range(len(index)):
        total[row] += effects[np.uint16(index[row])]


@compiled
def _add_two(tables: Tables, look: int, index: Array, sums: Array) -> None:
    """Do two look-ups at once: the index is read once."""
    offset, feature = tables.look_offset, tables.look_feature
    effects_0, effects_1 = tables.effects[offset[look] :], tables.effects[offset[look + 1] :]
    sums_0, sums_1 = sums[feature[look]], sums[feature[look + 1]]
    for row in range(len(index)):
        state = np.uint16(index[row])
        sums_0[row] += effects_0[state]
        sums_1[row] += effects_1[state]


@compiled
def _add_four(tables: Tables, look: int, index: Array, sums: Array) -> None:
    offset, feature = tables.look_offset, tables.look_feature
    effects_0, effects_1 = tables.effects[offset[look] :], tables.effects[offset[look + 1] :]
    effects_2, effects_3 = tables.effects[offset[look + 2] :], tables.effects[offset[look + 3] :]
    sums_0, sums_1 = sums[feature[look]], sums[feature[look + 1]]
    sums_2, sums_3 = sums[feature[look + 2]], sums[feature[look + 3]]
    for row in range(len(index)):
        state = np.uint16(index[row])
        sums_0[row] += effects_0[state]
        sums_1[row] += effects_1[state]
        sums_2[row] += effects_2[state]
        sums_3[row] += effects_3[state]


@compiled
def _find_states(codes: Array, routes: Routes, group: int, index: Array) -> None:
    index[:] = routes.first[group]
    for step in range(routes.step_start[group], routes.step_start[group + 1]):
        code, added = routes.step_code[step], routes.step_add[step]
        values = codes[routes.step_feature[step]]
        for row in range(len(index)):
            index[row] += added if values[row] > code else np.int16(0)
    for place in range(routes.map_start[group], routes.map_start[group + 1]):
        cells = routes.cells[routes.map_offset[place] :]
        values = codes[routes.map_feature[place]]
        for row in range(len(index)):
            index[row] += cells[np.uint16(values[row])]


@compiled
def add_up(sums: Array, unit: float, base: float, margin: Array) -> None:
    """Write each row's base plus all its effects."""
    total = np.zeros(sums.shape[1], sums.dtype)
    for feature in range(sums.shape[0]):
        total += sums[feature]
    for row in range(len(total)):
        margin[row] = base + total[row] * unit


@compiled
def sum_groups(sums: Array, group_ids: Array, n_groups: int) -> Array:
    """Return each row's sum of effects per group of features.

    Parameters
    ----------
    sums : array of shape (n_features, n_rows)
    group_ids : array of shape (n_features,)
        Negative for features of no group.
    n_groups : int

    Returns
    -------
    array of shape (n_groups, n_rows)
        In the unit of ``sums``.
    """
    found = np.zeros((n_groups, sums.shape[1]), sums.dtype)
    for feature in range(sums.shape[0]):
        if group_ids[feature] >= 0:
            found[group_ids[feature]] += sums[feature]
    return found


@compiled
def name_leaders(sums: Array, group_ids: Array, chosen: Array, effects: Array) -> None:
    """Put the feature that speaks for each chosen group into the group's place.

    It is the one that adds most in the direction of its group's sum; the first of equals.

    Parameters
    ----------
    sums : array of shape (n_features, n_rows)
    group_ids : array of shape (n_features,)
    chosen, effects : arrays of shape (n_rows, k)
        Groups, replaced by features, and their sums.
    """
    for place in range(chosen.shape[1]):
        for row in range(chosen.shape[0]):
            group, leader, most = chosen[row, place], -1, sums[0, row]
            for feature in range(sums.shape[0]):
                if group_ids[feature] == group:
                    value = sums[feature, row] if effects[row, place] >= 0 else -sums[feature, row]
                    if leader < 0 or value > most:
                        leader, most = feature, value
            chosen[row, place] = leader


@compiled
def keep_largest(sums: Array, unit: float, features: Array, effects: Array) -> None:
    """Write the features of largest absolute effect, largest first; the first of equals leads.

    Parameters
    ----------
    sums : array of shape (n_features, n_rows)
    unit : float
    features, effects : arrays of shape (n_rows, k)
    """
    n_rows, k = features.shape
    if k == 0:
        return
    best = np.empty((_CHUNK_ROWS, k), sums.dtype)
    for begin in range(0, n_rows, _CHUNK_ROWS):
        stop = min(begin + _CHUNK_ROWS, n_rows)
        best[:] = -1
        for feature in range(sums.shape[0]):
            for row in range(begin, stop):
                size = abs(sums[feature, row])
                if size > best[row - begin, k - 1]:
                    _insert(best[row - begin], features[row], size, feature)
        for row in range(begin, stop):
            for place in range(k):
                effects[row, place] = sums[features[row, place], row] * unit


@compiled
def _insert(best: Array, features: Array, size: float, feature: int) -> None:
    place = len(best) - 1
    while place > 0 and size > best[place - 1]:
        best[place], features[place] = best[place - 1], features[place - 1]
        place -= 1
    best[place], features[place] = size, feature
