"""Make a company's tables readable by the engine, wherever they are, and nothing else."""

from __future__ import annotations

from pathlib import Path

import duckdb
from tqdm import tqdm

from propension.config import Settings, Source
from propension.schema import TABLES, Finding, Severity, Table
from propension.sources.connect import (
    available_tables,
    load_raw_tables,
    require_tables,
    told_of_workbooks,
)
from propension.sources.mapping import MappedTable
from propension.sources.snapshot import open_snapshot
from propension.sources.sql_text import RAW, quoted, text_literal

Plans = dict[str, MappedTable]


def read_source(
    engine: duckdb.DuckDBPyConnection, settings: Settings, plans: Plans, folder: Path
) -> tuple[Plans, list[Finding]]:
    """Make the source's tables readable as ``raw.<name>``; return the plans that have theirs.

    Afterwards the engine reaches the source and ``folder``: no other file, no network.

    Parameters
    ----------
    engine : DuckDBPyConnection
    settings : Settings
    plans : dict of str to MappedTable
        By canonical table.
    folder : Path
        The run's own; a database's rows are kept under its ``work``.

    Raises
    ------
    DataError, ConfigurationError
        If the source cannot be reached or read, or lacks a table that the settings name.
    """
    if settings.source.path is None:
        return _read_database(engine, settings.source, plans, folder)
    path = settings.resolve(settings.source.path)
    return _read_local(engine, settings.source, plans, (path, folder))


def _read_local(
    engine: duckdb.DuckDBPyConnection, source: Source, plans: Plans, folders: tuple[Path, Path]
) -> tuple[Plans, list[Finding]]:
    path, folder = folders
    available = available_tables(engine, source, path)
    used, findings = _with_tables(plans, source, list(available), list(available), path)
    names = {origin for plan in used.values() for origin in plan.source_tables}
    tables = {name: file for name, file in available.items() if name in names}
    findings += _unreadable(engine, load_raw_tables(engine, tables, source.csv, folder / "work"))
    _confine(engine, [path if path.is_dir() else path.parent, folder])
    return used, findings


def _read_database(
    engine: duckdb.DuckDBPyConnection, source: Source, plans: Plans, folder: Path
) -> tuple[Plans, list[Finding]]:
    engine.execute(f"CREATE SCHEMA IF NOT EXISTS {RAW}")
    work = folder / "work"
    with open_snapshot(source) as snapshot:
        used, findings = _with_tables(plans, source, list(snapshot.tables), snapshot.readable)
        for name, plan in tqdm(used.items(), desc="fetching tables", disable=None, leave=False):
            used[name] = snapshot.fetch(engine, plan, TABLES[name], work)
    _confine(engine, [folder])
    return used, findings


def _with_tables(
    plans: Plans,
    source: Source,
    available: list[str],
    readable: list[str],
    path: Path | None = None,
) -> tuple[Plans, list[Finding]]:
    """Keep the plans whose tables are there; say which required ones are not."""
    used, findings = {}, []
    besides = told_of_workbooks(path) if path else ""
    for name, plan in plans.items():
        if name in source.tables:
            require_tables(set(plan.source_tables), available, f"source.tables.{name}", besides)
        elif not plan.source_tables <= set(readable):
            findings += _missing_table(TABLES[name], source, readable, besides)
            continue
        used[name] = plan
    return used, findings


def _confine(engine: duckdb.DuckDBPyConnection, folders: list[Path]) -> None:
    # A mapping's SQL may reach the source and the run's own folder: no other file, no network.
    allowed = ", ".join(text_literal(f"{folder}/") for folder in folders)
    engine.execute(f"SET allowed_directories = [{allowed}]")
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")


def _missing_table(
    table: Table, source: Source, available: list[str], besides: str
) -> list[Finding]:
    if not table.required:
        return []
    holds = ", ".join(available[:8]) or "no tables"
    holder = (source.path.name or "the folder") if source.path else "The database"
    add = f"Add {table.name}.parquet or {table.name}.csv, or map it" if source.path else "Map it"
    message = (
        f"{table.name}: the table is missing. {holder} holds {holds}. "
        f"{add} under source.tables.{table.name}.{besides}"
    )
    return [Finding(table.name, "missing_table", "fatal", "", 0, message)]


def _unreadable(
    engine: duckdb.DuckDBPyConnection, lines: dict[str, dict[str, int]]
) -> list[Finding]:
    findings = []
    for name, reasons in lines.items():
        count = sum(reasons.values())
        if not count:
            continue
        found = ", ".join(f"{number:,} {reason}" for reason, number in reasons.items())
        message = (
            f"{name}: {count:,} line{'s' if count > 1 else ''} of the file cannot be read ({found}). "
            f"Correct them, or source.csv; they are listed in quarantine/unreadable_{name}.csv."
        )
        left = engine.execute(f"SELECT 1 FROM {RAW}.{quoted(name)} LIMIT 1").fetchone()
        severity: Severity = "refused" if left else "fatal"
        findings.append(Finding(name, "unreadable_line", severity, "", count, message))
    return findings
