"""One request, as a page sees it: who asks, in which language, about which list."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, cast, get_args

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, Response

from propension import __version__
from propension.board.access.gates import SESSION_COOKIE, LoginGate
from propension.board.access.roles import Role, User
from propension.board.open_list import OpenList
from propension.board.refused import LogInError, RefusedError
from propension.board.site import Site, templates
from propension.board.speech import Speech
from propension.config import Language
from propension.errors import PropensionError
from propension.outputs.wording import Wording

LANGUAGES: tuple[Language, ...] = get_args(Language)
LANGUAGE_COOKIE = "propension_language"
_VISIT_COOKIE = "propension_visit"
_READS_ONLY = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Visit:
    """A request that was let in.

    Attributes
    ----------
    request : Request
    site : Site
    user : User or None
        None on the pages that anyone may see.
    form : mapping
        What a form sent; nothing, for a request that only reads.
    """

    request: Request
    site: Site
    user: User | None
    form: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def language(self) -> Language:
        """The reader's language: as chosen on a page, else the portfolio's."""
        chosen = self.request.cookies.get(LANGUAGE_COOKIE)
        known = chosen in LANGUAGES
        return cast(Language, chosen) if known else self.site.settings.portfolio.language

    @cached_property
    def open_list(self) -> OpenList:
        """The newest list; the same one throughout the request. Raises ``NoListError`` where there is none."""
        return self.site.lists.current()

    @cached_property
    def run(self) -> str | None:
        """Which run made the list; None where there is no list to be read, or nobody to show it to."""
        if self.user is None:
            return None
        # Whatever keeps it from being read is for the page to say, and this is asked while that is said.
        try:
            return self.open_list.run_id
        except PropensionError:
            return None

    @property
    def is_outdated(self) -> bool:
        """Whether the request comes from a page that showed another list."""
        query, headers = self.request.query_params, self.request.headers
        return (query.get("run") or headers.get("x-run") or self.run) != self.run

    @cached_property
    def speech(self) -> Speech:
        """The reader's words, with the policy's where there is a list."""
        wording = (
            Wording.of(self.open_list.policy, self.language, self.language) if self.run else None
        )
        return Speech(self.language, self.site.settings.portfolio.currency, wording)

    @property
    def known_user(self) -> User:
        """Who asks, on pages that are not for anyone."""
        if self.user is None:
            raise LogInError("log in first")
        return self.user

    @property
    def may_log_out(self) -> bool:
        """Whether the reader logged in here."""
        return self.user is not None and isinstance(self.site.gate, LoginGate)

    @property
    def sees_masked(self) -> bool:
        """Whether personal data are hidden from the reader."""
        return self.user is None or not self.user.may("manager")

    @property
    def is_part(self) -> bool:
        """Whether htmx asks for a part of the page that the reader has open."""
        headers = self.request.headers
        # Going back, the browser wants the whole page again.
        return "hx-request" in headers and "hx-history-restore-request" not in headers

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Return what a statement over ``accounts`` finds, as far as the reader may see it."""
        return self.open_list.rows(self.sees_masked, sql, parameters)

    def page(self, template: str, code: int = 200, **facts: Any) -> HTMLResponse:
        """Return a page, or a part of one, in the reader's words.

        Templates know ``visit``, ``say``, ``label``, ``term``, ``word``, ``number``, ``amount``, ``estimate``, ``share``, ``date``, ``moment`` and
        ``form_token``, besides the facts.
        """
        speech = self.speech
        cookie = self.request.cookies.get(_VISIT_COOKIE) or secrets.token_urlsafe(24)
        context = {name: getattr(speech, name) for name in _SPOKEN} | {
            "visit": self,
            "version": __version__,
            "languages": LANGUAGES,
            "form_token": self.site.tokens.of(*self._reader(cookie)),
        }
        response = HTMLResponse(templates().get_template(template).render(context | facts), code)
        if cookie != self.request.cookies.get(_VISIT_COOKIE):
            self.set_cookie(response, _VISIT_COOKIE, cookie)
        return response

    def set_cookie(
        self, response: Response, name: str, value: str, seconds: int | None = None
    ) -> None:
        """Set a cookie that scripts cannot read and other sites' forms do not send."""
        response.set_cookie(
            name, value, max_age=seconds, httponly=True, samesite="lax", path="/",
            secure=self.site.settings.board.is_https,
        )  # fmt: skip

    def check_form(self) -> None:
        """Refuse a request that changes something and is not of a page of this board, shown to this reader."""
        cookie = self.request.cookies.get(_VISIT_COOKIE, "")
        sent = self.request.headers.get("x-form-token") or self.form.get("form_token", "")
        if not cookie or not self.site.tokens.fits(sent, *self._reader(cookie)):
            raise RefusedError(403, "shell.form_expired")

    def _reader(self, cookie: str) -> tuple[str, ...]:
        name = self.user.name if self.user else ""
        return cookie, self.request.cookies.get(SESSION_COOKIE, ""), name


_SPOKEN = (
    "say", "label", "term", "word", "rule", "number", "amount", "estimate", "share", "date", "moment",
)  # fmt: skip


async def enter(request: Request) -> Visit:
    """Find out who asks, and refuse forms that are not of this board; every route runs through here."""
    site: Site = request.app.state.site
    form: dict[str, str] = {}
    if request.method not in _READS_ONLY:
        form = {
            name: value for name, value in (await request.form()).items() if isinstance(value, str)
        }
    visit = Visit(request, site, site.gate.user(request), form)
    if request.method not in _READS_ONLY:
        visit.check_form()
    return visit


@dataclass(frozen=True)
class Needs:
    """Lets in who has a role; anyone, without one."""

    role: Role | None

    def __call__(self, visit: Annotated[Visit, Depends(enter)]) -> Visit:
        """Return the visit.

        Raises
        ------
        LogInError
            If nobody is known to be there.
        RefusedError
            If their role is not enough.
        """
        if self.role is None:
            return visit
        if visit.user is None:
            raise LogInError("log in first")
        if not visit.user.may(self.role):
            raise RefusedError(
                403, "shell.role_needed", role=visit.speech.say(f"shell.role_{self.role}")
            )
        return visit


# What a page declares as its first parameter. A test finds the route that declares none.
AnyonesVisit = Annotated[Visit, Depends(Needs(None))]
ViewersVisit = Annotated[Visit, Depends(Needs("viewer"))]
ManagersVisit = Annotated[Visit, Depends(Needs("manager"))]
AdminsVisit = Annotated[Visit, Depends(Needs("admin"))]
