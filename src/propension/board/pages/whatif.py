"""What other capacities and budgets would have brought; the list stays as it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from propension.board.refused import RefusedError
from propension.board.visit import ManagersVisit, Visit
from propension.outputs.capacity import TOLD_UNITS

router = APIRouter()
_FIELD = "limit."


@router.get("/what-if")
def whatif_page(visit: ManagersVisit) -> Response:
    """Ask for other capacities, and show what the last trial found."""
    return visit.page("whatif.html", **_facts(visit))


@router.get("/what-if/result")
def whatif_result(visit: ManagersVisit) -> Response:
    """Show how far the trial is, for a page that waits."""
    return visit.page("whatif_result.html", **_facts(visit))


@router.post("/what-if")
def try_other_capacities(visit: ManagersVisit) -> Response:
    """Begin a trial."""
    opened = visit.open_list
    if visit.form.get("run") != opened.run_id:
        raise RefusedError(409, "feedback.list_changed")
    changes = _changes(visit.form, _limits(visit), visit)
    author = visit.user.name if visit.user else ""
    visit.site.trials.start(opened, changes, author)
    return RedirectResponse("/what-if#result", 303)


@router.post("/what-if/stop")
def stop_trial(visit: ManagersVisit) -> Response:
    """End the trial that runs."""
    visit.site.trials.stop()
    return RedirectResponse("/what-if#result", 303)


def _facts(visit: Visit) -> dict[str, Any]:
    opened = visit.open_list
    limits = _limits(visit)
    return {
        "limits": limits,
        "units": {limit["name"]: limit["unit"] for limit in limits},
        "told_units": TOLD_UNITS,
        "trial": visit.site.trials.last(),
        "is_other_policy": opened.manifest.get("policy") not in (None, opened.policy.digest()),
        "usual_seconds": _usual_seconds(opened.manifest),
    }


def _limits(visit: Visit) -> list[dict[str, Any]]:
    """Capacities and budgets with what is used of them; limits of groups are not a team's to change."""
    found = visit.open_list.allocation["limits"]
    return [limit for limit in found if limit["group"] is None]


def _changes(
    form: Mapping[str, str], limits: list[dict[str, Any]], visit: Visit
) -> dict[str, float]:
    """Return the numbers of a form that are not today's.

    Raises
    ------
    RefusedError
        If one is no number from nought upwards, or all are today's.
    """
    changed = {}
    for limit in limits:
        text = form.get(_FIELD + limit["name"], "").strip()
        try:
            value = float(text or limit["capacity"])
        except ValueError:
            value = math.nan
        if not 0 <= value < 1e15:
            name = visit.speech.word("limit", limit["name"])
            raise RefusedError(400, "whatif.not_a_number", name=name)
        if value != limit["capacity"]:
            changed[limit["name"]] = value
    if not changed:
        raise RefusedError(400, "whatif.nothing_changed")
    return changed


def _usual_seconds(manifest: Mapping[str, Any]) -> int | None:
    """How long the run took to decide and write, and a little more; deciding again takes less."""
    found = [
        s["wall_seconds"] for s in manifest.get("stages", []) if s["name"] == "decide and write"
    ]
    return 10 * math.ceil(found[0] / 10 + 0.5) if found else None
