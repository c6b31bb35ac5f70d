"""Rules of contact as a policy may state them: the company's own caps, beside the law's packs."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints

from propension.config.base import Model

Channel = Literal["call", "sms", "whatsapp", "email", "letter", "visit"]
Scope = Literal["own", "third_party"]
Reading = Literal["strict", "lenient"]
# How far a contact got; each includes those after it.
Reached = Literal["attempts", "contacts", "conversations"]

CHANNELS: tuple[Channel, ...] = get_args(Channel)

RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)+$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Days = Annotated[int, Field(ge=1, le=366)]
# So many consecutive days of the debtor's calendar, the contact's own included; 1 is that day.
Window = Days | Literal["calendar_week"]


class ContactRule(Model):
    """What every rule of contact says of itself."""

    id: RuleId
    citation: Text
    valid_from: dt.date = Field(description="first day of the debtor's calendar on which it holds")
    confidence: Literal["high", "medium", "low"]
    scope: Scope | Literal["both"] = "both"
    reading: Reading | Literal["both"] = "both"
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)] = Field(
        default=CHANNELS, description="what it speaks of; other channels neither count nor suffer"
    )

    @property
    def memory_days(self) -> int:
        """Days, the first included, over which it looks at contacts."""
        return 0

    def holds(self, scope: Scope, reading: Reading) -> bool:
        """Whether the rule is among those of a scope and a reading."""
        return self.scope in (scope, "both") and self.reading in (reading, "both")


class CapRule(ContactRule):
    """At most so many outbound contacts in a window, per customer, debt or channel."""

    kind: Literal["cap"]
    at_most: Annotated[int, Field(ge=1, le=1000)]
    of: Reached
    per: Literal["customer", "debt", "channel"] = "customer"
    window: Window

    @property
    def memory_days(self) -> int:
        """Days over which contacts add up."""
        return 7 if self.window == "calendar_week" else self.window


class CompanyCap(CapRule):
    """A cap of the company's own: it tightens the law, and never loosens it."""

    kind: Literal["cap"] = "cap"
    citation: Text = "Company policy"
    valid_from: dt.date = dt.date(2000, 1, 1)
    confidence: Literal["high", "medium", "low"] = "high"


class ContactPolicy(Model):
    """How contact is judged, and how soon it must be possible to be planned at all."""

    scope: Scope = Field(default="own", description="who collects: the creditor, or another")
    reading: Reading = Field(default="strict", description="how ambiguous laws are read")
    within_days: Annotated[int, Field(ge=1, le=60)] = Field(
        default=7, description="a contact not allowed until later is refused"
    )
    caps: tuple[CompanyCap, ...] = ()
