"""Stage mapped rows: cast to canonical types, originals and failures kept beside them."""

from __future__ import annotations

import duckdb

from propension.config import Csv
from propension.errors import nearest, sample_text
from propension.schema import Finding, Table
from propension.sources.mapping import MappedTable, cast_sql, select_sql
from propension.sources.sql_text import RAW, quoted


def stage_table(
    engine: duckdb.DuckDBPyConnection, plan: MappedTable, table: Table, csv: Csv
) -> list[Finding]:
    """Create ``staged_<table>``; return what is wrong with its columns.

    Where a fatal finding is returned the staged table does not exist.
    """
    origin = f"({plan.sql})" if plan.sql else f"{RAW}.{quoted(next(iter(plan.source_tables)))}"
    described = engine.execute(f"DESCRIBE SELECT * FROM {origin}").fetchall()
    sql, missing, unread = select_sql(plan, table, [row[0] for row in described])
    findings = [_missing_mapped(table, column, [row[0] for row in described]) for column in missing]
    if not findings:
        types = _types(engine, sql) if sql else {}
        findings = _column_findings(plan, table, types, unread)
    if not any(finding.severity == "fatal" for finding in findings):
        engine.execute(_staged_sql(table, sql, types, csv))
    return findings


def _types(engine: duckdb.DuckDBPyConnection, sql: str) -> dict[str, str]:
    # DESCRIBE shows a name as the source writes it where only its case differs.
    names = [column[0] for column in engine.execute(f"{sql} LIMIT 0").description or []]
    types = [row[1] for row in engine.execute(f"DESCRIBE {sql}").fetchall()]
    return dict(zip(names, types, strict=True))


def _column_findings(
    plan: MappedTable, table: Table, types: dict[str, str], unread: list[str]
) -> list[Finding]:
    found = []
    for column in table.columns:
        if column.required and column.name not in types:
            found.append(_missing(plan, table, column.name, unread))
        if column.name.endswith("_id") and types.get(column.name) in ("DOUBLE", "FLOAT"):
            message = (
                f"{table.name}: {column.name} is stored as a floating-point number, which "
                "loses digits of long ids. Export it as text or as a whole number."
            )
            found.append(Finding(table.name, "digits_lost", "fatal", column.name, 0, message))
    if table.event and not set(table.key) <= (set(types) | table.required_columns):
        key = ", ".join(name for name in table.key if name not in types)
        message = (
            f"{table.name}: without a {key}, rows delivered twice cannot be told from two events. "
            f"Map one under source.tables.{table.name}.columns."
        )
        found.append(Finding(table.name, "no_key", "note", key, 0, message))
    if unread:
        names = ", ".join(unread)
        message = (
            f"{table.name}: nothing reads the columns {names}. "
            "Map them to canonical names if they hold something known."
        )
        found.append(Finding(table.name, "unread_columns", "note", names, 0, message))
    return found


def _missing(plan: MappedTable, table: Table, column: str, unread: list[str]) -> Finding:
    remedy = (
        f"Select it in the query of source.tables.{table.name}."
        if plan.sql
        else f"Map it under source.tables.{table.name}.columns."
    )
    message = f"{table.name}: column {column} is missing{nearest(column, unread)}. {remedy}"
    return Finding(table.name, "missing_column", "fatal", column, 0, message)


def _missing_mapped(table: Table, column: str, found: list[str]) -> Finding:
    return Finding(
        table.name,
        "missing_column",
        "fatal",
        column,
        0,
        f"source.tables.{table.name}.columns: the source has no column {column}"
        f"{nearest(column, found)}. It holds {sample_text(found, 20)}.",
    )


def _staged_sql(table: Table, sql: str, types: dict[str, str], csv: Csv) -> str:
    parts = ["row_number() OVER () AS _row"]
    declared = {column.name: column for column in table.columns}
    for name, source_type in types.items():
        column = declared.get(name)
        if column is None:
            parts.append(quoted(name))
            continue
        value, bad = cast_sql(column, source_type, csv)
        parts.append(f"{value} AS {quoted(name)}")
        if bad:
            parts.append(f"{bad} AS {quoted('_bad_' + name)}")
        if bad or (column.type == "date" and not column.required):
            parts.append(f"{quoted(name)}::VARCHAR AS {quoted('_raw_' + name)}")
    return f"CREATE TABLE staged_{table.name} AS SELECT {', '.join(parts)} FROM ({sql})"


def staged_columns(engine: duckdb.DuckDBPyConnection, table: Table) -> dict[str, str]:
    """Return the staged columns with their SQL types."""
    rows = engine.execute(f"DESCRIBE staged_{table.name}").fetchall()
    return {row[0]: row[1] for row in rows}
