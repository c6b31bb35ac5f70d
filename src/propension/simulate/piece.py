"""A piece of a portfolio: its customers from first day to last, with nobody else around."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.random import Generator

from propension.config import COUNTRIES
from propension.simulate.arrow import Numbering, to_table
from propension.simulate.behaviour import ability_now, willingness_now
from propension.simulate.contact_rows import contact_columns
from propension.simulate.customers import attribute_columns, customer_columns
from propension.simulate.debts import draw_debts
from propension.simulate.log import Log
from propension.simulate.paying import pay_arrears
from propension.simulate.rows import (
    assignment_columns,
    debt_columns,
    dispute_columns,
    flag_columns,
    open_files,
    payment_columns,
)
from propension.simulate.state import Book, State, draw_chance, first_state
from propension.simulate.step import begin_step
from propension.simulate.timeline import Timeline, month_of
from propension.simulate.traits import draw_traits
from propension.simulate.truth import true_customers, true_outcomes

# Customers held at once: fifty thousand over a year and a half.
_CUSTOMER_MONTHS = 900_000
# The uses of chance within a piece: what one draws never moves another.
BOOK, LIVES, ROWS, TRUTH, FAULTS = range(5)

Tables = dict[str, pa.Table]


@dataclass(frozen=True)
class Plan:
    """What is simulated.

    Attributes
    ----------
    accounts, months, seed, country, until
        As in ``simulate_portfolio``.
    random_share : float
        Share of the overdue accounts of a month whose treatment is drawn at random.
    """

    accounts: int
    months: int
    seed: int
    country: str
    until: dt.date
    random_share: float = 0.05

    @property
    def piece_size(self) -> int:
        """Customers of a whole piece."""
        return _CUSTOMER_MONTHS // self.months

    @property
    def pieces(self) -> int:
        """Number of pieces, the last one possibly smaller."""
        return -(-self.accounts // self.piece_size)

    def numbering(self, piece: int) -> Numbering:
        """Ids of a piece's customers."""
        return Numbering(piece * self.piece_size, max(6, len(str(self.accounts))))


def seeded(seed: int, piece: int, use: int, day: int = 0) -> Generator:
    """The generator of one use of chance in one piece, independent of all others."""
    return np.random.default_rng(np.random.SeedSequence([seed, piece, use, day]))


def truth_days(timeline: Timeline, month_ends: int) -> tuple[int, ...]:
    """The last day, and some month ends before it."""
    ends = timeline.month_starts[1:] - 1
    earlier = ends[ends < timeline.last]
    return (*earlier[len(earlier) - min(month_ends, len(earlier)) :].tolist(), timeline.last)


def simulate_piece(
    plan: Plan,
    timeline: Timeline,
    piece: int,
    truth_days: Sequence[int] = (),
    progress: Callable[[], Any] = lambda: None,
) -> tuple[Tables, Tables]:
    """Tables of one piece, and its truth on the days asked for.

    Parameters
    ----------
    plan : Plan
    timeline : Timeline
    piece : int
    truth_days : sequence of int
        Ends of steps; the truth is empty without any.
    progress : callable
        Called after every simulated week.
    """
    book, log, numbering = open_book(plan, timeline, piece), Log(), plan.numbering(piece)
    outcomes = []
    for day, state in live(plan, piece, book, log):
        if day in truth_days:
            luck = partial(seeded, plan.seed, piece, TRUTH, day)
            outcomes.append(true_outcomes(luck, book, state, day, numbering))
        progress()
    tables = _make_tables(plan, piece, book, state, log)
    if not outcomes:
        return tables, {}
    propensity, effects = (pa.concat_tables(parts) for parts in zip(*outcomes, strict=True))
    customers = true_customers(book, state, numbering)
    return tables, {"customers": customers, "propensity": propensity, "effects": effects}


def open_book(plan: Plan, timeline: Timeline, piece: int) -> Book:
    """Draw a piece's customers and what they may buy."""
    rng, median = seeded(plan.seed, piece, BOOK), COUNTRIES[plan.country].debt
    customers = min(plan.piece_size, plan.accounts - piece * plan.piece_size)
    traits = draw_traits(rng, customers, timeline.first, timeline.last)
    return Book(traits, draw_debts(rng, traits, timeline, median), timeline, median)


def live(plan: Plan, piece: int, book: Book, log: Log) -> Iterator[tuple[int, State]]:
    """Move a book on week by week; yield the last day of every week with the state then.

    The state is moved on in place: copy what has to stay.
    """
    rng = seeded(plan.seed, piece, LIVES)
    state, quarters = first_state(rng, book), set(_quarter_days(book.timeline))
    for step in book.timeline.past:
        draws = draw_chance(rng, len(book.traits))
        week = begin_step(book, state, step, draws, plan.random_share, log)
        pay_arrears(book, state, week, draws.pay, log)
        if step.start in quarters:
            log.add(
                "axes",
                day=step.start,
                ability=ability_now(book, state, step.months),
                willingness=willingness_now(book, state, step.months),
            )
        yield step.end, state


def _quarter_days(timeline: Timeline) -> list[int]:
    starts = timeline.month_starts
    months: list[int] = starts[month_of(starts).astype(np.int64) % 3 == 0].tolist()
    return months


def _make_tables(plan: Plan, piece: int, book: Book, state: State, log: Log) -> Tables:
    country, numbering = COUNTRIES[plan.country], plan.numbering(piece)
    files = open_files(seeded(plan.seed, piece, ROWS), book, state, numbering)
    contacts, promises = contact_columns(files, log.events("works"), country.timezone)
    columns = {
        "customers": customer_columns(files.rng, book.traits, numbering, plan.country),
        "debts": debt_columns(files, country.currency),
        "payments": payment_columns(files, log.events("payments")),
        "contacts": contacts,
        "promises": promises,
        "disputes": dispute_columns(files, log.events("disputes")),
        "flags": flag_columns(files, log.events("spells")),
        "attributes": attribute_columns(
            files.rng, book.traits, log.events("axes"), numbering, country
        ),
        "assignments": assignment_columns(files, log.events("assignments")),
    }
    return {name: to_table(name, rows) for name, rows in columns.items()}
