"""Saving and removing views of the list."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import QueryParams

from propension.board.filters import Selection
from propension.board.places import own_place
from propension.board.views import remove_view, save_view
from propension.board.visit import ViewersVisit

router = APIRouter()


@router.post("/views")
def save(visit: ViewersVisit) -> Response:
    """Keep what is filtered and sorted under a name."""
    selection = Selection.read(QueryParams(visit.form.get("query", "")))
    save_view(visit, visit.form.get("name", "").strip(), selection)
    return RedirectResponse(f"/accounts?{selection.query(page=1)}", 303)


@router.post("/views/remove")
def remove(visit: ViewersVisit) -> Response:
    """Remove a view."""
    remove_view(visit, visit.form.get("name", ""))
    return RedirectResponse(own_place(visit.form.get("back", "/accounts")), 303)
