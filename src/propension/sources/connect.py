"""Open the engine and give it the company's own tables, as they are."""

from __future__ import annotations

import difflib
from pathlib import Path

import duckdb

from propension.config import Csv, Source
from propension.config.settings import Resources
from propension.errors import ConfigurationError, DataError

RAW = "raw"
FILE_KINDS = (".parquet", ".csv")


def open_engine(resources: Resources, work: Path) -> duckdb.DuckDBPyConnection:
    """Return an embedded engine that keeps to its threads and memory.

    Parameters
    ----------
    resources : Resources
    work : Path
        Folder for what does not fit in memory.
    """
    work.mkdir(parents=True, exist_ok=True)
    return duckdb.connect(
        config={
            "threads": resources.threads,
            "memory_limit": f"{resources.memory_gb}GB",
            "temp_directory": str(work / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )


def quoted(name: str) -> str:
    """Return ``name`` as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(value: object) -> str:
    """Return ``value`` as a SQL text literal."""
    return "'" + str(value).replace("'", "''") + "'"


def available_tables(
    engine: duckdb.DuckDBPyConnection, source: Source, path: Path
) -> dict[str, Path | None]:
    """Name every table the source holds; for files, with the file.

    Raises
    ------
    DataError
        If the folder or the database file is missing or cannot be opened.
    """
    if not path.exists():
        raise DataError(f"source.path: {path} does not exist. Correct it in the configuration.")
    if source.kind == "files":
        if not path.is_dir():
            raise DataError(
                f"source.path: {path} is not a folder; for a DuckDB file set kind: duckdb."
            )
        files = sorted(file for file in path.iterdir() if file.suffix.lower() in FILE_KINDS)
        # Parquet before CSV where both exist: it carries its types.
        return {file.stem: file for file in sorted(files, key=lambda file: file.suffix.lower())}
    try:
        engine.execute(f"ATTACH {text_literal(path)} AS source (READ_ONLY)")
    except duckdb.Error as error:
        raise DataError(
            f"source.path: {path} cannot be opened as a DuckDB file ({_first_line(error)})."
        ) from None
    names = engine.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_catalog = 'source'"
    ).fetchall()
    return {name: None for (name,) in names}


def load_raw_tables(
    engine: duckdb.DuckDBPyConnection, source: Source, path: Path, names: set[str]
) -> dict[str, int]:
    """Make the named source tables readable as ``raw.<name>``; return unreadable lines by table.

    Text files are read as text, whole: ids keep every digit, and what a type cannot hold is
    found by the checks. Lines that do not have the header's columns go to ``reject_errors``.

    Raises
    ------
    DataError
        If a file cannot be read.
    """
    tables = available_tables(engine, source, path)
    engine.execute(f"CREATE SCHEMA IF NOT EXISTS {RAW}")
    unreadable: dict[str, int] = {}
    for name in sorted(names):
        file = tables[name]
        target = f"{RAW}.{quoted(name)}"
        if file is None:
            engine.execute(f"CREATE VIEW {target} AS SELECT * FROM source.{quoted(name)}")
            continue
        try:
            if file.suffix.lower() == ".parquet":
                engine.execute(
                    f"CREATE VIEW {target} AS SELECT * FROM read_parquet({text_literal(file)})"
                )
            else:
                unreadable[name] = _read_csv(engine, file, source.csv, target)
        except duckdb.Error as error:
            raise DataError(
                f"{file.name}: cannot be read ({_first_line(error)}). "
                "Check source.csv.delimiter and source.csv.encoding.",
                file=str(file),
            ) from None
    return unreadable


def _read_csv(engine: duckdb.DuckDBPyConnection, file: Path, csv: Csv, target: str) -> int:
    rejects = f"reject_{file.stem}"
    options = ["all_varchar = true", "header = true", "store_rejects = true"]
    options += [
        f"rejects_table = {text_literal(rejects)}",
        f"rejects_scan = {text_literal(rejects + '_scan')}",
    ]
    options += ["rejects_limit = 0", f"encoding = {text_literal(csv.encoding)}"]
    if csv.delimiter:
        options.append(f"delim = {text_literal(csv.delimiter)}")
    engine.execute(
        f"CREATE TABLE {target} AS SELECT * FROM read_csv({text_literal(file)}, {', '.join(options)})"
    )
    counted = engine.execute(f"SELECT count(DISTINCT line) FROM {quoted(rejects)}").fetchone()
    return int(counted[0]) if counted else 0


def require_tables(names: set[str], available: dict[str, Path | None], asked_by: str) -> None:
    """Refuse names the source does not hold, with the nearest that it does.

    Raises
    ------
    ConfigurationError
    """
    for name in sorted(names - set(available)):
        close = difflib.get_close_matches(name, available, 1)
        hint = (
            f"did you mean {close[0]}?"
            if close
            else f"it holds {', '.join(sorted(available)) or 'nothing'}."
        )
        raise ConfigurationError(f"{asked_by}: the source has no table {name}; {hint}", table=name)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200]
