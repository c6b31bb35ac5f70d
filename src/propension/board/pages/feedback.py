"""What people said of the lists, and what became of it."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from propension.board.feedback import feature_names, told
from propension.board.overview import monitored
from propension.board.visit import ViewersVisit
from propension.monitoring import count_feedback
from propension.outputs import FeedbackLog

router = APIRouter()
_MOST = 200
_KINDS = ("override", "postpone", "wrong_reason", "withdraw")


@router.get("/feedback")
def feedback_page(visit: ViewersVisit, kind: str = "", author: str = "") -> Response:
    """Show what was said, the newest first, and how often by whom and why."""
    log = FeedbackLog(visit.site.settings.outputs_folder).read()
    came_of = monitored(visit).get("feedback") or {}
    found = [
        one
        for one in told(log, visit)
        if kind in ("", one.said.kind) and author in ("", one.said.author)
    ]
    return visit.page(
        "feedback.html",
        said=found[:_MOST],
        total=len(found),
        any_said=bool(log),
        figures=count_feedback(log, []),
        came_of=came_of if came_of.get("accounts") else None,
        reasons=visit.open_list.policy.feedback.reasons,
        features=feature_names(visit),
        kinds=_KINDS,
        kind=kind,
        author=author,
    )
