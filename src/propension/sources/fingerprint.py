"""What a source holds, before it is read."""

from __future__ import annotations

import hashlib
from pathlib import Path

from propension.config import Settings
from propension.errors import SourceError
from propension.sources.connect import FILE_KINDS


def source_digest(settings: Settings) -> str:
    """Return a hash of every file of the source and of its mapping: the same hash, the same tables.

    Raises
    ------
    SourceError
        If a file cannot be read.
    """
    path = settings.resolve(settings.source.path)
    files = [path]
    if path.is_dir():
        files = [file for file in path.iterdir() if file.suffix.lower() in FILE_KINDS]
    elif path.exists():
        # What a database has not yet written into its file is beside it.
        files += path.parent.glob(f"{path.name}.wal")
    files += [
        settings.resolve(mapping.sql_file)
        for mapping in settings.source.tables.values()
        if mapping.sql_file
    ]
    # What is missing is told by whoever reads it.
    told = [f"{file.name} {_digest(file)}" for file in sorted(files) if file.is_file()]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(
            f"{file.name}: cannot be read ({error.strerror}). Check {file} and who may read it.",
            file=file,
        ) from error
