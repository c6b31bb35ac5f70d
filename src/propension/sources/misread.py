"""Days that most likely were read in the wrong order: where many cannot be read, the others say something else."""

from __future__ import annotations

import duckdb

from propension.schema import Finding, Table

# Of days written day first, three in five cannot be read as month first; the others can, wrongly.
MOST_UNREADABLE_SHARE = 0.2
FEWEST_ROWS = 20


def misread_dates(
    engine: duckdb.DuckDBPyConnection, tables: list[Table], read: dict[str, int]
) -> list[Finding]:
    """Refuse data of which many days cannot be read: what is read of the others cannot be trusted.

    Parameters
    ----------
    engine : DuckDBPyConnection
        Holds ``faults``.
    tables : list of Table
    read : dict of str to int
        Rows of each table.
    """
    findings = []
    for table in tables:
        days = {column.name for column in table.columns if column.type in ("date", "instant")}
        rows = engine.execute(
            "SELECT column_name, count(*) FROM faults WHERE table_name = ? AND rule = 'wrong_type' "
            "GROUP BY ALL ORDER BY ALL",
            [table.name],
        ).fetchall()
        for column, count in rows:
            if (
                column in days
                and count >= FEWEST_ROWS
                and count > MOST_UNREADABLE_SHARE * read[table.name]
            ):
                message = (
                    f"{table.name}: {count:,} of {read[table.name]:,} rows have a {column} that cannot be read, so the "
                    "others may be read with day and month exchanged. Correct source.csv.date_formats."
                )  # fmt: skip
                findings.append(
                    Finding(table.name, "misread_dates", "fatal", column, count, message)
                )
    return findings
