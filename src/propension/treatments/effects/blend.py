"""The shipped estimator: evidence where there is some, the manager's table where there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from propension.config import Language
from propension.treatments.effects.axes import Floats, axes_of, cells_of, numbers
from propension.treatments.effects.evidence import Evidence, read_evidence
from propension.treatments.effects.learners import EffectLearner, fit_axes, fit_pooled
from propension.treatments.effects.priors import PriorTable, prior_effects
from propension.treatments.effects.texts import tell

# Fewer rows on either side of all contrasts are not worth a model.
MIN_ROWS = 30


@dataclass(frozen=True)
class Learning:
    """How effects are learnt.

    Attributes
    ----------
    outcome : str
        Column of the log that says what came of a row; a share, such as the recovered share of
        what was overdue.
    windows : mapping of treatment to column
        Outcomes of treatments whose effect takes longer, as plans do: they, and the untreated
        they are compared with, are judged by this column.
    prior_rows : float
        How many rows of evidence, of a treatment against none in one stage and quadrant, weigh
        as much as the prior.
    allow_confounded : bool
        Read logs without assignment probabilities, and warn.
    seed : int
    threads : int
    """

    outcome: str = "recovered_share"
    windows: Mapping[str, str] = field(default_factory=dict)
    prior_rows: float = 50.0
    allow_confounded: bool = False
    seed: int = 7
    threads: int = 1


@dataclass(frozen=True)
class Effects:
    """What every treatment adds for every account.

    Attributes
    ----------
    treatments : tuple of str
    added : float32 array of shape (n_treatments, n_accounts)
        Share of what is owed.
    evidence_share : float32 array of shape (n_treatments, n_accounts)
        How much of it is evidence; the rest is the prior.
    """

    treatments: tuple[str, ...]
    added: NDArray[np.float32]
    evidence_share: NDArray[np.float32]

    def amounts(self, owed: pa.ChunkedArray) -> NDArray[np.float32]:
        """Return the expected incremental recovery, given what every account owes."""
        return self.added * numbers(owed).astype(np.float32)


@dataclass(frozen=True)
class _Learnt:
    """Both learners of one outcome, and the rows they stand on."""

    evidence: Evidence
    learners: tuple[EffectLearner, ...]

    def outcome(self, arm: int, axes: Floats) -> Floats:
        mean: Floats = np.mean([learner.outcome(arm, axes) for learner in self.learners], axis=0)
        return mean


@dataclass(frozen=True)
class EffectModel:
    """Priors and what was learnt; made by ``learn_effects``.

    Attributes
    ----------
    treatments : tuple of str
    priors : PriorTable
    learning : Learning
    learnt : mapping of outcome column to its learners
    warnings : tuple of texts by language
        What readers of the estimates must be told.
    """

    treatments: tuple[str, ...]
    priors: PriorTable
    learning: Learning
    learnt: Mapping[str, _Learnt]
    warnings: tuple[dict[Language, str], ...]

    def rows(self) -> dict[str, float]:
        """Return the rows of evidence on every treatment against none, over all cells."""
        return {
            treatment: float(learnt.evidence.contrast_rows(treatment).sum()) if learnt else 0.0
            for treatment, learnt in ((name, self._learnt_of(name)) for name in self.treatments)
        }

    def effects(self, accounts: pa.Table, wanted: NDArray[np.bool_] | None = None) -> Effects:
        """Return the expected effect of every treatment on accounts of a scored table.

        Parameters
        ----------
        accounts : Table
            stage, quadrant and the columns of ``axes.COLUMNS``.
        wanted : bool array of shape (n_treatments, n_accounts), optional
            Where evidence is asked for; elsewhere the prior stays.
        """
        prior = prior_effects(self.priors, self.treatments, accounts)
        share = np.zeros(prior.shape, np.float32)
        added = prior.astype(np.float32)
        axes = axes_of(accounts) if self.learnt else np.empty((accounts.num_rows, 0))
        untreated = {outcome: learnt.outcome(0, axes) for outcome, learnt in self.learnt.items()}
        for row, treatment in enumerate(self.treatments):
            learnt = self._learnt_of(treatment)
            if learnt is None or treatment not in learnt.evidence.arms[1:]:
                continue
            asked = slice(None) if wanted is None else np.flatnonzero(wanted[row])
            arm = learnt.evidence.arms.index(treatment)
            nothing = untreated[self._outcome_of(treatment)][asked]
            evidence = learnt.outcome(arm, axes[asked]) - nothing
            rows = _rows_at(learnt.evidence, treatment, accounts)[asked]
            share[row, asked] = rows / (rows + self.learning.prior_rows)
            added[row, asked] += share[row, asked] * (evidence - prior[row, asked])
        return Effects(self.treatments, added, share)

    def _outcome_of(self, treatment: str) -> str:
        return self.learning.windows.get(treatment, self.learning.outcome)

    def _learnt_of(self, treatment: str) -> _Learnt | None:
        return self.learnt.get(self._outcome_of(treatment))


def learn_effects(
    log: pa.Table | None,
    treatments: Sequence[str],
    priors: PriorTable,
    learning: Learning | None = None,
) -> EffectModel:
    """Return what is known of every treatment's effect: evidence, blended with the priors.

    The evidence is the mean of an S-learner and of a line per treatment on the axes. In each
    stage and quadrant it weighs rows / (rows + prior_rows). Without a log, or with too few rows
    in it, the priors are all there is.

    Parameters
    ----------
    log : Table or None
        See ``read_evidence``; outcomes as named in ``learning``.
    treatments : sequence of str
        The catalogue, in the order in which effects are wanted.
    priors : mapping of treatment to stage to quadrant to effect
    learning : Learning, optional

    Raises
    ------
    DataError
        If the log has no assignment probabilities and that is not allowed.
    """
    learning = learning or Learning()
    learnt, warnings = {}, []
    outcomes = {learning.windows.get(name, learning.outcome) for name in treatments}
    for outcome in sorted(outcomes) if log is not None else ():
        evidence = read_evidence(log, outcome, learning.allow_confounded)
        untreated = int((evidence.arm == 0).sum())
        if min(untreated, len(evidence.arm) - untreated) >= MIN_ROWS:
            learners = (fit_pooled(evidence, learning.seed, learning.threads), fit_axes(evidence))
            learnt[outcome] = _Learnt(evidence, learners)
        else:
            warnings.append(tell("few_rows", outcome=outcome))
    if log is None:
        warnings.append(tell("no_log"))
    if log is not None and learning.allow_confounded:
        warnings.append(tell("confounded"))
    return EffectModel(tuple(treatments), priors, learning, learnt, tuple(warnings))


def _rows_at(evidence: Evidence, treatment: str, accounts: pa.Table) -> Floats:
    """Rows of evidence in the cell of every account."""
    rows = dict(zip(evidence.cells, evidence.contrast_rows(treatment), strict=True))
    cells, place = cells_of(accounts)
    return np.array([rows.get(cell, 0.0) for cell in cells], dtype=np.float64)[place]
