"""The workbook's list: one row per account, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xlsxwriter.utility import xl_range

from propension.outputs.columns import SCORED_COLUMNS
from propension.outputs.scored_table import scored_batches
from propension.outputs.sheet_columns import SheetColumn, reason_column, sheet_column, write_rows
from propension.outputs.sheet_styles import HIGH_COLOUR, LOW_COLOUR, MIDDLE_COLOUR, Styles
from propension.outputs.summary import ListSummary
from propension.outputs.wording import Wording

FROZEN = ("priority", "account_id", "customer_name")
# What Excel can hold under a header row.
EXCEL_MOST_ROWS = 1_048_575
# Of two lines.
_HEIGHT = 30


def write_list(
    sheet: Any,
    scored: Path,
    summary: ListSummary,
    styles: Styles,
    wording: Wording,
    most_rows: int,
) -> int:
    """Write the first accounts, at most ``most_rows``, and return how many were written.

    Columns that hold nothing on any account are left out, and so is the customer's number where it
    repeats the account's.
    """
    columns = _sheet_columns(summary, wording)
    rows = min(summary.totals.accounts, most_rows)
    frozen = sum(column.name in FROZEN for column in columns)
    sheet.set_paper(8)
    sheet.fit_to_pages(2, 0)
    prepare_table(sheet, columns, styles, (rows, frozen), wording.text("page"))
    for index, column in enumerate(columns):
        if column.name == "propensity" and rows:
            sheet.conditional_format(1, index, rows, index, _SCALE)
    done = 0
    for batch in scored_batches(scored):
        if done >= rows:
            break
        part = batch.slice(0, rows - done)
        done += write_rows(sheet, done + 1, part, columns, (styles.cell, _HEIGHT))
    return done


def prepare_table(
    sheet: Any, columns: list[SheetColumn], styles: Styles, size: tuple[int, int], page: str
) -> None:
    """Write the header of a table whose rows follow, with filters; it and the first columns stay in view.

    Parameters
    ----------
    sheet, columns, styles
    size : (int, int)
        Rows, and columns that stay in view.
    page : str
        What each page says at its foot.
    """
    rows, frozen = size
    sheet.set_landscape()
    sheet.hide_gridlines(2)
    sheet.set_margins(0.4, 0.4, 0.5, 0.5)
    sheet.set_footer(f"&R{page}")
    sheet.repeat_rows(0)
    sheet.repeat_columns(0, frozen - 1)
    sheet.set_row(0, 36)
    last = len(columns) - 1
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        # Headers stay left: the filter's button covers their right end.
        sheet.write_string(0, index, column.header, styles.header)
    sheet.freeze_panes(1, frozen)
    sheet.autofilter(0, 0, rows, last)
    # Identifiers of digits are text on purpose.
    sheet.ignore_errors({"number_stored_as_text": xl_range(1, 0, max(rows, 1), last)})


def _sheet_columns(summary: ListSummary, wording: Wording) -> list[SheetColumn]:
    empty = not summary.totals.accounts
    shown = [
        column
        for column in SCORED_COLUMNS
        if column.in_list
        and (empty or summary.filled[column.name])
        and not (column.name == "customer_id" and summary.account_is_customer and not empty)
    ]
    shown.sort(
        key=lambda column: FROZEN.index(column.name) if column.name in FROZEN else len(FROZEN)
    )
    found: list[SheetColumn] = []
    for column in shown:
        if column.name == "reasons":
            found += [reason_column(n, wording) for n in range(max(summary.reasons, 1))]
        else:
            found.append(sheet_column(column, wording))
    return found


_SCALE = {
    "type": "3_color_scale",
    "min_type": "num",
    "mid_type": "num",
    "max_type": "num",
    "min_value": 0,
    "mid_value": 0.5,
    "max_value": 1,
    "min_color": LOW_COLOUR,
    "mid_color": MIDDLE_COLOUR,
    "max_color": HIGH_COLOUR,
}
