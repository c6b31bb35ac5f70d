"""The portfolio in figures, and what changed since the list before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from propension.board.visit import Visit

GROUPED_BY = ("segment", "risk_band", "quadrant", "treatment", "team")
_MEASURES = """
count(*) AS accounts, coalesce(sum(overdue_amount), 0)::DOUBLE AS overdue_amount,
coalesce(sum(amount_at_stake), 0)::DOUBLE AS amount_at_stake,
coalesce(sum(expected_recovery), 0)::DOUBLE AS expected_recovery, avg(propensity) AS propensity,
coalesce(sum(expected_uplift), 0)::DOUBLE AS expected_uplift, coalesce(sum(expected_cost), 0)::DOUBLE AS expected_cost
"""
# Squares of the plane of ability and willingness: so many from side to side of where nearly all accounts are.
_BINS = 36
_PLANE = """
WITH ends AS (
    SELECT quantile_cont(ability, 0.005) AS left_end, quantile_cont(ability, 0.995) AS right_end,
           quantile_cont(willingness, 0.005) AS low_end, quantile_cont(willingness, 0.995) AS high_end
    FROM accounts WHERE quadrant IS NOT NULL
), placed AS (
    SELECT least(floor((ability - left_end) / nullif(right_end - left_end, 0) * {bins}), {bins} - 1)::INTEGER AS x,
           least(floor((willingness - low_end) / nullif(high_end - low_end, 0) * {bins}), {bins} - 1)::INTEGER AS y,
           amount_at_stake
    FROM accounts, ends
    WHERE quadrant IS NOT NULL AND ability BETWEEN left_end AND right_end AND willingness BETWEEN low_end AND high_end
)
SELECT x, y, sum(amount_at_stake)::DOUBLE AS amount FROM placed WHERE x IS NOT NULL AND y IS NOT NULL GROUP BY ALL
"""
_ENDS = """
SELECT quantile_cont(ability, 0.005) AS left_end, quantile_cont(ability, 0.995) AS right_end,
       quantile_cont(willingness, 0.005) AS low_end, quantile_cont(willingness, 0.995) AS high_end,
       max(ability) FILTER (quadrant IN ('cannot_wants', 'cannot_wont')) AS cannot_to,
       min(ability) FILTER (quadrant IN ('can_wants', 'can_wont')) AS can_from,
       max(willingness) FILTER (quadrant IN ('can_wont', 'cannot_wont')) AS wont_to,
       min(willingness) FILTER (quadrant IN ('can_wants', 'cannot_wants')) AS wants_from
FROM accounts WHERE quadrant IS NOT NULL
"""


@dataclass(frozen=True)
class Plane:
    """Where the money lies between ability and willingness.

    Attributes
    ----------
    ends : mapping
        Of the plane (left_end, right_end, low_end, high_end), and where its quadrants begin (cannot_to, can_from,
        wont_to, wants_from); None where no account is in one.
    squares : sequence of mapping
        x, y (from the lower left) and amount.
    bins : int
        Squares from side to side.
    """

    ends: Mapping[str, float | None]
    squares: Sequence[Mapping[str, Any]]
    bins: int = _BINS


def totals(visit: Visit) -> dict[str, Any]:
    """Return the figures of the whole list."""
    [found] = visit.rows(f"SELECT {_MEASURES} FROM accounts")
    return found


def groups(visit: Visit, column: str) -> list[dict[str, Any]]:
    """Return the figures by the codes of a column of ``GROUPED_BY``, the most money first; bands from A on."""
    order = (
        "code NULLS LAST" if column == "risk_band" else "amount_at_stake DESC, accounts DESC, code"
    )
    return visit.rows(
        f"SELECT {column} AS code, {_MEASURES} FROM accounts GROUP BY 1 ORDER BY {order}"
    )


def list_before(visit: Visit) -> dict[str, Any] | None:
    """Return the figures of the list before; None where there is none."""
    [found] = visit.rows("SELECT * FROM main.list_before")
    return found if found["as_of"] else None


def moves(visit: Visit) -> list[dict[str, Any]]:
    """Return who moved between segments, came or left since the list before, most first."""
    return visit.rows(
        "SELECT * FROM main.moves WHERE before IS DISTINCT FROM after ORDER BY accounts DESC, before, after"
    )


def plane(visit: Visit) -> Plane | None:
    """Return where the money lies; None where no account has a quadrant."""
    [ends] = visit.rows(_ENDS)
    squares = visit.rows(_PLANE.format(bins=_BINS))
    return Plane(ends, squares) if squares else None


def forecast(visit: Visit) -> dict[str, Any] | None:
    """Return the cash forecast made last; None where there is none."""
    outputs = visit.site.settings.outputs_folder
    found = sorted(outputs.glob("monitoring/as_of=????-??-??/monitoring.json"))
    if not found:
        return None
    try:
        return _forecast(found[-1], found[-1].stat().st_mtime_ns)
    except OSError:
        # It is being replaced: without it the page is as true as before.
        return None


@lru_cache(maxsize=4)
def _forecast(path: Path, changed: int) -> dict[str, Any] | None:  # noqa: ARG001 - tells it from the one before
    found = json.loads(path.read_text(encoding="utf-8")).get("forecast")
    return found if isinstance(found, dict) else None
