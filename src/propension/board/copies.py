"""The board's own copy of a list: a database that holds it whole, made once."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import duckdb

from propension.outputs import SCORED_NAME, SCORED_SCHEMA, previous_list
from propension.outputs.migration import MOVES_SQL
from propension.sources import text_literal

# Of the tables in a copy: another number and copies are made anew.
_SHAPE = 5
# Copying needs more than it is told; it takes no longer with less.
_LIMITS: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "256MB", "threads": 1}
# As ``outputs.personal_data: masked`` shows names; names that are masked already stay as they are.
_MASKED = r"regexp_replace(customer_name, '([\pL\pN])[\pL\pM\pN.''*-]*', '\1***', 'g')"
_SEARCHED = "strip_accents(lower(concat_ws(' ', account_id, customer_id, {name})))"
# Viewers search, sort and export what they may see, never what is behind it. Where names are in full, messages hold them.
_TABLES = f"""
CREATE TABLE scored AS SELECT *, {_SEARCHED.format(name="customer_name")} AS searched,
    {_MASKED} AS masked_name, {_SEARCHED.format(name="masked_name")} AS searched_masked
FROM (FROM read_parquet({{file}}) UNION ALL BY NAME FROM contract);
CREATE SCHEMA managers;
CREATE SCHEMA viewers;
CREATE VIEW managers.accounts AS
SELECT * EXCLUDE (masked_name, searched_masked), rowid AS place FROM main.scored;
CREATE VIEW viewers.accounts AS SELECT * EXCLUDE (masked_name, searched_masked) REPLACE (
    masked_name AS customer_name, NULL::VARCHAR AS customer_phone, searched_masked AS searched,
    CASE WHEN customer_name IS NOT DISTINCT FROM masked_name THEN message END AS message
), rowid AS place FROM main.scored;
"""
_BEFORE = """
CREATE TABLE list_before AS SELECT max(as_of) AS as_of, count(*) AS accounts,
    sum(overdue_amount)::DOUBLE AS overdue_amount, sum(amount_at_stake)::DOUBLE AS amount_at_stake,
    sum(expected_recovery)::DOUBLE AS expected_recovery, avg(propensity) AS propensity
FROM ({before});
"""


def copy_list(folder: Path, as_of: dt.date, run_id: str, copies: Path) -> Path:
    """Return a database that holds a published list; it is made once, however often the board is started.

    Parameters
    ----------
    folder : Path
        The published list.
    as_of : date
    run_id : str
        Of the list.
    copies : Path
        Folder that only its owner looks into; it is made where it is missing.

    Raises
    ------
    duckdb.Error, OSError
        If the list is not whole: it may be being replaced.
    """
    copies.mkdir(parents=True, exist_ok=True)
    copies.parent.chmod(0o700)
    copy = copies / f"{as_of}-{run_id}-{_SHAPE}-{duckdb.__version__}.duckdb"
    if copy.exists():
        return copy
    scored, before = folder / SCORED_NAME, previous_list(folder.parent, as_of, SCORED_NAME)
    with tempfile.TemporaryDirectory(dir=copies) as scratch:
        unfinished = Path(scratch) / copy.name
        with duckdb.connect(unfinished, config=_LIMITS) as engine:
            # A list of an older version has nothing in the columns that came since.
            engine.register("contract", SCORED_SCHEMA.empty_table())
            engine.execute(_TABLES.format(file=text_literal(scored)))
            source = (
                f"FROM read_parquet({text_literal(before)})" if before else "FROM scored LIMIT 0"
            )
            engine.execute(_BEFORE.format(before=source))
            # Without a list before, against itself: nobody moved.
            files = [str(scored), str(before or scored)]
            engine.execute(f"CREATE TABLE moves AS {MOVES_SQL}", files)
        unfinished.replace(copy)
    return copy


def remove_other_copies(copy: Path) -> None:
    """Remove copies of other lists, and what was left of copies that were never finished."""
    for other in copy.parent.iterdir():
        if other.is_dir():
            shutil.rmtree(other, ignore_errors=True)
        elif other != copy:
            # Windows keeps what is still being read: the next list removes it.
            with suppress(OSError):
                other.unlink()
