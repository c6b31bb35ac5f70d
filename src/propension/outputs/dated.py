"""A folder for every as-of date: what it is called, its date, and which there are."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

_PREFIX = "as_of="


def dated_folder(parent: Path, as_of: dt.date | str) -> Path:
    """Return the folder of an as-of date."""
    return parent / f"{_PREFIX}{as_of}"


def list_date(folder: Path) -> dt.date:
    """Return the as-of date of a folder."""
    return dt.date.fromisoformat(folder.name.removeprefix(_PREFIX))


def dated_folders(parent: Path, name: str = "") -> list[Path]:
    """Return the folders of as-of dates, oldest first; only those that hold a file, where one is named."""
    return [
        folder
        for folder in sorted(parent.glob(f"{_PREFIX}????-??-??"))
        if _has_date(folder) and (folder / name).exists()
    ]


def _has_date(folder: Path) -> bool:
    try:
        list_date(folder)
    except ValueError:
        return False
    return True
