"""A sheet for every team: its work in the order of the agenda, with why and what to say."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from propension.outputs.block_sheet import BlockSheet
from propension.outputs.columns import SCORED_COLUMNS
from propension.outputs.list_sheet import prepare_table
from propension.outputs.scored_table import BATCH_ROWS, list_texts
from propension.outputs.sheet_columns import (
    SheetColumn,
    day_numbers,
    day_shares,
    sheet_column,
    write_rows,
)
from propension.outputs.sheet_styles import Styles
from propension.outputs.summary import SHOWN_REASONS
from propension.outputs.wording import Wording

_COLUMNS = (
    "agent", "account_id", "customer_name", "customer_phone", "treatment", "amount_at_stake", "days_past_due", "reasons",
    "offer", "message",
)  # fmt: skip
_FROZEN = frozenset({"day", "time", "agent", "account_id", "customer_name"})
_WIDTHS = {"agent": 12, "customer_name": 26, "days_past_due": 12, "reasons": 60, "message": 100}
_LINE_POINTS, _MOST_LINES = 15, 12
# Lines that a text takes in a column of so many signs.
_LINES = "list_sum(list_transform(string_split({text}, chr(10)), lambda line: greatest(ceil(length(line) / {width}), 1)))"

# Where there is not room for all, what people do comes before what is sent.
_WORK = f"""
CREATE TEMP TABLE work AS SELECT team, starts_at, priority, {", ".join(_COLUMNS)}
FROM read_parquet(?) WHERE team IS NOT NULL ORDER BY agent IS NULL, priority LIMIT ?
"""
_TOLD = f"array_to_string(list_transform(reasons[:{SHOWN_REASONS}], lambda one: one.text), chr(10))"
_FILLED = ", ".join(f"if(count({name}) > 0, '{name}', NULL)" for name in _COLUMNS)
_TEAMS = f"""
SELECT team, count(*), list_filter([{_FILLED}], lambda name: name IS NOT NULL),
       greatest(max({_LINES.format(text="message", width=_WIDTHS["message"])}),
                max({_LINES.format(text=_TOLD, width=_WIDTHS["reasons"])}))
FROM work GROUP BY team ORDER BY bool_or(agent IS NOT NULL) DESC, team
"""

_SHEETS = ("summary", "list", "capacity", "migration", "dictionary")
_LONGEST_NAME = 31
_FORBIDDEN = frozenset("[]:*?/\\")
# Excel keeps it for itself.
_RESERVED = "history"


def write_teams(
    workbook: Any, scored: Path, styles: Styles, wording: Wording, most_rows: int
) -> None:
    """Write a sheet for every team that has work, in the order in which the team begins it.

    Columns that hold nothing are left out.

    Parameters
    ----------
    workbook, scored, styles, wording
    most_rows : int
        Of all sheets together; people's work first, then what is sent, by priority.
    """
    taken = {_RESERVED} | {wording.text(name).casefold() for name in _SHEETS}
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.execute(_WORK, [str(scored), most_rows])
        for team, rows, held, lines in engine.execute(_TEAMS).fetchall():
            name = sheet_name(wording.value("team", team), wording.label("team"), taken)
            taken.add(name.casefold())
            sheet = workbook.add_worksheet(name, BlockSheet)
            columns = _sheet_columns(held, wording)
            _prepare(sheet, columns, styles, rows, wording)
            height = _LINE_POINTS * min(max(lines or 1, 2), _MOST_LINES)
            _write_work(engine, team, sheet, columns, (styles.cell, height))


def sheet_name(words: str, unnamed: str, taken: Collection[str]) -> str:
    """Return a name that Excel takes for a sheet and that none bears; ``unnamed`` where no sign can stay.

    Parameters
    ----------
    words : str
    unnamed : str
    taken : collection of str
        Names borne by others, case-folded.

    >>> sheet_name("Norte/Sur: 'A'", "Equipo", {"norte sur 'a"})
    "Norte Sur 'A (2)"
    """
    plain = "".join(
        sign if sign.isprintable() and sign not in _FORBIDDEN else " " for sign in words
    )
    plain = " ".join(plain.split()).strip("' ") or unnamed
    name, number = _cut(plain, ""), 1
    while name.casefold() in taken:
        number += 1
        name = _cut(plain, f" ({number})")
    return name


def _cut(words: str, end: str) -> str:
    # Excel counts UTF-16 units.
    room = 2 * (_LONGEST_NAME - len(end))
    cut = words.encode("utf-16-le")[:room].decode("utf-16-le", "ignore")
    return cut.rstrip("' ") + end


def _sheet_columns(held: list[str], wording: Wording) -> list[SheetColumn]:
    contract = {column.name: column for column in SCORED_COLUMNS}
    found = [
        SheetColumn(
            "day", _head("day", wording), "date", 13, lambda work: day_numbers(work["starts_at"])
        ),
        SheetColumn(
            "time", _head("time", wording), "time", 9, lambda work: day_shares(work["starts_at"])
        ),
    ]
    for name in held:
        column = sheet_column(contract[name], wording)
        found.append(replace(column, width=_WIDTHS.get(name, column.width)))
        if name == "reasons":
            head = _head("reasons", wording)
            found[-1] = replace(found[-1], header=head, style="wrapped", values=_reasons)
        elif name == "message":
            found[-1] = replace(found[-1], style="wrapped")
    return found


def _head(name: str, wording: Wording) -> str:
    return wording.text(name) if wording.headings else name


def _reasons(work: pa.RecordBatch) -> pa.Array:
    texts = list_texts(work.column("reasons"), "text")
    return pc.binary_join(pc.list_slice(texts, 0, SHOWN_REASONS), "\n")


def _prepare(
    sheet: Any, columns: list[SheetColumn], styles: Styles, rows: int, wording: Wording
) -> None:
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    frozen = sum(column.name in _FROZEN for column in columns)
    prepare_table(sheet, columns, styles, (rows, frozen), wording.text("page"))


def _write_work(
    engine: duckdb.DuckDBPyConnection,
    team: str,
    sheet: Any,
    columns: list[SheetColumn],
    looks: tuple[dict[str, Any], float],
) -> None:
    work = engine.sql(
        "SELECT * FROM work WHERE team = ? ORDER BY starts_at, agent, priority", params=[team]
    )
    first = 1
    for batch in work.to_arrow_reader(BATCH_ROWS):
        first += write_rows(sheet, first, batch, columns, looks)
