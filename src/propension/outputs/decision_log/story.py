"""What was decided about one account, over all runs whose segments are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from propension.outputs.assemble import SCORED_NAME
from propension.outputs.dated import dated_folders
from propension.outputs.decision_log.chain import Entry, in_force, live_runs, read_chain
from propension.outputs.decision_log.record import FOLDER_NAME
from propension.outputs.decision_log.rows import CHECK, LOGGED


def account_story(outputs: Path, account: str) -> list[dict[str, Any]]:
    """Return every decision about an account, oldest first, with who took it.

    Besides what a segment holds (see ``LOGGED``): as_of, run_id, written_at, in_force (whether no later
    run of the same day replaced it), policy, models and the entry's number and hash. The name is the one that
    the newest list shows.

    Raises
    ------
    OutputError
        If the index cannot be read.
    """
    folder = outputs / FOLDER_NAME
    entries = read_chain(folder)
    runs = {run.facts["segment"]: run for run in live_runs(entries)}
    files = [str(folder / name) for name in runs if (folder / name).exists()]
    if not files:
        return []
    last = {run.number for run in in_force(entries).values()}
    with duckdb.connect() as engine:
        found = engine.execute(
            f"SELECT * EXCLUDE ({CHECK}) FROM read_parquet(?, union_by_name = true, filename = true) "
            "WHERE account_id = ?",
            [files, account],
        )
        names = [column[0] for column in found.description or []]
        # A segment of an older version has nothing in the columns that came since.
        absent: dict[str, Any] = dict.fromkeys(LOGGED)
        rows = [absent | dict(zip(names, row, strict=True)) for row in found.fetchall()]
        shown = _shown_name(engine, outputs, account)
    story = []
    for row in rows:
        run = runs[Path(row.pop("filename")).name]
        story.append(row | _who(run) | {"customer_name": shown, "in_force": run.number in last})
    return sorted(story, key=lambda row: (row["as_of"], row["entry"]))


def _who(run: Entry) -> dict[str, Any]:
    hashes = ("segment", "sha256", "rows_sha256", "rows", "supersedes")
    who = {name: value for name, value in run.facts.items() if name not in hashes}
    return {**who, "written_at": run.written_at, "entry": run.number, "hash": run.hash}


def _shown_name(engine: duckdb.DuckDBPyConnection, outputs: Path, account: str) -> str | None:
    """The account's name as the newest list with it shows it; what older ones showed may no longer be allowed."""
    for folder in reversed(dated_folders(outputs, SCORED_NAME)):
        found = engine.execute(
            "SELECT customer_name FROM read_parquet(?) WHERE account_id = ?",
            [str(folder / SCORED_NAME), account],
        ).fetchone()
        if found:
            return None if found[0] is None else str(found[0])
    return None
