"""SQL's own writing of names, texts and errors."""

from __future__ import annotations

# Schema that holds the company's tables as they come.
RAW = "raw"


def quoted(name: str) -> str:
    """Return ``name`` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(value: object) -> str:
    """Return ``value`` as a SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"


def first_line(error: Exception) -> str:
    """Return what an engine's error says in its first line, at most 300 characters."""
    return str(error).strip().splitlines()[0][:300].rstrip(".!")
