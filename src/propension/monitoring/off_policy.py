"""What another policy would have recovered, from the log of this one, before it is tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.stats import norm

from propension.arrays import Codes, Floats
from propension.config import Language
from propension.errors import DataError, sample_text
from propension.monitoring.contrast import LEVEL
from propension.monitoring.impact import require_probabilities
from propension.monitoring.texts import tell_policy
from propension.treatments.effects.axes import numbers, require_columns
from propension.treatments.effects.doubly_robust import corrected_outcomes, expected_outcomes
from propension.treatments.effects.evidence import read_evidence

# With less, a few rows decide.
MIN_EFFECTIVE_SHARE = 0.1


@dataclass(frozen=True)
class Value:
    """A mean outcome per account and run, and its 95% interval by account."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class PolicyValue:
    """A candidate policy on logged data.

    Attributes
    ----------
    logged : Value
        What the policy of the log got.
    ips, self_normalised, doubly_robust : Value
        What the candidate would have got: outcomes weighed by the ratio of the chances, the same
        divided by the mean ratio, and the expected outcomes corrected by weighed residuals.
    gain : Value
        Doubly robust value less the logged one.
    effective_rows : float
        Rows that unweighted would be as sure.
    mean_weight : float
        1 where the log covers the candidate; far from it, the log does not.
    rows : int
    """

    logged: Value
    ips: Value
    self_normalised: Value
    doubly_robust: Value
    gain: Value
    effective_rows: float
    mean_weight: float
    rows: int

    @property
    def is_covered(self) -> bool:
        """Whether the log does enough of what the candidate would do to tell."""
        return self.effective_rows >= MIN_EFFECTIVE_SHARE * self.rows

    def told(self) -> dict[Language, str]:
        """Say it in the three languages, no surer than it is."""
        return tell_policy(self.gain, self.is_covered, self.effective_rows, self.rows)


def evaluate_policy(
    log: pa.Table, treatments: Sequence[str], candidate: Floats, outcome: str, seed: int = 7
) -> PolicyValue:
    """Return what a candidate policy would have got on the rows of a log.

    Parameters
    ----------
    log : Table
        See ``read_evidence``; rows without a mature outcome are left out.
    treatments : sequence of str
    candidate : array of shape (n_rows, n_treatments)
        Chance of every treatment under the candidate, rows adding up to 1.
    outcome : str
    seed : int
        Of the folds of the expected outcomes.

    Raises
    ------
    DataError
        If the candidate is not a policy over the rows, does what the log never did, or a
        probability is missing.
    """
    require_columns(log, ("account_id", "treatment", "assignment_probability", outcome))
    _require_policy(candidate, log.num_rows, len(treatments))
    mature = np.isfinite(numbers(log[outcome]))
    log, candidate = log.filter(pa.array(mature)), candidate[mature]
    if not log.num_rows:
        raise DataError(
            f"off-policy: no row has a mature {outcome}. Wait until its window is over."
        )
    require_probabilities(log)
    evidence = read_evidence(log, outcome, keeps_certain=True)
    chances = _by_arm(candidate, treatments, evidence.arms)
    rows = np.arange(log.num_rows)
    weight = chances[evidence.arm, rows] / evidence.probability
    expected = expected_outcomes(evidence, seed)
    corrected = (chances * corrected_outcomes(evidence, expected)).sum(axis=0)
    ratio = weight.mean()
    own = float((weight * evidence.outcome).mean() / ratio) if ratio > 0 else float("nan")
    account = evidence.account
    normalised = _mean(own + weight * (evidence.outcome - own) / max(ratio, 1e-12), account)
    squares = float((weight**2).sum())
    return PolicyValue(
        _mean(evidence.outcome, account),
        _mean(weight * evidence.outcome, account),
        normalised,
        _mean(corrected, account),
        _mean(corrected - evidence.outcome, account),
        float(weight.sum() ** 2 / squares) if squares > 0 else 0.0,
        float(ratio),
        log.num_rows,
    )


def _mean(values: Floats, account: Codes) -> Value:
    """Return a mean over rows and its interval by account."""
    mean = float(values.mean())
    by_account = np.bincount(account, values - mean)
    accounts = len(np.unique(account))
    if accounts < 2:
        return Value(mean, float("nan"), float("nan"))
    variance = float((by_account**2).sum()) / len(values) ** 2 * accounts / (accounts - 1)
    reach = float(norm.isf((1 - LEVEL) / 2)) * variance**0.5
    return Value(mean, mean - reach, mean + reach)


def _by_arm(candidate: Floats, treatments: Sequence[str], arms: tuple[str, ...]) -> Floats:
    """Return the candidate's chances in the order of the log's arms, shape (n_arms, n_rows)."""
    done = set(arms)
    unseen = [
        name
        for place, name in enumerate(treatments)
        if name not in done and candidate[:, place].any()
    ]
    if unseen:
        raise DataError(
            f"off-policy: the candidate uses {sample_text(unseen)}, which the log never did. Explore it first, or leave it out.",
            treatments=unseen,
        )
    place = {name: position for position, name in enumerate(treatments)}
    nothing = np.zeros(len(candidate))
    return np.array([candidate[:, place[arm]] if arm in place else nothing for arm in arms])


def _require_policy(candidate: Floats, rows: int, treatments: int) -> None:
    if candidate.shape != (rows, treatments):
        raise DataError(
            f"off-policy: the candidate has shape {candidate.shape}; the log has {rows} rows and {treatments} treatments."
        )
    sums = candidate.sum(axis=1)
    if (candidate < 0).any() or not np.allclose(sums, 1):
        raise DataError(
            f"off-policy: {int((~np.isclose(sums, 1)).sum())} rows of the candidate do not add up to 1, or a chance is "
            "below 0. Give every row its chances."
        )
