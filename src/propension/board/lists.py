"""Which list is the current one."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from propension.board.copies import copy_list, remove_other_copies
from propension.board.open_list import OpenList
from propension.board.refused import NoListError, RefusedError
from propension.config import Settings, load_policy
from propension.errors import OutputError
from propension.outputs import ALLOCATION_NAME, dated_folder, read_allocation, read_manifest
from propension.outputs.manifest import MANIFEST_NAME

_LOG = logging.getLogger(__name__)
_TRIES = 5
_PATIENCE_SECONDS = 1.5
_MEMORY = "512MB"


class Lists:
    """The published lists of a portfolio; the newest is read from a copy of the board's own.

    A list can be replaced at any moment. The copy is made from one whole list, so whoever has begun to read
    it goes on reading it.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._outputs = settings.outputs_folder
        self._lock = threading.Lock()
        self._open: tuple[_Seen, OpenList] | None = None

    def current(self) -> OpenList:
        """Return the newest list.

        Raises
        ------
        NoListError
            Where none was published.
        RefusedError
            If it was replaced again and again while it was copied.
        """
        known, seen = self._open, _newest(self._outputs)
        if known and known[0] == seen:
            return known[1]
        if seen is None:
            raise NoListError(f"{self._outputs}: no list yet. Run: propension score")
        if known is None:
            return self._change(seen)
        # A new list is copied aside; whoever asks meanwhile reads on in the one before, after a moment.
        change = threading.Thread(target=self._try_change, args=(seen,), daemon=True)
        change.start()
        change.join(_PATIENCE_SECONDS)
        return (self._open or known)[1]

    def _try_change(self, seen: _Seen) -> None:
        if self._lock.locked():
            return
        try:
            self._change(seen)
        except Exception:
            _LOG.exception("the new list cannot be opened; the one before is shown")

    def _change(self, seen: _Seen) -> OpenList:
        with self._lock:
            if self._open is None or self._open[0] != seen:
                self._open = self._opened()
            return self._open[1]

    def _opened(self) -> tuple[_Seen, OpenList]:
        for _ in range(_TRIES):
            seen = _newest(self._outputs)
            if seen is None:
                continue
            try:
                manifest, allocation = read_manifest(seen.folder), _allocation(seen.folder)
                copies = self._settings.board_scratch / "lists"
                copy = copy_list(seen.folder, seen.as_of, manifest["run_id"], copies)
            except (OSError, OutputError, duckdb.Error) as error:
                _LOG.warning("%s: %s; reading it again", seen.folder, error)
                continue
            # What was read is one list only if it is still the one that was seen before.
            if _newest(self._outputs) == seen:
                remove_other_copies(copy)
                return seen, self._over(copy, seen, manifest, allocation)
            copy.unlink(missing_ok=True)
        raise RefusedError(503, "shell.being_replaced")

    def _over(
        self, copy: Path, seen: _Seen, manifest: Mapping[str, Any], allocation: Mapping[str, Any]
    ) -> OpenList:
        limits: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": _MEMORY,
            "threads": self._settings.resources.threads,
            "enable_external_access": False,
            "lock_configuration": True,
        }
        return OpenList(
            as_of=seen.as_of,
            run_id=manifest["run_id"],
            folder=dated_folder(self._outputs, seen.as_of),
            manifest=manifest,
            allocation=allocation,
            policy=load_policy(self._settings.resolve(self._settings.policy)),
            engine=duckdb.connect(copy, read_only=True, config=limits),
        )


@dataclass(frozen=True)
class _Seen:
    """A published list, told from the one before and the one after in the same place."""

    as_of: dt.date
    inode: int
    changed: int
    folder: Path = field(compare=False)


def _newest(outputs: Path) -> _Seen | None:
    """Return the newest list; while it is being replaced, the one that makes room is still it."""
    # Folders are renamed while they are looked at: what is seen twice was there.
    before, found = _look(outputs), _look(outputs)
    while found != before:
        before, found = found, _look(outputs)
    return found


def _look(outputs: Path) -> _Seen | None:
    found = []
    for pattern in (".as_of=????-??-??.previous", "as_of=????-??-??"):
        for folder in outputs.glob(pattern):
            # Gone meanwhile, or called like one without being it.
            with suppress(FileNotFoundError, ValueError):
                manifest = (folder / MANIFEST_NAME).stat()
                as_of = dt.date.fromisoformat(folder.name.partition("=")[2][:10])
                found.append(_Seen(as_of, manifest.st_ino, manifest.st_mtime_ns, folder))
    # Of two of one day, the later is the one in place.
    return max(reversed(found), key=lambda seen: seen.as_of, default=None)


def _allocation(folder: Path) -> dict[str, Any]:
    """Return what is used of teams and budgets; nothing for a list of before they were written."""
    return read_allocation(folder) if (folder / ALLOCATION_NAME).exists() else {"limits": []}
