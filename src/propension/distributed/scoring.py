"""Score and explain on every worker: the function that scores a batch on one machine, under ``mapInArrow``."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from propension.config import Settings
from propension.explain import SCORE_SCHEMA, score_batch
from propension.features import catalogue
from propension.model import Bundle

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Files = tuple[tuple[str, bytes], ...]


def write_scores(
    spark: SparkSession, bundle: Bundle, settings: Settings, features: Path, path: Path
) -> int:
    """Score a Parquet folder of features into another; return the rows.

    The bundle travels as the files it is made of.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = {file.name: file.read_bytes() for file in bundle.save(Path(folder)).iterdir()}
    from pyspark.sql.pandas.types import from_arrow_schema

    scored = spark.read.parquet(str(features)).mapInArrow(
        scorer(files, settings), from_arrow_schema(SCORE_SCHEMA)
    )
    scored.write.mode("overwrite").parquet(str(path))
    return int(spark.read.parquet(str(path)).count())


def scorer(
    files: Mapping[str, bytes], settings: Settings
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Return a function from batches of features to batches of scores; it holds no model, only its files."""
    held = tuple(sorted(files.items()))

    def score(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        bundle, features = _bundle(held), catalogue(settings.features)
        for rows in batches:
            yield score_batch(bundle, rows, features, settings)

    return score


@lru_cache(maxsize=4)
def _bundle(files: Files) -> Bundle:
    # Once for every worker's process, whatever the number of its batches.
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files:
            (Path(folder) / name).write_bytes(content)
        return Bundle.load(Path(folder))
