"""Logging in and out, one's own password, and who may use the board."""

from __future__ import annotations

from typing import cast

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from propension.board.access.gates import SESSION_COOKIE, HeaderGate, LoginGate
from propension.board.access.roles import ROLES, Role
from propension.board.access.users import SHORTEST_PASSWORD, UserError
from propension.board.places import own_place
from propension.board.refused import RefusedError
from propension.board.visit import AdminsVisit, AnyonesVisit, ViewersVisit, Visit

router = APIRouter()


@router.get("/login")
def log_in_page(visit: AnyonesVisit, next: str = "/") -> Response:  # noqa: A002 - its name in the address
    """Ask for name and password."""
    _login_gate(visit)
    return visit.page("login.html", next=own_place(next), name="", fault=None)


@router.post("/login")
def log_in(visit: AnyonesVisit) -> Response:
    """Log in, and go on to what was asked for."""
    place, name = own_place(visit.form.get("next", "/")), visit.form.get("name", "").strip()
    gate = _login_gate(visit)
    try:
        gate.check(visit.request, name, visit.form.get("password", ""))
    except RefusedError as error:
        return visit.page("login.html", error.status, next=place, name=name, fault=error.key)
    return _logged_in(visit, gate.begin(name), place)


@router.post("/logout")
def log_out(visit: ViewersVisit) -> Response:
    """Log out."""
    _login_gate(visit).log_out(visit.request)
    response = RedirectResponse("/login", 303)
    response.delete_cookie(SESSION_COOKIE)
    # The browser forgets what it was shown.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@router.get("/password")
def password_page(visit: ViewersVisit) -> Response:
    """Ask for the password as it is, and as it shall be."""
    _login_gate(visit)
    return visit.page("password.html", shortest=SHORTEST_PASSWORD, fault=None)


@router.post("/password")
def change_password(visit: ViewersVisit) -> Response:
    """Change one's own password; every other log-in by it is over."""
    gate, user = _login_gate(visit), visit.known_user
    before, after = visit.form.get("before", ""), visit.form.get("after", "")
    try:
        gate.check(visit.request, user.name, before)
        gate.users.put(user.name, user.role, after)
    except (RefusedError, UserError) as error:
        status = error.status if isinstance(error, RefusedError) else 400
        return visit.page("password.html", status, shortest=SHORTEST_PASSWORD, fault=error.key)
    return _logged_in(visit, gate.begin(user.name), "/")


@router.get("/users")
def users_page(visit: AdminsVisit) -> Response:
    """Show who may use the board."""
    return _users(visit, 200, None)


@router.post("/users")
def put_user(visit: AdminsVisit) -> Response:
    """Add a user, or change one; an admin stays one until another takes it from them."""
    gate, name = _listed_gate(visit), visit.form.get("name", "").strip()
    role, password = cast(Role, visit.form.get("role", "")), visit.form.get("password") or None
    if isinstance(gate, LoginGate) and gate.users.find(name) is None:
        # Who is new could not log in without one: none is refused like one that is too short.
        password = password or ""
    if name.casefold() == visit.known_user.name and role != "admin":
        return _users(visit, 400, "access.not_oneself")
    try:
        gate.users.put(name, role, password)
    except UserError as error:
        return _users(visit, 400, error.key)
    return RedirectResponse("/users", 303)


@router.post("/users/remove")
def remove_user(visit: AdminsVisit) -> Response:
    """Remove a user, but never oneself: somebody must be left to let others in."""
    name = visit.form.get("name", "")
    if name.casefold() == visit.known_user.name:
        return _users(visit, 400, "access.not_oneself")
    try:
        _listed_gate(visit).users.remove(name)
    except UserError as error:
        return _users(visit, 400, error.key)
    return RedirectResponse("/users", 303)


def _users(visit: Visit, status: int, fault: str | None) -> Response:
    gate = _listed_gate(visit)
    return visit.page(
        "users.html",
        status,
        users=gate.users.all(),
        roles=ROLES,
        with_password=isinstance(gate, LoginGate),
        shortest=SHORTEST_PASSWORD,
        fault=fault,
    )


def _logged_in(visit: Visit, token: str, place: str) -> Response:
    response = RedirectResponse(place, 303)
    visit.set_cookie(response, SESSION_COOKIE, token)
    return response


def _login_gate(visit: Visit) -> LoginGate:
    gate = visit.site.gate
    if not isinstance(gate, LoginGate):
        raise RefusedError(404, "access.no_login")
    return gate


def _listed_gate(visit: Visit) -> LoginGate | HeaderGate:
    gate = visit.site.gate
    if not isinstance(gate, LoginGate | HeaderGate):
        raise RefusedError(404, "access.no_login")
    return gate
