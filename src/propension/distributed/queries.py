"""Running the engine's statements on Spark: streams as Parquet tables, features and facts of a date."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from propension.distributed.translate import parse_sql, spark_text
from propension.snapshots import history_sql, holiday_table, stream_statements
from propension.sources import Extraction

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# How every table is numbered on one machine: one after the other. Numbers only point from one row to another, so any
# will do that are told apart.
_ANY_NUMBER = "monotonically_increasing_id"
HISTORY = "history"


def write_streams(
    spark: SparkSession, extraction: Extraction, country: str, folder: Path
) -> set[str]:
    """Write the known-at streams of the tables that are views by now, each as Parquet; return their names.

    Parameters
    ----------
    spark : SparkSession
        With a view of every table of ``extraction``, by its name.
    extraction : Extraction
    country : str
        See ``prepare_streams``.
    folder : Path
        Where every worker reads and writes.
    """
    written: set[str] = set()
    for sql in stream_statements({name: name for name in extraction.tables}):
        name, select = _target(parse_sql(sql))
        frame = spark.sql(spark_text(select))
        path = str(folder / name)
        if name in written:
            columns = spark.table(name).columns
            frame.toDF(*columns).write.mode("append").parquet(path)
        else:
            frame.write.mode("overwrite").parquet(path)
        spark.read.parquet(path).createOrReplaceTempView(name)
        written.add(name)
    days = holiday_table(extraction, country)
    if days is not None:
        rows = [(day,) for day in days["day"].to_pylist()]
        path = str(folder / "holiday_rows")
        spark.createDataFrame(rows, "day date").coalesce(1).write.mode("overwrite").parquet(path)
        written.add("holiday_rows")
    return open_streams(spark, folder)


def open_streams(spark: SparkSession, folder: Path) -> set[str]:
    """Make written streams views by their names; return the names."""
    names = {path.name for path in folder.iterdir() if (path / "_SUCCESS").exists()}
    for name in names:
        spark.read.parquet(str(folder / name)).createOrReplaceTempView(name)
    return names


def write_query(spark: SparkSession, sql: str, path: Path) -> int:
    """Write the rows of a SELECT of the engine's as Parquet, in no order; return how many.

    What the statement reads more than once is worked out once.
    """
    statement: Any = parse_sql(sql)
    statement.set("order", None)
    read = Counter(table.name for table in statement.find_all(exp.Table))
    kept = []
    try:
        for query in statement.ctes:
            frame = spark.sql(spark_text(query.this))
            if read[query.alias] > 1:
                kept.append(frame.persist())
            frame.createOrReplaceTempView(query.alias)
        statement.set("with_", None)
        spark.sql(spark_text(statement)).write.mode("overwrite").parquet(str(path))
    finally:
        for frame in kept:
            frame.unpersist()
    return int(spark.read.parquet(str(path)).count())


def write_history(
    spark: SparkSession, streams: set[str], as_of: dt.date, days: int, folder: Path
) -> None:
    """Write what ``contact_history`` returns into ``HISTORY`` of a folder."""
    if "contact_rows" in streams:
        write_query(spark, history_sql(as_of, days), folder / HISTORY)
        return
    none = "customer_id string, channel string, at timestamp, direction string, outcome string"
    spark.createDataFrame([], none).write.mode("overwrite").parquet(str(folder / HISTORY))


def _target(statement: exp.Expr) -> tuple[str, exp.Expr]:
    """Return the table that a statement makes or adds to, and the SELECT of its rows."""
    select: Any = statement.expression
    # The order of rows on a disk.
    select.set("order", None)
    for number in list(select.find_all(exp.Window)):
        if isinstance(number.this, exp.RowNumber) and not number.args.get("partition_by"):
            number.replace(exp.Anonymous(this=_ANY_NUMBER))
    for cast in list(select.find_all(exp.Cast)):
        if any(_is_number(node) for node in (cast.this, getattr(cast.this, "this", None))):
            cast.replace(cast.this)
    return statement.find(exp.Table).name, select  # type: ignore[union-attr]


def _is_number(node: object) -> bool:
    return isinstance(node, exp.Anonymous) and node.name == _ANY_NUMBER
