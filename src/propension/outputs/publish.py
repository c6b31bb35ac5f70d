"""A run's folder appears whole or not at all: written aside, then swapped in by renames."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from propension.errors import OutputError


def staging_folder(final: Path, run_id: str) -> Path:
    """Return a fresh hidden folder beside ``final`` to write into; a leftover one is emptied.

    Raises
    ------
    OutputError
        If the folder cannot be made.
    """
    staging = final.parent / f".{final.name}.{run_id}.tmp"
    with _explained(staging, "the folder to write in cannot be made"):
        _remove(staging)
        staging.mkdir(parents=True)
    return staging


def publish(staging: Path, final: Path) -> None:
    """Replace the whole folder ``final`` by ``staging``; until then ``final`` stays as it was.

    Everything is on the disk before the first rename. A kill between the two renames is repaired
    by ``recover``.

    Raises
    ------
    OutputError
        If a file cannot be secured or a folder renamed; the previous list is then in place.
    """
    previous = _previous(final)
    with _explained(final, "the new list cannot be put in place"):
        _sync_tree(staging)
        _settle_previous(final)
        if not final.exists():
            os.rename(staging, final)
        else:
            os.rename(final, previous)
            try:
                os.rename(staging, final)
            except OSError:
                os.rename(previous, final)
                raise
        sync(final.parent)
        _remove(previous)


def recover(final: Path) -> bool:
    """Put the previous list back after a killed ``publish`` and remove what was left behind.

    Call it before a run makes its staging folder: every staging folder of ``final`` is removed.

    Returns
    -------
    bool
        True where the previous list had to be put back.

    Raises
    ------
    OutputError
        If a folder cannot be renamed or removed.
    """
    with _explained(final, "the leftovers of a killed run cannot be cleared"):
        restored = _settle_previous(final)
        if final.parent.is_dir():
            for leftover in sorted(final.parent.iterdir()):
                if leftover.name.startswith(f".{final.name}.") and leftover.suffix == ".tmp":
                    _remove(leftover)
    return restored


def _previous(final: Path) -> Path:
    return final.parent / f".{final.name}.previous"


def _settle_previous(final: Path) -> bool:
    """Put ``previous`` back where ``final`` is missing, else remove it."""
    previous = _previous(final)
    if not previous.exists():
        return False
    if final.exists():
        _remove(previous)
        return False
    os.rename(previous, final)
    sync(final.parent)
    return True


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync_tree(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        sync(path)
    sync(folder)


def sync(path: Path) -> None:
    """Make sure a file, or a folder's entries, survive a power cut."""
    if path.is_dir() and os.name == "nt":
        return  # Windows opens no folders.
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _explained(place: Path, fact: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{place}: {fact} ({error}). Check that the disk has room, that this user may write in "
            f"{place.parent}, and that no program holds its files open; then run again.",
            place=place,
        ) from error
