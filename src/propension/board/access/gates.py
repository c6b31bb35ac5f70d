"""How it is known who is there: by sitting at this machine, by log-in, or by a proxy's word."""

from __future__ import annotations

import logging
from typing import Protocol

from starlette.requests import Request

from propension.board.access.attempts import Attempts
from propension.board.access.proxies import address_of, comes_from_proxy
from propension.board.access.roles import User
from propension.board.access.sessions import Sessions
from propension.board.access.users import Users
from propension.board.refused import RefusedError
from propension.config import Settings
from propension.errors import ConfigurationError

SESSION_COOKIE = "propension_session"
_LOG = logging.getLogger(__name__)


class Gate(Protocol):
    """Knows who asks."""

    def user(self, request: Request) -> User | None:
        """Return who asks; None where nobody is known to."""


class OpenGate:
    """Whoever sits at this machine is a manager."""

    def user(self, request: Request) -> User | None:  # noqa: ARG002 - whoever asks
        """Return the one there is."""
        return User("local", "manager")


class HeaderGate:
    """Whoever a believed proxy names, where the name is among the users."""

    def __init__(self, settings: Settings, users: Users) -> None:
        self._board = settings.board
        self.users = users

    def user(self, request: Request) -> User | None:
        """Return the user whom the proxy names."""
        named = request.headers.getlist(self._board.header)
        # Two names: somebody sent one along, and the proxy let it through.
        if len(named) != 1 or not comes_from_proxy(request, self._board):
            return None
        return self.users.known(named[0])


class LoginGate:
    """Whoever logged in, until they log out, their password changes, they are removed or time is up."""

    def __init__(self, settings: Settings, users: Users) -> None:
        self._board = settings.board
        self.users = users
        self._sessions = Sessions(settings.board.session_hours)
        self._attempts = Attempts()

    def user(self, request: Request) -> User | None:
        """Return who is logged in."""
        session = self._sessions.find(request.cookies.get(SESSION_COOKIE, ""))
        entry = self.users.find(session.name) if session else None
        if session is None or entry is None or entry.password != session.grounds:
            return None
        return User(session.name, entry.role)

    def check(self, request: Request, name: str, password: str) -> None:
        """Make sure that a password is a user's.

        Raises
        ------
        RefusedError
            If the name or the password is wrong, without saying which, or there were too many attempts.
        """
        address = address_of(request, self._board)
        if not self._attempts.count(name, address):
            _LOG.warning("log-in of %.64r from %s: too many attempts", name, address)
            raise RefusedError(429, "access.too_many")
        if not self.users.fits(name, password):
            _LOG.warning("log-in of %.64r from %s: refused", name, address)
            raise RefusedError(401, "access.wrong")
        self._attempts.forget(name, address)

    def begin(self, name: str) -> str:
        """Return the token of a new log-in of somebody whose password was checked."""
        entry = self.users.find(name)
        return self._sessions.begin(name.casefold(), (entry and entry.password) or "")

    def log_out(self, request: Request) -> None:
        """End the log-in that a request belongs to."""
        self._sessions.end(request.cookies.get(SESSION_COOKIE, ""))


def make_gate(settings: Settings) -> Gate:
    """Return the gate that ``settings.board.access`` asks for.

    Raises
    ------
    ConfigurationError
        If it would let nobody in.
    """
    if settings.board.access == "open":
        return OpenGate()
    users = Users(settings.board_folder)
    if not users.all():
        raise ConfigurationError(
            f"{users.path}: nobody may use the board yet. Run: propension board users add NAME --role admin"
        )
    kind = LoginGate if settings.board.access == "login" else HeaderGate
    return kind(settings, users)
