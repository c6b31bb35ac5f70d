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
    """What refusals call it: words joined by hyphens."""
    citation: Text
    """The law or rule it follows, told with every refusal."""
    valid_from: dt.date
    """First day of the debtor's calendar on which it holds."""
    confidence: Literal["high", "medium", "low"]
    """How sure the reading of the law is."""
    scope: Scope | Literal["both"] = "both"
    """For which collectors it holds: the creditor itself, a third party, or both."""
    reading: Reading | Literal["both"] = "both"
    """In which reading of ambiguous laws it holds."""
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)] = CHANNELS
    """What it speaks of; other channels neither count nor suffer."""

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
    """Which kind of rule this is."""
    at_most: Annotated[int, Field(ge=1, le=1000)]
    """Largest number in the window."""
    of: Reached
    """What is counted: attempts, contacts that reached somebody, or conversations with the debtor."""
    per: Literal["customer", "debt", "channel"] = "customer"
    """Whose contacts add up: the customer's, a debt's, or a channel's."""
    window: Window
    """Consecutive days, the contact's own included, or `calendar_week`."""

    @property
    def memory_days(self) -> int:
        """Days over which contacts add up."""
        return 7 if self.window == "calendar_week" else self.window


class CompanyCap(CapRule):
    """A cap of the company's own: it tightens the law, and never loosens it."""

    kind: Literal["cap"] = "cap"
    """Which kind of rule this is."""
    citation: Text = "Company policy"
    """What it follows, told with every refusal."""
    valid_from: dt.date = dt.date(2000, 1, 1)
    """First day of the debtor's calendar on which it holds."""
    confidence: Literal["high", "medium", "low"] = "high"
    """How sure its reading is."""


class ContactPolicy(Model):
    """How contact is judged, and how soon it must be possible to be planned at all."""

    scope: Scope = "own"
    """Who collects: the creditor, or another."""
    reading: Reading = "strict"
    """How ambiguous laws are read."""
    within_days: Annotated[int, Field(ge=1, le=60)] = 7
    """A contact that is not allowed within so many days is refused."""
    caps: tuple[CompanyCap, ...] = ()
    """Caps of the company's own, which can only tighten the law."""
