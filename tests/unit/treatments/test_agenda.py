"""The agenda against a slow checker that shares only the rule packs with it."""

import datetime as dt
import math
from collections import Counter
from functools import cache
from importlib.resources import files
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from contact_oracle import QUARTER, first_refusal
from hypothesis import given, settings
from hypothesis import strategies as st

from propension.config import Policy
from propension.config.settings import Portfolio
from propension.treatments import rulebook_of
from propension.treatments.agenda import AGENDA_SCHEMA, place_tasks
from propension.treatments.agenda.hours import AT_ONCE, LASTING, PLACE, all_hours, see_hours
from propension.treatments.contact import check_contacts, load_rulebook
from propension.treatments.contact.rulebook import PACKS

HOUR, SECOND = dt.timedelta(hours=1), dt.timedelta(seconds=1)
INSTANT = pa.timestamp("us", "UTC")
TASK = pa.schema(
    [(name, pa.string()) for name in ("account_id", "customer_id", "treatment", "channel")]
    + [(name, pa.string()) for name in ("country", "region", "timezone")]
    + [("earliest", INSTANT), ("best_hour", pa.int64()), ("priority", pa.int64())]
)
# Channel, minutes where it is manual, and the capacity that lists it.
TREATMENTS = {
    "soft_call": ("call", 6.5, "callers"),
    "long_call": ("call", 25, "callers"),
    "glance": ("none", 0, "callers"),
    "legal": ("none", 90, "lawyers"),
    "letter_by_hand": ("letter", 45, None),
    "text": ("sms", None, None),
    "mail": ("email", None, None),
}
AGENTS = {"callers": 2, "lawyers": 1}
PLACES = [
    ("CO", None, "America/Bogota"),
    ("CO", None, "Europe/Madrid"),
    ("CL", "RM", "America/Santiago"),
    ("CL", None, None),
    ("US", "NY", "America/New_York"),
    ("US", None, None),
    ("ES", None, "Asia/Kolkata"),
    (None, None, None),
    ("FR", None, "Europe/Paris"),
    ("CO", None, "Mars/Olympus"),
]
HOMES = [("CO", None), ("CL", "America/Santiago"), ("US", "America/New_York"), ("ES", None)]
# Holidays on Mondays, clocks that change, the turn of the year.
DAYS = [(2026, 6, 26), (2026, 9, 3), (2026, 3, 6), (2026, 10, 30), (2026, 12, 30)]
SHIFTS = [[(8, 12), (13, 17)], [(9, 10), (10, 11)], [(0, 5)], [(7, 20)]]
WEEKDAYS = [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6, 7], [6]]


def build_policy(*, weekdays=(1, 2, 3, 4, 5), shifts=((8, 12), (13, 17)), sends=3, days=4):
    label = {"es": "x", "pt": "x", "en": "x"}
    treatments = {
        name: {
            "channel": channel, "tone": "friendly", "manual": minutes is not None,
            "minutes": minutes or 0, "label": label,
        }
        for name, (channel, minutes, _) in {"do_nothing": ("none", None, None), **TREATMENTS}.items()
    }  # fmt: skip
    listed = {
        team: [name for name, (_, _, found) in TREATMENTS.items() if found == team]
        for team in AGENTS
    }
    return Policy.model_validate(
        {
            "version": "1",
            "segments": [{"name": "a", "when": "true", "label": label, "treatments": ["text"]}],
            "treatments": treatments,
            "capacities": {
                **{
                    team: {"minutes": 1, "agents": agents, "treatments": listed[team]}
                    for team, agents in AGENTS.items()
                },
                # The first that lists a treatment is its team.
                "others": {"accounts": 1, "agents": 9, "treatments": ["soft_call", "legal"]},
            },
            "contact": {"within_days": days},
            "agenda": {
                "weekdays": weekdays, "sends_per_hour": sends,
                "shifts": [{"start": dt.time(a), "end": dt.time(b)} for a, b in shifts],
            },
        }
    )  # fmt: skip


def build_tasks(*rows):
    blank = dict.fromkeys(TASK.names) | {"country": "CO", "timezone": "America/Bogota"}
    numbered = [
        blank
        | {"account_id": f"A{n}", "customer_id": f"C{n}", "priority": n}
        | {"channel": TREATMENTS[row["treatment"]][0]}
        | row
        for n, row in enumerate(rows, 1)
    ]
    return pa.Table.from_pylist(numbered, schema=TASK)


@cache
def zones_of(country):
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines()
    return [line.split("\t")[2] for line in lines if line.startswith(f"{country}\t")]


RULES = rulebook_of(build_policy())


@cache
def lawful(place, at):
    country, region, zone, channel = place
    if channel == "none":
        return True
    if country not in RULES.packs or zone == "Mars/Olympus":
        return False
    asked = {"channel": channel, "recipient": "debtor", "country": country, "region": region}
    rules = RULES.rules(country, region or "")
    return first_refusal(asked, at, [], rules, [zone] if zone else zones_of(country)) is None


@cache
def days_off(country):
    return holidays.country_holidays(country)


class Checker:
    """What the rules say of one agenda, read anew, task by task."""

    def __init__(self, tasks, placed, policy, portfolio, as_of):
        self.tasks = [a | b for a, b in zip(tasks.to_pylist(), placed.to_pylist(), strict=True)]
        self.policy, self.portfolio = policy, portfolio
        self.clock = ZoneInfo(portfolio.timezone or zones_of(portfolio.country)[0])
        self.days = [as_of + dt.timedelta(n) for n in range(1, policy.contact.within_days + 1)]

    def is_sent(self, task):
        return TREATMENTS[task["treatment"]][1] is None

    def team(self, task):
        channel, minutes, team = TREATMENTS[task["treatment"]]
        return channel if minutes is None else team or task["treatment"]

    def duration(self, task):
        minutes = TREATMENTS[task["treatment"]][1]
        # Work of no time takes a second.
        return dt.timedelta(0) if minutes is None else max(dt.timedelta(minutes=minutes), SECOND)

    def place(self, task):
        country = task["country"] or self.portfolio.country
        return country, task["region"], task["timezone"], task["channel"]

    def hours(self, day, send):
        """Starts of the hours that are open on a day, shift by shift."""
        shifts = [(shift.start.hour, shift.end.hour) for shift in self.policy.agenda.shifts]
        off = days_off(self.portfolio.country)
        if send:
            shifts = [(0, 24)]
        elif day.isoweekday() not in self.policy.agenda.weekdays or day in off:
            shifts = []
        for first, last in shifts:
            yield [at for hour in range(first, last) if (at := self.hour(day, hour))]

    def hour(self, day, hour):
        shown = dt.datetime.combine(day, dt.time()) + dt.timedelta(hours=hour)
        at, end = (x.replace(tzinfo=self.clock).astimezone(dt.UTC) for x in (shown, shown + HOUR))
        return at if end - at == HOUR else None

    def local(self, task, at):
        zone = task["timezone"]
        unknown = zone in (None, "Mars/Olympus")
        return at.astimezone(self.clock if unknown else ZoneInfo(zone))

    def floor(self, at):
        return at.astimezone(self.clock).replace(minute=0, second=0).astimezone(dt.UTC)

    def may_fill(self, task, start, end):
        """Whether the law and the task's first moment allow it these hours, whole."""
        if task["channel"] != "none" and task["earliest"] is None:
            return False
        begin = self.floor(start)
        if task["channel"] != "none" and task["earliest"] > begin:
            return False
        if self.is_sent(task):
            return lawful(self.place(task), begin)
        until = max(end, begin + SECOND)
        while begin < until:
            ats = [begin + n * QUARTER for n in range(4)] + [begin + HOUR - SECOND]
            if not all(lawful(self.place(task), at) for at in ats):
                return False
            begin += HOUR
        return True

    def check(self):
        for task in self.tasks:
            self.check_task(task)
        sends = Counter(
            (task["team"], task["starts_at"])
            for task in self.tasks
            if self.is_sent(task) and task["team"]
        )
        assert max(sends.values(), default=0) <= self.policy.agenda.sends_per_hour
        by_agent = {}
        for task in self.tasks:
            if task["agent"]:
                by_agent.setdefault((task["team"], task["agent"]), []).append(task)
        for tasks in by_agent.values():
            tasks.sort(key=lambda task: (task["starts_at"], task["ends_at"]))
            assert all(a["ends_at"] <= b["starts_at"] for a, b in pairwise(tasks))
        self.check_turns()
        self.check_room(by_agent, sends)

    def check_task(self, task):
        if task["starts_at"] is None:
            assert {task[name] for name in AGENDA_SCHEMA.names} == {None}
            return
        start, end = task["starts_at"], task["ends_at"]
        assert task["team"] == self.team(task)
        assert end - start == self.duration(task)
        assert start.astimezone(self.clock).date() in self.days
        assert task["channel"] == "none" or start >= task["earliest"]
        day = start.astimezone(self.clock).date()
        shifts = [hours for hours in self.hours(day, self.is_sent(task)) if hours]
        if self.is_sent(task):
            assert task["agent"] is None
            assert start in shifts[0]
        else:
            assert 1 <= task["agent"] <= AGENTS.get(task["team"], 1)
            shift = next(hours for hours in shifts if hours[0] <= start < hours[-1] + HOUR)
            assert end <= shift[-1] + HOUR
        at = start
        while at < end:
            assert lawful(self.place(task), at)
            at += dt.timedelta(minutes=1)
        assert lawful(self.place(task), max(start, end - SECOND))

    def rank(self, task, at):
        """How good it is to begin at a time: the day, then the best hour, then the earliest."""
        hour, best = self.floor(at), task["best_hour"]
        distance = 0 if best is None else abs(self.local(task, hour).hour - best)
        return at.astimezone(self.clock).date(), distance, hour

    def prefers(self, task, at):
        """Whether a task would rather begin at another time than its own, if it has one."""
        own = task["starts_at"]
        return own is None or self.rank(task, at) < self.rank(task, own)

    def check_turns(self):
        """No task waits for one of lower priority whose place it could have filled."""
        for task, other in product(self.tasks, self.tasks):
            start, length = other["starts_at"], self.duration(task)
            if (
                start is not None
                and (self.team(other), self.is_sent(other)) == (self.team(task), self.is_sent(task))
                and task["priority"] < other["priority"]
                and length <= self.duration(other)
                and self.prefers(task, start)
            ):
                assert not self.may_fill(task, start, start + length), (task, other)

    def check_room(self, by_agent, sends):
        """No task is refused, or put off, while somebody of its team is idle in hours it may fill."""
        for task, day in product(self.tasks, self.days):
            for hours in self.hours(day, self.is_sent(task)):
                for at in hours:
                    count = math.ceil(self.duration(task) / HOUR)
                    whole = at + count * HOUR
                    if (
                        all(at + n * HOUR in hours for n in range(count))
                        and self.prefers(task, at)
                        and self.may_fill(task, at, at + self.duration(task))
                    ):
                        assert not self.has_idle(task, at, whole, by_agent, sends), (task, at)

    def has_idle(self, task, start, end, by_agent, sends):
        team = self.team(task)
        if self.is_sent(task):
            return sends[team, start] < self.policy.agenda.sends_per_hour
        return not all(
            any(
                x["starts_at"] < end and x["ends_at"] > start
                for x in by_agent.get((team, agent), [])
            )
            for agent in range(1, AGENTS.get(team, 1) + 1)
        )


@st.composite
def agendas(draw):
    policy = build_policy(
        weekdays=draw(st.sampled_from(WEEKDAYS)),
        shifts=draw(st.sampled_from(SHIFTS)),
        sends=draw(st.integers(1, 4)),
        days=draw(st.integers(1, 5)),
    )
    country, zone = draw(st.sampled_from(HOMES))
    portfolio = Portfolio(name="p", country=country, timezone=zone)
    as_of = dt.date(*draw(st.sampled_from(DAYS)))
    seed, count = draw(st.integers(0, 2**32)), draw(st.integers(0, 60))
    # Crowds: few kinds of tasks, many of each.
    rng = np.random.default_rng(seed)
    kinds = draw(st.lists(st.sampled_from(list(TREATMENTS)), min_size=1, max_size=3))
    places = draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3))
    noon = dt.datetime.combine(as_of, dt.time(12), dt.UTC)
    rows = [
        {
            "treatment": kinds[rng.integers(len(kinds))],
            **dict(zip(("country", "region", "timezone"), places[rng.integers(len(places))], strict=True)),
            "earliest": None if rng.random() < 0.05 else noon + dt.timedelta(minutes=int(15 * rng.integers(240))),
            "best_hour": None if rng.random() < 0.4 else int(rng.integers(24)),
            "priority": int(priority),
        }
        for priority in rng.permutation(count)
    ]  # fmt: skip
    return build_tasks(*rows), policy, portfolio, as_of, rng.permutation(count)


@given(agendas())
@settings(max_examples=60)
def test_nothing_is_placed_outside_the_rules_and_nobody_waits_for_a_lower_priority(agenda):
    *given_, _ = agenda
    placed = place_tasks(*given_)
    assert placed.schema == AGENDA_SCHEMA
    Checker(given_[0], placed, *given_[1:]).check()


@given(agendas())
@settings(max_examples=20)
def test_order_of_the_rows_plays_no_part(agenda):
    tasks, *given_, shuffled = agenda
    placed = place_tasks(tasks, *given_)
    assert place_tasks(tasks.take(shuffled), *given_).equals(placed.take(shuffled))


AS_OF = dt.date(2026, 7, 7)
BOGOTA = Portfolio(name="p", country="CO")
# When the law opens on the first day.
OPENS = dt.datetime(2026, 7, 8, 12, tzinfo=dt.UTC)


def place(*rows, portfolio=BOGOTA, as_of=AS_OF, **policy):
    """Team, agent, and start and end as weekday and time of the portfolio's clock."""
    tasks = build_tasks(*({"earliest": OPENS} | row for row in rows))
    clock = ZoneInfo(portfolio.timezone or "America/Bogota")
    found = []
    for row in place_tasks(tasks, build_policy(**policy), portfolio, as_of).to_pylist():
        start, end = (at and at.astimezone(clock) for at in (row["starts_at"], row["ends_at"]))
        found.append(
            (row["team"], row["agent"], start and f"{start:%a %H:%M}", end and f"{end:%H:%M}")
        )
    return found


def starts(*rows, **choices):
    return [start for _, _, start, _ in place(*rows, **choices)]


def test_a_long_task_goes_on_into_the_next_hours_of_its_shift_and_never_out_of_it():
    assert place(*[{"treatment": "legal"}] * 5) == [
        ("lawyers", 1, "Wed 08:00", "09:30"),
        ("lawyers", 1, "Wed 09:30", "11:00"),
        ("lawyers", 1, "Wed 13:00", "14:30"),
        ("lawyers", 1, "Wed 14:30", "16:00"),
        ("lawyers", 1, "Thu 08:00", "09:30"),
    ]


def test_a_task_longer_than_any_shift_has_no_place():
    rows = [{"treatment": "legal"}, {"treatment": "soft_call"}]
    found = place(*rows, shifts=[(9, 10), (10, 11)])
    assert found == [(None, None, None, None), ("callers", 1, "Wed 09:00", "09:06")]


def test_agents_share_the_work_evenly():
    found = place(*[{"treatment": "long_call"}] * 20)
    assert Counter(agent for _, agent, _, _ in found) == {1: 10, 2: 10}


def test_the_first_come_first_inside_the_day():
    rows = [{"treatment": "letter_by_hand", "priority": n} for n in (3, 1, 2)]
    assert starts(*rows) == ["Wed 09:30", "Wed 08:00", "Wed 08:45"]


def test_the_best_hour_is_honoured_and_the_nearest_where_it_is_full():
    rows = [{"treatment": "letter_by_hand", "best_hour": 10}] * 3
    assert starts(*rows) == ["Wed 10:00", "Wed 10:45", "Wed 09:00"]


def test_the_best_hour_is_of_the_customers_clock_and_of_the_portfolios_where_that_is_unknown():
    known = {"treatment": "soft_call", "best_hour": 16, "timezone": "Europe/Madrid"}
    unknown = {"treatment": "soft_call", "best_hour": 16, "timezone": None}
    assert starts(known, unknown) == ["Wed 09:00", "Wed 16:00"]


def test_a_full_day_puts_off_the_last_of_all_whatever_their_best_hours():
    hours = [8, 8, 8, 9, 9, 10, 10, 10, 13, 16, 16]
    rows = [{"treatment": "letter_by_hand", "best_hour": hour} for hour in hours]
    assert [start[:3] for start in starts(*rows)] == ["Wed"] * 10 + ["Thu"]


def test_the_team_is_the_first_capacity_that_lists_a_treatment_else_its_own_name_else_the_channel():
    rows = [{"treatment": name} for name in ("soft_call", "letter_by_hand", "text")]
    assert [team for team, *_ in place(*rows)] == ["callers", "letter_by_hand", "sms"]


def test_sends_go_out_in_batches_at_whole_hours_from_the_first_that_is_lawful():
    late = {"treatment": "text", "earliest": OPENS + dt.timedelta(minutes=1)}
    found = place(*[{"treatment": "text"}] * 5, late, {"treatment": "mail"})
    assert [start for _, _, start, _ in found] == ["Wed 07:00"] * 3 + ["Wed 08:00"] * 3 + [
        "Wed 07:00"
    ]
    assert {agent for _, agent, _, _ in found} == {None}


def test_nobody_works_on_holidays_or_on_other_days_than_the_agendas():
    # The Monday is San Pedro y San Pablo.
    earliest = dt.datetime(2026, 6, 27, tzinfo=dt.UTC)
    row = {"treatment": "soft_call", "earliest": earliest}
    assert starts(row, as_of=dt.date(2026, 6, 26)) == ["Tue 08:00"]
    assert starts(row, as_of=dt.date(2026, 6, 26), weekdays=[1, 5], days=7) == ["Fri 08:00"]
    assert starts(row, as_of=dt.date(2026, 6, 26), days=3) == [None]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # From 2:00 to 3:00 there is no time: 3:00 comes right after 2:00.
        ((2026, 3, 7), ["Sun 00:00", "Sun 01:30", None]),
        # The hour from 1:00 comes twice: no task goes on through it.
        ((2026, 10, 31), ["Sun 02:00", "Sun 03:30", None]),
    ],
)
def test_hours_that_the_clock_skips_or_repeats_are_not_worked(day, expected):
    newyork = Portfolio(name="p", country="US", timezone="America/New_York")
    rows = [{"treatment": "legal"}] * 3
    nights = {"weekdays": [7], "shifts": [(0, 5)]}
    assert starts(*rows, portfolio=newyork, as_of=dt.date(*day), **nights) == expected


def test_a_contact_without_a_lawful_moment_has_no_place():
    rows = [{"treatment": name, "earliest": None} for name in ("soft_call", "text", "legal")]
    assert starts(*rows) == [None, None, "Wed 08:00"]


def test_an_unknown_country_is_the_portfolios_and_one_without_rules_is_not_contacted():
    rows = [{"treatment": "soft_call", "country": country} for country in (None, "FR")]
    assert starts(*rows) == ["Wed 08:00", None]


def test_an_hour_in_which_the_law_pauses_is_closed_to_work_and_open_to_sends(tmp_path):
    pack = (PACKS / "co.yaml").read_text(encoding="utf-8")
    week = '{days: [mon, tue, wed, thu, fri], opens: "07:00", closes: "19:00"}'
    assert week in pack
    pause = week.replace("19:00", "09:15") + "\n      - " + week.replace("07:00", "09:30")
    (tmp_path / "co.yaml").write_text(pack.replace(week, pause), encoding="utf-8")
    rules = load_rulebook(folder=tmp_path)
    hours = all_hours(BOGOTA, [AS_OF])
    places = build_tasks({"treatment": "soft_call"}).select(PLACE)
    open_to = [
        np.flatnonzero(see_hours(places, hours, BOGOTA, rules, minutes).lawful[0]).tolist()
        for minutes in (LASTING, AT_ONCE)
    ]
    assert open_to == [[7, 8, *range(10, 19)], list(range(7, 20))]


def test_nothing_to_do_is_an_empty_agenda():
    placed = place_tasks(TASK.empty_table(), build_policy(), BOGOTA, AS_OF)
    assert placed.equals(AGENDA_SCHEMA.empty_table())


def test_every_contact_is_lawful_from_its_start_to_its_end_with_all_that_went_before():
    rng = np.random.default_rng(7)
    count, midnight = 3000, dt.datetime(2026, 7, 8, 6, tzinfo=dt.UTC)
    picked = rng.integers(len(PLACES), size=count)
    names = rng.choice([n for n, (channel, *_) in TREATMENTS.items() if channel != "none"], count)
    past = pa.Table.from_pylist(
        [
            {
                "customer_id": f"C{rng.integers(1, count)}",
                "channel": str(rng.choice(["call", "sms", "email"])),
                "at": midnight - dt.timedelta(hours=int(rng.integers(1, 24 * 8))),
                "direction": "out", "outcome": str(rng.choice(["no_answer", "delivered", "promise"])),
            }
            for _ in range(2 * count)
        ]
    )  # fmt: skip
    tasks = build_tasks(
        *(
            {"treatment": str(name), "earliest": midnight}
            | dict(zip(("country", "region", "timezone"), PLACES[place], strict=True))
            | {"country": PLACES[place][0] or "CO", "best_hour": int(rng.integers(24))}
            for name, place in zip(names, picked, strict=True)
        )
    )  # fmt: skip
    asked = tasks.rename_columns(["at" if n == "earliest" else n for n in tasks.column_names])
    first = check_contacts(asked, past, RULES)["earliest"]
    tasks = tasks.set_column(tasks.column_names.index("earliest"), "earliest", first)
    policy = build_policy(sends=200, days=7)
    policy = policy.model_copy(
        update={"capacities": {n: c.model_copy(update={"agents": 20}) for n, c in policy.capacities.items()}}
    )  # fmt: skip
    placed = place_tasks(tasks, policy, BOGOTA, AS_OF)
    found = placed["starts_at"].is_valid()
    assert 1000 < sum(found.to_pylist()) < count
    starts_at = placed["starts_at"]
    ended = pc.greater(placed["ends_at"], starts_at)
    last = pc.if_else(ended, pc.subtract(placed["ends_at"], pa.scalar(SECOND)), starts_at)
    for at in (starts_at, last):
        moved = asked.set_column(asked.column_names.index("at"), "at", at).filter(found)
        assert set(check_contacts(moved, past, RULES)["allowed"].to_pylist()) == {True}
