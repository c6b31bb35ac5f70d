"""The file of what people said: lines are added by any number of writers, and none is changed."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from propension.config import Policy
from propension.errors import ConfigurationError, OutputError
from propension.outputs.decision_log.chain import GENESIS, Entry, entry_line, hash_of, next_entry
from propension.outputs.feedback.entry import Feedback, check_feedback
from propension.outputs.publish import sync

FOLDER_NAME, FILE_NAME = "feedback", "feedback.jsonl"
_WAIT_SECONDS = 20
_SEALED = {"number", "written_at"}


class FeedbackLog:
    """What people said of a portfolio's lists.

    Each line holds the hash of the line before it, as the decision log's index does: a line that was
    edited, moved or taken out is found by whoever reads.

    Parameters
    ----------
    outputs : Path
        Folder that holds the lists.
    """

    def __init__(self, outputs: Path) -> None:
        self._path = outputs / FOLDER_NAME / FILE_NAME

    def add(self, said: Feedback, policy: Policy, now: dt.datetime) -> Feedback:
        """Keep what somebody says, for good once this returns; return it with its number.

        Until when an override holds is the policy's to say.

        Parameters
        ----------
        said : Feedback
        policy : Policy
        now : datetime
            UTC.

        Raises
        ------
        PolicyError
            If the policy does not let people say it.
        ConfigurationError
            If it takes back what was not said of this account, or was taken back before.
        OutputError
            If the file is not as it was written, or cannot be written.
        """
        check_feedback(said, policy)
        if said.kind == "override":
            said = replace(said, until=said.as_of + dt.timedelta(days=policy.feedback.valid_days))
        with self._writing():
            entries = self._entries()
            if said.kind == "withdraw":
                _check_withdrawal(said, [_feedback(entry) for entry in entries])
            entry = next_entry(entries, "feedback", _facts(said), now)
            with self._path.open("ab") as file:
                # What a killed writer left of a line, nobody was told is kept.
                file.truncate(self._path.read_bytes().rfind(b"\n") + 1)
                file.write(entry_line(entry).encode())
                file.flush()
                os.fsync(file.fileno())
        return _feedback(entry)

    def read(self, account: str | None = None) -> list[Feedback]:
        """Return what was said, or what was said of one account; the oldest first.

        Raises
        ------
        OutputError
            If the file cannot be read, or is not as it was written.
        """
        found = [_feedback(entry) for entry in self._entries()]
        return found if account is None else [said for said in found if said.account_id == account]

    def _entries(self) -> list[Entry]:
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            raise OutputError(f"{self._path}: cannot be read ({error}).") from error
        entries: list[Entry] = []
        before = GENESIS
        # A line is whole once its end is written.
        for number, line in enumerate(text.split("\n")[:-1], 1):
            entry = _parsed(line)
            if entry is None or (entry.number, entry.previous) != (number, before):
                raise OutputError(
                    f"{self._path}, line {number}: is not as it was written. Keep the file, and put it back from "
                    "a backup; to go on without what people said, move it away.",
                    line=number,
                )
            entries.append(entry)
            before = entry.hash
        return entries

    @contextmanager
    def _writing(self) -> Iterator[None]:
        folder = self._path.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with FileLock(folder / ".lock", timeout=_WAIT_SECONDS):
                yield
                sync(folder)
        except Timeout:
            raise OutputError(
                f"{folder}: somebody else has been writing for {_WAIT_SECONDS} seconds. Try again."
            ) from None
        except OSError as error:
            raise OutputError(
                f"{folder}: what was said cannot be kept ({error}). Check that the disk has room and that this user "
                "may write there.",
                folder=folder,
            ) from error


def withdrawn(log: Sequence[Feedback]) -> set[int]:
    """Return the numbers of what was taken back."""
    return {said.withdraws for said in log if said.withdraws is not None}


def _check_withdrawal(said: Feedback, log: Sequence[Feedback]) -> None:
    ours = {one.number for one in log if one.asks and one.account_id == said.account_id}
    if said.withdraws not in ours - withdrawn(log):
        raise ConfigurationError(
            f"feedback: of {said.account_id} nothing with the number {said.withdraws} stands, to be taken back.",
            number=said.withdraws,
        )


def _facts(said: Feedback) -> dict[str, Any]:
    facts = {name: value for name, value in asdict(said).items() if name not in _SEALED}
    dates = {n: value.isoformat() for n, value in facts.items() if isinstance(value, dt.date)}
    return facts | dates


def _feedback(entry: Entry) -> Feedback:
    facts = dict(entry.facts)
    for name in ("as_of", "until"):
        facts[name] = facts[name] and dt.date.fromisoformat(facts[name])
    return Feedback(**facts, number=entry.number, written_at=entry.written_at)


_NAMES = {field.name for field in fields(Feedback)} - _SEALED


def _parsed(line: str) -> Entry | None:
    """Return the entry of a line whose hash is right; None where it holds none."""
    try:
        said = json.loads(line)
        entry = Entry(**said)
    except (ValueError, TypeError):
        return None
    is_sound = hash_of(said) == entry.hash and entry.facts.keys() == _NAMES
    return entry if is_sound else None
