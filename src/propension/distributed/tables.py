"""The canonical tables as Spark's views: canonical already, or refused; nothing is repaired on the way."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from propension.config import Csv, Settings
from propension.distributed.checks import check_tables
from propension.distributed.translate import to_spark
from propension.errors import ConfigurationError, DataError
from propension.schema import TABLES, Column, Table
from propension.sources import (
    Extraction,
    cast_sql,
    plan_mapping,
    quoted,
    silent_payments,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# Spark's types that hold a canonical type's values as they are.
_FITTING = {
    "text": ("string", "bigint", "int", "smallint", "tinyint"),
    "date": ("date",),
    "instant": ("timestamp", "timestamp_ntz"),
    "number": ("double", "float", "bigint", "int", "smallint", "tinyint"),
    "integer": ("int", "smallint", "tinyint"),
    "boolean": ("boolean",),
}
_UNKNOWN = "void"


def source_listing(settings: Settings) -> str:
    """Return a hash of the source's files: names, sizes and when they were written."""
    folder = _folder(settings)
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    told = [
        f"{file.relative_to(folder)} {file.stat().st_size} {file.stat().st_mtime_ns}"
        for file in files
    ]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def open_tables(spark: SparkSession, settings: Settings) -> list[Table]:
    """Make the canonical tables of the source views, each by its name; return those there are.

    A table is ``<name>.parquet``: a file, or a folder of files.

    Raises
    ------
    ConfigurationError
        If the source is not Parquet, or a mapping is SQL.
    DataError
        If a required table or column is missing, or a column has not the contract's type.
    """
    folder, found = _folder(settings), []
    for table in TABLES.values():
        mapping = settings.source.tables.get(table.name)
        plan = plan_mapping(table, mapping, settings._folder)
        if plan.sql:
            raise ConfigurationError(
                f"source.tables.{table.name}: on Spark a table is mapped by its columns, not by SQL. "
                "Write the canonical table once, as Parquet."
            )
        path = folder / f"{next(iter(plan.source_tables))}.parquet"
        if path.exists():
            rows = _canonical(spark.read.parquet(str(path)), table, plan.columns)
            rows.createOrReplaceTempView(table.name)
            found.append(table)
        elif mapping is not None or table.required:
            raise DataError(f"{table.name}: {path} is missing. Write it, or correct source.path.")
    return found


def read_tables(
    spark: SparkSession, settings: Settings, folder: Path, today: dt.date
) -> Extraction:
    """Check the source's tables, and say what they hold; they stay where they are.

    Raises
    ------
    DataError
        If any row breaks the contract: rows are set aside on one machine only.
    """
    folder.mkdir(parents=True)
    tables = open_tables(spark, settings)
    counts = check_tables(spark, tables, today, settings.portfolio.currency)
    silence = silent_payments(*_paid_days(spark))
    extraction = Extraction(folder, counts, tuple(silence), *_span(spark, tables))
    extraction.save()
    return extraction


def _folder(settings: Settings) -> Path:
    source = settings.source
    if source.kind != "files" or source.path is None:
        raise ConfigurationError(
            f"source.kind: {source.kind} is read by one machine; on Spark tables are Parquet files. "
            "Set kind: files, or leave spark empty."
        )
    return settings.resolve(source.path)


def _canonical(rows: DataFrame, table: Table, mapped: dict[str, str]) -> DataFrame:
    """The table by its canonical names and types, what it lacks as nulls."""
    types = {name.lower(): (name, kind) for name, kind in rows.dtypes}
    chosen = []
    for column in table.columns:
        source = mapped.get(column.name, column.name)
        if source.lower() in types:
            chosen.append(_read(table, column, *types.pop(source.lower())))
        elif column.required or column.name in mapped:
            raise DataError(
                f"{table.name}: column {source} is missing. Map it under source.tables.{table.name}.columns."
            )
        else:
            chosen.append(f"CAST(NULL AS {column.sql_type}) AS {quoted(column.name)}")
    if table.open_columns:
        chosen += [quoted(name) for name, _ in types.values() if not name.startswith("_")]
    view = f"given_{table.name}"
    rows.createOrReplaceTempView(view)
    return rows.sparkSession.sql(to_spark(f"SELECT {', '.join(chosen)} FROM {view}"))


def _read(table: Table, column: Column, name: str, kind: str) -> str:
    fits = kind in _FITTING.get(column.type, ()) or kind == _UNKNOWN
    if column.type == "amount":
        digits = [
            int(n) for n in kind.removeprefix("decimal(").rstrip(")").split(",") if n.isdigit()
        ]
        fits = kind.startswith("decimal(") and digits[0] - digits[1] <= 16 and digits[1] <= 2
        fits = fits or kind in ("bigint", "int", _UNKNOWN)
    if not fits:
        raise DataError(
            f"{table.name}: {name} is {kind}, and on Spark a column holds the contract's type already: "
            f"{column.sql_type}. Write it so, or score on one machine, which reads it.",
            column=name,
        )
    known = "VARCHAR" if kind == "string" else kind.upper()
    value, bad = cast_sql(_renamed(column, name), known, Csv())
    told = f"{_cast(value, column)} AS {quoted(column.name)}"
    # What is not allowed becomes nothing: it is counted by itself.
    return f"{told}, {bad} AS {quoted('_bad_' + column.name)}" if column.allowed and bad else told


def _cast(value: str, column: Column) -> str:
    return f"({value})::{column.sql_type}"


def _renamed(column: Column, name: str) -> Column:
    return dataclasses.replace(column, name=name)


def _span(spark: SparkSession, tables: list[Table]) -> tuple[Any, Any]:
    parts = []
    for table in tables:
        if table.event and table.name not in ("flags", "attributes"):
            event = f"{quoted(table.event)}::DATE"
            last = f"greatest({event}, recorded_at::DATE)"
            parts.append(f"SELECT min({event}) AS first, max({last}) AS last FROM {table.name}")
    sql = f"SELECT min(first), max(last) FROM ({' UNION ALL '.join(parts)}) AS spans"
    found = spark.sql(to_spark(sql)).collect()[0]
    return found[0], found[1]


def _paid_days(spark: SparkSession) -> tuple[list[dt.date], dt.date | None]:
    """The days on which payments became known, and the last on which a debt was issued."""
    sql = "SELECT DISTINCT greatest(paid_on::DATE, recorded_at::DATE) AS day FROM payments ORDER BY day"
    days = [row[0] for row in spark.sql(to_spark(sql)).collect()]
    return days, spark.sql("SELECT max(issued_on) FROM debts").collect()[0][0]
