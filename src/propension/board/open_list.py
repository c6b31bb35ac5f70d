"""A list that somebody reads, and questions to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from propension.config import Policy

_CODED = (
    "stage", "dpd_bucket", "risk_band", "segment", "quadrant", "treatment", "team", "arm",
)  # fmt: skip


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
