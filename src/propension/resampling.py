"""Intervals that resample accounts, not rows.

The same account appears on many dates, and its rows resemble one another. Resampling rows
would count them as independent and make every interval too narrow.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from propension.arrays import Floats

LEVEL = 0.95
MIN_FINITE_SHARE = 0.5


def account_weights(n_accounts: int, n_draws: int, seed: int) -> Iterator[Floats]:
    """Yield draws of Poisson(1) weights, one weight per account.

    Notes
    -----
    Poisson weights approach the multinomial bootstrap as accounts grow, and need no pass over
    all of them at once (Chamandy et al., Google, 2012). With fewer than some twenty accounts,
    intervals are too narrow.
    """
    for draw in range(n_draws):
        rng = np.random.default_rng([seed, draw])
        yield rng.poisson(1.0, n_accounts).astype(np.float64)


def percentiles(draws: Floats) -> tuple[float, float]:
    """Return the middle 95% of draws; NaN where fewer than half of them exist."""
    finite = draws[np.isfinite(draws)]
    if len(finite) < MIN_FINITE_SHARE * len(draws) or not len(finite):
        return float("nan"), float("nan")
    low, high = np.quantile(finite, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
