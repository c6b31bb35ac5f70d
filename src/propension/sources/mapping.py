"""A company's tables become canonical rows: by name, by a column map, or by SQL."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

import sqlglot
from sqlglot import exp

from propension.config import Csv, TableMapping
from propension.errors import ConfigurationError
from propension.schema import Column, Table
from propension.sources.connect import RAW, quoted


@dataclass(frozen=True)
class MappedTable:
    """How one canonical table is read from the source.

    Attributes
    ----------
    name : str
        Canonical name.
    sql : str
        One SELECT over ``raw`` tables; empty where a column map or the names decide.
    source_tables : frozenset of str
    columns : dict of str to str
        Canonical column to the source's column; empty means equal names.
    """

    name: str
    sql: str
    source_tables: frozenset[str]
    columns: dict[str, str]


def plan_mapping(table: Table, mapping: TableMapping | None, folder: Path) -> MappedTable:
    """Say where a canonical table comes from.

    Parameters
    ----------
    table : Table
    mapping : TableMapping or None
        None reads a source table of the same name.
    folder : Path
        Where ``sql_file`` is looked for.

    Raises
    ------
    ConfigurationError
        If the SQL is missing, does not parse or is not a single SELECT.
    """
    if mapping is None or mapping.table or mapping.columns:
        origin = (mapping.table if mapping else None) or table.name
        columns = dict(mapping.columns) if mapping else {}
        return MappedTable(table.name, "", frozenset({origin}), columns)
    where = f"source.tables.{table.name}"
    sql = mapping.sql or ""
    if mapping.sql_file:
        try:
            sql = (folder / mapping.sql_file).read_text(encoding="utf-8")
        except OSError as error:
            raise ConfigurationError(
                f"{where}.sql_file: {mapping.sql_file}: {error.strerror}."
            ) from None
    parsed, names = _parse_select(sql, where)
    return MappedTable(table.name, parsed, frozenset(names), {})


def _parse_select(sql: str, where: str) -> tuple[str, set[str]]:
    try:
        statements = [part for part in sqlglot.parse(sql, read="duckdb") if part is not None]
    except sqlglot.errors.ParseError as error:
        line = error.errors[0].get("line") if error.errors else "?"
        detail = error.errors[0].get("description") if error.errors else str(error)
        raise ConfigurationError(
            f"{where}.sql: line {line}: {detail}. Correct the query."
        ) from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise ConfigurationError(f"{where}.sql: expected one SELECT. Remove anything else.")
    query = statements[0]
    ctes = {cte.alias_or_name for cte in query.find_all(exp.CTE)}
    names = set()
    for found in query.find_all(exp.Table):
        if isinstance(found.this, exp.Identifier) and found.name not in ctes and not found.db:
            names.add(found.name)
            found.set("db", exp.to_identifier(RAW))
    return query.sql(dialect="duckdb"), names


def select_sql(
    plan: MappedTable, table: Table, source_columns: list[str]
) -> tuple[str, list[str], list[str]]:
    """Return the SELECT, the source columns it misses and the ones nothing reads.

    Parameters
    ----------
    plan : MappedTable
    table : Table
    source_columns : list of str
        Columns of the source table (of the query's result where SQL maps).
    """
    by_lower = {name.lower(): name for name in source_columns}
    if plan.sql:
        chosen = {name: by_lower[name] for name in table.column_names if name in by_lower}
        origin = f"({plan.sql})"
    else:
        wanted = {
            name: plan.columns.get(name, name) for name in (*table.column_names, *plan.columns)
        }
        missing = [
            source for name, source in plan.columns.items() if source.lower() not in by_lower
        ]
        if missing:
            return "", missing, []
        chosen = {n: by_lower[s.lower()] for n, s in wanted.items() if s.lower() in by_lower}
        origin = f"{RAW}.{quoted(next(iter(plan.source_tables)))}"
    unread = [name for name in source_columns if name not in chosen.values()]
    if table.open_columns:
        chosen |= {name.lower(): name for name in unread}
        unread = []
    picked = ", ".join(f"{quoted(source)} AS {quoted(name)}" for name, source in chosen.items())
    return f"SELECT {picked} FROM {origin}" if picked else "", [], unread


def cast_sql(column: Column, source_type: str, csv: Csv) -> tuple[str, str]:
    """Return SQL that reads a mapped column as its type, and SQL that is true where it cannot.

    The second is empty where every value can be read. Blank text is a missing value.
    """
    name = quoted(column.name)
    is_text = source_type == "VARCHAR"
    if column.type == "text":
        value = f"nullif(trim({name}::VARCHAR), '')"
        if not column.allowed:
            return value, ""
        allowed = ", ".join(f"'{choice}'" for choice in column.allowed)
        return (
            f"CASE WHEN lower({value}) IN ({allowed}) THEN lower({value}) END",
            f"coalesce(lower({value}) NOT IN ({allowed}), FALSE)",
        )
    if source_type == column.sql_type:
        return name, ""
    text = f"nullif(trim({name}), '')" if is_text else name
    cast = _text_cast(column, text, csv) if is_text else f"try_cast({text} AS {column.sql_type})"
    return cast, f"({text} IS NOT NULL AND ({cast}) IS NULL)"


def _text_cast(column: Column, text: str, csv: Csv) -> str:
    if column.type in ("date", "instant") and csv.date_formats:
        formats = ", ".join(f"'{pattern.replace(chr(39), '')}'" for pattern in csv.date_formats)
        return f"try_strptime({text}, [{formats}])::{column.sql_type}"
    if column.type in ("amount", "number", "integer") and csv.decimal == ",":
        return f"try_cast(replace(replace({text}, '.', ''), ',', '.') AS {column.sql_type})"
    return f"try_cast({text} AS {column.sql_type})"


def nearest(name: str, names: list[str]) -> str:
    """Return a ' (did you mean ...?)' hint, or nothing."""
    close = difflib.get_close_matches(name, names, 1)
    return f" (did you mean {close[0]}?)" if close else ""
