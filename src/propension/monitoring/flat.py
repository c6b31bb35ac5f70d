"""The figures of a portfolio by flat names, for what follows numbers over time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def flat_figures(told: Mapping[str, Any]) -> dict[str, float]:
    """Return the last final month's KPIs, the cash to expect, the newest judged lists, the impact and the alerts.

    Parameters
    ----------
    told : mapping
        From ``measure_portfolio``.
    """
    found = {f"kpi_{one['name']}": one["value"] for one in told["figures"]}
    if told["forecast"]:
        total = told["forecast"]["total"]
        found |= {f"forecast_{name}": total[name] for name in ("value", "low", "high")}
    if told["impact"]:
        overall = told["impact"]["strategy"][0]
        for name in ("rate", "amount"):
            found |= {
                f"impact_{name}_{end}": overall[name][end] for end in ("value", "low", "high")
            }
    found |= dict(_of_health(told["health"])) if told["health"] else {}
    return {name: float(value) for name, value in found.items() if value is not None}


def _of_health(health: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for level in ("watch", "act"):
        yield f"alerts_{level}", sum(one["level"] == level for one in health["alerts"])
    # Oldest first: what is newer takes its place.
    for one in health["quality"]:
        for name, figure in (one["figures"] or {}).items() if one["is_own"] else ():
            yield f"{one['stage']}_{name}", figure["value"]
