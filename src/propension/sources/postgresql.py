"""One connection to PostgreSQL, whose errors never tell how it was reached."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pyarrow as pa

from propension.errors import ConfigurationError, PropensionError

# What the library says of a connection that was refused, and what that means.
_REFUSALS = (
    (r"password authentication|no password supplied", "the user or the password is refused"),
    (r"pg_hba\.conf", "the server admits no such connection from here (pg_hba.conf)"),
    (r"role .* does not exist|not permitted to log in", "the user or the password is refused"),
    (r"database .* does not exist", "there is no database of that name"),
    (r"permission denied for database", "the role may not connect to that database"),
    (r"connection info|connection option|invalid URI|invalid port", "it is not a connection URI"),
    (r"certificate|SSL", "no secure connection can be made (TLS)"),
)
_BUSY = (
    (r"translate host name", "the name of its server is not known"),
    (r"too many|connection slots", "the server has no connection left"),
    (r"starting up|shutting down|recovery mode", "the server is starting or stopping"),
    (r"", "nobody answers there"),
)
# Classes of SQLSTATE that pass: connection, resources, interventions, and locks of others.
_MAY_PASS = ("08", "53", "57", "40", "55P03")
_LOST = r"closed the connection|terminating connection|invalid socket|no connection to the server"


class PostgreSQL:
    """One connection and its transaction: what is not committed when it closes is undone.

    Parameters
    ----------
    uri_env : str
        Environment variable that holds the connection URI.
    place : str
        Setting that names it, for messages.
    fault : type of PropensionError
        What is raised where the server refuses or is lost; ``facts["may_pass"]`` says whether
        trying again may help. No message holds the URI, its user or its password.
    remedy : str
        What to do about a statement that is refused for a reason of its own.

    Raises
    ------
    ConfigurationError
        If the variable is empty or the driver is not installed.
    """

    def __init__(
        self, uri_env: str, place: str, fault: type[PropensionError], remedy: str = ""
    ) -> None:
        self._fault, self._place, self._remedy = fault, place, remedy
        uri = os.environ.get(uri_env, "").strip()
        if not uri:
            raise ConfigurationError(
                f"{place}: the environment variable {uri_env} is empty. Put the connection URI into it: "
                "postgresql://user:password@server/database.",
                variable=uri_env,
            )
        self._secrets = _secrets(uri)
        self._connection = self._connect(uri, uri_env)

    def _connect(self, uri: str, uri_env: str) -> Any:
        try:
            from adbc_driver_postgresql import dbapi
        except ImportError:
            raise ConfigurationError(
                f"{self._place}: PostgreSQL needs a driver that is not installed. "
                "Run: pip install 'propension[postgres]'"
            ) from None
        try:
            return dbapi.connect(uri)
        except dbapi.Error as error:
            said = str(error)
        # Raised outside of the handler: what the library said, user and all, goes no further.
        refusal = next((fact for found, fact in _REFUSALS if re.search(found, said)), None)
        fact = refusal or next(fact for found, fact in _BUSY if re.search(found, said))
        raise self._fault(
            f"{self._place}: PostgreSQL cannot be reached with {uri_env}: {fact}. "
            "Correct the variable, or ask who runs the server.",
            may_pass=refusal is None,
        )

    def rows(
        self, sql: str, where: str, parameters: Sequence[object] = ()
    ) -> list[tuple[Any, ...]]:
        """Run one statement; return its rows, none where it has no result."""
        with self._told(where), self._connection.cursor() as cursor:
            cursor.execute(sql, tuple(parameters) or None)
            return list(cursor.fetchall()) if cursor.description else []

    def schema(self, sql: str, where: str) -> pa.Schema:
        """Return the columns of a query, with PostgreSQL's types, without running it."""
        with self._told(where), self._connection.cursor() as cursor:
            return cursor.adbc_execute_schema(sql)

    def batches(self, sql: str, where: str) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a query as they arrive; memory holds a few batches."""
        with self._told(where), self._connection.cursor() as cursor:
            cursor.execute(sql)
            yield from cursor.fetch_record_batch()

    def load(self, reader: pa.RecordBatchReader, table: str, where: str) -> None:
        """Write rows into a temporary table, which lasts as long as the connection."""
        with self._told(where), self._connection.cursor() as cursor:
            cursor.adbc_ingest(table, reader, mode="create", temporary=True)

    def commit(self, where: str) -> None:
        """Make what was written since the last commit last."""
        with self._told(where):
            self._connection.commit()

    def close(self) -> None:
        """Undo what was not committed and leave the server."""
        # A connection that is lost already has nothing left to close.
        with suppress(Exception):
            self._connection.close()

    @contextmanager
    def _told(self, where: str) -> Iterator[None]:
        """Tell the driver's errors in our words; streams raise them as Arrow's or the system's."""
        from adbc_driver_manager import Error

        try:
            yield
        except (Error, OSError, pa.ArrowException) as error:
            raise self._explained(where, error) from None

    def _explained(self, where: str, error: Exception) -> PropensionError:
        state = str(getattr(error, "sqlstate", None) or "")
        if not state and re.search(_LOST, str(error)):
            state = "08006"
        fact, remedy = _primary_message(error, state), self._remedy
        if state.startswith("08") or state in ("57P01", "57P02", "57P03"):
            fact, remedy = "the connection to PostgreSQL was lost", "Run again when it is back."
        elif state == "42501":
            remedy = "Grant it: docs/databases.md says how."
        elif state.startswith(_MAY_PASS):
            remedy = "Run again, or ask who runs the server."
        for secret in self._secrets:
            fact = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "***", fact)
        return self._fault(
            f"{where}: {fact}. {remedy}", sqlstate=state, may_pass=state.startswith(_MAY_PASS)
        )


def _primary_message(error: Exception, state: str) -> str:
    """Return what the server said, without the statement and without the data."""
    details: dict[bytes, bytes] = dict(getattr(error, "details", None) or ())
    said = details.get(b"PG_DIAG_MESSAGE_PRIMARY", b"").decode("utf-8", "replace")
    if not said:
        found = re.search(r"ERROR:\s+(.*)", str(error))
        said = found.group(1) if found else "PostgreSQL refuses the statement"
    if state.startswith("22") or not state:
        # Errors of values quote the value, which may be somebody's name.
        said = re.sub(r'"[^"]*"', '"..."', said)
    return said.strip()[:300].rstrip(".!")


def _secrets(uri: str) -> tuple[str, ...]:
    """Return everything in a connection string that says who connects."""
    from urllib.parse import parse_qs, unquote, urlsplit

    found = [uri, *re.findall(r"(?:user|password)\s*=\s*'?([^\s'&]+)", uri)]
    with suppress(ValueError):
        parts = urlsplit(uri)
        query = parse_qs(parts.query)
        found += [parts.username or "", parts.password or ""]
        found += query.get("user", []) + query.get("password", [])
    return tuple({text for name in found for text in (name, unquote(name)) if text})
