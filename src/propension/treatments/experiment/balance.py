"""Whether the arms were alike before anything was done: standardised differences by covariate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.stats import norm

from propension.config import Language
from propension.errors import DataError, sample_text
from propension.treatments.experiment.texts import tell
from propension.writing.figures import count, decimal

LARGEST_DIFFERENCE = 0.1
# Chance that a sound draw raises any finding at all, over all covariates and arms.
FALSE_ALARM = 0.01


@dataclass(frozen=True)
class Imbalance:
    """How one arm differs from the reference in one covariate.

    Attributes
    ----------
    arm, covariate : str
        A text covariate has one entry per value (``region=north``), and so has being missing.
    mean, reference_mean : float
    difference : float
        Difference of the means in standard deviations; NaN where an arm has fewer than two accounts.
    is_beyond_chance : bool
        Larger than a tenth of a standard deviation, and than what so many looks show by luck.
    """

    arm: str
    covariate: str
    mean: float
    reference_mean: float
    difference: float
    is_beyond_chance: bool


@dataclass(frozen=True)
class Balance:
    """Every covariate of every arm beside the reference arm."""

    reference: str
    accounts: dict[str, int]
    covariates: tuple[Imbalance, ...]

    @property
    def findings(self) -> tuple[Imbalance, ...]:
        """Differences beyond chance, the largest first."""
        found = [entry for entry in self.covariates if entry.is_beyond_chance]
        return tuple(sorted(found, key=lambda entry: -abs(entry.difference)))

    def told(self) -> dict[Language, str]:
        """Say it in the three languages."""
        if not self.findings:
            return tell("balanced", looks=count(len(self.covariates)))
        worst = self.findings[0]
        return tell(
            "unbalanced",
            findings=count(len(self.findings)),
            covariate=worst.covariate,
            arm=worst.arm,
            reference=self.reference,
            difference=decimal(worst.difference),
        )


def check_balance(
    table: pa.Table, covariates: Sequence[str], reference: str = "control"
) -> Balance:
    """Compare covariates known before the draw between the arms.

    Parameters
    ----------
    table : Table
        ``arm`` and the covariates, one row per account; if it has ``account_id``, that is checked.
    covariates : sequence of str
        Numbers, booleans or texts.
    reference : str
        The arm the others are compared with.

    Raises
    ------
    DataError
        If an account has several rows, or the reference arm is empty.

    Notes
    -----
    Differences are divided by the root of the mean of both variances (Austin, 2009). A small
    arm differs by luck: a finding must also pass a Bonferroni bound over all looks.
    """
    _require_accounts(table, reference)
    arm = np.asarray(table["arm"].to_pylist(), dtype=object)
    arms = sorted(set(arm) - {reference})
    base = arm == reference
    found = [
        (name, level, *_difference(values, arm == name, base))
        for covariate in covariates
        for level, values in _levels(covariate, table[covariate])
        for name in arms
    ]
    bound = norm.isf(FALSE_ALARM / 2 / max(len(found), 1))
    entries = tuple(
        Imbalance(
            name,
            level,
            mean,
            reference_mean,
            difference,
            bool(abs(difference) > max(LARGEST_DIFFERENCE, bound * error)),
        )
        for name, level, mean, reference_mean, difference, error in found
    )
    counts = {name: int((arm == name).sum()) for name in [reference, *arms]}
    return Balance(reference, counts, entries)


def _require_accounts(table: pa.Table, reference: str) -> None:
    if "account_id" in table.column_names:
        repeated = table.num_rows - pc.count_distinct(table["account_id"]).as_py()
        if repeated:
            raise DataError(
                f"experiment: {repeated} rows repeat an account. Give one row per account, as it was "
                "when it entered the experiment.",
                repeated=repeated,
            )
    if not pc.any(pc.equal(table["arm"], reference)).as_py():
        arms = sorted(filter(None, pc.unique(table["arm"]).to_pylist()))
        raise DataError(
            f"experiment: no account is in the arm {reference}, found are: {sample_text(arms)}. "
            "Name the arm to compare with.",
            arms=arms,
        )


def _levels(name: str, column: pa.ChunkedArray) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """A covariate as columns of numbers; a text as one mark per value."""
    missing = pc.is_null(column)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        for value in sorted(pc.unique(column.drop_null()).to_pylist()):
            yield f"{name}={value}", _numbers(pc.fill_null(pc.equal(column, value), False))
    else:
        yield name, _numbers(column)
    if column.null_count:
        yield f"{name}=?", _numbers(missing)


def _numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    plain = column.cast(pa.int8()) if pa.types.is_boolean(column.type) else column
    return np.asarray(plain.cast(pa.float64()).to_numpy(), dtype=np.float64)


def _difference(
    values: NDArray[np.float64], arm: NDArray[np.bool_], base: NDArray[np.bool_]
) -> tuple[float, float, float, float]:
    """Means, standardised difference and its standard error."""
    known = np.isfinite(values)
    ours, theirs = values[arm & known], values[base & known]
    if min(len(ours), len(theirs)) < 2:
        return float("nan"), float("nan"), float("nan"), float("inf")
    gap = float(ours.mean() - theirs.mean())
    spread = float(np.sqrt((ours.var() + theirs.var()) / 2))
    standardised = (
        gap / spread if spread > 0 else (0.0 if gap == 0 else float(np.copysign(np.inf, gap)))
    )
    return (
        float(ours.mean()),
        float(theirs.mean()),
        standardised,
        float(np.sqrt(1 / len(ours) + 1 / len(theirs))),
    )
