"""Text files, read whole and as text; what cannot be read is counted and kept with its reason."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb

from propension.config import Csv
from propension.errors import DataError
from propension.sources.sql_text import first_line, quoted, text_literal

DELIMITERS = ",;\t|"
REJECTS = "reject_"
_REASONS = {
    "MISSING COLUMNS": "with too few columns",
    "TOO MANY COLUMNS": "with too many columns",
    "UNQUOTED VALUE": "with a quote out of place",
    "INVALID ENCODING": "with bytes that are not source.csv.encoding",
}


def read_csv(
    engine: duckdb.DuckDBPyConnection, file: Path, settings: Csv, target: str
) -> dict[str, int]:
    """Load a file into the table ``target``, every column as text; return unreadable lines.

    Nothing is guessed but the delimiter, and that from the header alone: a guess from the rows
    would change with them, and would skip lines that look like remarks.

    Returns
    -------
    dict of str to int
        Lines that went to ``reject_<file's stem>``, by reason.

    Raises
    ------
    DataError
        If there is no header, or a quote that is never closed swallows lines.
    """
    names, delimiter = _header(file, settings)
    columns = ", ".join(f"{text_literal(name)}: 'VARCHAR'" for name in names)
    rejects = f"{REJECTS}{file.stem}"
    try:
        engine.execute(
            f"CREATE TABLE {target} AS SELECT * FROM read_csv({text_literal(file)}, "
            f"auto_detect = false, columns = {{{columns}}}, header = true, "
            f"delim = {text_literal(delimiter)}, quote = '\"', escape = '\"', comment = '', "
            f"encoding = {text_literal(settings.encoding)}, store_rejects = true, rejects_limit = 0, "
            f"rejects_table = {text_literal(rejects)}, "
            f"rejects_scan = {text_literal('scan_of_' + file.stem)})"
        )
    except duckdb.Error as error:
        raise DataError(
            f"{file.name}: cannot be read ({first_line(error)}). Check source.csv.delimiter and "
            "source.csv.encoding, and that all lines end alike.",
            file=str(file),
        ) from None
    _refuse_open_quote(engine, file, rejects)
    found = engine.execute(
        f"SELECT reason, count(*) FROM (SELECT line, min(error_type::VARCHAR) AS reason "
        f"FROM {quoted(rejects)} GROUP BY line) GROUP BY reason ORDER BY reason"
    ).fetchall()
    return {_REASONS.get(reason, reason.lower()): count for reason, count in found}


def _header(file: Path, settings: Csv) -> tuple[list[str], str]:
    encoding = "utf-8-sig" if settings.encoding == "utf-8" else settings.encoding
    with file.open(encoding=encoding, errors="replace", newline="") as stream:
        first = stream.readline()
        bare = re.sub(r'"[^"]*"', "", first)
        delimiter = settings.delimiter or max(DELIMITERS, key=bare.count)
        stream.seek(0)
        try:
            names = next(csv.reader(stream, delimiter=delimiter), [])
        except (csv.Error, UnicodeError) as error:
            raise DataError(f"{file.name}: the header cannot be read ({error}).") from None
    if not first.strip():
        raise DataError(
            f"{file.name}: the first line is empty. Begin the file with the columns' names.",
            file=str(file),
        )
    return _distinct(names), delimiter


def _distinct(names: list[str]) -> list[str]:
    """Number names that repeat or are blank, as the engine does not tell case apart."""
    seen: set[str] = set()
    distinct = []
    for position, given in enumerate(names):
        name = given.strip() or f"column{position}"
        while name.lower() in seen:
            name += "_1"
        seen.add(name.lower())
        distinct.append(name)
    return distinct


def _refuse_open_quote(engine: duckdb.DuckDBPyConnection, file: Path, rejects: str) -> None:
    swallowed = engine.execute(
        f"SELECT min(line) FROM {quoted(rejects)} WHERE error_type::VARCHAR = 'UNQUOTED VALUE' "
        "AND contains(rtrim(csv_line, chr(10) || chr(13)), chr(10))"
    ).fetchone()
    if swallowed and swallowed[0] is not None:
        raise DataError(
            f"{file.name}: line {swallowed[0]} opens a quote that is not closed, so the lines after it "
            "cannot be told apart. Close it, or double it if it is part of the text.",
            file=str(file),
            line=swallowed[0],
        )
