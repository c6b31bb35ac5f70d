"""Which list is the current one, and questions to it."""

from __future__ import annotations

import datetime as dt
import logging
import shutil
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from propension.board.refused import NoListError, RefusedError
from propension.config import Policy, Settings, load_policy
from propension.errors import OutputError
from propension.outputs import (
    SCORED_NAME,
    SCORED_SCHEMA,
    find_moves,
    previous_list,
    read_allocation,
    read_manifest,
)
from propension.sources import text_literal

_LOG = logging.getLogger(__name__)
_COPIES = ".board/lists"
_TRIES = 5
_PATIENCE_SECONDS = 1.5
# Of the tables in a copy: another number and copies are made anew.
_SHAPE = 4
_MEMORY = "512MB"
# Copying needs more than it is told; it takes no longer with less.
_COPYING_MEMORY = "256MB"
# As ``outputs.personal_data: masked`` shows names; names that are masked already stay as they are.
_MASKED = r"regexp_replace(customer_name, '([\pL\pN])[\pL\pM\pN.''*-]*', '\1***', 'g')"
_SEARCHED = "strip_accents(lower(concat_ws(' ', account_id, customer_id, {name})))"
# Viewers search, sort and export what they may see, never what is behind it.
_TABLES = f"""
CREATE TABLE scored AS SELECT *, {_SEARCHED.format(name="customer_name")} AS searched,
    {_MASKED} AS masked_name, {_SEARCHED.format(name="masked_name")} AS searched_masked
FROM (FROM read_parquet({{file}}) UNION ALL BY NAME FROM contract);
CREATE SCHEMA managers;
CREATE SCHEMA viewers;
CREATE VIEW managers.accounts AS
SELECT * EXCLUDE (masked_name, searched_masked), rowid AS place FROM main.scored;
CREATE VIEW viewers.accounts AS SELECT * EXCLUDE (masked_name, searched_masked) REPLACE (
    masked_name AS customer_name, NULL::VARCHAR AS customer_phone, {{message}} AS message,
    searched_masked AS searched
), rowid AS place FROM main.scored;
"""
_CHANGES = """
CREATE TABLE moves (before VARCHAR, after VARCHAR, accounts BIGINT, overdue_amount DOUBLE);
CREATE TABLE list_before AS SELECT max(as_of) AS as_of, count(*) AS accounts,
    sum(overdue_amount)::DOUBLE AS overdue_amount, sum(amount_at_stake)::DOUBLE AS amount_at_stake,
    sum(expected_recovery)::DOUBLE AS expected_recovery, avg(propensity) AS propensity
FROM ({before});
"""
_CODED = (
    "stage", "dpd_bucket", "risk_band", "segment", "quadrant", "treatment", "team", "arm",
)  # fmt: skip


def make_private(folder: Path) -> Path:
    """Make sure that there is a folder, and that only its owner looks into it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


@dataclass(frozen=True)
class OpenList:
    """One published list, as a whole: it does not change while somebody holds it.

    Attributes
    ----------
    as_of : date
    run_id : str
    folder : Path
        Where it was published; another list may be there by now.
    manifest : mapping
    allocation : mapping
        See ``allocation_facts``.
    policy : Policy
        As it was when the list was opened.
    """

    as_of: dt.date
    run_id: str
    folder: Path
    manifest: Mapping[str, Any]
    allocation: Mapping[str, Any]
    policy: Policy
    engine: duckdb.DuckDBPyConnection

    def cursor(self, masked: bool) -> duckdb.DuckDBPyConnection:
        """Return a connection of the caller's own, whose ``accounts`` holds the list; close it.

        Besides the columns of the contract it has ``place``, the row's number in the list, and ``searched``, what
        accounts are found by: number and name without case and accents.
        """
        cursor = self.engine.cursor()
        cursor.execute("USE viewers" if masked else "USE managers")
        return cursor

    def rows(self, masked: bool, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Return what a statement over ``accounts`` finds, a mapping for each row."""
        with self.cursor(masked) as cursor:
            cursor.execute(sql, list(parameters))
            names = [column[0] for column in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    @cached_property
    def codes(self) -> Mapping[str, tuple[str | None, ...]]:
        """The codes that coded columns hold in this list, and the flags."""
        found = {
            column: self.rows(False, f"SELECT DISTINCT {column} AS code FROM accounts")
            for column in _CODED
        }
        found["flags"] = self.rows(False, "SELECT DISTINCT unnest(flags) AS code FROM accounts")
        return {column: tuple(row["code"] for row in rows) for column, rows in found.items()}


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
                manifest = read_manifest(seen.folder)
                allocation = read_allocation(seen.folder)
                copy = self._copied(seen, manifest["run_id"])
            except (OSError, OutputError, duckdb.Error) as error:
                _LOG.info("%s: %s; reading it again", seen.folder, error)
                continue
            # What was read is one list only if it is still the one that was seen before.
            if _newest(self._outputs) == seen:
                self._remove_all_but(copy)
                return seen, self._over(copy, seen, manifest, allocation)
            copy.unlink(missing_ok=True)
        raise RefusedError(503, "shell.being_replaced")

    def _copied(self, seen: _Seen, run_id: str) -> Path:
        """Return a database that holds the list whole; it is made once, however often the board is started."""
        copies = self._outputs / _COPIES
        make_private(copies.parent)
        make_private(copies)
        copy = copies / f"{seen.as_of}-{run_id}-{_SHAPE}-{duckdb.__version__}.duckdb"
        if copy.exists():
            return copy
        message = "NULL::VARCHAR" if self._settings.outputs.personal_data == "full" else "message"
        file = text_literal(seen.folder / SCORED_NAME)
        with tempfile.TemporaryDirectory(dir=copies) as scratch:
            unfinished = Path(scratch) / copy.name
            with duckdb.connect(
                unfinished, config={"memory_limit": _COPYING_MEMORY, "threads": 1}
            ) as engine:
                # A list of an older version has nothing in the columns that came since.
                engine.register("contract", SCORED_SCHEMA.empty_table())
                engine.execute(_TABLES.format(file=file, message=message))
                self._add_changes(engine, seen)
            unfinished.replace(copy)
        return copy

    def _add_changes(self, engine: duckdb.DuckDBPyConnection, seen: _Seen) -> None:
        """Add what the list before was, and who moved between segments since."""
        before = previous_list(self._outputs, seen.as_of, SCORED_NAME)
        source = f"FROM read_parquet({text_literal(before)})" if before else "FROM scored LIMIT 0"
        engine.execute(_CHANGES.format(before=source))
        moves = find_moves(seen.folder / SCORED_NAME, before)
        if moves:
            rows = [astuple(move) for move in moves]
            engine.executemany("INSERT INTO moves VALUES (?, ?, ?, ?)", rows)

    def _remove_all_but(self, copy: Path) -> None:
        """Remove copies of other lists, and what was left of copies that were never finished."""
        for other in copy.parent.iterdir():
            if other.is_dir():
                shutil.rmtree(other, ignore_errors=True)
            elif other != copy:
                # Windows keeps what is still being read: the next list removes it.
                with suppress(OSError):
                    other.unlink()

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
            as_of=dt.date.fromisoformat(seen.as_of),
            run_id=manifest["run_id"],
            folder=self._outputs / f"as_of={seen.as_of}",
            manifest=manifest,
            allocation=allocation,
            policy=load_policy(self._settings.resolve(self._settings.policy)),
            engine=duckdb.connect(copy, read_only=True, config=limits),
        )


@dataclass(frozen=True)
class _Seen:
    """A published list, told from the one before and the one after in the same place."""

    as_of: str
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
            with suppress(FileNotFoundError):
                manifest = (folder / "manifest.json").stat()
                as_of = folder.name.removeprefix(".").removeprefix("as_of=")[:10]
                found.append(_Seen(as_of, manifest.st_ino, manifest.st_mtime_ns, folder))
    # Of two of one day, the later is the one in place.
    return max(reversed(found), key=lambda seen: seen.as_of, default=None)
