"""What was assigned, with which chance, and what came of it: the only rows effects are learnt from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from propension.arrays import Codes, Floats
from propension.config import NO_TREATMENT
from propension.errors import DataError
from propension.treatments.effects.axes import axes_of, cells_of, numbers, require_columns

# A row that had one chance in fifty would speak for fifty others: the noise is worse than the bias.
MAX_WEIGHT = 5.0


@dataclass(frozen=True)
class Evidence:
    """Logged rows whose outcome is mature.

    Attributes
    ----------
    arms : tuple of str
        ``do_nothing`` first, then every other treatment found.
    arm : array of shape (n_rows,)
        Position among ``arms`` of what was done.
    outcome : array of shape (n_rows,)
    probability : array of shape (n_rows,), in (0, 1)
        Chance with which the row got its treatment; NaN in logs without one.
    account : array of shape (n_rows,)
    axes : array of shape (n_rows, n_columns)
        See ``axes_of``.
    cells : list of (stage, quadrant)
    cell : array of shape (n_rows,)
    is_confounded : bool
        Nobody knows why a row got its treatment: estimates may have the wrong sign.
    """

    arms: tuple[str, ...]
    arm: Codes
    outcome: Floats
    probability: Floats
    account: Codes
    axes: Floats
    cells: list[tuple[str, str]]
    cell: Codes
    is_confounded: bool

    @property
    def weight(self) -> Floats:
        """How many rows each speaks for: one over its chance, bounded."""
        if self.is_confounded:
            return np.ones(len(self.arm))
        return np.minimum(1 / self.probability, MAX_WEIGHT)

    def contrast_rows(self, treatment: str) -> Floats:
        """Rows of evidence on a treatment against none, in every cell.

        Half the harmonic mean of both sides' effective rows: a thousand rows of one side and
        none of the other tell nothing.
        """
        if treatment not in self.arms:
            return np.zeros(len(self.cells))
        ours, theirs = (self._effective_rows(code) for code in (self.arms.index(treatment), 0))
        both = ours + theirs
        rows: Floats = np.divide(ours * theirs, both, out=np.zeros(len(both)), where=both > 0)
        return rows

    def _effective_rows(self, code: int) -> Floats:
        inside, size = self.arm == code, len(self.cells)
        weight = self.weight[inside]
        total = np.bincount(self.cell[inside], weight, size)
        squares = np.bincount(self.cell[inside], weight**2, size)
        rows: Floats = np.divide(total**2, squares, out=np.zeros(size), where=squares > 0)
        return rows


def read_evidence(
    log: pa.Table, outcome: str, allow_confounded: bool = False, keeps_certain: bool = False
) -> Evidence:
    """Return the rows of a log that tell something of effects.

    Rows without a mature outcome are left out, and so are rows whose treatment was certain:
    with nothing to compare them with, they tell of the outcome and not of the effect.

    Parameters
    ----------
    log : Table
        account_id, treatment, assignment_probability, stage, quadrant, the columns of
        ``axes.COLUMNS`` as they were on the day, and the outcome.
    outcome : str
        Column of the outcome over the window that fits the treatment; null until it is over.
    allow_confounded : bool
        Read a log without probabilities all the same.
    keeps_certain : bool
        Keep rows whose treatment was certain: they tell what a policy gets.

    Raises
    ------
    DataError
        If a column is absent, a probability is outside (0, 1], or there are none.
    """
    require_columns(log, ("account_id", "treatment", outcome))
    if allow_confounded:
        probability = np.full(log.num_rows, np.nan)
        useful = np.ones(log.num_rows, dtype=bool)
    else:
        probability = _probabilities(log)
        useful = (probability < 1) | keeps_certain
    useful &= np.isfinite(numbers(log[outcome]))
    rows = log.filter(pa.array(useful))
    found = rows["treatment"].combine_chunks()
    arms = (NO_TREATMENT, *sorted(set(pc.unique(found).to_pylist()) - {NO_TREATMENT}))
    cells, cell = cells_of(rows)
    return Evidence(
        arms,
        np.asarray(pc.index_in(found, pa.array(arms, found.type)), dtype=np.intp),
        numbers(rows[outcome]),
        probability[useful],
        np.asarray(rows["account_id"].combine_chunks().dictionary_encode().indices, dtype=np.intp),
        axes_of(rows),
        cells,
        cell,
        allow_confounded,
    )


def _probabilities(log: pa.Table) -> Floats:
    """Chance of every row's treatment; rows without one count as certain, and so for nothing."""
    name = "assignment_probability"
    column = log[name] if name in log.column_names else None
    if column is None or (column.null_count == len(column) and len(column)):
        raise DataError(
            "effects: the log has no assignment_probability. In such logs contact goes with not paying, and effects may "
            "have the wrong sign. Log the probabilities, or allow confounded estimates and do not act on them alone.",
            rows=log.num_rows,
        )
    probability = np.nan_to_num(numbers(column), nan=1.0)
    wrong = int(((probability <= 0) | (probability > 1)).sum())
    if wrong:
        raise DataError(
            f"effects: {wrong} rows have an assignment_probability outside (0, 1]. What was done cannot have had "
            "no chance; check how it was logged.",
            rows=wrong,
        )
    return probability
