"""From what the workers decided to the list: in order on the cluster, numbered as it is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from propension.config import NO_TREATMENT
from propension.distributed.deciding import (
    ORDERED_BY,
    Deciders,
    decide_parts,
    gather_inputs,
    learn_whole,
    settle_parts,
    weigh_parts,
)
from propension.distributed.queries import HISTORY
from propension.outputs import (
    SCORED_NAME,
    SCORED_SCHEMA,
    StageFiles,
    settled_facts,
    write_allocation,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_ROW_GROUP = 100_000


def write_scored(
    spark: SparkSession,
    stages: Sequence[StageFiles],
    deciders: Deciders,
    work: Path,
    folder: Path,
) -> int:
    """Write ``scored.parquet``, one row per account by priority, and ``allocation.json``; return the rows.

    Parameters
    ----------
    spark : SparkSession
    stages : sequence of StageFiles
        Folders, of which no account is in two.
    deciders : Deciders
    work : Path
        Where every worker reads and writes; holds the history: see ``write_history``.
    folder : Path
        Receives the files.
    """
    inputs, history, parts = work / "inputs", work / HISTORY, work / "parts"
    told = deciders.settings.spark
    standing = gather_inputs(spark, stages, deciders, inputs)
    whole = learn_whole(spark, inputs, deciders, standing)
    weigh_parts(spark, inputs, history, deciders, whole, parts)
    sample = told.sample_accounts if told else 0
    settled = settle_parts(spark, parts, deciders.policy, sample)
    whole = replace(whole, terms=settled.terms)
    decided = decide_parts(spark, inputs, history, deciders, whole)
    rows, value = write_list(decided, work / "decided", folder)
    write_allocation(folder, settled_facts(settled, value, whole.effects))
    return rows


def write_list(decided: DataFrame, work: Path, folder: Path) -> tuple[int, float]:
    """Write ``scored.parquet`` by priority, one batch in memory at a time; return its rows and its value.

    Parameters
    ----------
    decided : DataFrame
        See ``decide_parts``.
    work : Path
        Where every worker writes.
    folder : Path
        Receives the list.
    """
    from pyspark.sql import functions as f

    # As on one machine: see ``decide``.
    ordered = decided.orderBy(
        f.col("treatment") == NO_TREATMENT,
        f.col(ORDERED_BY).desc(),
        f.col("expected_recovery").desc(),
        f.col("account_id"),
    )
    ordered.write.mode("overwrite").parquet(str(work))
    rows, value = 0, 0.0
    with pq.ParquetWriter(folder / SCORED_NAME, SCORED_SCHEMA) as writer:
        for batch in _batches(work):
            value += pc.sum(batch[ORDERED_BY]).as_py() or 0.0
            numbers = pa.array(range(rows + 1, rows + 1 + batch.num_rows))
            place = SCORED_SCHEMA.get_field_index("priority")
            listed = batch.drop_columns([ORDERED_BY]).set_column(place, "priority", numbers)
            writer.write_batch(listed.cast(SCORED_SCHEMA), row_group_size=_ROW_GROUP)
            rows += batch.num_rows
    return rows, value


def _batches(folder: Path) -> Iterator[pa.RecordBatch]:
    # Spark names the parts of a sorted table by their order.
    for file in sorted(folder.glob("part-*.parquet")):
        with pq.ParquetFile(file) as rows:
            yield from rows.iter_batches(_ROW_GROUP)
