"""Every rule as intervals in which it refuses a proposal: one shape for hours, caps and bans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from propension.arrays import Flags, Ints
from propension.config.contact import CapRule, Window
from propension.treatments.contact.cases import NO_DEBT, Cases, Events, channel_mask
from propension.treatments.contact.local_time import (
    DAY,
    EPOCH,
    EVER,
    MINUTE,
    NEVER,
    Clock,
    public_holidays,
)
from propension.treatments.contact.pack import (
    RECIPIENTS,
    WEEKDAYS,
    CooldownRule,
    HistoryRule,
    HoursRule,
    RecipientsRule,
    Rule,
    SingleChannelRule,
)

# 1970-01-01 was a Thursday.
_EPOCH_WEEKDAY = 3


@dataclass(frozen=True)
class Blocks:
    """When one rule refuses each case, on one clock.

    Attributes
    ----------
    rule : Rule
    first, last : arrays of shape (n_cases,)
        Each case's slice of the intervals.
    starts, ends : arrays of shape (n_intervals,)
        Instants; the end is free again. Within a slice neither ever falls, so that of the intervals
        that have begun the last ends last.
    """

    rule: Rule
    first: Ints
    last: Ints
    starts: Ints
    ends: Ints

    def until(self, cases: Ints, at: Ints) -> Ints:
        """Return the end of the interval that holds each instant, or the instant where none does."""
        if not len(self.starts):
            return at
        low, high = self.first[cases], self.last[cases]
        begin = low
        for _ in range(int((high - low).max(initial=0)).bit_length()):
            middle = (low + high) // 2
            begun = (low < high) & (self.starts[np.minimum(middle, len(self.starts) - 1)] <= at)
            low, high = np.where(begun, middle + 1, low), np.where(begun, high, middle)
        free_again = self.ends[np.maximum(low - 1, 0)]
        return np.where(low > begin, np.maximum(at, free_again), at)


def find_blocks(rule: Rule, cases: Cases, clocks: tuple[Clock, ...]) -> Iterator[Blocks]:
    """Yield when a rule refuses each case, clock by clock."""
    concerned = (cases.channel & channel_mask(rule.channels)) != 0
    if isinstance(rule, HistoryRule):
        counted = _counted(rule, cases, concerned)
        for clock in clocks:
            yield _after_events(rule, cases, counted, clock)
        return
    if isinstance(rule, RecipientsRule):
        allowed = [RECIPIENTS.index(name) for name in rule.allowed]
        concerned &= ~np.isin(cases.recipient, allowed)
    for clock in clocks:
        if isinstance(rule, HoursRule):
            starts, ends = _closed(rule, cases, clock)
        else:
            starts, ends = np.array([EVER]), np.array([NEVER])
        last = np.where(concerned, len(starts), 0)
        yield Blocks(rule, np.zeros_like(last), last, _in_force(rule, clock, starts), ends)


def _in_force(rule: Rule, clock: Clock, starts: Ints) -> Ints:
    """Nothing is refused before the rule's first day; an interval that ends earlier is empty."""
    valid_from = np.array([(rule.valid_from - EPOCH).days])
    return np.maximum(starts, clock.start_of(valid_from))


def _closed(rule: HoursRule, cases: Cases, clock: Clock) -> tuple[Ints, Ints]:
    """When the hours are closed: what lies between the openings."""
    days = clock.days
    if rule.holidays == "closed":
        last_day = int(days[-1])
        off = public_holidays(cases.country, cases.region, int(days[0]), last_day)
        days = days[~np.isin(days, off)]
    weekday = (days + _EPOCH_WEEKDAY) % 7
    begins, ends = [], []
    for window in rule.windows:
        begin = days[np.isin(weekday, [WEEKDAYS.index(day) for day in window.days])] * DAY
        closes = window.closes + (rule.closing_minute == "included")
        opened, closed = clock.when_showing(begin + window.opens * MINUTE, begin + closes * MINUTE)
        begins.append(opened)
        ends.append(closed)
    begin = np.concatenate(begins)
    order = np.argsort(begin, kind="stable")
    begin, end = begin[order], np.maximum.accumulate(np.concatenate(ends)[order])
    starts, free_again = np.append(EVER, end), np.append(begin, NEVER)
    between = starts < free_again
    return starts[between], free_again[between]


def _counted(rule: HistoryRule, cases: Cases, concerned: Flags) -> Events:
    """Events that count against a case under a rule."""
    events = cases.events
    case = events.case
    counts = concerned[case] & ((events.channel & channel_mask(rule.channels)) != 0)
    counts &= events.reached(rule.of if isinstance(rule, CapRule) else rule.after)
    if isinstance(rule, SingleChannelRule):
        counts &= events.channel != cases.channel[case]
    elif rule.per == "channel":
        counts &= (events.channel & cases.channel[case]) != 0
    elif rule.per == "debt":
        # What is not said to be about another debt may be about this one.
        asked = cases.debt[case]
        counts &= (events.debt == asked) | (events.debt == NO_DEBT) | (asked == NO_DEBT)
    if not isinstance(rule, CooldownRule):
        counts &= events.outbound
    return events.only(counts)


def _after_events(rule: HistoryRule, cases: Cases, counted: Events, clock: Clock) -> Blocks:
    if isinstance(rule, CooldownRule):
        case, starts = counted.case, counted.at
        ends = clock.start_of(clock.day_of(counted.at) + rule.days)
    else:
        at_most = rule.at_most if isinstance(rule, CapRule) else 1
        case, starts, ends = _full(counted, at_most, rule.window, clock)
    last = np.cumsum(np.bincount(case, minlength=len(cases.channel)))
    first = np.append(0, last[:-1])
    return Blocks(rule, first, last, _in_force(rule, clock, starts), ends)


def _full(events: Events, at_most: int, window: Window, clock: Clock) -> tuple[Ints, Ints, Ints]:
    """Where one more would be too many: around every ``at_most`` events that share a window.

    Events to come count like those past, so that planned contacts can be given as history.
    """
    unit = clock.day_of(events.at)
    width, days = (1, 7) if window == "calendar_week" else (int(window), 1)
    if window == "calendar_week":
        unit = (unit + _EPOCH_WEEKDAY) // 7
    count = max(len(unit) - at_most + 1, 0)
    oldest, newest = unit[:count], unit[at_most - 1 :]
    shared = (events.case[:count] == events.case[at_most - 1 :]) & (newest - oldest < width)
    monday = _EPOCH_WEEKDAY if window == "calendar_week" else 0
    starts = clock.start_of((newest[shared] - width + 1) * days - monday)
    ends = clock.start_of((oldest[shared] + width) * days - monday)
    return events.case[:count][shared], starts, ends
