"""The shipped learner: how far every treatment's effect departs from what was expected of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from propension.arrays import Floats
from propension.treatments.effects.evidence import Evidence
from propension.treatments.effects.learners import Basis

# In rows: how hard the line that all treatments share is drawn to nought, and each one's own; of
# that, the share by which levels are, which are told by every row.
_SHARED_ROWS, _OWN_ROWS, _LEVEL_SHARE = 1000.0, 3000.0, 0.3


@dataclass(frozen=True)
class Departures:
    """One line per treatment, against doing nothing.

    Attributes
    ----------
    basis : Basis
    coefficients : array of shape (n_arms - 1, 1 + n_columns)
    """

    basis: Basis
    coefficients: Floats

    def effects(self, axes: Floats) -> Floats:
        """Return what every arm adds to the first beyond what was expected of it."""
        added: Floats = self.coefficients @ self.basis.design(axes).T
        return added


def fit_departures(evidence: Evidence, expected: Floats | None = None) -> Departures:
    """Return lines by which effects depart from those expected; where rows are few, they do not.

    One ridge of the outcome less the effect expected of what was done, rows weighed by one over
    their chance: a curve of the columns for everybody, a line shared by all treatments, and a
    line of each treatment's own. The curve is free, the lines are drawn to nought.

    Parameters
    ----------
    evidence : Evidence
    expected : array of shape (n_arms, n_cells), optional
        Effects expected of every arm in every cell; none when left out.
    """
    outcome = evidence.outcome
    if expected is not None:
        outcome = outcome - expected[evidence.arm, evidence.cell]
    basis = Basis.of(evidence.axes)
    design = basis.design(evidence.axes)
    curve = np.hstack([design, design[:, 1:] ** 2])
    free, width, arms = curve.shape[1], design.shape[1], len(evidence.arms)
    gram: Floats = np.diag(_penalties(free, width, arms))
    moment = np.zeros(len(gram))
    weight = evidence.weight / evidence.weight.mean()
    for arm in range(arms):
        inside = evidence.arm == arm
        rows, places = curve[inside], np.arange(free)
        # Doing nothing has the curve alone; a treatment also the shared line, and its own.
        if arm:
            own = free + arm * width
            rows = np.hstack([rows, design[inside], design[inside]])
            places = np.r_[: free + width, own : own + width]
        weighed = rows * weight[inside, None]
        gram[np.ix_(places, places)] += weighed.T @ rows
        moment[places] += weighed.T @ outcome[inside]
    lines = np.linalg.solve(gram, moment)[free:].reshape(arms, width)
    coefficients: Floats = lines[0] + lines[1:]
    return Departures(basis, coefficients)


def _penalties(free: int, width: int, arms: int) -> Floats:
    """Penalties of the curve, of the shared line, and of each treatment's own."""
    line = np.append(_LEVEL_SHARE, np.ones(width - 1))
    own = np.tile(_OWN_ROWS * line, arms - 1)
    return np.concatenate([np.full(free, 1e-3), _SHARED_ROWS * line, own])
