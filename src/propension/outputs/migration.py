"""Who moved between segments since the list before: who came, who stayed, who left."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from propension.errors import OutputError
from propension.outputs.dated import dated_folders, list_date

# Over two files, the list and the one before: the columns of ``Move``.
MOVES_SQL = """
SELECT p.segment AS before, s.segment AS after, count(*) AS accounts,
       coalesce(sum(coalesce(s.overdue_amount, p.overdue_amount)), 0)::DOUBLE AS overdue_amount
FROM read_parquet(?) s FULL JOIN read_parquet(?) p USING (account_id)
GROUP BY ALL ORDER BY 3 DESC, 1 NULLS FIRST, 2 NULLS LAST
"""


@dataclass(frozen=True)
class Move:
    """Accounts that went the same way.

    Attributes
    ----------
    before, after : str or None
        Segments; None before for accounts that are new, None after for those that left the list.
    accounts : int
    overdue_amount : float
        Account currency: now, or before for those that left.
    """

    before: str | None
    after: str | None
    accounts: int
    overdue_amount: float


def find_moves(scored: Path, previous: Path | None) -> tuple[Move, ...]:
    """Return the moves between two lists, most accounts first; none without a list before."""
    if previous is None:
        return ()
    with duckdb.connect(config={"threads": 1}) as connection:
        rows = connection.execute(MOVES_SQL, [str(scored), str(previous)]).fetchall()
    return tuple(Move(*row) for row in rows)


def previous_list(outputs: Path, as_of: dt.date, name: str) -> Path | None:
    """Return the newest list of an earlier as-of date; None where there is none.

    Raises
    ------
    OutputError
        If it is damaged.
    """
    earlier = [folder for folder in dated_folders(outputs, name) if list_date(folder) < as_of]
    if not earlier:
        return None
    try:
        pq.read_metadata(earlier[-1] / name)
    except (pa.ArrowException, OSError) as error:
        raise OutputError(
            f"{earlier[-1] / name}: the list before cannot be read ({error}). Make it again with: propension score "
            f"--as-of {list_date(earlier[-1])}, or move its folder away.",
            path=earlier[-1] / name,
        ) from None
    return earlier[-1] / name
