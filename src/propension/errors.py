"""The error tree: every message says where, what was found, and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from typing import Any


class PropensionError(Exception):
    """Base of everything propension raises on purpose.

    Parameters
    ----------
    message : str
        Place, fact and remedy in one or two sentences.
    **facts
        What was found, kept as ``error.facts`` for programs.
    """

    exit_code = 1

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.facts = facts


class ConfigurationError(PropensionError):
    """The settings, the policy or the way a command was called cannot be used."""

    exit_code = 2


class PolicyError(ConfigurationError):
    """A policy file refers to something that does not exist or is not allowed."""


class DataError(PropensionError):
    """The input data cannot be used as it is."""

    exit_code = 3


class ModelError(PropensionError):
    """A model cannot be trained, loaded or promoted."""

    exit_code = 4


class OutputError(PropensionError):
    """The results cannot be written."""


def sample_text(values: Iterable[Any], limit: int = 3) -> str:
    """List at most ``limit`` values, and say how many were left out.

    >>> sample_text(["P1", "P2", "P3", "P4"])
    'P1, P2, P3 and 1 more'
    """
    found = [str(value) for value in values]
    shown = ", ".join(found[:limit])
    return shown if len(found) <= limit else f"{shown} and {len(found) - limit} more"


def nearest(name: str, known: Collection[str]) -> str:
    """Return a ' (did you mean ...?)' hint, or nothing.

    >>> nearest("amuont", ["amount", "due_on"])
    ' (did you mean amount?)'
    """
    close = difflib.get_close_matches(name, known, 1)
    return f" (did you mean {close[0]}?)" if close else ""
