"""Debts that unreadable lines of payments speak of: what is left of them, nobody can say."""

from __future__ import annotations

import duckdb

from propension.sources.mapping import MappedTable
from propension.sources.sql_text import RAW, quoted
from propension.sources.text_files import unread_table

UNREAD_DEBTS = "unread_debts"


def note_unread_debts(engine: duckdb.DuckDBPyConnection, payments: MappedTable | None) -> None:
    """Make the table ``unread_debts`` of the words that may be a debt's id on unreadable lines.

    Where a column map says which column holds it, these are the words in its place, counted from
    either end of the line: a value too many or too few may be on either side. Of SQL, every word.

    Parameters
    ----------
    engine : connection
        After the source was read.
    payments : MappedTable or None
    """
    engine.execute(f"CREATE TABLE {UNREAD_DEBTS} (word VARCHAR)")
    if payments is None:
        return
    held = {name for (name,) in engine.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    for source in sorted(payments.source_tables):
        if unread_table(source) in held:
            words = "words" if payments.sql else _places_sql(engine, payments, source)
            engine.execute(
                f"INSERT INTO {UNREAD_DEBTS} SELECT DISTINCT unnest({words}) FROM {quoted(unread_table(source))}"
            )


def _places_sql(engine: duckdb.DuckDBPyConnection, payments: MappedTable, source: str) -> str:
    described = engine.execute(f"DESCRIBE {RAW}.{quoted(source)}").fetchall()
    columns = [name.lower() for name, *_ in described]
    wanted = payments.columns.get("debt_id", "debt_id").lower()
    if wanted not in columns:
        return "[]::VARCHAR[]"
    place = columns.index(wanted)
    return f"[words[{place + 1}], words[{place - len(columns)}]]"
