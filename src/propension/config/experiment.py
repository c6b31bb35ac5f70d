"""Strategies and the experiment that compares them: who is left alone, who is drawn, who tries a challenger."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from propension.config.base import Model, Name

CHAMPION = "champion"


class Strategy(Model):
    """How a treatment is chosen among those that a segment considers and nothing forbids.

    ``value``: the one that is expected to add most beyond its cost. ``order``: the first of the
    segment's list, whatever it adds. Both within all capacities and budgets.
    """

    choose: Literal["value", "order"] = "value"
    """What is expected to add most beyond its cost, or the first of the segment's list."""


class Challenger(Strategy):
    """Another strategy, tried on a share of the accounts with the same share of what teams can do."""

    share: Annotated[float, Field(gt=0, le=0.5)]
    """Share of the accounts on which it is tried."""
    treatments: dict[Name, Annotated[tuple[Name, ...], Field(min_length=1, max_length=8)]] = {}
    """What it considers in some segments; in the others, what they say."""


class Experiment(Model):
    """What is drawn, so that effects can be measured.

    An account's arm is a function of its id and the salt alone.
    """

    salt: str = "control-1"
    """Text from which accounts are drawn; another one draws other accounts."""
    control_share: Annotated[float, Field(ge=0, le=0.5)] = 0.05
    """Share of the accounts left alone for ever, but for services."""
    explore_share: Annotated[float, Field(ge=0, le=0.5)] = 0.05
    """Share of the accounts that get a treatment drawn among those that nothing forbids."""
    explore_capacity: Annotated[float, Field(gt=0, le=1)] = 0.25
    """Share of any capacity or budget that drawing may be expected to use."""
    redraw: Literal["run", "month"] = "month"
    """How long a drawn treatment stays the same."""
    challengers: dict[Name, Challenger] = {}
    """Other strategies by name, each tried on its share of the accounts."""
    planned_accounts: Annotated[int, Field(ge=100, le=1_000_000_000)] | None = None
    """Accounts with an outcome that end the reading of the strategy, stated before the first look."""

    @model_validator(mode="after")
    def _something_left(self) -> Experiment:
        if CHAMPION in self.challengers:
            raise ValueError(f"challengers: {CHAMPION} is the strategy of the policy itself")
        if sum(challenger.share for challenger in self.challengers.values()) > 0.5:
            raise ValueError("challengers have more than half of the accounts")
        return self


class LearningPolicy(Model):
    """How what the lists assigned, and what came of it, changes what treatments are believed to add."""

    prior_rows: Annotated[float, Field(gt=0, le=1e9)] = 3.0
    """Rows of evidence, in one stage and quadrant, that weigh as much as the policy's belief."""
    max_rows: Annotated[int, Field(ge=100, le=1_000_000_000)] = 200000
    """Most rows of past lists that are read, the newest first."""
    allow_confounded: bool = False
    """Whether to learn from lists without assignment probabilities too."""
