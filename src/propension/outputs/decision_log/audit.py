"""Whether the decision log is as it was written; what is not, and where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from propension.errors import OutputError, sample_text
from propension.outputs.dated import dated_folders, list_date
from propension.outputs.decision_log.chain import (
    GENESIS,
    Entry,
    head_of,
    live_runs,
    read_chain,
    retired_numbers,
)
from propension.outputs.decision_log.record import FOLDER_NAME, HEAD, is_over, pending_entry
from propension.outputs.decision_log.rows import examine_rows, file_sha256
from propension.outputs.manifest import MANIFEST_NAME, read_manifest

_NAMED = 1000


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was written.

    Attributes
    ----------
    kind : str
        unreadable_index, edited_entry, broken_chain, lost_head, removed_segment, changed_segment,
        changed_row, added_row, removed_row, unrecorded_segment or early_retirement.
    message : str
    as_of, run_id : str or None
        Of the run; None where it is not about one.
    accounts : tuple of str
        The first thousand whose rows were changed or added.
    """

    kind: str
    message: str
    as_of: str | None = None
    run_id: str | None = None
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verification:
    """What was looked at, and what is wrong.

    Attributes
    ----------
    runs, rows : int
        Whose segments are kept.
    retired : int
        Runs whose segments were removed because their time was over.
    head : str
        Hash of the last entry.
    pending : bool
        A run is being recorded, or was killed; the next one settles it.
    faults : tuple of Fault
        Empty where everything is as it was written.
    """

    runs: int
    rows: int
    retired: int
    head: str
    pending: bool
    faults: tuple[Fault, ...]


def verify_decisions(outputs: Path, head: str | None = None) -> Verification:
    """Walk the whole log and name everything that is not as it was written.

    Parameters
    ----------
    outputs : Path
        Folder that holds the lists. Their manifests bear witness to the index too.
    head : str or None
        A hash that a run printed; an index that does not hold it has lost its end.
    """
    folder = outputs / FOLDER_NAME
    try:
        entries, pending = read_chain(folder), pending_entry(folder)
    except OutputError as error:
        return Verification(0, 0, 0, GENESIS, False, (Fault("unreadable_index", str(error)),))
    runs = live_runs(entries)
    faults = [
        *_chain_faults(entries),
        *_lost_heads(outputs, [*entries, *([pending] if pending else [])], head),
        *_early_retirements(entries),
        *(fault for run in runs for fault in _segment_faults(folder, run)),
        *_unrecorded(folder, [*entries, *([pending] if pending else [])]),
    ]
    return Verification(
        runs=len(runs),
        rows=sum(run.facts["rows"] for run in runs),
        retired=len(retired_numbers(entries)),
        head=head_of(entries),
        pending=pending is not None,
        faults=tuple(faults),
    )


def _chain_faults(entries: Sequence[Entry]) -> Iterator[Fault]:
    before = GENESIS
    for place, entry in enumerate(entries, 1):
        if entry.computed_hash() != entry.hash:
            yield _of_run("edited_entry", entry, f"entry {entry.number} of the index was edited")
        if entry.previous != before or entry.number != place:
            yield _of_run(
                "broken_chain",
                entry,
                f"entry {entry.number}, in place {place} of the index, does not follow the entry before it: "
                "entries were removed, put elsewhere or edited",
            )
        before = entry.hash


def _lost_heads(outputs: Path, entries: Sequence[Entry], head: str | None) -> Iterator[Fault]:
    known = {GENESIS, *(entry.hash for entry in entries)}
    if head is not None and head not in known:
        yield Fault(
            "lost_head", f"the index does not hold {head}: its end was cut off or written anew"
        )
    for folder in dated_folders(outputs, MANIFEST_NAME):
        manifest = read_manifest(folder)
        if manifest.get(HEAD, GENESIS) not in known:
            yield Fault(
                "lost_head",
                f"the index does not hold {manifest[HEAD]}, which the manifest of {folder.name} names: "
                "its end was cut off or written anew",
                as_of=list_date(folder).isoformat(),
                run_id=manifest.get("run_id"),
            )


def _early_retirements(entries: Sequence[Entry]) -> Iterator[Fault]:
    by_number = {entry.number: entry for entry in entries if entry.kind == "run"}
    for entry in entries:
        if entry.kind != "retirement":
            continue
        now = dt.datetime.fromisoformat(entry.written_at)
        for run in entry.facts["runs"]:
            was = by_number.get(run["number"])
            if was is None or was.facts["sha256"] != run["sha256"]:
                yield Fault("edited_entry", f"entry {entry.number} retires what no run wrote")
            elif not is_over(was, entry.facts["days"], now):
                yield _of_run(
                    "early_retirement",
                    was,
                    f"its segment was retired before its {entry.facts['days']} days were over",
                )


def _segment_faults(folder: Path, run: Entry) -> Iterator[Fault]:
    path = folder / run.facts["segment"]
    if not path.exists():
        yield _of_run("removed_segment", run, f"its segment {path.name} was removed")
        return
    if file_sha256(path) == run.facts["sha256"]:
        return
    try:
        found = examine_rows(path, run.facts["rows"])
    except (OSError, KeyError, TypeError, pa.ArrowException) as error:
        yield _of_run(
            "changed_segment",
            run,
            f"its segment {path.name} is damaged and cannot be read ({error})",
        )
        return
    told = False
    for kind, word, accounts in (
        ("changed_row", "changed", found.changed),
        ("added_row", "added, or put in the place of others", found.added),
    ):
        if accounts:
            told = True
            message = f"{_rows(len(accounts))} {word}: {sample_text(accounts)}"
            yield _of_run(kind, run, message, accounts)
    if found.missing:
        told = True
        message = f"{_rows(len(found.missing))} removed, of priority {sample_text(found.missing)}"
        yield _of_run("removed_row", run, message)
    if not told:
        same = found.rows_sha256 == run.facts["rows_sha256"]
        yield _of_run(
            "changed_segment",
            run,
            f"its segment {path.name} was written anew; "
            + (
                "its rows are the same"
                if same
                else "its rows are others, and their checks were changed with them, so that which ones cannot be told"
            ),
        )


def _unrecorded(folder: Path, entries: Sequence[Entry]) -> Iterator[Fault]:
    known = {entry.facts["segment"] for entry in entries if entry.kind == "run"}
    for path in sorted(folder.glob("*.parquet")):
        if path.name not in known:
            yield Fault(
                "unrecorded_segment",
                f"no entry of the index names the segment {path.name}: entries were removed, or the file was added",
            )


def _of_run(kind: str, entry: Entry, message: str, accounts: Sequence[str] = ()) -> Fault:
    if entry.kind != "run":
        return Fault(kind, message)
    as_of, run = entry.facts["as_of"], entry.facts["run_id"]
    told = f"run {run} of {as_of}: {message}"
    return Fault(kind, told, as_of, run, tuple(accounts[:_NAMED]))


def _rows(count: int) -> str:
    return "1 row was" if count == 1 else f"{count:,} rows were"
