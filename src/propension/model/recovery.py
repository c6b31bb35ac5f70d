"""From a propensity to money: the share of the overdue balance to expect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Recovery:
    """``share = intercept + slope x propensity``, kept within 0 and 1.

    The intercept is what those who do not pay in full bring in part.
    """

    intercept: float = 0.0
    slope: float = 1.0

    def share(self, propensity: Floats) -> Floats:
        """Return the part of the overdue balance expected within the horizon."""
        return np.asarray(np.clip(self.intercept + self.slope * propensity, 0, 1))


def fit_recovery(propensity: Floats, amount: Floats, collected_amount: Floats) -> Recovery:
    """Fit the line on the calibration window, each account weighing as much as it owes.

    So weighted, the money expected there equals the money collected. Where the fitted line
    would fall as propensity grows, the expectation is the propensity itself.

    Parameters
    ----------
    propensity : array of shape (n_accounts,), in [0, 1]
    amount, collected_amount : arrays of shape (n_accounts,)
        Account currency; positive, and at least zero.
    """
    if len(propensity) < 2 or np.ptp(propensity) == 0:
        return Recovery()
    collected_share = collected_amount / amount
    slope, intercept = np.polyfit(propensity, collected_share, 1, w=np.sqrt(amount))
    return Recovery(float(intercept), float(slope)) if slope > 0 else Recovery()
