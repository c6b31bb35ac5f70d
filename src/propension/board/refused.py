"""What a page answers where it cannot do what it was asked for."""

from __future__ import annotations

from propension.errors import PropensionError


class RefusedError(PropensionError):
    """A request cannot be answered; the reader is told why in words.

    Parameters
    ----------
    status : int
        Of HTTP.
    key : str
        Of ``TEXTS``; ``facts`` fill it in.
    """

    def __init__(self, status: int, key: str, **facts: object) -> None:
        super().__init__(f"{status}: {key} {facts or ''}".strip(), **facts)
        self.status = status
        self.key = key


class LogInError(PropensionError):
    """Nobody is known to be there, and somebody could be."""


class NoListError(PropensionError):
    """No list was published so far."""
