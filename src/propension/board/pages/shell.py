"""What belongs to every page: the language switch, and whether a newer list is there."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from propension.board.places import own_place
from propension.board.visit import LANGUAGE_COOKIE, AnyonesVisit, ViewersVisit
from propension.config import Language

router = APIRouter()
_YEAR_SECONDS = 365 * 24 * 3600


@router.get("/language/{language}")
def choose_language(visit: AnyonesVisit, language: Language, back: str = "/") -> Response:
    """Show the pages in another language from now on."""
    response = RedirectResponse(own_place(back), 303)
    visit.set_cookie(response, LANGUAGE_COOKIE, language, _YEAR_SECONDS)
    return response


@router.get("/newer")
def newer(visit: ViewersVisit) -> Response:
    """Say so where another list was published after a page was opened."""
    return visit.page("newer.html")
