"""Exactly what is filtered, as a file: written by those who write the lists, with what its reader may see."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from propension.board.filters import Selection
from propension.board.refused import RefusedError
from propension.board.visit import Visit
from propension.outputs import SCORED_NAME, SCORED_SCHEMA
from propension.outputs.column import heading_language
from propension.outputs.list_sheet import EXCEL_MOST_ROWS
from propension.outputs.lists import write_csv_batches
from propension.outputs.workbook import write_workbook

_BATCH_ROWS = 5_000
# Each takes a processor while it is written.
_AT_ONCE = threading.BoundedSemaphore(2)
_WAIT_SECONDS = 20.0
_COLUMNS = ", ".join(SCORED_SCHEMA.names)

Export = Callable[[Visit, Selection, Path], Path]


def export_csv(visit: Visit, selection: Selection, folder: Path) -> Path:
    """Write what is selected as ``scored.csv`` is written; return the file."""
    settings = visit.site.settings
    path = folder / "accounts.csv"
    headings = heading_language(settings.outputs, settings.portfolio, "machine")
    with path.open("wb") as file, _batches(visit, selection) as batches:
        write_csv_batches(batches, file, headings)
    return path


def export_excel(visit: Visit, selection: Selection, folder: Path) -> Path:
    """Write what is selected as ``scored.xlsx`` is written, in the reader's language; return the file.

    Raises
    ------
    RefusedError
        If it has more rows than a sheet of Excel.
    """
    settings = visit.site.settings
    [found] = visit.rows(
        f"SELECT count(*) AS rows FROM accounts WHERE {selection.where}", selection.values
    )
    if found["rows"] > EXCEL_MOST_ROWS:
        told = {"most": EXCEL_MOST_ROWS, "total": found["rows"]}
        shown = {name: visit.speech.number(count) for name, count in told.items()}
        raise RefusedError(413, "accounts.too_many_for_excel", **shown)
    scored, path = folder / SCORED_NAME, folder / "accounts.xlsx"
    with _batches(visit, selection) as batches, pq.ParquetWriter(scored, SCORED_SCHEMA) as writer:
        for batch in batches:
            writer.write_batch(batch)
    portfolio = settings.portfolio.model_copy(update={"language": visit.language})
    outputs = settings.outputs.model_copy(update={"excel_rows": EXCEL_MOST_ROWS})
    write_workbook(scored, path, visit.open_list.policy, portfolio, outputs)
    scored.unlink()
    return path


@contextmanager
def room_to_write() -> Iterator[None]:
    """Let a few write files at once.

    Raises
    ------
    RefusedError
        If there are as many already.
    """
    if not _AT_ONCE.acquire(timeout=_WAIT_SECONDS):
        raise RefusedError(503, "accounts.busy")
    try:
        yield
    finally:
        _AT_ONCE.release()


def scratch_folder(visit: Visit) -> Path:
    """Return a folder of its own, in one that only its owner looks into."""
    exports = visit.site.settings.board_scratch / "exports"
    exports.mkdir(parents=True, exist_ok=True)
    exports.parent.chmod(0o700)
    return Path(tempfile.mkdtemp(dir=exports))


@contextmanager
def _batches(visit: Visit, selection: Selection) -> Iterator[Iterator[pa.RecordBatch]]:
    statement = f"SELECT {_COLUMNS} FROM accounts WHERE {selection.where}"
    # As published, rows come in their order by themselves; sorting whole rows takes memory.
    if not selection.is_as_published:
        statement += f" ORDER BY {selection.sorted_column} {selection.direction}, place"
    with visit.open_list.cursor(visit.sees_masked) as cursor:
        found = cursor.sql(statement, params=list(selection.values))
        if found is None:
            raise RefusedError(503, "shell.being_replaced")
        yield (batch.cast(SCORED_SCHEMA) for batch in found.to_arrow_reader(_BATCH_ROWS))
