"""The DR-learner, for comparison: right if either the chances or the outcomes are."""

from __future__ import annotations

import numpy as np

from propension.arrays import Codes, Floats
from propension.errors import DataError
from propension.treatments.effects.evidence import Evidence
from propension.treatments.effects.learners import Basis, Lines, fit_lines, solve_ridge

FOLDS = 5


def fit_doubly_robust(evidence: Evidence, seed: int = 7) -> Lines:
    """Return lines through pseudo-outcomes: the expected effect, corrected by what really came.

    Raises
    ------
    DataError
        If the evidence has no assignment probabilities.

    Notes
    -----
    Kennedy, Electronic Journal of Statistics, 2023. Outcomes are expected by lines that saw no
    row of the same account.
    """
    if evidence.is_confounded:
        raise DataError(
            "effects: a doubly robust estimate needs assignment probabilities, and the log has none."
        )
    basis = Basis.of(evidence.axes)
    design = basis.design(evidence.axes)
    values = corrected_outcomes(evidence, expected_outcomes(evidence, seed))
    whole = np.ones(len(evidence.arm))
    lines = [solve_ridge(design, value - values[0], whole) for value in values]
    return Lines(basis, np.array(lines))


def expected_outcomes(evidence: Evidence, seed: int = 7) -> Floats:
    """Return the expected outcome of every arm, shape (n_arms, n_rows), by lines of other accounts."""
    basis, expected = Basis.of(evidence.axes), np.empty((len(evidence.arms), len(evidence.arm)))
    fold = folds_of(evidence.account, seed)
    for held in range(FOLDS):
        inside = fold == held
        weight = np.where(inside, 0.0, evidence.weight)
        if inside.any() and weight.any():
            lines = Lines(basis, fit_lines(evidence, basis, weight))
            expected[:, inside] = lines.outcomes(evidence.axes[inside])
        else:
            expected[:, inside] = evidence.outcome.mean()
    return expected


def corrected_outcomes(evidence: Evidence, expected: Floats) -> Floats:
    """Return an unbiased outcome of every arm for every row, shape (n_arms, n_rows)."""
    rows = np.arange(len(evidence.arm))
    corrected = expected.copy()
    residual = evidence.outcome - expected[evidence.arm, rows]
    corrected[evidence.arm, rows] += residual / evidence.probability
    return corrected


def folds_of(account: Codes, seed: int) -> Codes:
    """Return the fold of every row; all rows of an account share one."""
    drawn = np.random.default_rng(seed).integers(0, FOLDS, int(account.max(initial=-1)) + 1)
    fold: Codes = drawn[account].astype(np.intp)
    return fold
