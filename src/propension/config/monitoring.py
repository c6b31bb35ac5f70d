"""When what is watched over a model raises an alarm."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from propension.config.base import Model


class Bounds(Model):
    """From where a signal is watched, from where it asks for action when it lasts, and from where at once."""

    watch: Annotated[float, Field(ge=0)]
    """From here on the signal is watched."""
    act: Annotated[float, Field(ge=0)]
    """From here on it asks for action when it lasts."""
    at_once: Annotated[float, Field(ge=0)]
    """From here on it asks for action at once."""

    @model_validator(mode="after")
    def _rises(self) -> Bounds:
        if not self.watch <= self.act <= self.at_once:
            raise ValueError("write watch <= act <= at_once")
        return self


def _bounds(watch: float, act: float, at_once: float) -> Bounds:
    return Bounds(watch=watch, act=act, at_once=at_once)


class Monitoring(Model):
    """What lists are compared with, and the bounds of every signal; see docs/monitoring.md."""

    lists: Annotated[int, Field(ge=3, le=60)] = 6
    """Lists before it that a list is compared with."""
    min_lists: Annotated[int, Field(ge=2, le=60)] = 3
    """With fewer lists before it, nothing is compared with them."""
    apart_days: Annotated[int, Field(ge=1, le=90)] = 7
    """Lists fewer days before the next one are passed over."""
    persistence: Annotated[int, Field(ge=1, le=20)] = 2
    """Lists in a row after which a signal asks for action."""
    false_discovery_rate: Annotated[float, Field(gt=0, lt=1)] = 0.01
    """Share of false alarms accepted among all that is tested on one list."""
    leaning_share: Annotated[float, Field(ge=0, le=1)] = 0.01
    """Share of all that the trees gained below which a feature may drift as long as it does not jump."""
    auc_loss: Bounds = _bounds(0.03, 0.05, 0.1)
    """AUC of the training's test minus the list's, beyond chance."""
    bias: Bounds = _bounds(0.03, 0.05, 0.1)
    """Mean propensity minus the share that paid, beyond chance."""
    slope: Bounds = _bounds(0.15, 0.35, 0.7)
    """Logarithm of the slope of paying on the log-odds, beyond chance."""
    score_shift: Bounds = _bounds(0.1, 0.25, 1)
    """Population stability index of the propensity."""
    feature_shift: Bounds = _bounds(0.1, 0.25, 1)
    """Population stability index of a feature."""
    mix_shift: Bounds = _bounds(0.1, 0.25, 1)
    """Population stability index of what the portfolio is made of."""
    missing_change: Bounds = _bounds(0.1, 0.2, 0.3)
    """Change of a feature's share of missing values."""
    row_loss: Bounds = _bounds(1.3, 1.5, 2)
    """Times fewer new rows a day than usual."""
    row_growth: Bounds = _bounds(1.5, 2, 4)
    """Times more new rows a day than usual."""
    refused_share: Bounds = _bounds(0.01, 0.05, 0.2)
    """Share of new rows set aside, beyond what is usual."""
    orphan_share: Bounds = _bounds(0.01, 0.05, 0.2)
    """Share of new rows pointing at nothing, beyond what is usual."""
    new_finding: Bounds = _bounds(0, 0.01, 0.05)
    """Share of a table's rows with a fault not seen before."""
    late_days: Bounds = _bounds(1, 2, 7)
    """Days more than usual until a row is recorded."""
