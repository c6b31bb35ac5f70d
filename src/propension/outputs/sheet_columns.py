"""Columns of the scored list as columns of a sheet: in words, typed so that they sort and filter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from propension.outputs.column import ScoredColumn
from propension.outputs.scored_table import list_texts, map_values, translate
from propension.outputs.wording import Wording

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
    "flags": 46,
    "treatment": 30,
    "channel": 20,
    "manual": 12,
    "offer": 34,
    "message": 60,
}
_WRAPPED = frozenset({"customer_name", "segment", "flags", "reasons", "treatment", "offer"})
_CENTRED = frozenset({"risk_band", "manual"})
# Excel counts days from here to 1970.
_EPOCH_DAYS = 25_569
_DAY_MICROSECONDS = 86_400_000_000

Values = Callable[[pa.RecordBatch], pa.Array]


@dataclass(frozen=True)
class SheetColumn:
    """One column of a sheet: its header, its look, and its cells - texts or finite numbers."""

    name: str
    header: str
    style: str
    width: int
    values: Values


def sheet_column(column: ScoredColumn, wording: Wording) -> SheetColumn:
    """Return a column of the contract as people read it."""
    width = _WIDTHS.get(column.name, _KIND_WIDTHS.get(column.kind, _OTHER_WIDTH))
    header, values = wording.heading(column.name), _column_values(column, wording)
    return SheetColumn(column.name, header, _style_of(column), width, values)


def reason_column(n: int, wording: Wording) -> SheetColumn:
    """Return the n-th reason of every account, from 0."""
    header = wording.heading("reasons", n + 1)
    return SheetColumn("reasons", header, "wrapped", 42, lambda batch: _reason(batch, n))


def write_rows(
    sheet: Any,
    first: int,
    batch: pa.RecordBatch,
    columns: Sequence[SheetColumn],
    looks: tuple[dict[str, Any], float],
) -> int:
    """Write a batch from row ``first`` on, with formats by style and a height in points; return its rows."""
    formats, height = looks
    values = [column.values(batch) for column in columns]
    written: int = sheet.write_block(first, values, [formats[c.style] for c in columns], height)
    return written


def day_numbers(values: pa.Array) -> pa.Array:
    """Return dates, or the days of times, as Excel counts them."""
    return pc.add(values.cast(pa.date32()).cast(pa.int32()).cast(pa.float64()), _EPOCH_DAYS)


def day_shares(times: pa.Array) -> pa.Array:
    """Return how much of its day is over at each time."""
    since = times.cast(pa.time64("us")).cast(pa.int64())
    # Whole numbers first: a share a hair too small is shown as a minute too early.
    return pc.divide(since.cast(pa.float64()), float(_DAY_MICROSECONDS))


def _style_of(column: ScoredColumn) -> str:
    if column.name in _WRAPPED:
        return "wrapped"
    if column.name in _CENTRED:
        return "centred"
    if pa.types.is_timestamp(column.type):
        return "datetime"
    return "text" if column.kind in ("text", "boolean", "list") else column.kind


def _column_values(column: ScoredColumn, wording: Wording) -> Values:
    words = wording.values.get(column.name, {})
    if column.kind == "list":
        return lambda batch: _flag_texts(batch.column(column.name), words)
    if column.kind in ("text", "boolean"):
        return lambda batch: translate(batch.column(column.name).cast(pa.string()), words)
    if column.kind == "date":
        return lambda batch: _moments(batch.column(column.name))
    return lambda batch: _finite(batch.column(column.name))


def _reason(batch: pa.RecordBatch, n: int) -> pa.Array:
    reasons = list_texts(batch.column("reasons"), "text")
    lengths, ends = reasons.value_lengths(), reasons.offsets[1:]
    place = pc.add(pc.subtract(ends, lengths), n)
    return reasons.values.take(
        pc.if_else(pc.greater(lengths, n), place, pa.scalar(None, pa.int32()))
    )


def _flag_texts(flags: pa.Array, words: Any) -> pa.Array:
    named = map_values(flags, translate(pc.fill_null(pc.list_flatten(flags), ""), words))
    return pc.binary_join(named, ", ")


def _moments(values: pa.Array) -> pa.Array:
    days = day_numbers(values)
    return pc.add(days, day_shares(values)) if pa.types.is_timestamp(values.type) else days


def _finite(numbers: pa.Array) -> pa.Array:
    """Numbers as Excel takes them: doubles, with nothing for what is not finite."""
    doubles = numbers.cast(pa.float64())
    return pc.if_else(pc.is_finite(doubles), doubles, pa.scalar(None, pa.float64()))
