"""Who is logged in: kept by the process, so that it can be ended at any time."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Session:
    """A log-in: whose, on what grounds, and until when.

    ``grounds`` is the hash of the password it was begun with: with another one it is over.
    """

    name: str
    grounds: str
    until: float


class Sessions:
    """The log-ins of one board, by a random token that only the reader's browser holds.

    Parameters
    ----------
    hours : float
        How long a log-in lasts.
    seconds : callable
        A clock that never goes back.
    """

    def __init__(self, hours: float, seconds: Callable[[], float] = time.monotonic) -> None:
        self._lasts = hours * 3600
        self._seconds = seconds
        self._lock = threading.Lock()
        self._open: dict[str, Session] = {}

    def begin(self, name: str, grounds: str) -> str:
        """Return the token of a new log-in."""
        token, now = secrets.token_urlsafe(32), self._seconds()
        with self._lock:
            self._open = {key: one for key, one in self._open.items() if one.until > now}
            self._open[_key(token)] = Session(name, grounds, now + self._lasts)
        return token

    def find(self, token: str) -> Session | None:
        """Return the log-in of a token; None where it is over."""
        found = self._open.get(_key(token))
        return found if found and found.until > self._seconds() else None

    def end(self, token: str) -> None:
        """End a log-in."""
        with self._lock:
            self._open.pop(_key(token), None)


def _key(token: str) -> str:
    # Memory that leaks holds no token that opens anything.
    return hashlib.sha256(token.encode()).hexdigest()
