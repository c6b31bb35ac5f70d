"""The chance of paying by every horizon, from one margin, never falling with time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from propension.arrays import Floats
from propension.model.calibration import Calibration


@dataclass(frozen=True)
class Curve:
    """Propensities over several horizons.

    The trees learn one horizon, the target's own; the others stretch and shift its margin.
    Decision 0009 has what this costs beside a model for every horizon.

    Attributes
    ----------
    main : int
        Days of the target's own horizon.
    scales : dict of int to Calibration
        By horizon in days, without the main one; those that could not be fitted are missing.
    """

    main: int = 0
    scales: Mapping[int, Calibration] = field(default_factory=dict)

    def probabilities(self, margin: Floats, propensity: Floats) -> dict[int, Floats]:
        """Return the chance of paying by the end of every horizon.

        Parameters
        ----------
        margin : array of shape (n_accounts,)
            Raw log-odds of the main horizon.
        propensity : array of shape (n_accounts,), in [0, 1]
            Calibrated, of the main horizon; the curve goes through it.

        Returns
        -------
        dict of int to array of shape (n_accounts,)
            A longer horizon is never less likely than a shorter one.
        """
        found = {self.main: propensity}
        for side, keep in (
            (sorted(h for h in self.scales if h > self.main), np.maximum),
            (sorted((h for h in self.scales if h < self.main), reverse=True), np.minimum),
        ):
            nearer = propensity
            for horizon in side:
                nearer = keep(nearer, self.scales[horizon].apply(margin))
                found[horizon] = nearer
        return dict(sorted(found.items()))
