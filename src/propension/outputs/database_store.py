"""Where lists are kept besides the files: one connection, one transaction, PostgreSQL or a DuckDB file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from propension.config import Database, Settings
from propension.errors import OutputError
from propension.sources import PostgreSQL, first_line

INCOMING = "incoming"
_PLACE = "outputs.database"


class Store(Protocol):
    """One connection and its transaction; errors are ``OutputError``."""

    json_type: str

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; return its rows."""

    def lock(self) -> None:
        """Wait for every other writer to the same place."""

    def load(self, reader: pa.RecordBatchReader) -> None:
        """Write rows into the temporary table ``incoming``."""

    def commit(self) -> None:
        """Make what was written last; a further statement begins anew."""

    def close(self) -> None:
        """Undo what was not committed."""


@contextmanager
def open_store(settings: Settings, database: Database) -> Iterator[Store]:
    """Open the database of the lists; what is not committed is undone at the end.

    Raises
    ------
    OutputError, ConfigurationError
        If it cannot be reached.
    """
    store: Store
    if database.path is None:
        store = PostgreSQLStore(database)
    else:
        store = DuckDBStore(settings.resolve(database.path))
    try:
        yield store
    finally:
        store.close()


class PostgreSQLStore:
    """A schema of a PostgreSQL database."""

    json_type = "JSONB"

    def __init__(self, database: Database) -> None:
        self._link = PostgreSQL(
            database.uri_env,
            f"{_PLACE}.uri_env",
            OutputError,
            "docs/databases.md says what it needs.",
        )
        self._schema = database.schema_name

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; return its rows."""
        return self._link.rows(sql, _PLACE, parameters)

    def lock(self) -> None:
        """Wait for every other writer to the schema, until the transaction ends."""
        self.rows("SELECT pg_advisory_xact_lock(hashtext($1))", [f"propension.{self._schema}"])

    def load(self, reader: pa.RecordBatchReader) -> None:
        """Write rows into the temporary table ``incoming``."""
        self.rows(f"DROP TABLE IF EXISTS pg_temp.{INCOMING}")
        self._link.load(reader, INCOMING, _PLACE)

    def commit(self) -> None:
        """Make what was written last; a further statement begins anew."""
        self._link.commit(_PLACE)

    def close(self) -> None:
        """Undo what was not committed."""
        self._link.close()


class DuckDBStore:
    """A DuckDB file; while a list is written no other program can open it."""

    json_type = "JSON"

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._told():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = duckdb.connect(str(path), config={"threads": 1})
            self._connection.execute("BEGIN")

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; return its rows."""
        with self._told():
            return self._connection.execute(sql, list(parameters)).fetchall()

    def lock(self) -> None:
        """Nothing to wait for: the file has one writer."""

    def load(self, reader: pa.RecordBatchReader) -> None:
        """Write rows into the temporary table ``incoming``."""
        with self._told():
            self._connection.register("arriving", reader)
            self._connection.execute(
                f"CREATE OR REPLACE TEMP TABLE {INCOMING} AS SELECT * FROM arriving"
            )
            self._connection.unregister("arriving")

    def commit(self) -> None:
        """Make what was written last; a further statement begins anew."""
        self.rows("COMMIT")
        self.rows("BEGIN")

    def close(self) -> None:
        """Undo what was not committed."""
        self._connection.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (duckdb.Error, OSError) as error:
            raise OutputError(
                f"{_PLACE}: {self._path.name} cannot be written ({first_line(error)}). Check that it is a "
                "DuckDB file, that the disk has room, and that no other program holds it open.",
                may_pass=isinstance(error, duckdb.IOException),
            ) from None
