"""SQL's own writing of names, texts and errors."""

from __future__ import annotations

import re

import duckdb

# Schema that holds the company's tables as they come.
RAW = "raw"


def quoted(name: str) -> str:
    """Return ``name`` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def opt_outs_sql(text: str) -> str:
    """Return SQL of the list of words in a text of opted-out channels, in lower case."""
    plain = f"replace(lower(coalesce({text}, '')), 'e-mail', 'email')"
    return f"list_filter(string_split_regex({plain}, '[^a-z]+'), lambda word: word <> '')"


def text_literal(value: object) -> str:
    """Return ``value`` as a SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"


# They quote the value they stumbled over, which may be anybody's name.
_QUOTING = (
    duckdb.ConversionException,
    duckdb.OutOfRangeException,
    duckdb.InvalidInputException,
    duckdb.ConstraintException,
)
_QUOTED = re.compile(r"""(['"]).*\1""", re.DOTALL)


def first_line(error: Exception) -> str:
    """Return what an engine's error says in its first line, at most 500 characters, without values of rows."""
    told = str(error).strip()
    if isinstance(error, _QUOTING):
        # Up to where the engine repeats the statement; a value may hold quotes and line breaks.
        told = _QUOTED.sub("'***'", told.split("\n\nLINE ")[0])
    return told.splitlines()[0][:500].rstrip(".!")
