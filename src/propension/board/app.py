"""The application: pages, who may see them, and what every answer carries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from propension.board.access.gates import make_gate
from propension.board.access.headers import SafeAnswers
from propension.board.answers import add_answers
from propension.board.lists import Lists
from propension.board.pages import MENU, ROUTERS
from propension.board.site import Site, templates
from propension.board.trials import Trials
from propension.board.visit import enter
from propension.config import Settings
from propension.writing import written_in

_STATIC = Path(__file__).parent / "static"


def create_app(settings: Settings) -> FastAPI:
    """Return the board of a portfolio, ready to be served.

    Parameters
    ----------
    settings : Settings
        ``settings.board`` says who may enter.

    Raises
    ------
    ConfigurationError
        If nobody could.
    """
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, dependencies=[Depends(enter)])
    app.state.site = Site(settings, Lists(settings), make_gate(settings), Trials(settings))
    templates().globals["menu"] = MENU
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", _Assets(directory=_STATIC), name="static")
    add_answers(app)
    # A page of another name that is made to point here is somebody else's page.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=settings.board.known_hosts)
    app.add_middleware(SafeAnswers)
    app.add_middleware(_Written, country=settings.portfolio.country)
    return app


class _Written:
    """Answers with figures as the portfolio's country writes them."""

    def __init__(self, app: ASGIApp, country: str) -> None:
        self._app, self._country = app, country

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with written_in(self._country):
            await self._app(scope, receive, send)


class _Assets(StaticFiles):
    """The board's own files; the browser keeps them, and asks whether they changed."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Return a file."""
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response
