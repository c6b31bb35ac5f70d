"""A slow judge of one proposed contact, in plain Python: the law read anew from the loaded packs.

Shares nothing with the engine but the packs. Walks forward by quarters of an hour: every rule of
the packs ends at one.
"""

import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

import holidays

QUARTER = dt.timedelta(minutes=15)
HORIZON = dt.timedelta(days=60)
CHANNELS = ["call", "sms", "whatsapp", "email", "letter", "visit"]
FALLS_SHORT = {
    "attempts": [],
    "contacts": ["no_answer", "invalid"],
    "conversations": ["no_answer", "invalid", "third_party", "delivered", "read"],
}
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@cache
def days_off(country, region):
    regions = holidays.list_supported_countries()[country]
    return holidays.country_holidays(country, subdiv=region if region in regions else None)


def first_refusal(proposal, at, history, rules, zones):
    """The rule that refuses a contact at an instant, or None."""
    return next(
        (rule for rule in rules if any(refuses(rule, proposal, at, history, z) for z in zones)),
        None,
    )


def earliest(proposal, history, rules, zones):
    """The first instant from the proposal's own on that every rule allows, or None."""
    at = proposal["at"]
    if first_refusal(proposal, at, history, rules, zones) is None:
        return at
    limit = at + HORIZON
    at = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0) + QUARTER
    while at <= limit:
        if first_refusal(proposal, at, history, rules, zones) is None:
            return at
        at += QUARTER
    return None


def refuses(rule, proposal, at, history, zone):
    local = at.astimezone(ZoneInfo(zone))
    if local.date() < rule.valid_from or proposal["channel"] not in rule.channels:
        return False
    if rule.kind == "hours":
        return not open_at(rule, proposal, local)
    if rule.kind == "recipients":
        return proposal["recipient"] not in rule.allowed
    return rule.kind == "channels" or full_at(rule, proposal, at, history, zone)


def full_at(rule, proposal, at, history, zone):
    today = at.astimezone(ZoneInfo(zone)).date()
    events = [event for event in history if counts(rule, proposal, event)]
    days = [event["at"].astimezone(ZoneInfo(zone)).date() for event in events]
    if rule.kind == "cooldown":
        return any(
            event["at"] <= at and (today - day).days < rule.days
            for event, day in zip(events, days, strict=True)
        )
    at_most = rule.at_most if rule.kind == "cap" else 1
    if rule.window == "calendar_week":
        week = today.isocalendar()[:2]
        return sum(day.isocalendar()[:2] == week for day in days) >= at_most
    # Every run of days that holds today.
    runs = [today - dt.timedelta(back) for back in range(rule.window)]
    return any(
        sum(0 <= (day - first).days < rule.window for day in days) >= at_most for first in runs
    )


def open_at(rule, proposal, local):
    if rule.holidays == "closed" and local.date() in days_off(
        proposal["country"], proposal["region"]
    ):
        return False
    minute = local.hour * 60 + local.minute
    return any(
        WEEKDAYS[local.weekday()] in window.days
        and window.opens <= minute
        and (
            minute < window.closes
            or (minute == window.closes and rule.closing_minute == "included")
        )
        for window in rule.windows
    )


def counts(rule, proposal, event):
    if event["customer_id"] != proposal["customer_id"]:
        return False
    if event["channel"] in CHANNELS and event["channel"] not in rule.channels:
        return False
    if rule.kind != "cooldown" and event["direction"] == "in":
        return False
    least = rule.of if rule.kind == "cap" else rule.after
    return event["outcome"] not in FALLS_SHORT[least] and is_about(rule, proposal, event)


def is_about(rule, proposal, event):
    if rule.kind == "single_channel":
        return event["channel"] != proposal["channel"]
    if rule.per == "channel":
        return event["channel"] not in CHANNELS or event["channel"] == proposal["channel"]
    debts = (event["debt_id"], proposal["debt_id"])
    return rule.per == "customer" or None in debts or debts[0] == debts[1]
