"""A worksheet that takes rows by the block: cells are written as text of the file at once, not one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

_ROWS = 5_000
# Of UTF-16 units, Excel takes 32,767; no sign needs more than two.
_LONGEST = 16_383
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# What XML does not take, and how Excel writes it instead.
_CONTROLS = [*map(chr, (*range(9), 11, 12, *range(13, 32))), "\ufffe", "\uffff"]
_CONTROL = r"[\x00-\x08\x0B-\x1F\x{FFFE}\x{FFFF}]"


class BlockSheet(Worksheet):  # type: ignore[misc]
    """A worksheet of a workbook in constant memory, with ``write_block`` besides.

    Notes
    -----
    Cell by cell, a list of 50,000 accounts takes most of the time of a run. The tests hold a block to what
    the library itself writes of the same cells.
    """

    def write_block(
        self, first: int, columns: Sequence[pa.Array], formats: Sequence[Any], height: float
    ) -> int:
        """Write columns of texts and numbers below what was written before; return how many rows.

        Parameters
        ----------
        first : int
            Row of the first, from 0.
        columns : sequence of pa.Array
            Of equal length: strings, or numbers that are finite; an empty cell where there is none. No text
            is taken for anything but text.
        formats : sequence of xlsxwriter formats
            Of each column.
        height : float
            Of every row, in points.
        """
        count = len(columns[0])
        if count:
            self._check_dimensions(first, 0)
            self._check_dimensions(first + count - 1, len(columns) - 1)
            self._write_single_row(first + count - 1)
        styles = [one._get_xf_index() for one in formats]
        for start in range(0, count, _ROWS):
            parts = [column.slice(start, _ROWS) for column in columns]
            self.row_data_fh.write(_rows_text(first + start, parts, styles, height))
        return count


def _rows_text(
    first: int, columns: Sequence[pa.Array], styles: Sequence[int], height: float
) -> str:
    count = len(columns[0])
    numbers = pa.array(range(first + 1, first + count + 1)).cast(pa.string())
    cells = [
        _cells(column, xl_col_to_name(index), numbers, style)
        for index, (column, style) in enumerate(zip(columns, styles, strict=True))
    ]
    row = f'" ht="{height:g}" customHeight="1">'
    rows = _joined('<row r="', numbers, row, *cells, "</row>")
    whole = pa.ListArray.from_arrays(pa.array([0, count], pa.int32()), rows)
    return str(pc.binary_join(whole, "")[0])


def _cells(values: pa.Array, letters: str, numbers: pa.Array, style: int) -> pa.Array:
    opened = _joined(f'<c r="{letters}', numbers, f'" s="{style}"')
    if pa.types.is_string(values.type):
        empty = pc.equal(pc.fill_null(values, ""), "")
        before, after = ' t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>"
        held = _joined(opened, before, _escaped(pc.fill_null(values, "")), after)
    else:
        empty = pc.is_null(values)
        plain = pc.fill_null(values.cast(pa.string()), "")
        held = _joined(opened, "><v>", plain, "</v></c>")
    return pc.if_else(empty, _joined(opened, "/>"), held)


def _escaped(texts: pa.Array) -> pa.Array:
    texts = pc.utf8_slice_codeunits(texts, 0, _LONGEST)
    for sign, entity in _ESCAPED.items():
        texts = pc.replace_substring(texts, sign, entity)
    # Excel reads _x0041_ as A.
    texts = pc.replace_substring_regex(texts, "(_x[0-9A-Fa-f]{4}_)", r"_x005F\1")
    if pc.any(pc.match_substring_regex(texts, _CONTROL)).as_py():
        for control in _CONTROLS:
            texts = pc.replace_substring(texts, control, f"_x{ord(control):04X}_")
    return texts


def _joined(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")
