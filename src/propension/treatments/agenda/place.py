"""Every task of a run gets its team, its agent and its time, or no place."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from propension.arrays import Array
from propension.config import Policy
from propension.config.settings import Portfolio
from propension.treatments.agenda.hours import (
    AT_ONCE,
    LASTING,
    PLACE,
    Hours,
    all_hours,
    see_hours,
    working_hours,
)
from propension.treatments.agenda.turns import NOWHERE, Teams, Work, take_turns
from propension.treatments.permits import rulebook_of

_SECOND = 1_000_000
_NEVER = np.iinfo(np.int64).max
_INSTANT = pa.timestamp("us", "UTC")

AGENDA_SCHEMA = pa.schema(
    [
        ("team", pa.string()),
        ("agent", pa.int32()),
        ("starts_at", _INSTANT),
        ("ends_at", _INSTANT),
    ]
)


@dataclass(frozen=True)
class _Crews:
    """Who does some tasks, and in which hours.

    Attributes
    ----------
    names : list of str
    teams : Teams
    team : array of int
        Of each task.
    size : array of int
        Of each task, in units of a team's room.
    unit : int
        Microseconds that a unit takes; 0 of sends.
    hours : Hours
    minutes : tuple of int
        Of an hour, at which the law must allow a contact.
    """

    names: list[str]
    teams: Teams
    team: Array
    size: Array
    unit: int
    hours: Hours
    minutes: tuple[int, ...]


def place_tasks(tasks: pa.Table, policy: Policy, portfolio: Portfolio, as_of: dt.date) -> pa.Table:
    """Return who does every task and when: lawful, in working hours, no agent two at once.

    Tasks take turns by priority. Each gets the first day on which its team has room in an hour that
    is lawful where its customer is, and of that day the hour nearest to the customer's best: none
    waits for one of lower priority. Automatic sends take turns likewise, in batches at whole hours
    of any day.

    Parameters
    ----------
    tasks : pa.Table
        One row per account: account_id, treatment, channel (``none`` where nobody is contacted),
        country, region, timezone, earliest (the first lawful moment, UTC; a contact without one gets
        no place), best_hour (of the customer's clock, or null), priority (1 first).
    policy : Policy
        The team of a manual treatment is the first capacity that lists it; of one that none lists, a
        team of its own name with one agent. The team of an automatic treatment is its channel.
    portfolio : Portfolio
        Its clock and its country's holidays are the teams'; its country is that of customers of
        unknown country.
    as_of : date
        The day before the first that is planned; ``contact.within_days`` says how many are.

    Returns
    -------
    pa.Table
        Of ``AGENDA_SCHEMA``, in the order of the tasks; all null where there was no place. Automatic
        sends have no agent, and end as they start.
    """
    order = [("priority", "ascending"), ("account_id", "ascending")]
    turns = pc.sort_indices(tasks, order).to_numpy()
    automatic = [name for name, treatment in policy.treatments.items() if not treatment.manual]
    sent = pc.is_in(tasks["treatment"], pa.array(automatic)).to_numpy()[turns]
    manual, sends = tasks.take(turns[~sent]), tasks.take(turns[sent])
    days = [as_of + dt.timedelta(day + 1) for day in range(policy.contact.within_days)]
    placed = [
        _place(manual, _workers(manual, policy, portfolio, days), policy, portfolio),
        _place(sends, _senders(sends, policy, portfolio, days), policy, portfolio),
    ]
    back = np.argsort(np.concatenate([turns[~sent], turns[sent]]))
    return pa.concat_tables(placed).take(back)


def _workers(tasks: pa.Table, policy: Policy, portfolio: Portfolio, days: list[dt.date]) -> _Crews:
    codes, treatments = _encode(tasks["treatment"])
    agents, team_of = {}, {}
    for treatment in treatments:
        listing = (name for name, cap in policy.capacities.items() if treatment in cap.treatments)
        team_of[treatment] = name = next(listing, treatment)
        agents[name] = policy.capacities[name].agents if name in policy.capacities else 1
    names = sorted(agents)
    # What takes no time still has a place of its own, which nothing else is put over.
    seconds = [max(1, math.ceil(policy.treatments[name].minutes * 60)) for name in treatments]
    return _Crews(
        names=names,
        teams=Teams(np.cumsum([0, *(agents[name] for name in names)]), 3600),
        team=np.array([names.index(team_of[name]) for name in treatments], np.int64)[codes],
        size=np.array(seconds, np.int64)[codes],
        unit=_SECOND,
        hours=working_hours(policy.agenda, portfolio, days),
        minutes=LASTING,
    )


def _senders(tasks: pa.Table, policy: Policy, portfolio: Portfolio, days: list[dt.date]) -> _Crews:
    team, channels = _encode(tasks["channel"])
    return _Crews(
        names=channels,
        teams=Teams(np.arange(len(channels) + 1), policy.agenda.sends_per_hour),
        team=team,
        size=np.ones(len(tasks), np.int64),
        unit=0,
        hours=all_hours(portfolio, days),
        minutes=AT_ONCE,
    )


def _place(tasks: pa.Table, crews: _Crews, policy: Policy, portfolio: Portfolio) -> pa.Table:
    kind, places = _encode_places(tasks, portfolio)
    customers = see_hours(places, crews.hours, portfolio, rulebook_of(policy), crews.minutes)
    earliest = pc.fill_null(tasks["earliest"].cast(_INSTANT).cast(pa.int64()), _NEVER).to_numpy()
    uncontacted = pc.equal(tasks["channel"], "none").to_numpy()
    work = Work(
        size=crews.size,
        earliest=np.where(uncontacted, 0, earliest),
        best=pc.fill_null(tasks["best_hour"].cast(pa.int64()), -1).to_numpy(),
        place=kind,
        team=crews.team,
    )
    found = take_turns(work, crews.teams, crews.hours, customers)
    nowhere = found.hour == NOWHERE
    # One hour more, for those that have none.
    starts = np.append(crews.hours.starts, 0)[found.hour] + found.begin * crews.unit
    agent = found.agent - crews.teams.first[crews.team] + 1
    columns = [
        pa.array(crews.names, pa.string()).take(pa.array(crews.team, mask=nowhere)),
        pa.array(agent, pa.int32(), mask=nowhere | (crews.unit == 0)),
        pa.array(starts, _INSTANT, mask=nowhere),
        pa.array(starts + crews.size * crews.unit, _INSTANT, mask=nowhere),
    ]
    return pa.table(columns, schema=AGENDA_SCHEMA)


def _encode_places(tasks: pa.Table, portfolio: Portfolio) -> tuple[Array, pa.Table]:
    """Return which of the distinct places every task is in, and those places."""
    known = tasks.select(PLACE).set_column(
        0, "country", pc.fill_null(tasks["country"], portfolio.country)
    )
    mixed = np.zeros(len(tasks), np.int64)
    for column in known.columns:
        codes, values = _encode(column)
        mixed = mixed * (len(values) + 1) + codes + 1
    _, first, kind = np.unique(mixed, return_index=True, return_inverse=True)
    return kind, known.take(first)


def _encode(column: pa.ChunkedArray) -> tuple[Array, list[str]]:
    """Return a column as codes, -1 where it is null, and what they stand for."""
    coded = column.combine_chunks().dictionary_encode()
    codes = pc.fill_null(coded.indices.cast(pa.int64()), -1)
    # A copy, which may be written: loops are compiled anew for arrays that may not.
    return np.array(codes), coded.dictionary.to_pylist()
