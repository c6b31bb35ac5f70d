"""Open the engine and give it the company's own tables, as they are."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import duckdb

from propension.config import Csv, Source
from propension.config.settings import Resources
from propension.errors import ConfigurationError, DataError, nearest, sample_text
from propension.sources.sql_text import RAW, first_line, quoted, text_literal
from propension.sources.text_files import read_csv

FILE_KINDS = (".parquet", ".csv")
WORKBOOK_KINDS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")


def open_engine(resources: Resources, work: Path) -> duckdb.DuckDBPyConnection:
    """Return an embedded engine that keeps to its threads and memory.

    Parameters
    ----------
    resources : Resources
    work : Path
        Folder for what does not fit in memory.
    """
    work.mkdir(parents=True, exist_ok=True)
    engine = duckdb.connect(
        config={
            "threads": resources.threads,
            "memory_limit": f"{resources.memory_gb}GB",
            "temp_directory": str(work / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    # Instants with a time zone become UTC, whatever the zone of the machine.
    engine.execute("SET TimeZone = 'UTC'")
    return engine


def write_query(engine: duckdb.DuckDBPyConnection, sql: str, path: Path) -> int:
    """Write the rows of a SELECT as Parquet; return how many."""
    copied = engine.execute(f"COPY ({sql}) TO {text_literal(path)} (FORMAT parquet)").fetchall()
    return int(copied[0][0])


def source_files(path: Path, kinds: Collection[str] = FILE_KINDS) -> list[Path]:
    """Return the files that hold a source's tables, in the order of their names.

    Raises
    ------
    DataError
        If the folder cannot be read.
    """
    try:
        if path.is_dir():
            return sorted(file for file in path.iterdir() if file.suffix.lower() in kinds)
    except OSError as error:
        raise DataError(
            f"source.path: {str(path)[:200]} cannot be read ({error.strerror}). "
            "Correct it, or check who may read it.",
            may_pass=True,
        ) from None
    # What a database has not yet written into its file is beside it.
    return [path, path.with_name(f"{path.name}.wal")]


def told_of_workbooks(path: Path) -> str:
    """Say which workbooks lie in a source's folder, of which nothing is read; empty where there are none."""
    found = source_files(path, WORKBOOK_KINDS)
    names = ", ".join(file.name for file in found[:3]) + (" ..." if len(found) > 3 else "")
    return f" Workbooks are not read ({names}): save every sheet as CSV." if found else ""


def available_tables(
    engine: duckdb.DuckDBPyConnection, source: Source, path: Path
) -> dict[str, Path | None]:
    """Name every table the source holds; for files, with the file.

    Raises
    ------
    DataError
        If the folder or the database file is missing or cannot be opened.
    """
    files = source_files(path)
    if not path.exists():
        raise DataError(f"source.path: {path} does not exist. Correct it in the configuration.")
    if source.kind == "files":
        if not path.is_dir():
            raise DataError(
                f"source.path: {path} is not a folder; for a DuckDB file set kind: duckdb."
            )
        # Parquet before CSV where both exist: it carries its types.
        return {file.stem: file for file in sorted(files, key=lambda file: file.suffix.lower())}
    if path.is_dir():
        raise DataError(f"source.path: {path} is a folder; for a folder of tables set kind: files.")
    try:
        engine.execute(f"ATTACH {text_literal(path)} AS source (READ_ONLY)")
    except duckdb.Error as error:
        # Somebody may be writing it.
        raise DataError(
            f"source.path: {path} cannot be opened as a DuckDB file ({first_line(error)}). "
            "Check that it is whole, and that no other program writes it.",
            may_pass=True,
        ) from None
    names = engine.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_catalog = 'source' "
        "AND table_schema = 'main' ORDER BY ALL"
    ).fetchall()
    return {name: None for (name,) in names}


def load_raw_tables(
    engine: duckdb.DuckDBPyConnection, tables: dict[str, Path | None], settings: Csv, work: Path
) -> dict[str, dict[str, int]]:
    """Make source tables readable as ``raw.<name>``.

    Text files are read as text, whole: ids keep every digit, and what a type cannot hold is
    found by the checks. Lines that cannot be read go to ``reject_table``.

    Parameters
    ----------
    engine : DuckDBPyConnection
    tables : dict of str to Path or None
        Some of ``available_tables``.
    settings : Csv
    work : Path
        A folder for what is needed on the way.

    Returns
    -------
    dict of table to (dict of reason to lines)
        The unreadable lines of text files.

    Raises
    ------
    DataError
        If a table cannot be read.
    """
    engine.execute(f"CREATE SCHEMA IF NOT EXISTS {RAW}")
    unreadable: dict[str, dict[str, int]] = {}
    for name, file in sorted(tables.items()):
        target = f"{RAW}.{quoted(name)}"
        # A pipe nobody writes into, or a device without end, would be read for ever.
        if file is not None and not file.is_file():
            raise DataError(
                f"{file.name}: is not a regular file, or a link to none. Put the table itself there, or leave it out.",
                table=name,
            )
        try:
            if file is not None and file.suffix.lower() == ".csv":
                unreadable[name] = read_csv(engine, file, settings, target, work)
            else:
                origin = f"read_parquet({text_literal(file)})" if file else f"source.{quoted(name)}"
                engine.execute(f"CREATE VIEW {target} AS SELECT * FROM {origin}")
        except duckdb.Error as error:
            shown = file.name if file else f"table {name} of the source"
            raise DataError(
                f"{shown}: cannot be read ({first_line(error)}). Write it anew, or leave it out.",
                table=name,
            ) from None
    return unreadable


def require_tables(
    names: set[str], available: Collection[str], asked_by: str, besides: str = ""
) -> None:
    """Refuse names the source does not hold, with the nearest that it does, and what is there ``besides``.

    Raises
    ------
    ConfigurationError
    """
    for name in sorted(names - set(available)):
        known = (
            f"Name one of {sample_text(sorted(available), 20)}" if available else "It holds none"
        )
        hint = nearest(name, available) or f". {known}"
        raise ConfigurationError(
            f"{asked_by}: the source has no table {name}{hint}.{besides}", table=name
        )
