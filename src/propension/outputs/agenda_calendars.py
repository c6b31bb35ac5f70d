"""The work of people as iCalendar files (RFC 5545): an event for every hour in which an agent works."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import duckdb
import pyarrow as pa
from icalendar import Calendar, Event

from propension.config import texts
from propension.config.settings import Portfolio
from propension.errors import OutputError
from propension.sources import text_literal
from propension.treatments import portfolio_clock
from propension.writing import LocalText, hundredths_sql

CALENDAR_NAME = "agenda.ics"
CALENDARS_FOLDER = "agenda"

_TITLE = texts("Agenda de {name}", "Agenda de {name}", "Agenda of {name}")
_ONE_TASK = texts("1 tarea", "1 tarefa", "1 task")
_TASKS = texts("{count} tareas", "{count} tarefas", "{count} tasks")
# What RFC 5545 wants of an event.
_LEAST = dt.timedelta(minutes=1)

# One line a task: a name must not break it.
_EVENTS = r"""
SELECT team, any_value(team_label), agent, hour, min(starts_at), max(ends_at), count(*), string_agg(line, chr(10) ORDER BY starts_at, priority)
FROM (
    SELECT *, date_trunc('hour', local_at) AS hour,
           regexp_replace(concat_ws(' · ', strftime(local_at, '%H:%M'), treatment_label, account_id, customer_name, {amount}),
                          '[\s\p{{Cc}}\p{{Zl}}\p{{Zp}}]+', ' ', 'g') AS line
    FROM (SELECT *, timezone({clock}, starts_at) AS local_at FROM rows WHERE agent IS NOT NULL)
)
GROUP BY ALL ORDER BY team, agent, hour
"""


@dataclass(frozen=True)
class _Hour:
    """What an agent does in an hour of the team's clock."""

    team: str
    team_label: str
    agent: int
    hour: dt.datetime
    starts_at: dt.datetime
    ends_at: dt.datetime
    tasks: int
    lines: str

    @property
    def who(self) -> tuple[str, str, int]:
        return self.team, self.team_label, self.agent


def write_calendars(
    rows: pa.Table, folder: Path, portfolio: Portfolio, as_of: dt.date
) -> dict[str, int]:
    """Write everybody's calendar and each agent's own; return the tasks in each file."""
    title = _TITLE.in_language(portfolio.language).format(name=portfolio.name)
    everybody, written = _calendar(title), {CALENDAR_NAME: 0}
    for (team, team_label, agent), hours in groupby(
        _read_hours(rows, portfolio), lambda hour: hour.who
    ):
        name = f"{CALENDARS_FOLDER}/{_plain(team)}-{agent}.ics"
        own, written[name] = _calendar(f"{title}: {team_label} {agent}"), 0
        for hour in hours:
            event = _event(hour, portfolio, as_of)
            own.add_component(event)
            everybody.add_component(event)
            written[name] += hour.tasks
            written[CALENDAR_NAME] += hour.tasks
        _write(own, folder / name)
    if not everybody.subcomponents:
        # A calendar without events is none to RFC 5545.
        return {}
    _write(everybody, folder / CALENDAR_NAME)
    return written


def _read_hours(rows: pa.Table, portfolio: Portfolio) -> list[_Hour]:
    amount = LocalText.of(portfolio).amount_sql(hundredths_sql("amount_at_stake"))
    clock = text_literal(portfolio_clock(portfolio))
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        engine.register("rows", rows)
        found = engine.execute(_EVENTS.format(amount=amount, clock=clock)).fetchall()
    return [_Hour(*row) for row in found]


def _calendar(title: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//propension//agenda//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    return calendar


def _event(hour: _Hour, portfolio: Portfolio, as_of: dt.date) -> Event:
    language = portfolio.language
    tasks = _ONE_TASK if hour.tasks == 1 else _TASKS
    said = tasks.in_language(language).format(count=hour.tasks)
    event = Event()
    event.add("uid", f"{as_of}-{hour.team}-{hour.agent}-{hour.hour:%Y%m%dT%H}@propension")
    event.add("dtstamp", dt.datetime.combine(as_of, dt.time(), dt.UTC))
    event.add("dtstart", hour.starts_at)
    event.add("dtend", max(hour.ends_at, hour.starts_at + _LEAST))
    event.add("summary", f"{hour.team_label} {hour.agent}: {said}")
    event.add("description", hour.lines)
    return event


def _plain(team: str) -> str:
    if re.fullmatch(r"\w+", team, re.ASCII) is None:
        raise OutputError(
            f"agenda: team {team!r} cannot name a file. Write it with letters, digits and _ alone.",
            team=team,
        )
    return team


def _write(calendar: Calendar, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(calendar.to_ical())
