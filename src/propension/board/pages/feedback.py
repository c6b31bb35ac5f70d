"""What people said of the lists, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from fastapi import APIRouter
from fastapi.responses import Response

from propension.board.feedback import feature_names, told
from propension.board.monitored import last_monitoring
from propension.board.visit import ViewersVisit
from propension.monitoring import count_feedback
from propension.outputs import FeedbackKind, FeedbackLog

router = APIRouter()
_MOST = 200


@router.get("/feedback")
def feedback_page(visit: ViewersVisit, kind: str = "", author: str = "") -> Response:
    """Show what was said, the newest first, and how often by whom and why."""
    outputs = visit.site.settings.outputs_folder
    log = FeedbackLog(outputs).read()
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
        came_of=_came_of(outputs),
        reasons=visit.open_list.policy.feedback.reasons,
        features=feature_names(visit),
        kinds=get_args(FeedbackKind),
        kind=kind,
        author=author,
    )


def _came_of(outputs: Path) -> Mapping[str, Any] | None:
    """What came of what was followed, as the last monitoring found it; None where it says nothing."""
    found = last_monitoring(outputs).get("feedback") or {}
    return found if found.get("accounts") else None
