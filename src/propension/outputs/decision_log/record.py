"""Writing the decision log: a run's decisions are recorded if, and only if, its list is published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from propension.errors import OutputError
from propension.outputs.dated import dated_folder
from propension.outputs.decision_log.chain import (
    Entry,
    append_entry,
    entry_line,
    head_of,
    in_force,
    live_runs,
    next_entry,
    parse_entry,
    read_chain,
    retired_numbers,
    write_whole,
)
from propension.outputs.decision_log.rows import write_segment
from propension.outputs.manifest import MANIFEST_NAME, read_manifest
from propension.outputs.publish import sync

FOLDER_NAME = "decisions"
PENDING_NAME = "pending.json"
HEAD = "decision_head"
KEEP_SETTING = "outputs.keep_decisions_days"
_WAIT_SECONDS = 300


class DecisionLog:
    """The decision log of a portfolio, for the run that writes to it.

    >>> log = DecisionLog(outputs)  # doctest: +SKIP
    >>> with log.writing():  # doctest: +SKIP
    ...     head = log.prepare(staging / "scored.parquet", facts, False, now)
    ...     write_manifest(staging, {**manifest, HEAD: head})
    ...     publish(staging, final)

    A segment is made ready before the list is published and named in its manifest; the index takes
    it up after. A run that is killed anywhere in between is settled by the same rule when the next one
    begins: what the manifest of a published list names is taken up, anything else is removed.

    Parameters
    ----------
    outputs : Path
        Folder that holds the lists.
    """

    def __init__(self, outputs: Path) -> None:
        self._outputs = outputs
        self._folder = outputs / FOLDER_NAME

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep other runs from writing; settle what a killed run left, and in the end what this one did.

        Raises
        ------
        OutputError
            If another run keeps the log for minutes, or the log cannot be written.
        """
        with self._explained():
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._folder / ".lock", timeout=_WAIT_SECONDS)
            try:
                lock.acquire()
            except Timeout:
                raise OutputError(
                    f"{self._folder}: another run has been writing for {_WAIT_SECONDS} seconds. "
                    "Wait until it has ended, then run again."
                ) from None
        try:
            self._settle()
            try:
                yield
            finally:
                self._settle()
        finally:
            lock.release()

    def prepare(
        self, scored: Path, facts: Mapping[str, Any], with_names: bool, now: dt.datetime
    ) -> str:
        """Make the record of a list ready, and return the hash that its manifest must hold as ``HEAD``.

        The same run again, where it is the last of its as-of date and decided the same, adds nothing.

        Parameters
        ----------
        scored : Path
            ``scored.parquet``, complete.
        facts : mapping
            as_of (ISO 8601), run_id and whatever says who decided, as JSON can hold it.
        with_names : bool
            Whether customers are named as on the list.
        now : datetime
            UTC.

        Raises
        ------
        OutputError
            If the disk refuses.
        """
        entries = read_chain(self._folder)
        last = in_force(entries).get(facts["as_of"])
        name = f"{len(entries) + 1:06d}_as_of={facts['as_of']}.parquet"
        aside = self._folder / f"{name}.tmp"
        with self._explained():
            hashes = write_segment(scored, aside, with_names)
            done = (last.facts["run_id"], last.facts["rows_sha256"]) if last else None
            if done == (facts["run_id"], hashes.rows_sha256):
                aside.unlink()
                return head_of(entries)
            supersedes = last.number if last else None
            said = {**facts, "supersedes": supersedes, "segment": name, **hashes._asdict()}
            entry = next_entry(entries, "run", said, now)
            sync(aside)
            # From here on a segment without an entry is either told of or somebody's doing.
            write_whole(self._folder / PENDING_NAME, entry_line(entry))
            aside.replace(self._folder / name)
            sync(self._folder)
        return entry.hash

    def retire(self, keep_days: int | None, now: dt.datetime) -> int:
        """Remove the segments written more than ``keep_days`` ago, and return how many; None keeps all.

        Their entries stay, and one more says what was removed, when and by which setting.

        Raises
        ------
        OutputError
            If the disk refuses.
        """
        entries = read_chain(self._folder)
        due = (
            []
            if keep_days is None
            else [e for e in live_runs(entries) if is_over(e, keep_days, now)]
        )
        with self._explained():
            if due:
                names = ("as_of", "run_id", "segment", "sha256", "rows_sha256", "rows")
                runs = [{"number": e.number, **{n: e.facts[n] for n in names}} for e in due]
                facts = {"setting": KEEP_SETTING, "days": keep_days, "runs": runs}
                entries.append(next_entry(entries, "retirement", facts, now))
                append_entry(self._folder, entries[-1])
            # Said first, done after: a kill in between leaves files to remove, not a gap to explain.
            retired = retired_numbers(entries)
            for entry in entries:
                if entry.number in retired:
                    (self._folder / entry.facts["segment"]).unlink(missing_ok=True)
        return len(due)

    def _settle(self) -> None:
        with self._explained():
            pending = pending_entry(self._folder)
            if pending is not None:
                recorded = any(entry.hash == pending.hash for entry in read_chain(self._folder))
                if not recorded and published_head(self._outputs, pending) == pending.hash:
                    append_entry(self._folder, pending)
                elif not recorded:
                    (self._folder / pending.facts["segment"]).unlink(missing_ok=True)
                (self._folder / PENDING_NAME).unlink()
            for leftover in self._folder.glob("*.tmp"):
                leftover.unlink()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutputError(
                f"{self._folder}: the decisions cannot be recorded ({error}), so the list is not published. "
                "Check that the disk has room and that this user may write there; then run again.",
                folder=self._folder,
            ) from error


def pending_entry(folder: Path) -> Entry | None:
    """Return what a run made ready and did not settle; None where there is nothing."""
    path = folder / PENDING_NAME
    return parse_entry(path.read_text(encoding="utf-8"), str(path)) if path.exists() else None


def published_head(outputs: Path, entry: Entry) -> str | None:
    """Return what the manifest of the list of an entry's as-of date names; None without a list."""
    folder = dated_folder(outputs, entry.facts["as_of"])
    if not (folder / MANIFEST_NAME).exists():
        return None
    head = read_manifest(folder).get(HEAD)
    return None if head is None else str(head)


def is_over(entry: Entry, keep_days: int, now: dt.datetime) -> bool:
    """Tell whether an entry was written more than so many days ago."""
    return dt.datetime.fromisoformat(entry.written_at) + dt.timedelta(days=keep_days) < now
