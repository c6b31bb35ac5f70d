"""Where tables come from and go to: a path, or a database whose connection the environment holds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from propension.config.base import Model, Name


def _date_format(text: str) -> str:
    codes = re.findall(r"%-?(.?)", text)
    if not codes or not set(codes) <= set("aAbBcdfgGHIjmMnpSuUVwWxXyYzZ%"):
        raise ValueError("write day, month and year as codes, for example %d/%m/%Y")
    return text


def _delimiter(text: str) -> str:
    if text in '"\r\n':
        raise ValueError("write the character between two values, for example ; or ,")
    return text


class Csv(Model):
    """How the CSV files of a source are written."""

    delimiter: (
        Annotated[str, StringConstraints(min_length=1, max_length=1), AfterValidator(_delimiter)]
        | None
    ) = None
    """The character between two values; detected when empty."""
    encoding: Literal["utf-8", "utf-16", "latin-1", "cp1252"] = "utf-8"
    """How characters are stored; `latin-1` and `cp1252`, which Excel writes on Windows, are read alike."""
    skip: Annotated[int, Field(ge=0, le=100)] = 0
    """Lines before the one that names the columns, such as a title."""
    decimal: Literal[".", ","] = "."
    """The decimal sign of numbers."""
    date_formats: tuple[Annotated[str, AfterValidator(_date_format)], ...] = ()
    """strptime formats, tried in order; ISO 8601 when empty."""


class TableMapping(Model):
    """Where one canonical table comes from: a table with a column map, or a query."""

    table: str | None = None
    """The company's table or file (without its ending); the canonical name when only `columns` are given."""
    columns: dict[Name, str] = {}
    """The company's column of each canonical one; a column that is not named keeps its name."""
    sql: str | None = None
    """A query over the company's tables, whose columns bear canonical names."""
    sql_file: Path | None = None
    """A file that holds such a query."""

    @model_validator(mode="after")
    def _one_way(self) -> TableMapping:
        ways = [self.table or self.columns, self.sql, self.sql_file]
        if sum(bool(way) for way in ways) != 1:
            raise ValueError("give either table and columns, or sql, or sql_file")
        return self


def _not_a_uri(path: object) -> object:
    if isinstance(path, str) and "://" in path:
        raise ValueError("write a path: a connection is read from the variable named by uri_env")
    return path


LocalPath = Annotated[Path, BeforeValidator(_not_a_uri)]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=200)]


class Place(Model):
    """Where tables are: under a path, or in a database whose connection the environment holds.

    Settings never hold a connection: ``uri_env`` names the environment variable that does, and
    ``uri_block`` the Prefect Secret block it is filled from.
    """

    kind: str
    """What holds the tables."""
    path: LocalPath | None = None
    """The folder or file; none for postgresql."""
    uri_env: Variable = "PROPENSION_URI"
    """The environment variable that holds the connection; postgresql only."""
    uri_block: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    """The Prefect Secret block that the variable is filled from; postgresql only, none when empty."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        fields = type(self).model_fields
        named = [n for n in ("uri_env", "uri_block") if getattr(self, n) != fields[n].default]
        if self.kind != "postgresql" and self.path is None:
            raise ValueError(f"path is missing; kind {self.kind} needs one")
        if self.kind != "postgresql" and named:
            raise ValueError(f"kind {self.kind} has a path; remove {' and '.join(named)}")
        if self.kind == "postgresql" and self.path is not None:
            raise ValueError("kind postgresql is reached through uri_env; remove path")
        return self


class Source(Place):
    """Where the company's tables are and how they become canonical ones."""

    kind: Literal["files", "duckdb", "postgresql"] = "files"
    """A folder of files, a DuckDB file, or a PostgreSQL database."""
    uri_env: Variable = "PROPENSION_SOURCE_URI"
    """The environment variable that holds the connection; postgresql only."""
    csv: Csv = Csv()
    tables: dict[Name, TableMapping] = {}
    """Where each canonical table comes from; a table of its own name when not named here."""


class Database(Place):
    """A database that holds the lists besides the files."""

    kind: Literal["postgresql", "duckdb"] = "postgresql"
    """A PostgreSQL database, or a DuckDB file."""
    uri_env: Variable = "PROPENSION_OUTPUT_URI"
    """The environment variable that holds the connection; postgresql only."""
    schema_name: Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]*$", max_length=63)] = (
        Field(default="propension", alias="schema")
    )
    """The schema of the tables `scored` and `runs`."""
