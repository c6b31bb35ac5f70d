"""Of what there is only so much in a run: the work of teams, money, and pressure on any group."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from propension.config.base import Amount, Model, Name, Share, Texts

Minutes = Annotated[float, Field(ge=0, le=1e9)]
# What pressure may be limited within: columns of the list that say what kind of account it is.
Group = Literal[
    "stage",
    "country",
    "region",
    "kind",
    "product_line",
    "dpd_bucket",
    "value_tier",
    "risk_band",
    "segment",
]


class Capacity(Model):
    """What a team can do in one run, in minutes or in accounts; ``agents`` share its work."""

    minutes: Minutes | None = None
    """Minutes of work of the whole team in one run; give this or `accounts`."""
    accounts: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = None
    """Accounts that the team can work in one run; give this or `minutes`."""
    agents: Annotated[int, Field(ge=1, le=10_000)] = 1
    """People who share the work."""
    treatments: Annotated[tuple[Name, ...], Field(min_length=1)]
    """What the team does."""
    label: Texts | None = None
    """What people read for it; its name when empty."""

    @model_validator(mode="after")
    def _one_unit(self) -> Capacity:
        if (self.minutes is None) == (self.accounts is None):
            raise ValueError("give minutes or accounts")
        return self


class Budget(Model):
    """What may be spent on some treatments in one run, in the portfolio's currency.

    ``cost``: what the treatments cost. ``discount``: what their offers forgo, if all were accepted.
    """

    amount: Amount
    """Most that may be spent in one run, in the portfolio's currency."""
    of: Literal["cost", "discount"] = "cost"
    """Whether it limits what treatments cost, or what their offers forgo if all were accepted."""
    treatments: Annotated[tuple[Name, ...], Field(min_length=1)]
    """What is paid from it."""
    label: Texts | None = None
    """What people read for it; its name when empty."""


class PressureLimit(Model):
    """The most accounts, as a share, that may get any of some treatments in one run, in every group alike."""

    treatments: Annotated[tuple[Name, ...], Field(min_length=1)]
    """What presses."""
    at_most: Share
    """Largest share of any group's accounts that may get one of them in one run."""
    within: Group = "stage"
    """The column that says which group an account is of."""
    label: Texts | None = None
    """What people read for it; its name when empty."""
