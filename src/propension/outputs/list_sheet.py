"""The workbook's list: one row per account, in words, typed so that it sorts and filters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.utility import xl_range

from propension.outputs.columns import SCORED_COLUMNS, ScoredColumn
from propension.outputs.scored_table import list_texts, map_values, scored_batches, translate
from propension.outputs.sheet_styles import HIGH_COLOUR, LOW_COLOUR, MIDDLE_COLOUR, Styles
from propension.outputs.summary import ListSummary
from propension.outputs.wording import Wording

FROZEN = ("priority", "account_id", "customer_name")
# What Excel can hold under a header row.
EXCEL_MOST_ROWS = 1_048_575

_KIND_WIDTHS = {"text": 16, "date": 19, "amount": 17, "list": 42}
_OTHER_WIDTH = 14
_WIDTHS = {
    "priority": 12,
    "account_id": 18,
    "customer_name": 34,
    "dpd_bucket": 18,
    "risk_band": 12,
    "value_tier": 12,
    "quadrant": 24,
    "contactability": 17,
    "likely_cause": 22,
    "segment": 32,
    "flags": 34,
    "treatment": 30,
    "channel": 20,
    "manual": 12,
    "offer": 34,
    "message": 60,
}
_WRAPPED = frozenset({"customer_name", "segment", "flags", "reasons", "treatment", "offer"})
_CENTRED = frozenset({"risk_band", "manual"})
_TEXT_STYLES = frozenset({"text", "wrapped", "centred"})

_Values = Callable[[pa.RecordBatch], list[Any]]


@dataclass(frozen=True)
class _SheetColumn:
    """One column of the sheet: its header, its look, and where its cells come from."""

    name: str
    header: str
    style: str
    width: int
    values: _Values


def write_list(
    sheet: Any,
    scored: Path,
    summary: ListSummary,
    styles: Styles,
    wording: Wording,
    excel_rows: int,
) -> int:
    """Write the first ``excel_rows`` accounts and return how many were written.

    Columns that hold nothing on any account are left out, and so is the customer's number where it
    repeats the account's.
    """
    columns = _sheet_columns(summary, wording)
    rows = min(summary.totals.accounts, excel_rows, EXCEL_MOST_ROWS)
    _prepare(sheet, columns, styles, rows, wording.text("page"))
    done = 0
    for batch in scored_batches(scored):
        if done >= rows:
            break
        part = batch.slice(0, rows - done)
        _write_rows(sheet, done + 1, part, columns, styles)
        done += part.num_rows
    return done


def _sheet_columns(summary: ListSummary, wording: Wording) -> list[_SheetColumn]:
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
    found: list[_SheetColumn] = []
    for column in shown:
        label = column.label.in_language(wording.language)
        if column.name == "reasons":
            found += [
                _SheetColumn("reasons", f"{label} {n + 1}", "wrapped", 42, _reason_values(n))
                for n in range(max(summary.reasons, 1))
            ]
        else:
            width = _WIDTHS.get(column.name, _KIND_WIDTHS.get(column.kind, _OTHER_WIDTH))
            values = _column_values(column, wording)
            found.append(_SheetColumn(column.name, label, _style_of(column), width, values))
    return found


def _style_of(column: ScoredColumn) -> str:
    if column.name in _WRAPPED:
        return "wrapped"
    if column.name in _CENTRED:
        return "centred"
    if pa.types.is_timestamp(column.type):
        return "datetime"
    return "text" if column.kind in ("text", "boolean", "list") else column.kind


def _column_values(column: ScoredColumn, wording: Wording) -> _Values:
    words = wording.values.get(column.name, {})
    if column.kind == "list":
        return lambda batch: _flag_texts(batch.column(column.name), words)
    if column.kind in ("text", "boolean"):
        return lambda batch: _as_list(translate(batch.column(column.name).cast(pa.string()), words))
    if column.kind == "date":
        return lambda batch: _as_list(batch.column(column.name))
    return lambda batch: _finite(batch.column(column.name))


def _reason_values(n: int) -> _Values:
    def values(batch: pa.RecordBatch) -> list[Any]:
        texts = list_texts(batch.column("reasons"), "text").to_pylist()
        return [row[n] if len(row) > n else None for row in texts]

    return values


def _flag_texts(flags: pa.Array, words: Any) -> list[Any]:
    named = map_values(flags, translate(pc.fill_null(pc.list_flatten(flags), ""), words))
    return _as_list(pc.binary_join(named, ", "))


def _finite(numbers: pa.Array) -> list[Any]:
    """Numbers as Excel takes them: doubles, with nothing for what is not finite."""
    doubles = numbers.cast(pa.float64())
    return _as_list(pc.if_else(pc.is_finite(doubles), doubles, pa.scalar(None, pa.float64())))


def _as_list(values: pa.Array) -> list[Any]:
    return list(values.to_pylist())


def _prepare(sheet: Any, columns: list[_SheetColumn], styles: Styles, rows: int, page: str) -> None:
    frozen = sum(column.name in FROZEN for column in columns)
    sheet.set_landscape()
    sheet.hide_gridlines(2)
    sheet.set_paper(8)
    sheet.set_margins(0.4, 0.4, 0.5, 0.5)
    sheet.set_footer(f"&R{page}")
    sheet.fit_to_pages(2, 0)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0, frozen - 1)
    sheet.set_default_row(30)
    sheet.set_row(0, 36)
    last = len(columns) - 1
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        # Headers stay left: the filter's button covers their right end.
        sheet.write_string(0, index, column.header, styles.header)
        if column.name == "propensity" and rows:
            sheet.conditional_format(1, index, rows, index, _SCALE)
    sheet.freeze_panes(1, frozen)
    sheet.autofilter(0, 0, rows, last)
    # Identifiers of digits are text on purpose.
    sheet.ignore_errors({"number_stored_as_text": xl_range(1, 0, max(rows, 1), last)})


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


def _write_rows(
    sheet: Any, first: int, batch: pa.RecordBatch, columns: list[_SheetColumn], styles: Styles
) -> None:
    writers = [_writer(sheet, column.style) for column in columns]
    formats = [styles.cell[column.style] for column in columns]
    rows = zip(*(column.values(batch) for column in columns), strict=True)
    for row, values in enumerate(rows, start=first):
        for index, value in enumerate(values):
            if value is None or value == "":
                sheet.write_blank(row, index, None, formats[index])
            else:
                writers[index](row, index, value, formats[index])


def _writer(sheet: Any, style: str) -> Callable[[int, int, Any, Any], Any]:
    if style in _TEXT_STYLES:
        return sheet.write_string  # type: ignore[no-any-return]
    return sheet.write_datetime if style in ("date", "datetime") else sheet.write_number  # type: ignore[no-any-return]
