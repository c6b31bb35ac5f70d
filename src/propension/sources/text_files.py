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
_REJECTS, _UNREAD = "reject_", "unread_"
# Where Latin-1 has control characters that nobody writes, Windows has letters, in all but five places.
_LETTERS = {
    code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)
}
_BLOCK, _HEAD = 1 << 20, 256
_REASONS = {
    "MISSING COLUMNS": "with too few columns",
    "TOO MANY COLUMNS": "with too many columns",
    "UNQUOTED VALUE": "with a quote out of place",
    "INVALID ENCODING": "with bytes that are not source.csv.encoding",
}


def read_csv(
    engine: duckdb.DuckDBPyConnection, file: Path, settings: Csv, target: str, work: Path
) -> dict[str, int]:
    """Load a file into the table ``target``, every column as text; return unreadable lines.

    Nothing is guessed but the delimiter, and that from the header alone: a guess from the rows
    would change with them, and would skip lines that look like remarks. What is not UTF-8 is
    written again as such into ``work`` first.

    Returns
    -------
    dict of str to int
        Lines that went to ``reject_table``, by reason.

    Raises
    ------
    DataError
        If there is no header, or a quote that is never closed swallows lines.
    """
    plain = file if settings.encoding == "utf-8" else _in_utf8(file, settings, work)
    names, delimiter = _header(file, plain, settings)
    columns = ", ".join(f"{text_literal(name)}: 'VARCHAR'" for name in names)
    rejects = reject_table(file.stem)
    try:
        engine.execute(
            f"CREATE TABLE {target} AS SELECT * FROM read_csv({text_literal(plain)}, "
            f"auto_detect = false, columns = {{{columns}}}, header = true, skip = {settings.skip}, "
            f"delim = {text_literal(delimiter)}, quote = '\"', escape = '\"', comment = '', "
            "encoding = 'utf-8', store_rejects = true, rejects_limit = 0, "
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
    engine.execute(
        f"CREATE TABLE {quoted(unread_table(file.stem))} AS SELECT list_transform(string_split("
        f"any_value(csv_line), {text_literal(delimiter)}), lambda word: trim(word, ' \"' || chr(13) || chr(10))) AS words "
        f"FROM {quoted(rejects)} GROUP BY line"
    )
    found = engine.execute(
        f"SELECT reason, count(*) FROM (SELECT line, min(error_type::VARCHAR) AS reason "
        f"FROM {quoted(rejects)} GROUP BY line) GROUP BY reason ORDER BY reason"
    ).fetchall()
    return {_REASONS.get(reason, reason.lower()): count for reason, count in found}


def reject_table(name: str) -> str:
    """Return the engine's table of a source table's unreadable lines."""
    # The engine takes only plain identifiers here, and files are called as people please.
    return _REJECTS + name.encode().hex()


def unread_table(name: str) -> str:
    """Return the engine's table of the words of a source table's unreadable lines."""
    return _UNREAD + name.encode().hex()


def rejected_name(table: str) -> str:
    """Return the source table whose unreadable lines ``table`` holds; empty for other tables."""
    return (
        bytes.fromhex(table.removeprefix(_REJECTS)).decode() if table.startswith(_REJECTS) else ""
    )


def _header(file: Path, plain: Path, settings: Csv) -> tuple[list[str], str]:
    with plain.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        for _ in range(settings.skip):
            stream.readline()
        start, first = stream.tell(), stream.readline()
        if "\0" in first:
            raise DataError(
                f"{file.name}: is not {settings.encoding} text; it may be UTF-16, an archive or a workbook. Save it as "
                "UTF-8 text, or set source.csv.encoding.",
                file=str(file),
            )
        bare = re.sub(r'"[^"]*"', "", first)
        delimiter = settings.delimiter or max(DELIMITERS, key=bare.count)
        stream.seek(start)
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


def _in_utf8(file: Path, settings: Csv, work: Path) -> Path:
    """Write a text again as UTF-8, block by block; return the file."""
    work.mkdir(parents=True, exist_ok=True)
    plain = work / f"{reject_table(file.stem)}.csv"
    letters = {} if settings.encoding == "utf-16" else _LETTERS
    try:
        with (
            file.open(encoding=_codec(file, settings), newline="") as source,
            plain.open("w", encoding="utf-8", newline="") as target,
        ):
            while block := source.read(_BLOCK):
                target.write(block.translate(letters))
    except UnicodeError as error:
        raise DataError(
            f"{file.name}: is not {settings.encoding} text ({error.reason if isinstance(error, UnicodeDecodeError) else error}). "
            "Correct source.csv.encoding.",
            file=str(file),
        ) from None
    return plain


def _codec(file: Path, settings: Csv) -> str:
    if settings.encoding != "utf-16":
        return "latin-1"
    with file.open("rb") as stream:
        start = stream.read(_HEAD)
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    # Names of columns have a zero byte for every letter there.
    if start and b"\0" not in start:
        raise DataError(
            f"{file.name}: is not utf-16 text. Correct source.csv.encoding.", file=str(file)
        )
    return "utf-16-le"


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
