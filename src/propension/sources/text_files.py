"""Text files, read whole and as text; what cannot be read is counted and kept with its reason."""

from __future__ import annotations

import codecs
import csv
import re
from pathlib import Path

import duckdb

from propension.config import Csv
from propension.errors import DataError
from propension.sources.sql_text import first_line, quoted, text_literal

DELIMITERS = ",;\t|"
_REJECTS = "reject_"
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
        Lines that went to ``reject_table``, by reason.

    Raises
    ------
    DataError
        If there is no header, or a quote that is never closed swallows lines.
    """
    names, delimiter = _header(file, settings)
    columns = ", ".join(f"{text_literal(name)}: 'VARCHAR'" for name in names)
    rejects = reject_table(file.stem)
    try:
        engine.execute(
            f"CREATE TABLE {target} AS SELECT * FROM read_csv({text_literal(file)}, "
            f"auto_detect = false, columns = {{{columns}}}, header = true, "
            f"delim = {text_literal(delimiter)}, quote = '\"', escape = '\"', comment = '', "
            f"encoding = {text_literal(settings.encoding)}, store_rejects = true, rejects_limit = 0, "
            f"rejects_table = {text_literal(rejects)}, "
            f"rejects_scan = {text_literal('scan_' + rejects)})"
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


def reject_table(name: str) -> str:
    """Return the engine's table of a source table's unreadable lines."""
    # The engine takes only plain identifiers here, and files are called as people please.
    return _REJECTS + name.encode().hex()


def rejected_name(table: str) -> str:
    """Return the source table whose unreadable lines ``table`` holds; empty for other tables."""
    return (
        bytes.fromhex(table.removeprefix(_REJECTS)).decode() if table.startswith(_REJECTS) else ""
    )


def _header(file: Path, settings: Csv) -> tuple[list[str], str]:
    with file.open(encoding=_codec(file, settings), errors="replace", newline="") as stream:
        first = stream.readline()
        if "\0" in first:
            raise DataError(
                f"{file.name}: is not {settings.encoding} text; it may be UTF-16, an archive or a workbook. Save it as "
                "UTF-8 text, or set source.csv.encoding.",
                file=str(file),
            )
        bare = re.sub(r'"[^"]*"', "", first)
        delimiter = settings.delimiter or max(DELIMITERS, key=bare.count)
        stream.seek(0)
        try:
            names = next(csv.reader(stream, delimiter=delimiter), [])
        except csv.Error as error:
            raise DataError(
                f"{file.name}: the header cannot be read ({error}). Check source.csv.encoding."
            ) from None
    if not first.strip():
        raise DataError(
            f"{file.name}: the first line is empty. Begin the file with the columns' names.",
            file=str(file),
        )
    if re.match("(?i)sep=", first):
        raise DataError(
            f"{file.name}: the first line is {first.strip()[:20]!r}, which only Excel reads. Take it out.",
            file=str(file),
        )
    return _distinct(names), delimiter


def _codec(file: Path, settings: Csv) -> str:
    if settings.encoding != "utf-16":
        return "utf-8-sig" if settings.encoding == "utf-8" else settings.encoding
    with file.open("rb") as stream:
        mark = stream.read(2)
    if mark == codecs.BOM_UTF16_BE:
        # The engine would take it for little-endian and find no rows.
        raise DataError(f"{file.name}: big-endian UTF-16 cannot be read. Save the file as UTF-8.")
    return "utf-16" if mark == codecs.BOM_UTF16_LE else "utf-16-le"


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
