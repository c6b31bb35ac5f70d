"""What the exploring accounts draw, with which chance, and within what teams can do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from propension.arrays import Floats
from propension.config import Experiment
from propension.treatments.allocation import Resource
from propension.treatments.allocation.problem import Problem, check_problem
from propension.treatments.choice.slate import Slate


@dataclass(frozen=True, eq=False)
class Exploration:
    """What every account would draw if it explored.

    Attributes
    ----------
    drawn : array of int16, shape (n_accounts,)
        The treatment.
    factor : array of shape (n_treatments,)
        By how much a treatment is drawn less than evenly, so that teams can carry it out.
    open : bool array of shape (n_treatments, n_accounts)
        What may be drawn, doing nothing included.
    """

    drawn: NDArray[np.int16]
    factor: Floats
    open: NDArray[np.bool_]

    def chance(self, treatment: NDArray[np.int16]) -> Floats:
        """Return the chance with which every account would have drawn a treatment."""
        columns = np.arange(len(treatment))
        even = 1 / self.open.sum(axis=0)
        else_drawn = self.factor[1:] @ self.open[1:] * even
        chance: Floats = np.where(
            treatment == 0,
            1 - else_drawn,
            self.factor[treatment] * self.open[treatment, columns] * even,
        )
        return chance


def draw_treatments(
    slate: Slate,
    resources: Sequence[Resource],
    experiment: Experiment,
    exploring: NDArray[np.bool_],
    factor: Floats | None = None,
) -> Exploration:
    """Return a draw for every account: evenly among what is open, less of what teams have little of.

    Of no resource the exploring accounts are expected to use more than their share.

    Parameters
    ----------
    slate : Slate
        Its column ``drawn`` holds a number in [0, 1) for every account.
    resources : sequence of Resource
    experiment : Experiment
    exploring : bool array of shape (n_accounts,)
    factor : array of shape (n_treatments,), optional
        By how much treatments are drawn less, where it is known; else these accounts' share decides.
    """
    opened = open_to_drawing(slate)
    even = 1 / opened.sum(axis=0)
    if factor is None:
        problem = check_problem(slate.values, resources)
        expected = expected_uses(problem, opened, exploring)
        factor = draw_factors(experiment, problem.amounts, problem.capacities, expected)
    number = slate.accounts["drawn"].to_numpy()
    drawn, reached = np.zeros(len(number), np.int16), np.zeros(len(number))
    for treatment in range(1, len(factor)):
        chance = factor[treatment] * opened[treatment] * even
        drawn[(number >= reached) & (number < reached + chance)] = treatment
        reached += chance
    return Exploration(drawn, factor, opened)


def open_to_drawing(slate: Slate) -> NDArray[np.bool_]:
    """Return what may be drawn, doing nothing included."""
    opened: NDArray[np.bool_] = slate.open() & slate.explored[:, None]
    opened[0] = True
    return opened


def expected_uses(
    problem: Problem, opened: NDArray[np.bool_], exploring: NDArray[np.bool_]
) -> Floats:
    """Return what exploring accounts would use of every resource, drew they evenly."""
    chance = np.where(exploring, 1 / opened.sum(axis=0), 0.0)
    places = range(len(problem.capacities))
    return np.array([_expected_use(problem, place, opened, chance) for place in places])


def draw_factors(
    experiment: Experiment, amounts: Floats, capacities: Floats, expected: Floats
) -> Floats:
    """Return by how much every treatment is drawn less, so that no resource is expected to run short."""
    factor = np.ones(amounts.shape[1])
    for used, capacity, wanted in zip(amounts, capacities, expected, strict=True):
        room = experiment.explore_capacity * capacity
        if wanted > room:
            factor[used > 0] = np.minimum(factor[used > 0], room / wanted)
    return factor


def _expected_use(
    problem: Problem, resource: int, opened: NDArray[np.bool_], chance: Floats
) -> float:
    total = 0.0
    for treatment in np.flatnonzero(problem.amounts[resource]).tolist():
        weight = problem.weight(resource, treatment)
        rows = opened[treatment] * chance
        total += problem.amounts[resource, treatment] * float(
            rows.sum() if weight is None else (rows * weight).sum(dtype=np.float64)
        )
    return total


def trim(
    problem: Problem, choice: NDArray[np.int16], number: Floats
) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """Return the draws that fit into every capacity, and whose chance is no longer known.

    Where luck drew more than there is, the smallest numbers go first, and who needs more than is left
    when its turn comes is left alone; then nobody who drew of that resource is learnt from.
    """
    kept, touched = choice.copy(), np.zeros(len(choice), bool)
    order = np.argsort(number, kind="stable")
    for resource, capacity in enumerate(problem.capacities):
        use = problem.use_of(resource, kept)
        if use.sum() > capacity:
            touched |= use > 0
            fitting = _in_turn(use, order[use[order] > 0], capacity)
            kept[np.setdiff1d(np.flatnonzero(use), fitting)] = 0
    return kept, touched


def _in_turn(use: Floats, waiting: NDArray[np.intp], room: float) -> NDArray[np.intp]:
    """Return who of those waiting finds room, each in turn; what is too large for it bars nobody behind."""
    fitting = [waiting[:0]]
    while len(waiting := waiting[use[waiting] <= room]):
        taken = waiting[np.cumsum(use[waiting]) <= room]
        fitting.append(taken)
        room -= float(use[taken].sum())
        waiting = waiting[len(taken) :]
    return np.concatenate(fitting)
