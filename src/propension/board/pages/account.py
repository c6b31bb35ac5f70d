"""One account: what it owes, its score and why, what is done about it, what was and what people say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from propension import clock
from propension.board.account_pictures import (
    curve_picture,
    points_told,
    timeline_picture,
    timeline_told,
)
from propension.board.feedback import as_said, told
from propension.board.history import event_told, past_decisions, read_history
from propension.board.refused import RefusedError
from propension.board.visit import ManagersVisit, ViewersVisit, Visit
from propension.errors import ConfigurationError
from propension.explain import waterfall_picture
from propension.model import ReportReader
from propension.outputs import FeedbackLog

router = APIRouter()
_HORIZON = "propensity_"


@router.get("/accounts/{account:path}")
def account_page(visit: ViewersVisit, account: str, said: int = 0) -> Response:
    """Show one account."""
    row, opened = _row(visit, account), visit.open_list
    outputs = visit.site.settings.outputs_folder
    history = read_history(opened.folder, account)
    speech, policy = visit.speech, opened.policy
    log = FeedbackLog(outputs).read(account)
    return visit.page(
        "account.html",
        row=row,
        curve=_curve(row),
        margin=_base_margin(visit, row),
        points=points_told(_curve(row), speech),
        timeline_alt=timeline_told(history.events or [], speech),
        history=history,
        detail=lambda event: event_told(event, speech),
        day=lambda text: speech.date(dt.date.fromisoformat(text)),
        past=past_decisions(outputs, account, history, opened.as_of),
        feedback=policy.feedback,
        earliest=opened.as_of + dt.timedelta(days=2),
        latest=opened.as_of + dt.timedelta(days=policy.feedback.postpone_days + 1),
        said=told(log, visit),
        called_wrong={one.feature for one in log if one.feature},
        kept=said,
    )


@router.get("/account-pictures/{what}.svg")
def picture(visit: ViewersVisit, what: str, account: str) -> Response:
    """Draw how an account comes to its score, its score by horizon, or what happened to it."""
    if what not in ("score", "curve", "timeline"):
        raise RefusedError(404, "shell.not_found")
    row = _row(visit, account)
    key = ("account", what, visit.run, visit.language, account)
    svg = visit.site.pictures.drawn(key, lambda: _drawn(visit, what, row))
    return Response(svg, media_type="image/svg+xml")


@router.post("/feedback")
def say(visit: ManagersVisit) -> Response:
    """Keep what somebody says about an account of this very list."""
    form = visit.form
    account, kind = form.get("account", ""), form.get("kind", "")
    row = _row(visit, account)
    if form.get("run") != visit.run:
        raise RefusedError(409, "feedback.list_changed")
    try:
        said = as_said(form, row, visit.user.name if visit.user else "")
        log = FeedbackLog(visit.site.settings.outputs_folder)
        kept = log.add(said, visit.open_list.policy, clock.now_utc())
    except (ConfigurationError, ValueError):
        known = kind if kind in ("postpone", "wrong_reason", "withdraw") else "override"
        raise RefusedError(400, f"feedback.refused_{known}") from None
    return RedirectResponse(f"/accounts/{quote(account)}?said={kept.number}#said", 303)


def _row(visit: Visit, account: str) -> dict[str, Any]:
    found = visit.rows("SELECT * FROM accounts WHERE account_id = ?", [account])
    if not found:
        date = visit.speech.date(visit.open_list.as_of)
        raise RefusedError(404, "account.not_found", account=account, date=date)
    return found[0]


def _curve(row: Mapping[str, Any]) -> list[tuple[int, float]]:
    points = [
        (int(name.removeprefix(_HORIZON).removesuffix("d")), value)
        for name, value in row.items()
        if name.startswith(_HORIZON) and value is not None
    ]
    return sorted(points)


def _base_margin(visit: Visit, row: Mapping[str, Any]) -> float | None:
    """What explanations start from; None in lists from before it was kept."""
    model = visit.open_list.manifest.get("models", {}).get(row["stage"])
    return None if model is None or row["margin"] is None else float(model["base_margin"])


def _drawn(visit: Visit, what: str, row: Mapping[str, Any]) -> str:
    if what == "curve":
        points = _curve(row)
        return curve_picture(points, visit.speech) if points else _nothing_to_draw()
    opened = visit.open_list
    if what == "timeline":
        events = read_history(opened.folder, row["account_id"]).events
        return (
            timeline_picture(events, opened.as_of, visit.speech) if events else _nothing_to_draw()
        )
    base = _base_margin(visit, row)
    if base is None:
        return _nothing_to_draw()
    return waterfall_picture(row["reasons"], base, row["margin"], ReportReader(visit.language))[0]


def _nothing_to_draw() -> str:
    raise RefusedError(404, "shell.not_found")
