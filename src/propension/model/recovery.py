"""From a propensity to money: the share of the overdue balance to expect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.model_selection import GroupKFold

from propension.arrays import Floats
from propension.model.calibration import FOLDS

# With fewer accounts there is no comparing: a line.
_MIN_ACCOUNTS = 50


@dataclass(frozen=True)
class Recovery:
    """The expected share, kept within 0 and 1, that never falls as the propensity grows.

    ``intercept + slope x propensity`` or, where there are any, interpolated between ``shares``
    at ``propensities``. Who does not pay in full may pay in part: it need not begin at zero.
    """

    intercept: float = 0.0
    slope: float = 1.0
    propensities: tuple[float, ...] = ()
    shares: tuple[float, ...] = ()

    def share(self, propensity: Floats) -> Floats:
        """Return the part of the overdue balance expected within the horizon."""
        if self.shares:
            return np.asarray(np.interp(propensity, self.propensities, self.shares))
        return np.asarray(np.clip(self.intercept + self.slope * propensity, 0, 1))


def fit_recovery(
    propensity: Floats, amount: Floats, collected_amount: Floats, accounts: NDArray[Any]
) -> Recovery:
    """Fit a line or steps on the calibration window, whichever is nearer on accounts it did not see.

    Accounts weigh as much as they owe: so weighted, the money expected there equals the money
    collected. Where a fitted line would fall as propensity grows, it is the propensity itself.

    Parameters
    ----------
    propensity : array of shape (n_rows,), in [0, 1]
    amount, collected_amount : arrays of shape (n_rows,)
        Account currency; positive, and at least zero.
    accounts : array of shape (n_rows,)
        An account's rows stay on one side.
    """
    if len(propensity) < 2 or np.ptp(propensity) == 0:
        return Recovery()
    share = collected_amount / amount
    if len(np.unique(accounts)) < _MIN_ACCOUNTS:
        return _line(propensity, share, amount)
    missed = {_line: 0.0, _steps: 0.0}
    for seen, unseen in GroupKFold(FOLDS).split(propensity, groups=accounts):
        for fit in missed:
            given = fit(propensity[seen], share[seen], amount[seen]).share(propensity[unseen])
            missed[fit] += float((amount[unseen] * (given - share[unseen]) ** 2).sum())
    return min(missed, key=lambda fit: missed[fit])(propensity, share, amount)


def _line(propensity: Floats, share: Floats, weight: Floats) -> Recovery:
    slope, intercept = np.polyfit(propensity, share, 1, w=np.sqrt(weight))
    return Recovery(float(intercept), float(slope)) if slope > 0 else Recovery()


def _steps(propensity: Floats, share: Floats, weight: Floats) -> Recovery:
    fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    fitted.fit(propensity, share, sample_weight=weight)
    ends = (fitted.X_thresholds_, fitted.y_thresholds_)
    propensities, shares = (tuple(part.tolist()) for part in ends)
    return Recovery(propensities=propensities, shares=shares)
