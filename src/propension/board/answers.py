"""What is answered where a page cannot be shown: always in words."""

from __future__ import annotations

import logging
import secrets
from contextlib import suppress
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from propension.board.access.gates import LoginGate
from propension.board.access.headers import HEADERS
from propension.board.refused import LogInError, NoListError, RefusedError
from propension.board.site import Site
from propension.board.visit import Visit
from propension.errors import PropensionError

_LOG = logging.getLogger(__name__)
_OF_STATUS = {
    400: "shell.form_expired",
    404: "shell.not_found",
    405: "shell.wrong_method",
    413: "shell.too_large",
}


def add_answers(app: FastAPI) -> None:
    """Answer every error with a page that says what happened and what to do."""
    app.exception_handler(RefusedError)(_refused)
    app.exception_handler(LogInError)(_not_logged_in)
    app.exception_handler(NoListError)(_no_list)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(RequestValidationError)(_not_understood)
    app.exception_handler(Exception)(_failed)


def _visit(request: Request) -> Visit:
    site: Site = request.app.state.site
    user = None
    # It may be what went wrong.
    with suppress(PropensionError):
        user = site.gate.user(request)
    return Visit(request, site, user)


def _page(request: Request, status: int, key: str, **facts: object) -> Response:
    visit = _visit(request)
    return visit.page("refused.html", status, key=key, facts=facts, status=status)


def _refused(request: Request, error: RefusedError) -> Response:
    return _page(request, error.status, error.key, **error.facts)


def _not_logged_in(request: Request, _: LogInError) -> Response:
    visit = _visit(request)
    if not isinstance(visit.site.gate, LoginGate):
        return _page(request, 401, "access.unknown_to_proxy")
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    # What a form asked for cannot be done again by going there.
    after = asked if request.method == "GET" and not visit.is_part else "/"
    place = f"/login?next={quote(after, safe='')}"
    if visit.is_part:
        return Response(status_code=401, headers={"HX-Redirect": place})
    return RedirectResponse(place, 303)


def _no_list(request: Request, _: NoListError) -> Response:
    return _visit(request).page("no_list.html")


def _http(request: Request, error: HTTPException) -> Response:
    return _page(request, error.status_code, _OF_STATUS.get(error.status_code, "shell.not_found"))


def _not_understood(request: Request, error: RequestValidationError) -> Response:
    what = ", ".join(sorted({str(fault["loc"][-1]) for fault in error.errors()}))
    return _page(request, 400, "shell.not_understood", what=what)


def _failed(request: Request, error: Exception) -> Response:
    name = secrets.token_hex(4)
    _LOG.error("%s: %s %s", name, request.method, request.url.path, exc_info=error)
    response = _page(request, 500, "shell.failed", id=name)
    # This answer passes by nobody else.
    response.headers.update(HEADERS)
    return response
