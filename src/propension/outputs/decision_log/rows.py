"""A segment of the decision log: the decisions of one run, a row each, and hashes over the rows.

Two hashes for two questions. *Whether* anything was changed is told by SHA-256, of the file and of the
rows in it. *Which* rows were is told by a check beside each row: 64 bits of FNV-1a, which finds what was
changed without it and proves nothing by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from propension.compiled import compiled
from propension.outputs.columns import SCORED_SCHEMA
from propension.outputs.lists import REASON_SEPARATOR, described_refusals
from propension.outputs.scored_table import list_texts

CHECK = "row_check"
REASONS = 3
# What the run decided about an account, and what it went by; who decided is said once, in the index.
LOGGED = (
    "account_id", "customer_id", "customer_name", "stage", "days_past_due", "amount_at_stake", "propensity",
    "expected_recovery", "segment", "reasons", "treatment", "channel", "tone", "offer", "team", "agent", "priority",
    "scheduled_at", "arm", "strategy", "feedback", "assignment_probability",
    "refusals",
)  # fmt: skip
_BLOCK = 100_000
# Where most values are different a dictionary only costs.
_VARIED = {
    "account_id", "customer_id", "customer_name", "amount_at_stake", "propensity", "expected_recovery", "reasons",
    "priority", "assignment_probability", CHECK,
}  # fmt: skip


class SegmentHashes(NamedTuple):
    """What is held of a segment for ever.

    Attributes
    ----------
    sha256 : str
        Of the file.
    rows_sha256 : str
        Of the rows, however a file holds them.
    rows : int
    """

    sha256: str
    rows_sha256: str
    rows: int


class RowFaults(NamedTuple):
    """What is wrong with the rows of a segment.

    Attributes
    ----------
    rows_sha256 : str
        Of the rows as they are now.
    changed : list of str
        Accounts of which something was changed.
    added : list of str
        Accounts whose place in the list is another's, or is beyond its end.
    missing : list of int
        Priorities that no row has.
    """

    rows_sha256: str
    changed: list[str]
    added: list[str]
    missing: list[int]


def write_segment(scored: Path, path: Path, with_names: bool) -> SegmentHashes:
    """Write what a scored list decided, in its order, with a check beside each row.

    Parameters
    ----------
    scored : Path
        ``scored.parquet``.
    path : Path
        Receives the segment.
    with_names : bool
        Whether customers are named as on the list; else no name is recorded.
    """
    schema = pa.schema([*(_logged_field(name) for name in LOGGED), (CHECK, pa.uint64())])
    dictionaries = [name for name in schema.names if name not in _VARIED]
    digest, rows = hashlib.sha256(), 0
    with pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        use_dictionary=dictionaries,
        # An account is looked for in every run.
        bloom_filter_options={"account_id": {"ndv": _BLOCK, "fpp": 0.01}},
    ) as writer:
        for batch in _decisions(scored, with_names):
            checks = pa.array(_digest_rows(batch, digest))
            writer.write_batch(batch.append_column(CHECK, checks).cast(schema), _BLOCK)
            rows += batch.num_rows
    return SegmentHashes(file_sha256(path), digest.hexdigest(), rows)


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def examine_rows(path: Path, rows: int) -> RowFaults:
    """Find the rows of a segment that are not as they were written.

    Parameters
    ----------
    path : Path
        A segment whose file is not the one that was written.
    rows : int
        How many it had.
    """
    digest = hashlib.sha256()
    accounts, changed, priorities = [], [], []
    for block in _blocks(path, None):
        found = _digest_rows(block.drop_columns(CHECK), digest)
        accounts.append(block["account_id"])
        changed.append(found != block[CHECK].to_numpy(zero_copy_only=False))
        priorities.append(block["priority"].fill_null(0).to_numpy())
    account = pa.chunked_array(accounts, pa.string())
    is_changed = np.concatenate([*changed, np.zeros(0, bool)])
    priority = np.concatenate([*priorities, np.zeros(0, np.int64)])
    _, first = np.unique(priority, return_index=True)
    is_added = np.ones(len(priority), bool)
    is_added[first] = False
    is_added |= (priority < 1) | (priority > rows)
    return RowFaults(
        digest.hexdigest(),
        account.filter(pa.array(is_changed)).to_pylist(),
        account.filter(pa.array(is_added & ~is_changed)).to_pylist(),
        np.setdiff1d(np.arange(1, rows + 1), priority).tolist(),
    )


def _decisions(scored: Path, with_names: bool) -> Iterator[pa.RecordBatch]:
    """What is recorded of the rows of a list, in flat columns."""
    read = [name if name != "reasons" else "reasons.list.element.text" for name in LOGGED]
    for block in _blocks(scored, read):
        columns = {name: block[name] for name in LOGGED}
        first = pc.list_slice(columns["reasons"], 0, REASONS)
        columns["reasons"] = pc.binary_join(list_texts(first, "text"), REASON_SEPARATOR)
        columns["refusals"] = described_refusals(columns["refusals"])
        if not with_names:
            columns["customer_name"] = pa.nulls(block.num_rows, pa.string())
        yield pa.record_batch(columns)


def _blocks(path: Path, columns: list[str] | None) -> Iterator[pa.RecordBatch]:
    """The rows of a file, as many at a time however the file groups them: hashes depend on it."""
    held: list[pa.RecordBatch] = []
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_BLOCK, columns=columns):
            held.append(batch)
            while sum(map(len, held)) >= _BLOCK:
                whole = pa.concat_batches(held)
                yield whole.slice(0, _BLOCK)
                held = [whole.slice(_BLOCK)]
    if sum(map(len, held)):
        yield pa.concat_batches(held)


def _logged_field(name: str) -> pa.Field:
    kind = SCORED_SCHEMA.field(name).type
    return pa.field(name, pa.string() if pa.types.is_list(kind) else kind)


def _digest_rows(batch: pa.RecordBatch, digest: hashlib._Hash) -> np.ndarray:
    """Add the rows to ``digest`` and return their checks."""
    checks = np.full(batch.num_rows, _FNV_OFFSET)
    for column in batch.columns:
        for starts, content in _cells(column):
            digest.update(content[starts[0] : starts[-1]].data)
            _fold(checks, starts, content)
    return checks


def _cells(column: pa.Array) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Where each row's bytes begin, and the bytes: how long a text is or whether there is a value, then which."""
    rows = np.arange(len(column) + 1)
    known = column.is_valid().to_numpy(zero_copy_only=False)
    if not pa.types.is_string(column.type):
        values = column.fill_null(pa.scalar(0, column.type))
        yield rows, known.view(np.uint8)
        starts = (rows + values.offset) * column.type.byte_width
        yield starts, np.frombuffer(values.buffers()[1], np.uint8)
        return
    texts = column.fill_null("")
    _, places, content = texts.buffers()
    starts = np.frombuffer(places, np.int32)[texts.offset : texts.offset + len(rows)]
    lengths = np.where(known, np.diff(starts), -1).astype("<i4")
    yield rows * 4, lengths.view(np.uint8)
    yield starts, np.frombuffer(content or b"", np.uint8)


_FNV_OFFSET, _FNV_PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)


@compiled
def _fold(checks: np.ndarray, starts: np.ndarray, content: np.ndarray) -> None:
    """Continue every row's FNV-1a with its bytes."""
    for row in range(len(checks)):
        check = checks[row]
        for byte in content[starts[row] : starts[row + 1]]:
            check = (check ^ np.uint64(byte)) * _FNV_PRIME
        checks[row] = check
