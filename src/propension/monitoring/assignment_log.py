"""What effects are learnt from: past assignments whose outcome is known, no more of them than asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import duckdb

from propension.config import Policy, Target
from propension.monitoring.outcomes import lists_to_read, write_outcomes
from propension.outputs import list_date
from propension.schema import Finding
from propension.snapshots import is_mature
from propension.sources import text_literal

# Whole accounts stay or go, by chance, so that probabilities of assignment hold for those that stay.
_SAMPLED = """
SELECT * FROM read_parquet({outcomes})
WHERE {known} IS NOT NULL AND ('0x' || substr(md5('log|' || account_id), 1, 8))::BIGINT < {share} * 16::BIGINT ** 8
ORDER BY as_of, account_id
"""


def write_assignment_log(
    engine: duckdb.DuckDBPyConnection,
    outputs: Path,
    as_of: dt.date,
    policy: Policy,
    target: Target,
    path: Path,
) -> tuple[list[Path], list[Finding]]:
    """Write what past lists assigned with what came of it by a date; return the lists that tell something.

    Without a list whose horizon is over, nothing is written. At most ``policy.learning.max_rows``
    rows are kept, of accounts drawn at random.

    Parameters
    ----------
    engine : connection
        On the known-at streams.
    outputs : Path
        Folder of the past lists.
    as_of : date
    policy : Policy
        Its treatments' windows are the outcomes' besides the horizon.
    target : Target
    path : Path
    """
    lists, findings = lists_to_read(outputs, as_of, policy.experiment.redraw)
    horizon = target.horizon_days
    mature = [one for one in lists if is_mature(list_date(one), horizon, target, as_of)]
    if not mature:
        return [], findings
    whole = path.with_suffix(".whole.parquet")
    windows = {horizon, *_windows(policy)}
    write_outcomes(engine, mature, as_of, sorted(windows), target, whole)
    known = f"recovered_share_{horizon}"
    source = text_literal(whole)
    rows = engine.execute(f"SELECT count({known}) FROM read_parquet({source})").fetchall()[0][0]
    share = min(1.0, policy.learning.max_rows / max(rows, 1))
    sampled = _SAMPLED.format(outcomes=source, known=known, share=share)
    engine.execute(f"COPY ({sampled}) TO {text_literal(path)} (FORMAT parquet)")
    whole.unlink()
    return mature if rows else [], findings


def _windows(policy: Policy) -> Iterable[int]:
    return (t.window_days for t in policy.treatments.values() if t.window_days is not None)
