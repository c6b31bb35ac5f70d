"""A folder of its own for every run."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from propension.errors import OutputError
from propension.sources import first_line


@contextmanager
def explained(outputs: Path) -> Iterator[None]:
    """Say plainly what the disk or the memory refused a run.

    Raises
    ------
    OutputError
        In place of the engine's and the system's own errors.
    """
    try:
        yield
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        raise OutputError(
            f"{outputs}: the run cannot go on ({first_line(error)}). The list before is as it was. Check the room on "
            "the disk, the permissions, and resources.memory_gb; then run again.",
            place=outputs,
        ) from error


@contextmanager
def run_folder(outputs: Path, name: str) -> Iterator[Path]:
    """Give a run a folder that no other run shares, and remove it however the run ends.

    It holds copies of the company's tables: only their owner can read it.
    """
    parent = outputs / ".work"
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
