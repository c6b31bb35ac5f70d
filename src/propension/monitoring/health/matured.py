"""What came of the accounts of a list, by the very definition their model learnt."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from propension.config import Stage, Target
from propension.labels import horizon_label_sql, upcoming_label_sql
from propension.outputs import SCORED_NAME, list_date
from propension.sources import text_literal

_JOINED = """
SELECT s.account_id, s.customer_id, {columns}
FROM read_parquet({scored}) s JOIN ({labels}) l USING (account_id)
WHERE s.stage = '{stage}' AND s.propensity IS NOT NULL ORDER BY s.account_id
"""


@dataclass(frozen=True)
class Horizon:
    """How far the outcome of a list over a horizon is known.

    Attributes
    ----------
    as_of : date
    stage : Stage
    days : int
    is_own : bool
        Whether it is the one the model was trained for.
    known_on : date
        From this day on it is whole, the lag of recording included.
    elapsed_share : float in [0, 1]
        Of the days until then; only what has 1 is scored.
    """

    as_of: dt.date
    stage: Stage
    days: int
    is_own: bool
    known_on: dt.date
    elapsed_share: float

    @property
    def score(self) -> str:
        """Column of the list that foresaw it."""
        return "propensity" if self.is_own else f"propensity_{self.days}d"

    @property
    def outcome(self) -> str:
        """Column of the labels that tells it."""
        return "is_paid" if self.stage == "upcoming" else f"is_paid_{self.days}d"


def own_target(target: Target, learnt: dict[str, Any] | None) -> Target:
    """Return the target as a bundle learnt it; what it does not tell is as in the settings."""
    told = {name: value for name, value in (learnt or {}).items() if name in Target.model_fields}
    return target.model_copy(update=told)


def models_of(folder: Path) -> dict[Stage, str]:
    """Return the version of the model behind every stage of a list; empty text where it does not say."""
    table = pq.read_table(folder / SCORED_NAME, columns=["stage", "model_version"])
    pairs = table.group_by(["stage", "model_version"]).aggregate([]).to_pylist()
    found = {row["stage"]: row["model_version"] or "" for row in pairs}
    return cast(dict[Stage, str], dict(sorted(found.items())))


def horizons_of(folder: Path, stage: Stage, target: Target, known_until: dt.date) -> list[Horizon]:
    """Return every horizon a list spoke of, and how much of it is over, shortest first."""
    as_of, own = list_date(folder), target.outcome_days(stage)
    names = set(pq.read_schema(folder / SCORED_NAME).names)
    curve = target.curve if stage == "overdue" else ()
    days_of = {own, *(days for days in curve if f"propensity_{days}d" in names)}
    found = []
    for days in sorted(days_of):
        wait = days + target.recording_lag_days
        known_on = as_of + dt.timedelta(days=wait)
        share = min(1.0, max(0, (known_until - as_of).days) / wait)
        found.append(Horizon(as_of, stage, days, days == own, known_on, share))
    return found


def read_matured(
    engine: duckdb.DuckDBPyConnection,
    folder: Path,
    horizons: list[Horizon],
    target: Target,
    known_until: dt.date,
) -> pa.Table:
    """Return the accounts of a stage with what was foreseen and what came, over horizons that are over.

    Parameters
    ----------
    engine : connection
        On the known-at streams.
    folder : Path
        Of a list.
    horizons : list of Horizon
        Of one stage, all of them over.
    target : Target
        As the list's model learnt it.
    known_until : date
        Nothing recorded after it counts.

    Returns
    -------
    Table
        account_id, customer_id and for every horizon its ``score`` (null where the list foresaw
        nothing) and its ``outcome``. Accounts whose debts are no longer in the tables are left out.
    """
    stage, as_of = horizons[0].stage, horizons[0].as_of
    labels = horizon_label_sql if stage == "overdue" else upcoming_label_sql
    columns = ", ".join(f"s.{one.score}, l.{one.outcome}" for one in horizons)
    sql = _JOINED.format(
        columns=columns,
        scored=text_literal(folder / SCORED_NAME),
        labels=labels(as_of, target, known_until),
        stage=stage,
    )
    return engine.sql(sql).to_arrow_table()
