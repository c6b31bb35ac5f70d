"""The shipped estimator: evidence where there is some, the manager's table where there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from propension.arrays import Floats
from propension.config import Language
from propension.treatments.effects.axes import axes_of, cells_of, numbers
from propension.treatments.effects.departures import Departures, fit_departures
from propension.treatments.effects.evidence import Evidence, read_evidence
from propension.treatments.effects.priors import PriorTable, expected_by_cell, prior_effects
from propension.treatments.effects.texts import tell

# Fewer rows on either side of all contrasts are not worth a model.
MIN_ROWS = 30
# Beliefs are larger than what is found: evidence starts from half of them.
BELIEVED_SHARE = 0.5


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
    """

    outcome: str = "recovered_share"
    windows: Mapping[str, str] = field(default_factory=dict)
    prior_rows: float = 3.0
    allow_confounded: bool = False


@dataclass(frozen=True)
class Effects:
    """What every treatment adds for every account.

    Attributes
    ----------
    treatments : tuple of str
    added : float32 array of shape (n_treatments, n_accounts)
        Share of what is owed.
    evidence_share : float32 array of shape (n_treatments, n_accounts)
        How much weight evidence has; the rest is the prior's. Few rows are drawn to half of the
        prior besides.
    """

    treatments: tuple[str, ...]
    added: NDArray[np.float32]
    evidence_share: NDArray[np.float32]

    def amounts(self, owed: pa.ChunkedArray) -> NDArray[np.float32]:
        """Return the expected incremental recovery, given what every account owes."""
        return self.added * numbers(owed).astype(np.float32)


@dataclass(frozen=True)
class _Learnt:
    """How effects on one outcome depart from the priors, and the rows that say so."""

    evidence: Evidence
    departures: Departures


@dataclass(frozen=True)
class EffectModel:
    """Priors and what was learnt; made by ``learn_effects``.

    Attributes
    ----------
    treatments : tuple of str
    priors : PriorTable
    learning : Learning
    learnt : mapping of outcome column to what was learnt from it
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

    def effects(self, accounts: pa.Table) -> Effects:
        """Return the expected effect of every treatment on accounts of a scored table.

        Parameters
        ----------
        accounts : Table
            stage, quadrant and the columns of ``axes.COLUMNS``.
        """
        prior = prior_effects(self.priors, self.treatments, accounts)
        share = np.zeros(prior.shape, np.float32)
        added = prior.astype(np.float32)
        axes = axes_of(accounts)
        seen = {outcome: learnt.departures.effects(axes) for outcome, learnt in self.learnt.items()}
        for row, treatment in enumerate(self.treatments):
            learnt = self._learnt_of(treatment)
            if learnt is None or treatment not in learnt.evidence.arms[1:]:
                continue
            departures = seen[self._outcome_of(treatment)]
            rows = _rows_at(learnt.evidence, treatment, accounts)
            share[row] = rows / (rows + self.learning.prior_rows)
            departure = departures[learnt.evidence.arms.index(treatment) - 1]
            evidence = BELIEVED_SHARE * prior[row] + departure
            added[row] += share[row] * (evidence - prior[row])
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

    The evidence is half of the priors and how outcomes depart from it, by a line per treatment on
    the axes (see ``fit_departures``). In each stage and quadrant it weighs rows / (rows +
    prior_rows): where a treatment was never tried, its prior stays. Without a log, or with too few
    rows in it, the priors are all there is.

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
            expected = expected_by_cell(priors, evidence.arms, evidence.cells)
            departures = fit_departures(evidence, BELIEVED_SHARE * expected)
            learnt[outcome] = _Learnt(evidence, departures)
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
