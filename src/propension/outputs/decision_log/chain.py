"""The index of the decision log: entries of which each holds the hash of the one before it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from propension.errors import OutputError
from propension.outputs.publish import sync

CHAIN_NAME = "chain.jsonl"
GENESIS = "0" * 64
EntryKind = Literal["run", "retirement", "feedback"]


@dataclass(frozen=True)
class Entry:
    """One line of the index.

    Attributes
    ----------
    number : int
        1 is the first.
    kind : {"run", "retirement", "feedback"}
        What a run decided, or which segments were removed because their time was over; in a file of its
        own, what people said.
    written_at : str
        UTC, ISO 8601.
    previous : str
        Hash of the entry before; ``GENESIS`` of the first.
    facts : mapping
        What JSON holds. Of a run: as_of, run_id, supersedes, segment, sha256, rows_sha256, rows, and
        whatever says who decided. Of a retirement: setting, days and the facts of the runs.
    hash : str
        SHA-256 over all of the above.
    """

    number: int
    kind: EntryKind
    written_at: str
    previous: str
    facts: Mapping[str, Any]
    hash: str = ""

    def computed_hash(self) -> str:
        """Return the hash that what the entry says has."""
        return hash_of(asdict(self))


def hash_of(said: Mapping[str, Any]) -> str:
    """Return the hash of everything that an entry says but its own hash."""
    hashed = {name: value for name, value in said.items() if name != "hash"}
    return hashlib.sha256(_canonical(hashed).encode()).hexdigest()


def next_entry(
    entries: Sequence[Entry],
    kind: EntryKind,
    facts: Mapping[str, Any],
    now: dt.datetime,
) -> Entry:
    """Return the entry that follows ``entries``, sealed by its hash."""
    entry = Entry(len(entries) + 1, kind, now.isoformat(), head_of(entries), facts)
    return replace(entry, hash=entry.computed_hash())


def head_of(entries: Sequence[Entry]) -> str:
    """Return the hash that the next entry has to hold."""
    return entries[-1].hash if entries else GENESIS


def live_runs(entries: Sequence[Entry]) -> list[Entry]:
    """Return what runs decided, without those whose segments were retired."""
    retired = retired_numbers(entries)
    return [entry for entry in entries if entry.kind == "run" and entry.number not in retired]


def retired_numbers(entries: Sequence[Entry]) -> set[int]:
    """Return the numbers of the runs whose segments were retired."""
    return {
        run["number"]
        for entry in entries
        if entry.kind == "retirement"
        for run in entry.facts["runs"]
    }


def in_force(entries: Sequence[Entry]) -> dict[str, Entry]:
    """Return the last run of every as-of date."""
    return {entry.facts["as_of"]: entry for entry in entries if entry.kind == "run"}


def read_chain(folder: Path) -> list[Entry]:
    """Return the entries as they are written, whether or not they follow each other.

    Raises
    ------
    OutputError
        If the index cannot be read, or a line of it is no entry.
    """
    path = folder / CHAIN_NAME
    if not path.exists():
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise OutputError(
            f"{path}: cannot be read ({error}). Put the file back from a backup.", path=path
        ) from error
    return [parse_entry(line, f"{path}, line {n}") for n, line in enumerate(lines, 1)]


def parse_entry(text: str, place: str) -> Entry:
    """Return the entry that a line holds.

    Raises
    ------
    OutputError
        If it holds none.
    """
    try:
        entry = Entry(**json.loads(text))
        # What the rest of the log is read by.
        needed = {"as_of", "run_id", "segment", "sha256", "rows_sha256", "rows"}
        facts = [entry.facts] if entry.kind == "run" else entry.facts["runs"]
        for one in facts:
            if not needed <= one.keys() or Path(one["segment"]).name != one["segment"]:
                raise ValueError("a run needs " + ", ".join(sorted(needed)))
    except (ValueError, TypeError, KeyError) as error:
        raise OutputError(
            f"{place}: is no entry of the decision log ({type(error).__name__}: {error}). "
            "Put the file back from a backup.",
            place=place,
        ) from error
    return entry


def append_entry(folder: Path, entry: Entry) -> None:
    """Add an entry to the index, whole or not at all, and for good."""
    path = folder / CHAIN_NAME
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    write_whole(path, before + entry_line(entry))


def entry_line(entry: Entry) -> str:
    """Return an entry as a line of the index."""
    return _canonical(asdict(entry)) + "\n"


def write_whole(path: Path, text: str) -> None:
    """Replace a file by ``text`` at once: written aside, secured, renamed."""
    aside = path.with_name(f"{path.name}.tmp")
    aside.write_text(text, encoding="utf-8", newline="\n")
    sync(aside)
    aside.replace(path)
    sync(path.parent)


def _canonical(said: Mapping[str, Any]) -> str:
    return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
