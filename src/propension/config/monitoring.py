"""When what is watched over a model raises an alarm."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from propension.config.base import Model


class Bounds(Model):
    """From where a signal is watched, from where it asks for action when it lasts, and from where at once."""

    watch: Annotated[float, Field(ge=0)]
    act: Annotated[float, Field(ge=0)]
    at_once: Annotated[float, Field(ge=0)]

    @model_validator(mode="after")
    def _rises(self) -> Bounds:
        if not self.watch <= self.act <= self.at_once:
            raise ValueError("write watch <= act <= at_once")
        return self


def _bounds(watch: float, act: float, at_once: float, description: str) -> Bounds:
    bounds = Bounds(watch=watch, act=act, at_once=at_once)
    found: Bounds = Field(default=bounds, description=description)
    return found


class Monitoring(Model):
    """What lists are compared with, and the bounds of every signal; see docs/monitoring.md."""

    lists: Annotated[int, Field(ge=3, le=60)] = Field(
        default=6, description="lists before it that a list is compared with"
    )
    min_lists: Annotated[int, Field(ge=2, le=60)] = Field(
        default=3, description="with fewer lists before it, nothing is compared with them"
    )
    apart_days: Annotated[int, Field(ge=1, le=90)] = Field(
        default=7, description="lists nearer than this to the next one are passed over"
    )
    persistence: Annotated[int, Field(ge=1, le=20)] = Field(
        default=2, description="lists in a row after which a signal asks for action"
    )
    false_discovery_rate: Annotated[float, Field(gt=0, lt=1)] = Field(
        default=0.01, description="of all that is tested on one list"
    )
    leaning_share: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.01,
        description="of all that the trees gained: below it a feature may drift as long as it does not jump",
    )
    auc_loss: Bounds = _bounds(
        0.03, 0.05, 0.1, "AUC of the training's test minus the list's, beyond chance"
    )
    bias: Bounds = _bounds(
        0.03, 0.05, 0.1, "mean propensity minus the share that paid, beyond chance"
    )
    slope: Bounds = _bounds(
        0.15, 0.35, 0.7, "logarithm of the slope of paying on the log-odds, beyond chance"
    )
    score_shift: Bounds = _bounds(0.1, 0.25, 1, "population stability index")
    feature_shift: Bounds = _bounds(0.1, 0.25, 1, "population stability index")
    mix_shift: Bounds = _bounds(0.1, 0.25, 1, "population stability index")
    missing_change: Bounds = _bounds(0.1, 0.2, 0.3, "change of the share of missing values")
    row_loss: Bounds = _bounds(1.3, 1.5, 2, "times fewer new rows a day than usual")
    row_growth: Bounds = _bounds(1.5, 2, 4, "times more new rows a day than usual")
    refused_share: Bounds = _bounds(0.01, 0.05, 0.2, "of new rows, set aside, beyond what is usual")
    orphan_share: Bounds = _bounds(
        0.01, 0.05, 0.2, "of new rows, pointing at nothing, beyond what is usual"
    )
    new_finding: Bounds = _bounds(0, 0.01, 0.05, "of a table's rows, with a fault not seen before")
    late_days: Bounds = _bounds(1, 2, 7, "days more than usual until a row is recorded")
