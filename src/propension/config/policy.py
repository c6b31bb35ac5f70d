"""The policy file (``policy.yaml``): bands, flags, segments, treatments; read by managers."""

from __future__ import annotations

import difflib
import hashlib
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from propension.config.settings import Model, Name, Share, Texts

Rule = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
NO_TREATMENT = "do_nothing"
# How much is owed, how much is billed, for how long, how fast it grows, and its group's debts.
ValueMeasure = Literal[
    "open_amount", "billed_amount_365d", "tenure_days", "billed_growth", "group_balance_overdue"
]
Cause = Literal["dispute", "strategic", "liquidity", "forgetful"]


class RiskBands(Model):
    """Least propensity of each band; below D is E."""

    A: Share = 0.8
    B: Share = 0.6
    C: Share = 0.4
    D: Share = 0.2

    @model_validator(mode="after")
    def _falling(self) -> RiskBands:
        if not self.A > self.B > self.C > self.D:
            raise ValueError("risk bands must fall from A to D")
        return self


class ValueTiers(Model):
    """Shares of the portfolio below accounts of high and of medium value.

    What an account is worth is the mean of its ranks by the measures in ``by``, each with its weight.
    """

    high: Share = 0.9
    medium: Share = 0.5
    by: Annotated[
        dict[ValueMeasure, Annotated[float, Field(gt=0, le=100)]], Field(min_length=1)
    ] = {"open_amount": 1.0}

    @model_validator(mode="after")
    def _falling(self) -> ValueTiers:
        if not self.high > self.medium:
            raise ValueError("high must be above medium")
        return self


class Quadrants(Model):
    """Shares of the portfolio that count as unable, and as unwilling, to pay.

    Accounts nearer to a threshold than ``dead_zone`` are reported as uncertain.
    """

    ability: Share = 0.5
    willingness: Share = 0.5
    dead_zone: Annotated[float, Field(ge=0, le=0.5)] = 0.05


class Flag(Model):
    """A true-or-false mark on an account, by rule."""

    when: Rule
    label: Texts


class Segment(Model):
    """A named group; the first whose rule holds takes the account."""

    name: Name
    when: Rule
    label: Texts
    treatment: Name


class Treatment(Model):
    """One thing a team can do about an account."""

    channel: Literal["none", "call", "sms", "whatsapp", "email", "letter", "visit"]
    tone: Literal["none", "friendly", "neutral", "firm", "legal"]
    manual: bool
    cost: Annotated[float, Field(ge=0)] = 0
    minutes: Annotated[float, Field(ge=0)] = 0
    service: bool = Field(
        default=False, description="a task owed to the customer: the control group gets it too"
    )
    label: Texts


class Suppression(Model):
    """Accounts nobody may press: refused treatments fall back to ``only``."""

    name: Name
    when: Rule
    only: Annotated[tuple[Name, ...], Field(min_length=1)] = (NO_TREATMENT,)
    citation: str = ""


class Experiment(Model):
    """The permanent random control group."""

    salt: str = "control-1"
    control_share: Annotated[float, Field(ge=0, le=0.5)] = 0.05


class Policy(Model):
    """What a collections manager decides.

    Rules are SQL conditions over the columns of the scored list.
    """

    version: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    risk_bands: RiskBands = RiskBands()
    value_tiers: ValueTiers = ValueTiers()
    quadrants: Quadrants = Quadrants()
    causes: dict[Cause, Rule] = Field(
        default={}, description="likely causes of the delay, in order; the first that holds"
    )
    flags: dict[Name, Flag] = {}
    suppressions: tuple[Suppression, ...] = ()
    segments: Annotated[tuple[Segment, ...], Field(min_length=1)]
    treatments: dict[Name, Treatment]
    experiment: Experiment = Experiment()

    @model_validator(mode="after")
    def _known_treatments(self) -> Policy:
        if NO_TREATMENT not in self.treatments:
            raise ValueError(f"treatments must hold {NO_TREATMENT}")
        names = [segment.name for segment in self.segments]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"segments are named twice: {', '.join(repeated)}")
        used = {segment.treatment for segment in self.segments}
        used |= {name for rule in self.suppressions for name in rule.only}
        unknown = sorted(used - set(self.treatments))
        if unknown:
            named = ", ".join(name + self._nearest_treatment(name) for name in unknown)
            raise ValueError(f"segments or suppressions name treatments that do not exist: {named}")
        return self

    def _nearest_treatment(self, name: str) -> str:
        close = difflib.get_close_matches(name, self.treatments, 1)
        return f" (did you mean {close[0]}?)" if close else ""

    def digest(self) -> str:
        """Return the hash of everything the policy says."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]
