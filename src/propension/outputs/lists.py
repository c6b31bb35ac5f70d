"""The scored list as files people open: ``scored.csv`` whole, ``scored.xlsx`` to work from."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from xlsxwriter.exceptions import XlsxWriterException

from propension.config import Language, Outputs, Policy
from propension.config.settings import Portfolio
from propension.errors import OutputError
from propension.outputs.column import ScoredColumn, heading_language
from propension.outputs.columns import SCORED_COLUMNS
from propension.outputs.scored_table import check_contract, list_texts, map_values, scored_batches
from propension.outputs.workbook import NOTHING_BESIDES, Besides, write_workbook

CSV_NAME = "scored.csv"
XLSX_NAME = "scored.xlsx"
REASON_SEPARATOR = " | "
FLAG_SEPARATOR = "|"

BOM = b"\xef\xbb\xbf"
# Spaces, quotes, invisible and control characters do not hide a formula from a spreadsheet.
_UNSEEN = r"[\s\p{Z}\p{C}\"]*"
_FORMULA_SIGN = r"[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"
_OPENS_FORMULA = rf"^(?:[\t\r\n]|{_UNSEEN}{_FORMULA_SIGN})"
# Where the list separator is ';' (es, pt), Excel splits a comma file at these, quoted or not.
_OPENS_FORMULA_INSIDE = rf"([;\r\n]{_UNSEEN})({_FORMULA_SIGN})"


def write_lists(
    scored: Path,
    folder: Path,
    policy: Policy,
    portfolio: Portfolio,
    outputs: Outputs,
    besides: Besides = NOTHING_BESIDES,
) -> dict[str, int]:
    """Write ``scored.csv`` and ``scored.xlsx``; memory is bounded by the batch, not the list.

    Parameters
    ----------
    scored : Path
        Parquet file with the columns of ``SCORED_SCHEMA``, ordered by priority.
    folder : Path
        Existing folder that receives both files.
    policy : Policy
        Gives segments, flags and treatments their words.
    portfolio : Portfolio
        Its name and language are those of the workbook; the CSV keeps codes.
    outputs : Outputs
        How columns are headed, and the most rows that the workbook shows; the CSV holds them all.
    besides : Besides
        What the workbook tells besides the list.

    Returns
    -------
    dict of str to int
        Rows written, by file name.

    Raises
    ------
    OutputError
        If ``scored`` breaks the contract or a file cannot be written.
    """
    try:
        check_contract(scored)
        language = heading_language(outputs, portfolio, "machine")
        # Columns are written without the interpreter's lock, cells with it.
        with ThreadPoolExecutor(1) as beside:
            csv_rows = beside.submit(write_csv, scored, folder / CSV_NAME, language)
            xlsx_rows = write_workbook(
                scored, folder / XLSX_NAME, policy, portfolio, outputs, besides
            )
        return {CSV_NAME: csv_rows.result(), XLSX_NAME: xlsx_rows}
    except (OSError, pa.ArrowException, duckdb.Error, XlsxWriterException) as error:
        raise OutputError(
            f"{folder}: the lists of {scored.name} cannot be written ({error}). "
            "Check that the file is whole, the folder exists and the disk has room.",
            folder=folder,
        ) from error


def write_csv(scored: Path, path: Path, headings: Language | None = None) -> int:
    """Write every row with codes, ISO dates and dot decimals, under machine names or headings; return the count.

    Text that a spreadsheet would take for a formula is preceded by ``'``.
    """
    with path.open("wb") as file:
        return write_csv_batches(scored_batches(scored), file, headings)


def write_csv_batches(
    batches: Iterable[pa.RecordBatch], file: BinaryIO, headings: Language | None = None
) -> int:
    """Write rows with the columns of ``SCORED_SCHEMA`` as ``write_csv`` does; return the count."""
    schema = pa.schema([_csv_field(column, headings) for column in SCORED_COLUMNS])
    rows = 0
    file.write(BOM)
    with pa_csv.CSVWriter(file, schema) as writer:
        for batch in batches:
            arrays = [_csv_values(batch.column(c.name), c.name) for c in SCORED_COLUMNS]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            rows += batch.num_rows
    return rows


def guard_formulas(values: pa.Array) -> pa.Array:
    """Return the texts so that no spreadsheet runs any of them.

    Notes
    -----
    OWASP, "CSV Injection". Signs behind leading blanks and full-width signs count too; so do
    signs after ``;`` or a line break, because Excel with a ``;`` list separator splits there.
    """
    opens = pc.match_substring_regex(values, _OPENS_FORMULA)
    inside = pc.replace_substring_regex(values, _OPENS_FORMULA_INSIDE, r"\1'\2")
    return pc.if_else(opens, pc.binary_join_element_wise("'", inside, ""), inside)


def described_refusals(refusals: pa.Array) -> pa.Array:
    """Return what was refused of every row as one text: treatment, rule and citation."""
    flat = pc.list_flatten(refusals)
    treatment, rule, citation = (
        pc.fill_null(pc.struct_field(flat, part), "") for part in ("treatment", "rule", "citation")
    )
    described = pc.binary_join_element_wise(treatment, ": ", rule, " (", citation, ")", "")
    return pc.binary_join(map_values(refusals, described), REASON_SEPARATOR)


def _csv_field(column: ScoredColumn, headings: Language | None) -> pa.Field:
    as_text = pa.types.is_list(column.type) or pa.types.is_timestamp(column.type)
    return pa.field(column.heading(headings), pa.string() if as_text else column.type)


def _csv_values(values: pa.Array, name: str) -> pa.Array:
    kind = values.type
    if pa.types.is_timestamp(kind):
        return pc.strftime(values.cast(pa.timestamp("s"), safe=False), "%Y-%m-%dT%H:%M:%S")
    if pa.types.is_list(kind):
        return guard_formulas(_joined(values, name))
    return guard_formulas(values) if pa.types.is_string(kind) else values


def _joined(lists: pa.Array, name: str) -> pa.Array:
    if name == "flags":
        return pc.binary_join(list_texts(lists), FLAG_SEPARATOR)
    if name == "reasons":
        return pc.binary_join(list_texts(lists, "text"), REASON_SEPARATOR)
    return described_refusals(lists)
