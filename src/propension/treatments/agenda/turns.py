"""One task after another, by priority: the first day, the best hour, the least busy agent."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from propension.arrays import Array
from propension.compiled import compiled
from propension.treatments.agenda.hours import Customers, Hours

NOWHERE = -1


class Work(NamedTuple):
    """Tasks in the order of their turns.

    Attributes
    ----------
    size : array of int64
        In the unit of a team's room.
    earliest : array of int64
        Microseconds of UTC; the hour of a task begins no earlier.
    best : array of int64
        Hour on the customer's clock; negative where any is as good.
    place : array of int64
        Row of the customers' hours.
    team : array of int64
    """

    size: Array
    earliest: Array
    best: Array
    place: Array
    team: Array


class Teams(NamedTuple):
    """Agents, team by team.

    Attributes
    ----------
    first : array of int64, shape (n_teams + 1,)
        The first agent of each, and after the last.
    room : int
        What an agent can do in an hour.
    """

    first: Array
    room: int


class Diary(NamedTuple):
    """What agents have taken on.

    Attributes
    ----------
    taken : array of int64, shape (n_agents, n_hours)
        Of each hour, from its start.
    load : array of int64, shape (n_agents,)
        In all.
    """

    taken: Array
    load: Array


class Found(NamedTuple):
    """Where each task went; ``NOWHERE`` where it found no place.

    Attributes
    ----------
    agent, hour : arrays of int64
    begin : array of int64
        What of the hour was taken before.
    """

    agent: Array
    hour: Array
    begin: Array


@compiled
def take_turns(work: Work, teams: Teams, hours: Hours, customers: Customers) -> Found:
    """Return the best place that each task finds among those that tasks before it left.

    Agents fill hours from their start; a task that an hour cannot hold goes on into the next hours of
    the shift, if they are empty. What is left for a task was left for all before it.
    """
    count, n_agents = len(work.size), teams.first[-1]
    found = Found(np.full(count, NOWHERE), np.full(count, NOWHERE), np.zeros(count, np.int64))
    taken = np.zeros((n_agents, len(hours.starts)), np.int64)
    diary = Diary(taken, np.zeros(n_agents, np.int64))
    for task in range(count):
        hour, agent = _best_place(task, work, teams, hours, customers, diary)
        if hour == NOWHERE:
            continue
        found.agent[task], found.hour[task] = agent, hour
        found.begin[task] = taken[agent, hour]
        diary.load[agent] += work.size[task]
        end = taken[agent, hour] + work.size[task]
        while end > teams.room:
            taken[agent, hour] = teams.room
            hour, end = hour + 1, end - teams.room
        taken[agent, hour] = end
    return found


@compiled
def _best_place(
    task: int, work: Work, teams: Teams, hours: Hours, customers: Customers, diary: Diary
) -> tuple[int, int]:
    """Return hour and agent: on the first day with room, nearest to the best hour, then earliest."""
    best, place = work.best[task], work.place[task]
    lawful, shown = customers.lawful[place], customers.shown[place]
    best_hour, best_agent, least = NOWHERE, NOWHERE, 0
    for hour in range(len(hours.starts)):
        if best_hour != NOWHERE and hours.day[hour] != hours.day[best_hour]:
            break
        distance = abs(shown[hour] - best) if best >= 0 else 0
        farther = best_hour != NOWHERE and distance >= least
        if farther or not lawful[hour] or hours.starts[hour] < work.earliest[task]:
            continue
        stop = hour + 1
        while stop < hours.shift_end[hour] and lawful[stop]:
            stop += 1
        agent = _free_agent(work.team[task], work.size[task], hour, stop, teams, diary)
        if agent != NOWHERE:
            best_hour, best_agent, least = hour, agent, distance
    return best_hour, best_agent


@compiled
def _free_agent(team: int, size: int, hour: int, stop: int, teams: Teams, diary: Diary) -> int:
    """Return who of a team can begin soonest in an hour, the least busy of those; or ``NOWHERE``."""
    taken, load, found = diary.taken, diary.load, NOWHERE
    for agent in range(teams.first[team], teams.first[team + 1]):
        begin = taken[agent, hour]
        sooner = found == NOWHERE or (begin, load[agent]) < (taken[found, hour], load[found])
        if begin >= teams.room or not sooner:
            continue
        room, after = teams.room, hour + 1
        while begin + size > room and after < stop and taken[agent, after] == 0:
            room, after = room + teams.room, after + 1
        if begin + size <= room:
            found = agent
    return found
