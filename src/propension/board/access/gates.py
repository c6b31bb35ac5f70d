"""How it is known who is there: by sitting at this machine, by log-in, or by a proxy's word."""

from __future__ import annotations

from typing import Protocol

from starlette.requests import Request

from propension.board.access.roles import User


class Gate(Protocol):
    """Knows who asks.

    Attributes
    ----------
    has_login : bool
        Whether people log in here, and out.
    """

    has_login: bool

    def user(self, request: Request) -> User | None:
        """Return who asks; None where nobody is known to."""


class OpenGate:
    """Whoever sits at this machine is a manager."""

    has_login = False

    def user(self, request: Request) -> User | None:  # noqa: ARG002 - whoever asks
        """Return the one there is."""
        return User("local", "manager")
