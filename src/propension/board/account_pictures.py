"""Pictures of one account: its score by horizon, and what happened to it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from babel.dates import format_date
from matplotlib.axes import Axes

from propension.board.speech import Speech
from propension.snapshots import TIMELINE_DAYS
from propension.writing import locale_of
from propension.writing.drawing import BLUE, GREY, ORANGE, drawing, written

_PALE = "#b7c9e2"
# From the top down; which kinds of event each shows.
_LANES = {
    "debt": ("debt",),
    "payment": ("payment", "reversal", "bounce"),
    "contact": ("contact", "call_in"),
    "promise": ("promise",),
    "dispute": ("dispute",),
}
_REACHED = ("right_party", "promise", "refused")


def curve_picture(points: Sequence[tuple[int, float]], speech: Speech) -> str:
    """Draw the propensity at every horizon.

    Parameters
    ----------
    points : sequence of (days, probability)
        By days.
    speech : Speech
    """
    days, shares = zip(*points, strict=True)
    with drawing("curve", 5.6, 2.7) as (figure, svg):
        axes = figure.subplots()
        axes.plot(days, shares, "-o", color=BLUE, markersize=5)
        for day, share in points:
            axes.annotate(
                speech.share(share), (day, share), xytext=(0, 7), textcoords="offset points",
                ha="center", fontsize=8,
            )  # fmt: skip
        axes.set_xticks(days, [speech.say("account.days", days=day) for day in days])
        axes.set(ylim=(0, min(1.0, max(shares) * 1.25 + 0.05)))
        axes.yaxis.set_major_formatter(written(speech.share))
    return svg()


def points_told(points: Sequence[tuple[int, float]], speech: Speech) -> str:
    """Say the same in words."""
    return ", ".join(
        f"{speech.say('account.days', days=day)} {speech.share(share)}" for day, share in points
    )


def timeline_picture(events: Sequence[Mapping[str, Any]], as_of: dt.date, speech: Speech) -> str:
    """Draw the events of the year before a day, a lane for each kind.

    Parameters
    ----------
    events : sequence of mapping
        Rows of ``write_timeline``.
    as_of : date
    speech : Speech
    """
    first = as_of - dt.timedelta(days=TIMELINE_DAYS)
    lanes = [lane for lane, kinds in _LANES.items() if any(e["kind"] in kinds for e in events)]
    with drawing("timeline", 9.4, 0.9 + 0.5 * len(lanes)) as (figure, svg):
        axes = figure.subplots()
        for place, lane in enumerate(reversed(lanes)):
            inside = [event for event in events if event["kind"] in _LANES[lane]]
            _DRAW[lane](axes, place, inside, (first, as_of))
        axes.axvline(_number(as_of), color=GREY, linewidth=1)
        axes.set_yticks(
            range(len(lanes)), [speech.say(f"account.lane_{lane}") for lane in reversed(lanes)]
        )
        axes.set(
            ylim=(-0.6, len(lanes) - 0.4),
            xlim=(_number(first), _number(as_of + dt.timedelta(days=20))),
        )
        axes.grid(visible=False, axis="y")
        months = [day for day in map(dt.date.fromordinal, _days(first, as_of)) if day.day == 1][::2]
        axes.set_xticks(
            [_number(day) for day in months],
            [format_date(day, "MMM y", locale=locale_of(speech.language)) for day in months],
        )
    return svg()


def timeline_told(events: Sequence[Mapping[str, Any]], speech: Speech) -> str:
    """Say how much there is of everything."""
    counts = Counter(event["kind"] for event in events)
    said = ", ".join(
        f"{speech.say(f'account.kind_{kind}')} {speech.number(count)}"
        for kind, count in counts.items()
    )
    return speech.say("account.timeline_alt", counts=said)


def _draw_debts(
    axes: Axes, place: int, events: Sequence[Mapping[str, Any]], span: tuple[dt.date, dt.date]
) -> None:
    """Each debt from its issue to its due date, and beyond it while it is overdue; side by side."""
    height = 0.8 / max(len(events), 4)
    for row, event in enumerate(events):
        level = place + height * (len(events) / 2 - row - 0.5)
        _bar(axes, level, (event["happened_on"], event["until"]), span, (_PALE, height))
        if event["outcome"] == "overdue":
            _bar(axes, level, (event["until"], span[1]), span, (ORANGE, height))


def _draw_payments(
    axes: Axes, place: int, events: Sequence[Mapping[str, Any]], _: tuple[dt.date, dt.date]
) -> None:
    largest = max((abs(event["amount"] or 0) for event in events), default=0) or 1
    for event in events:
        colour = BLUE if event["kind"] == "payment" else ORANGE
        size = 20 + 90 * float(abs(event["amount"] or 0) / largest)
        mark = "x" if event["kind"] == "bounce" else "o"
        axes.scatter(
            _number(event["happened_on"]), place, s=size, color=colour, marker=mark, alpha=0.8
        )


def _draw_contacts(
    axes: Axes, place: int, events: Sequence[Mapping[str, Any]], _: tuple[dt.date, dt.date]
) -> None:
    for event in events:
        reached = event["outcome"] in _REACHED
        axes.plot(
            [_number(event["happened_on"])] * 2,
            [place - (0.32 if reached else 0.14), place + (0.32 if reached else 0.14)],
            color=BLUE if reached else GREY,
            linewidth=2 if reached else 1,
        )


def _draw_spans(
    axes: Axes, place: int, events: Sequence[Mapping[str, Any]], span: tuple[dt.date, dt.date]
) -> None:
    for event in events:
        colour = ORANGE if event["outcome"] in ("broken", "open") else BLUE
        until = event["until"] or span[1]
        _bar(axes, place, (event["happened_on"], until), span, (colour, 0.24))


_DRAW = {
    "debt": _draw_debts,
    "payment": _draw_payments,
    "contact": _draw_contacts,
    "promise": _draw_spans,
    "dispute": _draw_spans,
}


def _bar(
    axes: Axes,
    level: float,
    ends: tuple[dt.date, dt.date],
    span: tuple[dt.date, dt.date],
    look: tuple[str, float],
) -> None:
    start, end = max(ends[0], span[0]), ends[1]
    length = max(_number(end) - _number(start), 1.0)
    axes.barh(level, length, 0.85 * look[1], left=_number(start), color=look[0])


def _number(day: dt.date) -> float:
    return float(day.toordinal())


def _days(first: dt.date, last: dt.date) -> range:
    return range(first.toordinal(), last.toordinal() + 1)
