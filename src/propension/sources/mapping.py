"""A company's tables become canonical rows: by name, by a column map, or by SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import sqlglot
from sqlglot import exp

from propension.config import Csv, TableMapping
from propension.errors import ConfigurationError, nearest
from propension.schema import Column, Table
from propension.sources.sql_text import RAW, first_line, quoted, text_literal

_YES = "'true', 't', '1', '1.0', 'yes', 'y', 'sí', 'si', 's', 'sim', 'x', 'verdadero', 'verdadeiro'"
_NO = "'false', 'f', '0', '0.0', 'no', 'n', 'não', 'nao', 'falso'"
# More than anybody owes; sums of a thousand still fit into the type.
MOST_AMOUNT = 10_000_000_000_000
_COMMA_NUMBER = r"[+-]?(\d{1,3}(\.\d{3})+|\d*)(,\d*)?"


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


def plan_mapping(
    table: Table, mapping: TableMapping | None, folder: Path, runs_in_source: bool = False
) -> MappedTable:
    """Say where a canonical table comes from.

    Parameters
    ----------
    table : Table
    mapping : TableMapping or None
        None reads a source table of the same name.
    folder : Path
        Where ``sql_file`` is looked for.
    runs_in_source : bool
        Whether SQL is the source's own, which only the source can judge; else the engine's.

    Raises
    ------
    ConfigurationError
        If the SQL is missing, does not parse or is not a single SELECT.
    """
    where = f"source.tables.{table.name}"
    if mapping is None or mapping.table or mapping.columns:
        origin = (mapping.table if mapping else None) or table.name
        columns = dict(mapping.columns) if mapping else {}
        if table.open_columns:
            columns = {name.lower(): source for name, source in columns.items()}
        else:
            _refuse_unknown_columns(table, columns, where)
        return MappedTable(table.name, "", frozenset({origin}), columns)
    if mapping.sql_file:
        where = f"{where}.sql_file ({mapping.sql_file})"
        sql = _read_sql(folder / mapping.sql_file, where)
    else:
        where, sql = f"{where}.sql", mapping.sql or ""
    if runs_in_source:
        return MappedTable(table.name, sql.strip().rstrip(";"), frozenset(), {})
    parsed, names = _parse_select(sql, where)
    return MappedTable(table.name, parsed, frozenset(names), {})


def _refuse_unknown_columns(table: Table, columns: dict[str, str], where: str) -> None:
    unknown = sorted(set(columns) - set(table.column_names))
    if unknown:
        known = list(table.column_names)
        hint = nearest(unknown[0], known) or f". Columns: {', '.join(known)}"
        raise ConfigurationError(
            f"{where}.columns: {unknown[0]} is not a column of {table.name}{hint}.",
            columns=unknown,
        )


def _read_sql(file: Path, where: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigurationError(
            f"{where}: {file} cannot be read: {reason}. Correct the path or the file."
        ) from None


def _parse_select(sql: str, where: str) -> tuple[str, set[str]]:
    try:
        statements = [part for part in sqlglot.parse(sql, read="duckdb") if part is not None]
    except sqlglot.errors.ParseError as error:
        line = error.errors[0].get("line") if error.errors else "?"
        detail = str(error.errors[0].get("description") if error.errors else error)
        # The parser shows the insides of what it read; its text is enough.
        detail = re.sub(r"<Token .*?text: (.*?), line:.*?>", r"'\1'", detail)
        raise ConfigurationError(f"{where}: line {line}: {detail}. Correct the query.") from None
    except RecursionError:
        raise ConfigurationError(f"{where}: it is nested too deep. Correct the query.") from None
    except sqlglot.errors.SqlglotError as error:
        raise ConfigurationError(
            f"{where}: {first_line(error)}. Correct the query; where it was cut off at a #, write it below `sql: |`, "
            "or YAML takes the rest for a comment."
        ) from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise ConfigurationError(f"{where}: expected one SELECT. Remove anything else.")
    query = statements[0]
    names = set()
    for found in list(query.find_all(exp.Table)):
        if isinstance(found.this, exp.Identifier) and not found.db and not _names_cte(found):
            names.add(found.name)
            found.set("db", exp.to_identifier(RAW))
    return query.sql(dialect="duckdb"), names


def _names_cte(found: exp.Table) -> bool:
    """Say whether a name in a FROM means a WITH clause rather than a table of the source."""
    name = found.name.lower()
    inside: exp.Expr = found
    outer = found.parent
    while outer is not None:
        clause = outer.args.get("with_")
        if clause is not None and inside is not clause:
            visible = clause.expressions
        elif isinstance(outer, exp.With) and not outer.recursive:
            # Within a clause, only the clauses before it are known: WITH debts AS (... FROM debts).
            visible = outer.expressions[: outer.expressions.index(inside)]
        else:
            visible = outer.expressions if isinstance(outer, exp.With) else []
        if any(cte.alias_or_name.lower() == name for cte in visible):
            return True
        inside, outer = outer, outer.parent
    return False


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
        # A source's column never takes the place of a mapped one; names with _ are the engine's.
        further = {
            n.lower(): n for n in unread if not n.startswith("_") and n.lower() not in chosen
        }
        chosen |= further
        unread = [name for name in unread if name not in further.values()]
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
        if column.letters != "as written":
            value = f"{column.letters}({value})"
        if not column.allowed:
            return value, ""
        allowed = ", ".join(f"'{choice}'" for choice in column.allowed)
        return (
            f"CASE WHEN lower({value}) IN ({allowed}) THEN lower({value}) END",
            f"coalesce(lower({value}) NOT IN ({allowed}), FALSE)",
        )
    if source_type == column.sql_type and column.type not in ("number", "amount"):
        return name, ""
    if source_type == "BOOLEAN" and column.type in ("amount", "number", "integer"):
        # True is no amount of 1.
        return f"NULL::{column.sql_type}", f"{name} IS NOT NULL"
    text = f"nullif(trim({name}), '')" if is_text else name
    cast = _text_cast(column, text, csv) if is_text else f"try_cast({text} AS {column.sql_type})"
    if column.type == "number":
        cast = f"CASE WHEN isfinite({cast}) THEN {cast} END"
    if column.type == "amount":
        cast = f"CASE WHEN abs({cast}) <= {MOST_AMOUNT} THEN {cast} END"
    return cast, f"({text} IS NOT NULL AND ({cast}) IS NULL)"


def _text_cast(column: Column, text: str, csv: Csv) -> str:
    if column.type in ("date", "instant") and csv.date_formats:
        formats = ", ".join(text_literal(pattern) for pattern in csv.date_formats)
        return f"try_strptime({text}, [{formats}])::{column.sql_type}"
    if column.type == "instant":
        # An offset written with the instant counts.
        return f"try_cast({text} AS TIMESTAMPTZ)::{column.sql_type}"
    if column.type in ("amount", "number", "integer") and csv.decimal == ",":
        # 12.50 is refused where the comma is the decimal sign: it would become 1250.
        plain = f"replace(replace({text}, '.', ''), ',', '.')"
        return f"CASE WHEN regexp_full_match({text}, '{_COMMA_NUMBER}') THEN try_cast({plain} AS {column.sql_type}) END"
    if column.type == "boolean":
        return f"CASE WHEN lower({text}) IN ({_YES}) THEN TRUE WHEN lower({text}) IN ({_NO}) THEN FALSE END"
    return f"try_cast({text} AS {column.sql_type})"
