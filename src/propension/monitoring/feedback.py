"""What people said of the lists, how far it was followed, and what came of it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from propension.config import Target
from propension.monitoring.outcomes import lists_to_read, write_outcomes
from propension.outputs import SCORED_NAME, Feedback, FeedbackLog, list_date
from propension.outputs.feedback import WISHES_NAME
from propension.snapshots import is_mature
from propension.sources import text_literal

# Fewer accounts say nothing of anybody's choices.
MIN_ACCOUNTS = 20

# Each account on the first list that did what was asked; beside it, what the policy decided by itself in the
# same list and segment, in the same mix.
_CAME_OF = """
WITH chosen AS (
    SELECT * FROM read_parquet({outcomes}) WHERE feedback = 'followed' AND paid_{days} IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY as_of) = 1
),
cells AS (
    SELECT as_of, segment, count(*) AS accounts, sum(paid_{days}) AS paid FROM chosen GROUP BY ALL
),
beside AS (
    SELECT as_of, segment, avg(paid_{days}) AS paid_share FROM read_parquet({outcomes})
    WHERE feedback IS NULL AND arm = 'treatment' AND paid_{days} IS NOT NULL GROUP BY ALL
)
SELECT coalesce(sum(accounts), 0)::BIGINT, sum(paid) / sum(accounts), sum(accounts * paid_share) / sum(accounts)
FROM cells JOIN beside USING (as_of, segment)
"""


@dataclass(frozen=True)
class FeedbackFigures:
    """What people said, counted.

    Attributes
    ----------
    by_kind, by_author, by_reason, by_treatment, by_feature : mapping of str to int
        Features are those of reasons that were called wrong.
    followed, not_followed : int
        Rows of lists that did what was asked, and that could not.
    accounts : int
        Of those followed, with an outcome that is over and others in the same segment; none where fewer than 20.
    paid_share, paid_share_beside : float or None
        Of these accounts, and of those that the policy decided by itself in the same lists and segments. People
        choose whom they choose for: the difference is not what their choice added.
    """

    by_kind: dict[str, int]
    by_author: dict[str, int]
    by_reason: dict[str, int]
    by_treatment: dict[str, int]
    by_feature: dict[str, int]
    followed: int = 0
    not_followed: int = 0
    accounts: int = 0
    paid_share: float | None = None
    paid_share_beside: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)


def measure_feedback(
    engine: duckdb.DuckDBPyConnection, outputs: Path, as_of: dt.date, target: Target, work: Path
) -> FeedbackFigures:
    """Count what people said of the lists, and read what came of what was followed.

    Parameters
    ----------
    engine : connection
        On the known-at streams.
    outputs : Path
        Folder of the lists.
    as_of : date
        Outcomes count as they are known on it.
    target : Target
    work : Path
        Folder for what is put aside.

    Raises
    ------
    OutputError
        If what was said is not as it was written.
    """
    found, _ = lists_to_read(outputs, as_of + dt.timedelta(days=1), "run")
    asked = [folder for folder in found if (folder / WISHES_NAME).exists()]
    counted = count_feedback(FeedbackLog(outputs).read(), asked)
    horizon = target.horizon_days
    over = [one for one in asked if is_mature(list_date(one), horizon, target, as_of)]
    if not over:
        return counted
    outcomes = work / "feedback_outcomes.parquet"
    write_outcomes(engine, over, as_of, [horizon], target, outcomes)
    sql = _CAME_OF.format(outcomes=text_literal(outcomes), days=horizon)
    [(accounts, paid, beside)] = engine.execute(sql).fetchall()
    if accounts < MIN_ACCOUNTS:
        return counted
    shares = {"accounts": accounts, "paid_share": paid, "paid_share_beside": beside}
    return FeedbackFigures(**(counted.as_dict() | shares))


def count_feedback(log: Sequence[Feedback], lists: Sequence[Path]) -> FeedbackFigures:
    """Count what was said, and in how many rows of some lists it was followed."""
    asks = [said for said in log if said.asks]
    followed = not_followed = 0
    if lists:
        files = [str(folder / SCORED_NAME) for folder in lists]
        with duckdb.connect() as engine:
            sql = (
                "SELECT count(*) FILTER (WHERE feedback IN ('followed', 'postponed')), "
                "count(*) FILTER (WHERE feedback = 'not_followed') FROM read_parquet(?)"
            )
            [(followed, not_followed)] = engine.execute(sql, [files]).fetchall()
    return FeedbackFigures(
        _counts(said.kind for said in log),
        _counts(said.author for said in log),
        _counts(said.reason for said in asks),
        _counts(said.treatment for said in asks if said.treatment),
        _counts(said.feature for said in log if said.feature),
        followed,
        not_followed,
    )


def _counts(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())
