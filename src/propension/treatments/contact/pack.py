"""The schema of a rule pack: what one country's law says about contacting debtors, as data."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from propension.config.settings import Language, Model

Channel = Literal["call", "sms", "whatsapp", "email", "letter", "visit"]
Recipient = Literal["debtor", "guarantor", "co_debtor", "third_party", "reference"]
Scope = Literal["own", "third_party"]
Reading = Literal["strict", "lenient"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
# How far a contact got; each includes those after it.
Reached = Literal["attempts", "contacts", "conversations"]

CHANNELS: tuple[Channel, ...] = get_args(Channel)
RECIPIENTS: tuple[Recipient, ...] = get_args(Recipient)
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)

RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)+$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Days = Annotated[int, Field(ge=1, le=366)]
# So many consecutive days of the debtor's calendar, the contact's own included; 1 is that day.
Window = Days | Literal["calendar_week"]


def _minute_of_day(value: object) -> object:
    found = re.fullmatch(r"(\d\d):(\d\d)", value) if isinstance(value, str) else None
    if found is None or int(found[2]) > 59 or int(found[1]) * 60 + int(found[2]) > 24 * 60:
        raise ValueError('write a time of day in quotes, from "00:00" to "24:00"')
    return int(found[1]) * 60 + int(found[2])


def _regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression ({error})") from None
    return text


MinuteOfDay = Annotated[int, BeforeValidator(_minute_of_day)]
Regex = Annotated[str, StringConstraints(min_length=1), AfterValidator(_regex)]


class _Rule(Model):
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


class DayWindow(Model):
    """Hours of the debtor's clock in which contact is allowed on some weekdays."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1)]
    opens: MinuteOfDay
    closes: MinuteOfDay

    @model_validator(mode="after")
    def _forward(self) -> DayWindow:
        if not self.opens < self.closes:
            raise ValueError("opens must be before closes; write a night as two windows")
        return self


class HoursRule(_Rule):
    """Contact only within these hours."""

    kind: Literal["hours"]
    windows: Annotated[tuple[DayWindow, ...], Field(min_length=1)]
    holidays: Literal["closed", "open"]
    closing_minute: Literal["included", "excluded"] = Field(
        description="whether the minute that begins at closes is still allowed"
    )


class CapRule(_Rule):
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


class CooldownRule(_Rule):
    """Nothing for some days after a conversation, whoever began it; its day is the first."""

    kind: Literal["cooldown"]
    after: Reached = "conversations"
    per: Literal["customer", "debt", "channel"] = "customer"
    days: Days

    @property
    def memory_days(self) -> int:
        """Days it lasts."""
        return self.days


class SingleChannelRule(_Rule):
    """Within a window, only the channel that reached the debtor."""

    kind: Literal["single_channel"]
    after: Reached
    window: Window

    @property
    def memory_days(self) -> int:
        """Days for which the channel is bound."""
        return 7 if self.window == "calendar_week" else self.window


class RecipientsRule(_Rule):
    """Only these people may be contacted."""

    kind: Literal["recipients"]
    allowed: Annotated[tuple[Recipient, ...], Field(min_length=1)]


class ChannelsRule(_Rule):
    """These channels are not allowed at all."""

    kind: Literal["channels"]
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]


HistoryRule: TypeAlias = CapRule | CooldownRule | SingleChannelRule
Rule: TypeAlias = HoursRule | HistoryRule | RecipientsRule | ChannelsRule
Rules = tuple[Annotated[Rule, Field(discriminator="kind")], ...]


class Messages(Model):
    """What a message must and must not say: regular expressions, upper and lower case alike."""

    citation: Text
    identify_creditor: bool
    forbidden_phrases: dict[Language, tuple[Regex, ...]] = {}


class Region(Model):
    """Where a state or province differs from its country."""

    replaces: tuple[RuleId, ...] = ()
    rules: Annotated[Rules, Field(min_length=1)]


class Pack(Model):
    """The rules of one country, in the order in which they are given as reasons.

    An id may stand twice only where no scope and reading sees both.
    """

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    version: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    rules: Rules
    regions: dict[Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,3}$")], Region] = {}
    messages: Messages

    @model_validator(mode="after")
    def _complete(self) -> Pack:
        missing = {"hours", "recipients"} - {rule.kind for rule in self.rules}
        if missing:
            raise ValueError(f"a pack must say its {' and '.join(sorted(missing))}")
        known = {rule.id for rule in self.rules}
        for code, region in self.regions.items():
            strange = set(region.replaces) - known
            if strange:
                raise ValueError(f"regions.{code} replaces unknown rules: {', '.join(strange)}")
        for region_code in ("", *self.regions):
            for scope in get_args(Scope):
                for reading in get_args(Reading):
                    refuse_repeated(self.choose(region_code, scope, reading))
        return self

    def choose(self, region: str, scope: Scope, reading: Reading) -> tuple[Rule, ...]:
        """Return the rules of a region, or of the country where it has none of its own."""
        own = self.regions.get(region)
        rules = self.rules
        if own:
            kept = (rule for rule in rules if rule.id not in own.replaces)
            rules = (*kept, *own.rules)
        return tuple(rule for rule in rules if rule.holds(scope, reading))


def refuse_repeated(rules: tuple[Rule, ...]) -> None:
    """Raise ValueError where two rules have one id."""
    ids = [rule.id for rule in rules]
    repeated = sorted({name for name in ids if ids.count(name) > 1})
    if repeated:
        raise ValueError(f"rules are named twice: {', '.join(repeated)}")
