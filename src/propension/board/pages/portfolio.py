"""The portfolio at a glance: what is owed and expected, where, what is done about it, and what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from propension.board.drawings import forecast_picture, plane_picture
from propension.board.overview import (
    figures,
    forecast,
    list_before,
    moves,
    plane,
)
from propension.board.refused import RefusedError
from propension.board.visit import ViewersVisit, Visit
from propension.outputs.capacity import limit_share, limit_worth
from propension.outputs.capacity_sheet import limit_name

router = APIRouter()
_SHOWN_MOVES = 12
_COMPARED = ("accounts", "overdue_amount", "amount_at_stake", "expected_recovery", "propensity")


@router.get("/")
def portfolio(visit: ViewersVisit) -> Response:
    """Show balances, expected recovery, segments, quadrants, treatments, capacities, changes and the forecast."""
    visit.open_list  # noqa: B018 - without a list there is another page
    (found, groups), changed = figures(visit), moves(visit)
    before, cash = list_before(visit), forecast(visit)
    return visit.page(
        "portfolio.html",
        totals=found,
        before=before,
        changes=_changes(visit, found, before) if before else {},
        groups=groups,
        has_plane=any(group["code"] for group in groups["quadrant"]),
        limits=_limits(visit),
        moves=changed[:_SHOWN_MOVES],
        moves_left_out=max(0, len(changed) - _SHOWN_MOVES),
        forecast=cash and _dated(cash),
    )


@router.get("/pictures/plane.svg")
def plane_drawn(visit: ViewersVisit) -> Response:
    """Draw where the money lies between ability and willingness."""

    def draw() -> str:
        found = plane(visit)
        return plane_picture(found, visit.speech) if found else ""

    return _picture(visit.site.pictures.drawn(("plane", visit.language, visit.run), draw))


@router.get("/pictures/forecast.svg")
def forecast_drawn(visit: ViewersVisit) -> Response:
    """Draw the cash to expect."""
    cash = forecast(visit)
    if cash is None:
        return _picture("")
    key = ("forecast", visit.language, cash["as_of"], cash["total"]["value"])
    return _picture(visit.site.pictures.drawn(key, lambda: forecast_picture(cash, visit.speech)))


def _picture(svg: str) -> Response:
    if not svg:
        raise RefusedError(404, "shell.not_found")
    return Response(svg, media_type="image/svg+xml")


def _changes(visit: Visit, now: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, str]:
    """Return how the figures changed since the list before, in words: in percent, shares in points."""
    told = {}
    for name in _COMPARED:
        if now[name] is None or not before[name]:
            continue
        is_share = name == "propensity"
        change = now[name] - before[name] if is_share else now[name] / before[name] - 1
        # What rounds to nothing has no sign.
        change = round(float(change), 3) + 0.0
        sign = "+" if change > 0 else ""
        points = visit.speech.number(100 * change, 1)
        figure = (
            visit.speech.say("portfolio.points", points=points)
            if is_share
            else visit.speech.share(change)
        )
        told[name] = visit.speech.say(
            "portfolio.since", change=f"{sign}{figure}", date=visit.speech.date(before["as_of"])
        )
    return told


def _limits(visit: Visit) -> list[dict[str, Any]]:
    """Return teams, budgets and limits of pressure, the scarcest first, in the reader's words."""
    wording = visit.speech.wording
    if wording is None:
        return []
    found = sorted(visit.open_list.allocation["limits"], key=lambda limit: -limit_share(limit))
    return [
        {
            "words": limit_name(limit, wording),
            "group": limit["group"],
            "share": limit_share(limit),
            "used": _quantities(visit, limit),
            "worth": limit_worth(limit)[visit.language],
        }
        for limit in found
    ]


def _quantities(visit: Visit, limit: Mapping[str, Any]) -> str:
    """Say how much is used of how much."""
    speech, unit = visit.speech, limit["unit"]
    if unit == "money":
        figures = {name: speech.estimate(limit[name]) for name in ("used", "capacity")}
        return speech.say("portfolio.used_of", **figures)
    figures = {name: speech.number(limit[name], 0) for name in ("used", "capacity")}
    return f"{speech.say('portfolio.used_of', **figures)} {speech.term(f'unit_{unit}')}"


def _dated(cash: Mapping[str, Any]) -> dict[str, Any]:
    """Return the forecast with days for dates."""
    weeks = [
        {**week, **{day: dt.date.fromisoformat(week[day]) for day in ("first_day", "last_day")}}
        for week in cash["weeks"]
    ]
    return {**cash, "as_of": dt.date.fromisoformat(cash["as_of"]), "weeks": weeks}
