"""The portfolio in figures, and what changed since the list before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from propension.board.monitored import last_monitoring
from propension.board.visit import Visit

GROUPED_BY = ("segment", "risk_band", "quadrant", "treatment", "team")
_SUMMED = (
    "accounts",
    "overdue_amount",
    "amount_at_stake",
    "expected_recovery",
    "expected_uplift",
    "expected_cost",
)
# The list is read once: what it has in common is added up, and the sums are added up by each column.
_FIGURES = """
WITH together AS (
    SELECT {columns}, count(*) AS accounts, sum(propensity) AS propensities, count(propensity) AS scored,
           {sums}
    FROM accounts GROUP BY {columns}
)
SELECT grouping({columns}) AS grouped, {columns}, sum(propensities) / nullif(sum(scored), 0) AS propensity,
       {totals}
FROM together GROUP BY GROUPING SETS ((), {sets})
"""
# Squares of the plane of ability and willingness: so many from side to side of where nearly all accounts are.
_BINS = 36
_PLANE = """
WITH ends AS (
    SELECT quantile_disc(ability, 0.005) AS left_end, quantile_disc(ability, 0.995) AS right_end,
           quantile_disc(willingness, 0.005) AS low_end, quantile_disc(willingness, 0.995) AS high_end
    FROM accounts WHERE quadrant IS NOT NULL
), placed AS (
    SELECT least(coalesce(floor((ability - left_end) / nullif(right_end - left_end, 0) * {bins}), {bins} // 2), {bins} - 1)
               ::INTEGER AS x,
           least(coalesce(floor((willingness - low_end) / nullif(high_end - low_end, 0) * {bins}), {bins} // 2), {bins} - 1)
               ::INTEGER AS y,
           amount_at_stake
    FROM accounts, ends
    WHERE quadrant IS NOT NULL AND ability BETWEEN left_end AND right_end AND willingness BETWEEN low_end AND high_end
)
SELECT x, y, sum(amount_at_stake)::DOUBLE AS amount FROM placed GROUP BY ALL
"""
_ENDS = """
SELECT quantile_disc(ability, 0.005) AS left_end, quantile_disc(ability, 0.995) AS right_end,
       quantile_disc(willingness, 0.005) AS low_end, quantile_disc(willingness, 0.995) AS high_end,
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


def figures(visit: Visit) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """Return the figures of the whole list, and by the codes of the columns of ``GROUPED_BY``.

    Most money first; bands from A on.
    """
    columns = ", ".join(GROUPED_BY)
    sums = ", ".join(
        f"coalesce(sum({name}), 0)::DOUBLE AS {name}" for name in _SUMMED if name != "accounts"
    )
    rows = visit.rows(
        _FIGURES.format(
            columns=columns,
            sums=sums,
            totals=", ".join(f"coalesce(sum({name}), 0) AS {name}" for name in _SUMMED),
            sets=", ".join(f"({column})" for column in GROUPED_BY),
        )
    )
    every = 2 ** len(GROUPED_BY) - 1
    whole = next(row for row in rows if row["grouped"] == every)
    groups = {}
    for place, column in enumerate(reversed(GROUPED_BY)):
        found = [row | {"code": row[column]} for row in rows if row["grouped"] == every - 2**place]
        groups[column] = sorted(found, key=_by_band if column == "risk_band" else _by_money)
    return whole, groups


def _by_money(row: dict[str, Any]) -> tuple[float, str]:
    return -row["amount_at_stake"], row["code"] or ""


def _by_band(row: dict[str, Any]) -> tuple[bool, str]:
    return row["code"] is None, row["code"] or ""


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
    found = last_monitoring(visit.site.settings.outputs_folder).get("forecast")
    return found if isinstance(found, dict) else None
