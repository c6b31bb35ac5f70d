"""The tables of a PostgreSQL database as they were at one moment, streamed to Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from propension.config import Source
from propension.errors import DataError
from propension.schema import Table
from propension.sources.mapping import MappedTable, select_sql
from propension.sources.postgresql import PostgreSQL
from propension.sources.sql_text import RAW, quoted, text_literal

_TABLES = """
SELECT n.nspname, c.relname, pg_table_is_visible(c.oid),
       has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, c.relname"""
# A column that the role may not read does not exist for it.
_COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped
  AND has_column_privilege(attrelid, attnum, 'SELECT')
ORDER BY attnum"""
# What arrives as it is; anything else (uuid, enum, json, money...) is read as PostgreSQL writes it.
_AS_IT_IS = {"bool", "int2", "int4", "int8", "float4", "float8", "text", "varchar", "bpchar"}
_DAYS = {"date", "timestamp", "timestamptz"}


class Snapshot:
    """Tables that other writers no longer change while they are read.

    Attributes
    ----------
    tables : dict of str to str
        SQL names of tables and views, by ``schema.name`` and where the search path finds them by name.
    readable : list of str
        What this role may read of them, each by its shortest name.
    """

    def __init__(self, database: PostgreSQL) -> None:
        self._database = database
        for setting in (
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
            "SET LOCAL TimeZone = 'UTC'",
            "SET LOCAL DateStyle = 'ISO'",
        ):
            database.rows(setting, "source")
        self.tables: dict[str, str] = {}
        self.readable: list[str] = []
        for schema, name, visible, readable in database.rows(_TABLES, "source"):
            full = f"{schema}.{name}"
            shortest = name if visible else full
            self.tables |= dict.fromkeys((shortest, full), f"{quoted(schema)}.{quoted(name)}")
            self.readable += [shortest] if readable else []

    def fetch(
        self, engine: duckdb.DuckDBPyConnection, plan: MappedTable, table: Table, folder: Path
    ) -> MappedTable:
        """Stream what a canonical table is made of to a file; return the plan that reads it.

        Only columns that something reads leave the database; the others are known by name.

        Raises
        ------
        DataError
            If the table or the query cannot be read.
        """
        where = f"source.tables.{table.name}"
        origin, described = self._describe(plan, where)
        _, missing, unread = select_sql(plan, table, described.names)
        # Where a mapped column is missing the staging says so; no row needs to travel for that.
        wanted = [] if missing else [field for field in described if field.name not in unread]
        file = folder / f"{table.name}.parquet"
        if wanted:
            columns = ", ".join(_selected(field, plan, table) for field in wanted)
            self._write(f"SELECT {columns} FROM {origin}", file, where)
        read = {field.name for field in wanted}
        shown = ", ".join(
            quoted(name) if name in read else f"NULL AS {quoted(name)}" for name in described.names
        )
        rows = f"FROM read_parquet({text_literal(file)})" if wanted else "LIMIT 0"
        target = f"{RAW}.{quoted(table.name)}"
        engine.execute(f"CREATE VIEW {target} AS SELECT {shown} {rows}")
        sql = f"SELECT * FROM {target}" if plan.sql else ""
        return MappedTable(table.name, sql, frozenset({table.name}), plan.columns)

    def _describe(self, plan: MappedTable, where: str) -> tuple[str, pa.Schema]:
        """Return what a plan reads, as SQL, and its columns that this role may read."""
        if plan.sql:
            origin, columns = f"({plan.sql}\n) AS mapped", "*"
        else:
            origin = self.tables[next(iter(plan.source_tables))]
            found = self._database.rows(_COLUMNS, where, [origin])
            columns = ", ".join(quoted(name) for (name,) in found) or "*"
        return origin, self._database.schema(f"SELECT {columns} FROM {origin}", where)

    def _write(self, sql: str, file: Path, where: str) -> None:
        schema = self._database.schema(sql, where)
        with pq.ParquetWriter(file, schema) as writer:
            for batch in self._database.batches(sql, where):
                writer.write_batch(batch)


@contextmanager
def open_snapshot(source: Source) -> Iterator[Snapshot]:
    """Open a database for reading, at one moment, and close it.

    Raises
    ------
    DataError, ConfigurationError
        If it cannot be reached.
    """
    database = PostgreSQL(
        source.uri_env, "source.uri_env", DataError, "Correct the mapping or what it refers to."
    )
    try:
        yield Snapshot(database)
    finally:
        database.close()


def _selected(field: pa.Field, plan: MappedTable, table: Table) -> str:
    """Return how a column is asked for, so that it arrives as something the engine can read."""
    name, kind = quoted(field.name), field.metadata[b"POSTGRESQL:type"].decode()
    if kind in _AS_IT_IS:
        return name
    if kind in _DAYS:
        # Without an end is what an empty date says; the engine would read another day.
        return f"CASE WHEN isfinite({name}) THEN {name} END AS {name}"
    if kind == "numeric":
        # Arrives as text, every digit kept, which only declared columns are cast from.
        declared = {plan.columns.get(column, column).lower() for column in table.column_names}
        return name if field.name.lower() in declared else f"{name}::float8 AS {name}"
    return f"{name}::text AS {name}"
