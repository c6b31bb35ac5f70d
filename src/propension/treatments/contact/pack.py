"""The schema of a rule pack: what one country's law says about contacting debtors, as data."""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from propension.config.base import Language, Model
from propension.config.contact import (
    CapRule,
    Channel,
    ContactRule,
    Days,
    Reached,
    Reading,
    RuleId,
    Scope,
    Text,
    Window,
)

Recipient = Literal["debtor", "guarantor", "co_debtor", "third_party", "reference"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

RECIPIENTS: tuple[Recipient, ...] = get_args(Recipient)
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)


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


class HoursRule(ContactRule):
    """Contact only within these hours."""

    kind: Literal["hours"]
    windows: Annotated[tuple[DayWindow, ...], Field(min_length=1)]
    holidays: Literal["closed", "open"]
    closing_minute: Literal["included", "excluded"] = Field(
        description="whether the minute that begins at closes is still allowed"
    )


class CooldownRule(ContactRule):
    """Nothing for some days after a conversation, whoever began it; its day is the first."""

    kind: Literal["cooldown"]
    after: Reached = "conversations"
    per: Literal["customer", "debt", "channel"] = "customer"
    days: Days

    @property
    def memory_days(self) -> int:
        """Days it lasts."""
        return self.days


class SingleChannelRule(ContactRule):
    """Within a window, only the channel that reached the debtor."""

    kind: Literal["single_channel"]
    after: Reached
    window: Window

    @property
    def memory_days(self) -> int:
        """Days for which the channel is bound."""
        return 7 if self.window == "calendar_week" else self.window


class RecipientsRule(ContactRule):
    """Only these people may be contacted."""

    kind: Literal["recipients"]
    allowed: Annotated[tuple[Recipient, ...], Field(min_length=1)]


class ChannelsRule(ContactRule):
    """These channels are not allowed at all."""

    kind: Literal["channels"]
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]


HistoryRule: TypeAlias = CapRule | CooldownRule | SingleChannelRule
Rule: TypeAlias = HoursRule | HistoryRule | RecipientsRule | ChannelsRule
Rules = tuple[Annotated[Rule, Field(discriminator="kind")], ...]


class MessageRules(Model):
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
    messages: MessageRules

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
