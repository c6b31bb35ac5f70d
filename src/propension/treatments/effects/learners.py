"""Learners to compare the shipped one with: trees over all arms at once, and a straight line per arm."""

from __future__ import annotations

from dataclasses import dataclass

import lightgbm as lgb
import numpy as np

from propension.arrays import Floats
from propension.treatments.effects.evidence import Evidence

# In rows: slopes of an arm with fewer are drawn to zero more than half the way.
PENALTY_ROWS = 200.0
_TREES = 100
_TREE_SETTINGS = {
    "objective": "l2",
    "learning_rate": 0.1,
    "num_leaves": 8,
    "min_data_in_leaf": 50,
    "min_data_per_group": 20,
    "max_cat_to_onehot": 16,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}


@dataclass(frozen=True)
class Basis:
    """Columns made comparable: centred, scaled, and at their centre where missing."""

    centre: Floats
    scale: Floats

    @classmethod
    def of(cls, axes: Floats) -> Basis:
        """Return the basis of some rows."""
        known = np.isfinite(axes)
        count = np.maximum(known.sum(axis=0), 1)
        centre = np.where(known, axes, 0.0).sum(axis=0) / count
        spread = np.sqrt((np.where(known, axes - centre, 0.0) ** 2).sum(axis=0) / count)
        return cls(centre, np.where(spread > 0, spread, 1.0))

    def design(self, axes: Floats) -> Floats:
        """Return the rows in this basis, a constant first."""
        scaled = np.where(np.isfinite(axes), (axes - self.centre) / self.scale, 0.0)
        return np.column_stack([np.ones(len(scaled)), scaled])


@dataclass(frozen=True)
class Lines:
    """One line per arm.

    Attributes
    ----------
    basis : Basis
    coefficients : array of shape (n_arms, 1 + n_columns)
    """

    basis: Basis
    coefficients: Floats

    def outcomes(self, axes: Floats) -> Floats:
        """Return the expected outcome of every arm, shape (n_arms, n_rows)."""
        expected: Floats = self.coefficients @ self.basis.design(axes).T
        return expected

    def effects(self, axes: Floats) -> Floats:
        """Return what every arm adds to the first."""
        added: Floats = (self.coefficients[1:] - self.coefficients[0]) @ self.basis.design(axes).T
        return added


@dataclass(frozen=True)
class PooledTrees:
    """One model of the outcome with the arm as a column."""

    booster: lgb.Booster
    n_arms: int

    def outcome(self, arm: int, axes: Floats) -> Floats:
        """Return the expected outcome of an arm, shape (n_rows,)."""
        rows = np.column_stack([axes, np.full(len(axes), float(arm))])
        return np.asarray(self.booster.predict(rows), dtype=np.float64)

    def effects(self, axes: Floats) -> Floats:
        """Return what every arm adds to the first."""
        outcomes = np.array([self.outcome(arm, axes) for arm in range(self.n_arms)])
        added: Floats = outcomes[1:] - outcomes[0]
        return added


def fit_axes(evidence: Evidence) -> Lines:
    """Return a ridge per treatment on score, ability, willingness, their product, dispute, arrears and phone.

    The constant is not penalised. An arm without rows keeps the line of all rows, so that its
    effect is nought.
    """
    basis = Basis.of(evidence.axes)
    return Lines(basis, fit_lines(evidence, basis, evidence.weight))


def fit_lines(evidence: Evidence, basis: Basis, weight: Floats) -> Floats:
    """Return the coefficients of a ridge per arm; rows of weight 0 do not count."""
    design = basis.design(evidence.axes)
    pooled = solve_ridge(design, evidence.outcome, weight)
    used = weight > 0
    lines = [
        solve_ridge(design[rows], evidence.outcome[rows], weight[rows]) if rows.any() else pooled
        for rows in ((evidence.arm == arm) & used for arm in range(len(evidence.arms)))
    ]
    return np.array(lines)


def solve_ridge(design: Floats, outcome: Floats, weight: Floats) -> Floats:
    """Return the coefficients of one weighted ridge whose first column is free."""
    scaled = weight / weight.mean()
    penalty = np.diag(np.append(1e-9, np.full(design.shape[1] - 1, PENALTY_ROWS)))
    gram = design.T @ (design * scaled[:, None]) + penalty
    solution: Floats = np.linalg.solve(gram, design.T @ (scaled * outcome))
    return solution


def fit_pooled(evidence: Evidence, seed: int = 7, threads: int = 1) -> PooledTrees:
    """Return an S-learner: LightGBM on the columns and the treatment, over all rows at once.

    Rows are weighed by one over their chance of assignment.
    """
    columns = np.column_stack([evidence.axes, evidence.arm.astype(np.float64)])
    rows = lgb.Dataset(
        columns,
        evidence.outcome,
        weight=evidence.weight / evidence.weight.mean(),
        categorical_feature=[columns.shape[1] - 1],
        params={"verbose": -1},
    )
    settings = _TREE_SETTINGS | {"seed": seed, "num_threads": threads}
    return PooledTrees(lgb.train(settings, rows, _TREES), len(evidence.arms))
