"""Past lists joined to what came of them, each outcome only once it can be known."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from propension.config import Target
from propension.errors import DataError, sample_text
from propension.labels import LATER_PAYMENTS, collected_sql
from propension.outputs import INPUTS_NAME, SCORED_NAME, SCORED_SCHEMA, dated_folders, list_date
from propension.schema import Finding
from propension.snapshots import is_mature, with_states
from propension.sources import text_literal

# What a list said of its accounts.
LISTED_COLUMNS = (
    "as_of", "account_id", "customer_id", "stage", "segment", "quadrant", "risk_band", "value_tier", "dpd_bucket", "treatment",
    "arm", "assignment_probability", "policy_version", "propensity", "expected_recovery", "ability", "willingness",
    "days_past_due", "amount_at_stake",
)  # fmt: skip
# Null in lists from before they were there.
LATER_COLUMNS = ("strategy", "feedback")
# What its decisions were made from besides.
INPUT_COLUMNS = ("disputed", "has_phone")
_BATCH_ROWS = 100_000

_OUTCOMES = """,
listed AS (
    SELECT {listed}, {inputs}, k.account
    FROM read_parquet({scored}) s LEFT JOIN read_parquet({facts}) i USING (account_id)
    LEFT JOIN accounts k ON k.account_id = s.account_id
),
later AS (
    SELECT p.debt, {sums}
    FROM {later}
    GROUP BY p.debt
),
collected AS (
    SELECT d.account, sum(d.balance) AS at_stake, {capped}
    FROM debt_states d JOIN listed n USING (account) LEFT JOIN later l USING (debt)
    WHERE CASE n.stage WHEN 'upcoming' THEN d.is_open AND NOT d.is_overdue AND d.days_to_due <= {upcoming_days}
          ELSE d.is_overdue END
    GROUP BY d.account
)
SELECT n.* EXCLUDE (account), {outcomes}
FROM listed n LEFT JOIN collected c USING (account)
ORDER BY n.account_id"""


def write_outcomes(
    engine: duckdb.DuckDBPyConnection,
    lists: Sequence[Path],
    as_of: dt.date,
    windows: Sequence[int],
    target: Target,
    path: Path,
) -> int:
    """Write one row per list and account with what came of it as Parquet; return the rows.

    Columns: those of ``LISTED_COLUMNS``, strategy, feedback, disputed, has_phone and, for every window of w days,
    ``recovered_amount_<w>``, ``recovered_share_<w>`` of what was at stake (in [0, 1]) and ``paid_<w>``
    (1 where at least ``target.paid_share`` of it came in). At stake was what was overdue or, in
    the stage upcoming, fell due within ``target.upcoming_days``; money beyond a debt's balance
    does not count for another debt. A window that is not over by ``as_of`` has nulls, and so has an
    account whose debts are no longer in the tables. Rows are by as_of and account_id.

    Parameters
    ----------
    engine : connection
        On the known-at streams.
    lists : sequence of Path
        Folders of lists, from ``lists_to_read``.
    as_of : date
        Nothing recorded after it counts.
    windows : sequence of int
        In days.
    target : Target
    path : Path

    Raises
    ------
    DataError
        If there is no list.
    """
    if not lists:
        raise DataError(
            "outcomes: there is no list from before to follow up. Run: propension score"
        )
    writer, rows = None, 0
    try:
        for folder in sorted(lists):
            sql = _outcomes_sql(folder, as_of, sorted(set(windows)), target)
            reader = engine.sql(sql).to_arrow_reader(_BATCH_ROWS)
            writer = writer or pq.ParquetWriter(path, reader.schema)
            for batch in reader:
                writer.write_batch(batch)
                rows += batch.num_rows
    finally:
        if writer is not None:
            writer.close()
    return rows


def lists_to_read(
    outputs: Path,
    as_of: dt.date,
    redraw: Literal["run", "month"],
    since: dt.date = dt.date.min,
) -> tuple[list[Path], list[Finding]]:
    """Return the folders of the lists from ``since`` to before ``as_of`` that are evidence, oldest first, and what was passed over.

    With ``month``, the first list of every calendar month: draws stay the same within one, so its
    other lists would only repeat it. With ``run``, all. Lists without the files or the columns that
    ``write_outcomes`` needs are passed over.
    """
    folders: list[Path] = []
    refused: dict[str, list[str]] = defaultdict(list)
    for folder in dated_folders(outputs):
        day = list_date(folder)
        repeats = redraw == "month" and folders and _month(list_date(folders[-1])) == _month(day)
        if not since <= day < as_of or repeats:
            continue
        fault = _fault(folder)
        if fault:
            refused[fault].append(folder.name)
        else:
            folders.append(folder)
    return folders, [_passed_over(outputs, fault, names) for fault, names in refused.items()]


def _outcomes_sql(
    folder: Path, known_until: dt.date, windows: Sequence[int], target: Target
) -> str:
    day = list_date(folder)
    sums, capped = collected_sql(windows)
    held = pq.read_schema(folder / SCORED_NAME).names
    later = [f"s.{n}" if n in held else f"NULL::VARCHAR AS {n}" for n in LATER_COLUMNS]
    body = _OUTCOMES.format(
        listed=", ".join([*(f"s.{name}" for name in LISTED_COLUMNS), *later]),
        inputs=", ".join(f"i.{name}" for name in INPUT_COLUMNS),
        scored=text_literal(folder / SCORED_NAME),
        facts=text_literal(folder / INPUTS_NAME),
        sums=sums,
        later=LATER_PAYMENTS.format(known_until=known_until),
        capped=capped,
        upcoming_days=target.upcoming_days,
        outcomes=", ".join(
            _outcome(days, is_mature(day, days, target, known_until), target.paid_share)
            for days in windows
        ),
    )
    return with_states(day, set()) + body


def _outcome(days: int, is_over: bool, paid_share: float) -> str:
    found = {
        f"recovered_amount_{days}": (f"c.amount_{days}", "DOUBLE"),
        f"recovered_share_{days}": (f"c.amount_{days} / c.at_stake::DOUBLE", "DOUBLE"),
        f"paid_{days}": (f"c.amount_{days} >= {paid_share} * c.at_stake", "TINYINT"),
    }
    return ", ".join(
        f"({value if is_over else 'NULL'})::{kind} AS {name}"
        for name, (value, kind) in found.items()
    )


def _fault(folder: Path) -> str:
    """Why a list cannot be followed up; empty where it can."""
    try:
        scored, inputs = (pq.read_schema(folder / name) for name in (SCORED_NAME, INPUTS_NAME))
    except FileNotFoundError:
        return f"{SCORED_NAME} or {INPUTS_NAME} is missing"
    except (OSError, pa.ArrowException):
        return "a file cannot be read"
    absent = [
        name
        for name in LISTED_COLUMNS
        if name not in scored.names or scored.field(name).type != SCORED_SCHEMA.field(name).type
    ]
    absent += [name for name in INPUT_COLUMNS if name not in inputs.names]
    return f"of another version, without {sample_text(absent)}" if absent else ""


def _passed_over(outputs: Path, fault: str, names: list[str]) -> Finding:
    message = (
        f"{outputs}: {len(names)} past lists are not read: {fault} ({sample_text(names)}). "
        "Score these dates again where they are needed."
    )
    return Finding("outputs", "past_list", "note", "", len(names), message, tuple(names[:3]))


def _month(day: dt.date) -> tuple[int, int]:
    return day.year, day.month
