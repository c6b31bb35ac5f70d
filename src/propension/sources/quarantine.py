"""Rows at fault go to files people can open, with the reason beside each."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from propension.schema import Table
from propension.sources.sql_text import quoted, text_literal
from propension.sources.staging import staged_columns
from propension.sources.text_files import rejected_name

QUARANTINE_FOLDER = "quarantine"


def write_quarantine(
    engine: duckdb.DuckDBPyConnection, tables: list[Table], folder: Path, show_personal: bool
) -> list[Path]:
    """Write ``<table>.csv`` for every table with rows at fault; return the files.

    Columns: rule, column, action (refused: the row is not used; kept: the row is used, the
    value is not), then the row as it came. Unless personal data is asked for, personal columns are
    left out, and columns outside the contract too: nobody knows what they hold.
    """
    written = []
    for table in tables:
        if not _has_faults(engine, table):
            continue
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{table.name}.csv"
        engine.execute(
            f'COPY (SELECT f.rule, f.column_name AS "column", f.action, {_shown(engine, table, show_personal)} '
            f"FROM faults f JOIN staged_{table.name} s USING (_row) WHERE f.table_name = '{table.name}' "
            f"ORDER BY s._row, f.rule, f.column_name) TO {text_literal(file)} (HEADER)"
        )
        written.append(file)
    return written + _write_unreadable(engine, folder, show_personal)


def _has_faults(engine: duckdb.DuckDBPyConnection, table: Table) -> bool:
    exists = engine.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'faults'"
    ).fetchone()
    if not exists or not exists[0]:
        return False
    found = engine.execute(
        "SELECT count(*) FROM faults WHERE table_name = ?", [table.name]
    ).fetchone()
    return bool(found and found[0])


def _shown(engine: duckdb.DuckDBPyConnection, table: Table, show_personal: bool) -> str:
    columns = staged_columns(engine, table)
    harmless = {column.name for column in table.columns if not column.personal}
    parts = []
    for name in columns:
        if name.startswith("_") or not (show_personal or name in harmless):
            continue
        origin = f"_raw_{name}" if f"_raw_{name}" in columns else name
        parts.append(f"{_inert(f's.{quoted(origin)}::VARCHAR')} AS {quoted(name)}")
    return ", ".join(parts)


def _inert(text: str) -> str:
    """Return SQL for a text that no spreadsheet takes for a formula."""
    return (
        f"CASE WHEN regexp_matches({text}, '^\\s*[=+@\\-]') AND try_cast({text} AS DOUBLE) IS NULL "
        f"THEN '''' || {text} ELSE {text} END"
    )


def _write_unreadable(
    engine: duckdb.DuckDBPyConnection, folder: Path, show_personal: bool
) -> list[Path]:
    names = engine.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' ORDER BY table_name"
    ).fetchall()
    written = []
    for (name,) in names:
        source_table = rejected_name(name)
        if not source_table:
            continue
        count = engine.execute(f"SELECT count(*) FROM {quoted(name)}").fetchone()
        if not count or not count[0]:
            continue
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"unreadable_{source_table}.csv"
        text = f", {_inert('any_value(csv_line)')} AS text" if show_personal else ""
        engine.execute(
            f"COPY (SELECT line, min(error_message) AS reason{text} FROM {quoted(name)} "
            f"GROUP BY line ORDER BY line) TO {text_literal(file)} (HEADER)"
        )
        written.append(file)
    return written


def keep_quarantine(canonical: Path, folder: Path) -> None:
    """Copy an extraction's quarantine into ``folder``, in place of an earlier one."""
    kept = folder / QUARANTINE_FOLDER
    shutil.rmtree(kept, ignore_errors=True)
    if (canonical / QUARANTINE_FOLDER).exists():
        shutil.copytree(canonical / QUARANTINE_FOLDER, kept)
