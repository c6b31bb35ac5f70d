"""How far off a forecast may be: as far as past ones were."""

from __future__ import annotations

import math

import numpy as np

from propension.arrays import Floats

LEVEL = 0.8


def half_width(expected: Floats, came: Floats, independent: int, level: float = LEVEL) -> float:
    """Return the share of a forecast within which ``level`` of such forecasts stayed.

    Parameters
    ----------
    expected, came : arrays of shape (n_past,)
        Past forecasts, and what came instead; NaN where that is not known yet.
    independent : int
        How many of them do not overlap: those that do share their luck, and many of them tell
        little more than a few.
    level : float in (0, 1)

    Returns
    -------
    float
        NaN where too few are independent: fewer than ``level / (1 - level)``.

    Notes
    -----
    Split conformal prediction with errors relative to the forecast (Lei et al., JASA 2018), its
    correction for small samples made for the independent ones. It promises coverage where errors are
    alike over time; what it does in a changing world is measured in ``docs/forecast.md``.

    Examples
    --------
    >>> came = np.array([95.0, 110.0, 98.0, 103.0, 108.0])
    >>> half_width(np.full(5, 100.0), came, independent=5, level=0.6)
    0.08
    >>> half_width(np.full(5, 100.0), came, independent=4, level=0.8)
    0.1
    """
    known = np.isfinite(came) & (expected > 0)
    errors = np.sort(np.abs(came[known] / expected[known] - 1))
    count = min(independent, len(errors))
    # Rounded first: 0.8 x 5 is a little more than 4 in binary.
    rank = math.ceil(round((count + 1) * level, 9))
    if not 0 < rank <= count:
        return float("nan")
    place = math.ceil(round(rank / count * len(errors), 9))
    return round(float(errors[place - 1]), 12)
