"""Names for arrays by what they hold."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.intp]
"""Positions among names, groups or bins."""
Outcomes = NDArray[np.int8]
"""1 where something came about, such as a payment."""
