"""What a source holds, before it is read."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

from propension.config import Settings, Source
from propension.errors import DataError
from propension.sources.connect import source_files
from propension.sources.postgresql import PostgreSQL

# A server hands out a number for every transaction that writes: the same snapshot, the same rows, unless some of
# them are another server's.
_STATE = """
SELECT concat_ws(' ', current_database(), current_user, inet_server_addr(), inet_server_port(),
    pg_postmaster_start_time(), pg_current_snapshot(),
    CASE WHEN EXISTS (SELECT FROM pg_foreign_table) THEN gen_random_uuid() END)
"""


def source_digest(settings: Settings) -> str:
    """Return a hash of what the source and its mapping hold: the same hash, the same tables.

    Of files it is their contents'; of a database its state's, which is another one after any write.

    Raises
    ------
    DataError
        If a file cannot be read or the database cannot be reached.
    """
    source = settings.source
    told = [
        f"{mapping.sql_file} {_digest(settings.resolve(mapping.sql_file))}"
        for mapping in source.tables.values()
        if mapping.sql_file
    ]
    if source.path is None:
        told.append(_state(source))
    else:
        files = source_files(settings.resolve(source.path))
        told += [f"{file.name} {_digest(file)}" for file in files]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _state(source: Source) -> str:
    with closing(PostgreSQL(source.uri_env, "source", DataError)) as server:
        return str(server.rows(_STATE, "source")[0][0])


def _digest(file: Path) -> str:
    # What is missing is told by whoever reads it.
    if not file.is_file():
        return ""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise DataError(
            f"{file.name}: cannot be read ({error.strerror}). Check {file} and who may read it.",
            file=file,
            may_pass=True,
        ) from error
