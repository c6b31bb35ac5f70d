"""A difference of two arms: weighted, adjusted by the score, with an interval by account."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from propension.arrays import Codes, Floats

LEVEL = 0.95
# A handful that all did the same would look as if nobody ever did otherwise.
MIN_ACCOUNTS = 20


@dataclass(frozen=True)
class Estimate:
    """A figure and how sure it is.

    Attributes
    ----------
    value : float
        NaN where an arm is empty.
    standard_error : float
        By account; NaN where an arm has fewer than ``MIN_ACCOUNTS``.
    low, high : float
        The interval.
    treated_accounts, control_accounts : int
    """

    value: float
    standard_error: float
    low: float
    high: float
    treated_accounts: int
    control_accounts: int

    @property
    def is_distinguishable(self) -> bool:
        """Whether the interval leaves out zero."""
        return bool(self.low > 0 or self.high < 0)

    @property
    def z(self) -> float:
        """The figure in standard errors; NaN where it has none."""
        return self.value / self.standard_error if self.standard_error > 0 else float("nan")


def contrast(
    outcome: Floats,
    treated: NDArray[np.bool_],
    account: Codes,
    *,
    weight: Floats | None = None,
    covariate: Floats | None = None,
    critical: float | None = None,
) -> Estimate:
    """Return the mean outcome of the treated less that of the others.

    Parameters
    ----------
    outcome : array of shape (n_rows,)
    treated : array of shape (n_rows,), bool
        The others are the control.
    account : array of shape (n_rows,)
        Rows of an account count as one draw, on whichever side they are.
    weight : array of shape (n_rows,), optional
        One over the chance of the row's arm, where chances differ.
    covariate : array of shape (n_rows,), optional
        Known before the draw, such as the score: what it explains of the outcome is taken out.
    critical : float, optional
        Half the interval in standard errors, from a stop rule; by default that of 95%.

    Notes
    -----
    Hajek means. The adjustment is that of Deng et al. (CUPED, WSDM 2013), its slope taken
    within arms. The variance sums the influence of every account, each arm corrected by
    G / (G - 1) for its G accounts; degrees of freedom after Welch and Satterthwaite.
    """
    weight = np.ones(len(outcome)) if weight is None else weight
    arms = (treated, ~treated)
    names, position = np.unique(account, return_inverse=True)
    sizes = [len(np.unique(position[arm])) for arm in arms]
    if not all(sizes):
        nan = float("nan")
        return Estimate(nan, nan, nan, nan, *sizes)
    if covariate is not None:
        outcome = outcome - _explained(outcome, covariate, arms, weight)
    means = [np.average(outcome[arm], weights=weight[arm]) for arm in arms]
    # An arm of few accounts looks less scattered than it is.
    influence = [
        np.sqrt(size / max(size - 1, 1))
        * np.bincount(
            position[arm], weight[arm] * (outcome[arm] - mean) / weight[arm].sum(), len(names)
        )
        for arm, mean, size in zip(arms, means, sizes, strict=True)
    ]
    value = float(means[0] - means[1])
    if min(sizes) < MIN_ACCOUNTS:
        nan = float("nan")
        return Estimate(value, nan, nan, nan, *sizes)
    spread = [float((part**2).sum()) for part in influence]
    error = float(np.sqrt(((influence[0] - influence[1]) ** 2).sum()))
    reach = (_student(spread, sizes) if critical is None else critical) * error
    return Estimate(value, error, value - reach, value + reach, *sizes)


def _explained(
    outcome: Floats, covariate: Floats, arms: tuple[NDArray[np.bool_], ...], weight: Floats
) -> Floats:
    """What the covariate explains of the outcome; a missing covariate explains nothing."""
    known = np.isfinite(covariate)
    if not known.any():
        return np.zeros(len(outcome))
    filled = np.where(known, covariate, covariate[known].mean())
    together = squares = 0.0
    for arm in arms:
        gap = filled[arm] - np.average(filled[arm], weights=weight[arm])
        together += float((weight[arm] * gap * outcome[arm]).sum())
        squares += float((weight[arm] * gap**2).sum())
    slope = together / squares if squares > 0 else 0.0
    explained: Floats = slope * (filled - np.average(filled, weights=weight))
    return explained


def _student(spread: list[float], sizes: list[int]) -> float:
    below = sum(part**2 / (size - 1) for part, size in zip(spread, sizes, strict=True))
    freedom = sum(spread) ** 2 / below if below > 0 else float(sum(sizes))
    return float(student.isf((1 - LEVEL) / 2, freedom))
