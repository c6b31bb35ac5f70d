"""Whether two samples that were counted in the same bins can be of one population."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2_contingency, kstwo

from propension.arrays import Floats
from propension.model import Marginal


def p_value(marginal: Marginal, counts: NDArray[np.int64]) -> float:
    """Return how likely chance alone sets a list so far apart from what it is held against.

    Numbers by Kolmogorov and Smirnov, over the known values at the ends of the bins (between them the gap
    may be wider, so the test errs on the side of silence); names by chi-square. The marginal counts as
    one date's rows: the same accounts stand on many dates, and say the same again.
    """
    was = _one_date(marginal)
    if marginal.kind == "name":
        return chi_square(was, counts)
    return kolmogorov_smirnov(was[:-1], counts[:-1])


def missing_p_value(marginal: Marginal, counts: NDArray[np.int64]) -> float:
    """Return how likely chance alone makes the share of missing values so different."""
    was = _one_date(marginal)
    known, missing = ([part[:-1].sum(), part[-1]] for part in (was, counts))
    return chi_square(np.array(known), np.array(missing))


def kolmogorov_smirnov(one: NDArray[np.generic], other: NDArray[np.generic]) -> float:
    """Return the two-sided p-value of two samples counted in rising bins; 1 where one is empty."""
    sizes = np.array([one.sum(), other.sum()], dtype=np.float64)
    if not sizes.all():
        return 1.0
    gap = np.abs(np.cumsum(one) / sizes[0] - np.cumsum(other) / sizes[1]).max()
    return float(kstwo.sf(gap, max(1, np.round(sizes.prod() / sizes.sum()))))


def chi_square(one: NDArray[np.generic], other: NDArray[np.generic]) -> float:
    """Return the p-value of two samples counted by name; 1 where there is nothing to compare."""
    table = np.array([one, other], dtype=np.float64)
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2 or not table.sum(axis=1).all():
        return 1.0
    return float(chi2_contingency(table, correction=False).pvalue)


def _one_date(marginal: Marginal) -> Floats:
    return np.array(marginal.counts, dtype=np.float64) / marginal.dates
