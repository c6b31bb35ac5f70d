"""Proposals and past contacts as arrays of codes, contacts beside those whom they may bar."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from propension.arrays import Array, Ints
from propension.config.contact import CHANNELS, Channel, Reached

UNKNOWN = -1
NO_DEBT, OTHER_DEBT = -1, -2
REACHED: dict[Reached, int] = {"attempts": 0, "contacts": 1, "conversations": 2}


def channel_mask(channels: Iterable[Channel]) -> int:
    """Return one bit per channel."""
    return sum(1 << CHANNELS.index(channel) for channel in channels)


@dataclass(frozen=True)
class Events:
    """Past contacts beside the cases whose customer they were with, by case and instant.

    Attributes
    ----------
    case : array of int
        Position of the case; a contact stands once for every case of its customer.
    at : array of int64
    channel : array of int
        One bit; all bits where it is not known.
    reach : array of int
        0 attempt, 1 contact, 2 conversation.
    outbound : array of bool
    debt : array of int
    """

    case: Array
    at: Array
    channel: Array
    reach: Array
    outbound: Array
    debt: Array

    def reached(self, least: Reached) -> NDArray[np.bool_]:
        """Which of them got at least so far."""
        reached: NDArray[np.bool_] = self.reach >= REACHED[least]
        return reached

    def only(self, which: Array) -> Events:
        """Return those that a mask or positions pick."""
        return Events(*(getattr(self, field.name)[which] for field in fields(self)))


@dataclass(frozen=True)
class Past:
    """All contacts that may count, sorted by customer and instant.

    Attributes
    ----------
    events : Events
        With the customer in place of the case.
    bounds : array of int
        Where each customer's contacts begin, and end.
    """

    events: Events
    bounds: Array

    def of(self, customer: Array) -> Events:
        """Return the contacts of every case's customer."""
        first = self.bounds[customer]
        count = self.bounds[customer + 1] - first
        case = np.repeat(np.arange(len(customer)), count)
        before = np.cumsum(count) - count
        found = self.events.only(np.arange(len(case)) + np.repeat(first - before, count))
        return Events(case, found.at, found.channel, found.reach, found.outbound, found.debt)


@dataclass(frozen=True)
class Cases:
    """Proposals of one place.

    Attributes
    ----------
    country : str
    region : str
    channel : array of int
        One bit.
    recipient : array of int
    debt : array of int
    events : Events
    """

    country: str
    region: str
    channel: Array
    recipient: Array
    debt: Array
    events: Events


@dataclass(frozen=True)
class Proposals:
    """A table of proposals as codes; a code is -1 where the value is missing or not known.

    Attributes
    ----------
    at : array of int64
    timed : array of bool
        Whether there is an instant.
    customer, debt, channel, recipient : arrays of int
    places : list of (country, region, timezone)
        Each distinct one; empty where it is missing. Regions go without the country's code.
    place : array of int
    customer_ids, debt_ids : pa.Array
        What the codes stand for.
    """

    at: Ints
    timed: NDArray[np.bool_]
    customer: Array
    debt: Array
    channel: Array
    recipient: Array
    places: list[tuple[str, str, str]]
    place: Array
    customer_ids: pa.Array
    debt_ids: pa.Array

    def by_place(self, rows: Array) -> Iterator[tuple[int, Array]]:
        """Yield each place with those of the rows that lie in it."""
        order = rows[np.argsort(self.place[rows], kind="stable")]
        starts = np.flatnonzero(np.diff(self.place[order], prepend=-1))
        for part in np.split(order, starts[1:]):
            if len(part):
                yield int(self.place[part[0]]), part

    def cases(self, rows: Array, country: str, region: str, past: Past) -> Cases:
        """Return rows of one place as cases."""
        return Cases(
            country,
            region,
            1 << self.channel[rows],
            self.recipient[rows],
            self.debt[rows],
            past.of(self.customer[rows]),
        )
