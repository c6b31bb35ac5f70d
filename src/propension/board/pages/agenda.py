"""Who does what when, and calendars to take along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from fastapi.responses import Response

from propension import clock
from propension.board.refused import RefusedError
from propension.board.visit import ViewersVisit, Visit
from propension.treatments import portfolio_clock

router = APIRouter()
_ROWS = 200
_BY_DAY = """
SELECT starts_at::DATE AS day, team, agent IS NOT NULL AS by_people, count(*) AS tasks
FROM accounts WHERE starts_at IS NOT NULL GROUP BY ALL ORDER BY day, by_people DESC, team
"""
_CHOSEN = "starts_at::DATE = ? AND (? = '' OR team = ?) AND (? = 0 OR agent = ?)"
_TASKS = f"""
SELECT starts_at, team, agent, account_id, customer_name, customer_phone, treatment, channel, amount_at_stake, currency, offer,
       count(*) OVER () AS total
FROM accounts WHERE agent IS NOT NULL AND {_CHOSEN} ORDER BY starts_at, team, agent, account_id LIMIT {_ROWS} OFFSET ?
"""
_SENDS = f"""
SELECT date_trunc('hour', starts_at) AS hour, channel, treatment, count(*) AS tasks
FROM accounts WHERE agent IS NULL AND {_CHOSEN} GROUP BY ALL ORDER BY hour, channel, treatment
"""
_AGENTS = "SELECT DISTINCT team, agent FROM accounts WHERE agent IS NOT NULL ORDER BY ALL"


@dataclass(frozen=True)
class Chosen:
    """Which part of the agenda is shown: a day, and a team and an agent or all of them."""

    day: dt.date
    team: str
    agent: int

    @property
    def parameters(self) -> list[Any]:
        """What ``_CHOSEN`` asks for."""
        return [self.day, self.team, self.team, self.agent, self.agent]


@router.get("/agenda")
def agenda_page(
    visit: ViewersVisit,
    day: dt.date | None = None,
    team: str = "",
    agent: Annotated[int, Query(ge=0, le=10_000)] = 0,
    start: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:
    """Show the work of a day: of people one by one, of automatic sends how many."""
    by_day = visit.rows(_BY_DAY)
    days = sorted({row["day"] for row in by_day})
    if not days:
        return visit.page("agenda.html", days=[])
    today = _today(visit)
    chosen = Chosen(day or (today if today in days else days[0]), team, agent)
    tasks = visit.rows(_TASKS, [*chosen.parameters, start])
    sends = [] if agent else visit.rows(_SENDS, chosen.parameters)
    return visit.page(
        "agenda.html",
        days=days,
        by_day=_table(by_day),
        teams=list(dict.fromkeys(row["team"] for row in by_day)),
        agents=[row for row in visit.rows(_AGENTS) if team in ("", row["team"])],
        chosen=chosen,
        today=today,
        due_today=sum(row["tasks"] for row in by_day if row["day"] == today),
        tasks=tasks,
        start=start,
        size=_ROWS,
        total=tasks[0]["total"] if tasks else 0,
        sends=sends,
        zone=portfolio_clock(visit.site.settings.portfolio),
        may_download=_may_download(visit),
    )


@router.get("/agenda/calendar")
def calendar(
    visit: ViewersVisit,
    team: str = "",
    agent: Annotated[int, Query(ge=0, le=10_000)] = 0,
) -> Response:
    """Download the calendar of an agent, or of everybody."""
    if not _may_download(visit):
        raise RefusedError(403, "agenda.names_in_calendar")
    folder = visit.open_list.folder
    files = {"agenda.ics": folder / "agenda.ics"}
    if team or agent:
        # What is asked for is looked up among the files that there are, and never made a path of.
        files = {path.name: path for path in (folder / "agenda").glob("*.ics")}
    name = f"{team}-{agent}.ics" if team or agent else "agenda.ics"
    try:
        content = files[name].read_bytes()
    except (KeyError, FileNotFoundError):
        raise RefusedError(404, "agenda.no_calendar") from None
    kept = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="text/calendar; charset=utf-8", headers=kept)


def _today(visit: Visit) -> dt.date:
    zone = ZoneInfo(portfolio_clock(visit.site.settings.portfolio))
    return clock.now_utc().astimezone(zone).date()


def _may_download(visit: Visit) -> bool:
    """Whether calendars show the reader no more than the list does."""
    return not visit.sees_masked or visit.site.settings.outputs.personal_data != "full"


def _table(rows: Sequence[Mapping[str, Any]]) -> dict[dt.date, dict[str, int]]:
    """Tasks by day and team."""
    found: dict[dt.date, dict[str, int]] = {}
    for row in rows:
        teams = found.setdefault(row["day"], {})
        teams[row["team"]] = teams.get(row["team"], 0) + row["tasks"]
    return found
