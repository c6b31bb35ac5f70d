"""``scored.xlsx``: a summary, the list, the work of every team and a data dictionary, in the reader's language."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter

from propension.config import Outputs, Policy
from propension.config.settings import Portfolio
from propension.outputs.block_sheet import BlockSheet
from propension.outputs.capacity_sheet import write_capacity
from propension.outputs.column import heading_language
from propension.outputs.columns import SCORED_COLUMNS
from propension.outputs.list_sheet import EXCEL_MOST_ROWS, write_list
from propension.outputs.migration import Move
from propension.outputs.sheet_styles import Styles, add_styles
from propension.outputs.summary import summarise
from propension.outputs.summary_sheet import SummarySheet
from propension.outputs.team_sheets import write_teams
from propension.outputs.wording import Wording

# Creation time of a workbook whose list has no rows, hence no as-of date.
_NO_DATE = dt.date(2000, 1, 1)


class Besides(NamedTuple):
    """What the workbook tells besides the list.

    Attributes
    ----------
    moves : sequence of Move
        Between segments, since the list before.
    limits : sequence of mapping
        What is used of teams and budgets: see ``allocation_facts``.
    """

    moves: Sequence[Move] = ()
    limits: Sequence[Mapping[str, Any]] = ()


NOTHING_BESIDES = Besides()


def write_workbook(
    scored: Path,
    path: Path,
    policy: Policy,
    portfolio: Portfolio,
    outputs: Outputs,
    besides: Besides = NOTHING_BESIDES,
) -> int:
    """Write the workbook and return how many accounts its list shows.

    The list and the sheets of teams have at most ``outputs.excel_rows`` rows each. Nothing in it depends on the
    clock: the same input gives the same bytes. Texts are written as texts, so none of them can run as a
    formula or open as a link.
    """
    summary = summarise(scored)
    headings = heading_language(outputs, portfolio, "localised")
    wording = Wording.of(policy, portfolio.language, headings)
    with (
        tempfile.TemporaryDirectory(prefix=".xlsx-", dir=path.parent) as scratch,
        xlsxwriter.Workbook(path, _options(scratch)) as workbook,
    ):
        workbook.set_properties(_properties(wording, portfolio.name, summary.as_of))
        styles = add_styles(workbook, portfolio.language, summary.has_cents)
        most = min(outputs.excel_rows, EXCEL_MOST_ROWS)
        SummarySheet(workbook, styles, wording).write(summary, portfolio.name, most)
        list_sheet = workbook.add_worksheet(wording.text("list"), BlockSheet)
        written = write_list(list_sheet, scored, summary, styles, wording, most)
        write_teams(workbook, scored, styles, wording, most)
        if besides.limits:
            write_capacity(workbook, styles, wording, besides.limits)
        if besides.moves:
            _write_moves(workbook, styles, wording, besides.moves)
        _write_dictionary(workbook, styles, wording)
    return written


def _options(scratch: str) -> dict[str, Any]:
    return {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "use_zip64": True,
        "tmpdir": scratch,
    }


def _properties(wording: Wording, portfolio: str, as_of: dt.date | None) -> dict[str, Any]:
    return {
        "title": wording.text("title"),
        "subject": portfolio,
        "created": dt.datetime.combine(as_of or _NO_DATE, dt.time()),
    }


def _write_moves(workbook: Any, styles: Styles, wording: Wording, moves: Sequence[Move]) -> None:
    sheet = workbook.add_worksheet(wording.text("migration"))
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&R{wording.text('page')}")
    for index, width in enumerate((36, 36, 14, 24)):
        sheet.set_column(index, index, width)
    sheet.freeze_panes(1, 0)
    heads = ("segment_before", "segment_now", "accounts")
    for index, key in enumerate(heads):
        sheet.write_string(
            0, index, wording.text(key), styles.header if index < 2 else styles.header_number
        )
    sheet.write_string(0, 3, wording.label("overdue_amount"), styles.header_number)
    for row, move in enumerate(moves, start=1):
        before = wording.value("segment", move.before) if move.before else wording.text("entered")
        now = wording.value("segment", move.after) if move.after else wording.text("left")
        sheet.write_string(row, 0, before, styles.cell["text"])
        sheet.write_string(row, 1, now, styles.cell["text"])
        sheet.write_number(row, 2, move.accounts, styles.cell["integer"])
        sheet.write_number(row, 3, move.overdue_amount, styles.cell["amount"])


def _write_dictionary(workbook: Any, styles: Styles, wording: Wording) -> None:
    sheet = workbook.add_worksheet(wording.text("dictionary"))
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.4, 0.4, 0.5, 0.5)
    sheet.set_footer(f"&R{wording.text('page')}")
    sheet.set_landscape()
    for index, width in enumerate((30, 26, 100)):
        sheet.set_column(index, index, width)
    sheet.freeze_panes(1, 0)
    rows = [("header", *(wording.text(key) for key in ("column", "machine_name", "meaning")))]
    rows += [
        ("wrapped", wording.label(c.name), c.name, c.help.in_language(wording.language))
        for c in SCORED_COLUMNS
    ]
    rows += [("note", wording.text("names_note")), ("text",)]
    rows += [("header", *(wording.text(key) for key in ("coded_values", "code", "meaning")))]
    for column in SCORED_COLUMNS:
        for code, label in wording.values.get(column.name, {}).items():
            rows.append(("text", wording.label(column.name), code, label))
    looks = styles.cell | {"header": styles.header, "note": styles.label}
    for row, (style, *cells) in enumerate(rows):
        for index, text in enumerate(cells):
            sheet.write_string(row, index, text, looks[style])
