"""The contract's checks on Spark: the same conditions, and a fault of any row is refused with its table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from propension.distributed.translate import to_spark
from propension.errors import DataError
from propension.schema import RULES, Table, row_checks
from propension.sources import TableCount, count_currencies_sql, judge_currencies, quoted

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def check_tables(
    spark: SparkSession, tables: Sequence[Table], today: dt.date, currency: str
) -> dict[str, TableCount]:
    """Return the rows of every table, with a hash of them.

    Parameters
    ----------
    spark : SparkSession
        With a view of every table, by its name.
    tables : sequence of Table
    today : date
        Nothing can have happened after it.
    currency : str
        The portfolio's.

    Raises
    ------
    DataError
        If any row breaks the contract: rows are set aside on one machine only.
    """
    counts, faults = {}, []
    for table in tables:
        counts[table.name], found = _check_rows(spark, table, today)
        faults += found
    for table in tables:
        if table.required and not counts[table.name].read:
            raise DataError(
                f"{table.name}: the table has no rows. Check the source and its mapping."
            )
    faults += _check_keys(spark, tables) + _check_currencies(spark, currency)
    if faults:
        many = "s" if len(faults) > 1 else ""
        raise DataError(
            f"spark: {len(faults)} fault{many} in the tables, and rows are set aside on one machine only: "
            f"{' '.join(faults[:8])} Correct the tables, or set the rows aside first.",
            faults=faults,
        )
    return counts


def _check_rows(spark: SparkSession, table: Table, today: dt.date) -> tuple[TableCount, list[str]]:
    """How many rows there are, with a hash of them, and what is wrong with some."""
    columns = spark.table(table.name).columns
    checks = row_checks(table, set(columns), today)
    counted = "".join(f", count(*) FILTER (WHERE {check.condition})" for check in checks)
    found: Any = spark.sql(to_spark(f"SELECT count(*){counted} FROM {table.name}")).collect()[0]
    hashed = ", ".join(f"`{name}`" for name in sorted(columns))
    digest = spark.sql(
        f"SELECT coalesce(sum(CAST(xxhash64({hashed}) AS DECIMAL(20,0))), 0) FROM {table.name}"
    ).collect()[0][0]
    rows = int(found[0])
    faults = [
        _told(table.name, check.rule, check.column, int(number))
        for check, number in zip(checks, found[1:], strict=True)
        if number
    ]
    return TableCount(rows, rows, 0, f"{int(digest) % 2**64:016x}"), faults


def _check_keys(spark: SparkSession, tables: Sequence[Table]) -> list[str]:
    """What is said twice, of nobody, or before it could be."""
    asked = []
    for table in tables:
        if table.key:
            key = ", ".join(quoted(name) for name in table.key)
            known = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in table.key)
            sql = f"SELECT 1 FROM {table.name} WHERE {known} GROUP BY {key} HAVING count(*) > 1"
            asked.append((table.name, "duplicate_key", ", ".join(table.key), sql))
        for column, parent in table.references:
            sql = (
                f"SELECT 1 FROM {table.name} c LEFT JOIN {parent} p ON p.{quoted(column)} = c.{quoted(column)} "
                f"WHERE p.{quoted(column)} IS NULL AND c.{quoted(column)} IS NOT NULL"
            )
            asked.append((table.name, "orphan_key", column, sql))
    early = "SELECT 1 FROM payments p JOIN debts d USING (debt_id) WHERE p.paid_on < d.issued_on"
    asked.append(("payments", "paid_before_issued", "paid_on", early))
    faults = []
    for name, rule, column, sql in asked:
        number = spark.sql(to_spark(f"SELECT count(*) FROM ({sql}) AS found")).collect()[0][0]
        if number:
            faults.append(_told(name, rule, column, int(number)))
    return faults


def _check_currencies(spark: SparkSession, currency: str) -> list[str]:
    rows = spark.sql(to_spark(count_currencies_sql("debts"))).collect()
    found = [(str(row[0]), int(row[1])) for row in rows]
    return [finding.message for finding in judge_currencies(found, currency)]


def _told(table: str, rule: str, column: str, number: int) -> str:
    what = RULES[rule][0].format(column=column, a="an" if column[:1] in tuple("aeiou") else "a")
    return f"{table}: {number:,} rows {what}."
