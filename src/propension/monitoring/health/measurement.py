"""What was measured of one list: the one shape that every signal is graded by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from propension.config import Stage
from propension.model import Bundle

# The bundle of a stage's version; None where it is gone.
Bundles = Callable[[Stage, str], Bundle | None]


@dataclass(frozen=True)
class Measurement:
    """One figure of one list.

    Attributes
    ----------
    signal : str
        A field of ``config.Monitoring``: its bounds are what the value is held against.
    stage : str
        Empty where it is a matter of no stage.
    subject : str
        Feature, column or table; empty where there is but one.
    as_of : date
    value : float
    usual : float
        Up to it the value is nothing new, whatever the bounds.
    p_value : float or None
        Of a two-sample test, by itself; None where the value is beyond chance as it is.
    weighs : bool
        Whether it asks for action by lasting; otherwise only by being large.
    facts : mapping
        What it was made from, as plain values.
    """

    signal: str
    stage: str
    subject: str
    as_of: dt.date
    value: float
    usual: float = 0.0
    p_value: float | None = None
    weighs: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values that JSON holds."""
        return asdict(self) | {"as_of": self.as_of.isoformat(), "facts": dict(self.facts)}
