"""Proposals and past contacts as arrays: texts become codes, contacts lie sorted by customer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from propension.errors import DataError, sample_text
from propension.treatments.contact.local_time import Ints
from propension.treatments.contact.pack import CHANNELS, RECIPIENTS, Channel, Reached

Array = NDArray[Any]

UNKNOWN = -1
NO_DEBT, _OTHER_DEBT = -1, -2
# What is not known counts for the most it can be: any channel, a conversation, outbound.
_ANY_CHANNEL = (1 << len(CHANNELS)) - 1
_REACHED: dict[Reached, int] = {"attempts": 0, "contacts": 1, "conversations": 2}
_OUTCOME_REACHES: dict[str, Reached] = {
    "no_answer": "attempts",
    "invalid": "attempts",
    "third_party": "contacts",
    "delivered": "contacts",
    "read": "contacts",
}


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
        reached: NDArray[np.bool_] = self.reach >= _REACHED[least]
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


def read_proposals(table: pa.Table) -> Proposals:
    """Return proposals as codes.

    Raises
    ------
    DataError
        If a column that is always needed is missing.
    """
    _require(table, "proposals", ("customer_id", "channel", "at", "country"))
    instants = _instants(table["at"])
    customer, customer_ids = _codes(_texts(table, "customer_id"))
    debt, debt_ids = _codes(_texts(table, "debt_id"))
    coded = [_codes(_texts(table, name)) for name in ("country", "region", "timezone")]
    combined = np.zeros(table.num_rows, np.int64)
    for codes, values in coded:
        combined = combined * (len(values) + 1) + codes + 1
    _, sample, place = np.unique(combined, return_index=True, return_inverse=True)
    names = [[*values.to_pylist(), ""] for _, values in coded]
    places = [
        tuple(name[codes[row]] for (codes, _), name in zip(coded, names, strict=True))
        for row in sample
    ]
    return Proposals(
        at=pc.fill_null(instants, 0).to_numpy(),
        timed=pc.is_valid(instants).to_numpy(zero_copy_only=False),
        customer=customer,
        debt=debt,
        channel=_positions(_texts(table, "channel"), CHANNELS),
        recipient=_positions(_texts(table, "recipient", missing="debtor"), RECIPIENTS),
        places=[
            (country, region.removeprefix(f"{country}-"), zone) for country, region, zone in places
        ],
        place=place,
        customer_ids=customer_ids,
        debt_ids=debt_ids,
    )


def read_history(table: pa.Table, proposals: Proposals, first: int, last: int) -> Past:
    """Return the contacts between two instants with customers of the proposals.

    Raises
    ------
    DataError
        If a column is missing, or a contact has no customer or no instant: it could not be counted.
    """
    _require(table, "history", ("customer_id", "channel", "at", "direction", "outcome"))
    for name in ("customer_id", "at"):
        if table[name].null_count:
            raise DataError(
                f"history: {table[name].null_count} contacts have no {name}, so that no cap could count "
                "them. Complete or remove them."
            )
    at = _instants(table["at"])
    near = pc.and_(pc.greater_equal(at, first), pc.less_equal(at, last))
    table = table.filter(near)
    customer = _positions(_texts(table, "customer_id"), proposals.customer_ids)
    known = pa.array(customer != UNKNOWN)
    table, customer = table.filter(known), customer[customer != UNKNOWN]
    instants = _instants(table["at"]).to_numpy()
    order = np.lexsort((instants, customer))
    channel = _positions(_texts(table, "channel"), CHANNELS)
    reaches = [_REACHED[reached] for reached in _OUTCOME_REACHES.values()]
    outcome = _positions(_texts(table, "outcome"), list(_OUTCOME_REACHES))
    debts = _texts(table, "debt_id")
    debt = _positions(debts, proposals.debt_ids)
    debt[(debt == UNKNOWN) & pc.is_valid(debts).to_numpy(zero_copy_only=False)] = _OTHER_DEBT
    events = Events(
        case=customer,
        at=instants,
        channel=np.where(channel == UNKNOWN, _ANY_CHANNEL, 1 << np.maximum(channel, 0)),
        # Position -1 is the last: whatever else is a conversation.
        reach=np.array([*reaches, _REACHED["conversations"]])[outcome],
        outbound=_positions(_texts(table, "direction"), ["in"]) == UNKNOWN,
        debt=debt,
    ).only(order)
    bounds = np.searchsorted(events.case, np.arange(len(proposals.customer_ids) + 1))
    return Past(events, bounds)


def _require(table: pa.Table, name: str, columns: tuple[str, ...]) -> None:
    missing = [column for column in columns if column not in table.column_names]
    if missing:
        raise DataError(f"{name}: no column {sample_text(missing, 9)}. Add what is missing.")


def _texts(table: pa.Table, name: str, missing: str | None = None) -> pa.Array:
    """A column as one array of texts; ``missing`` in every row where there is no such column."""
    if name not in table.column_names:
        value = pa.scalar(missing, pa.large_string())
        return pa.repeat(value, table.num_rows)
    column = table[name].cast(pa.large_string())
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _instants(column: pa.ChunkedArray) -> pa.Array:
    """Microseconds of UTC; an instant without a time zone is of UTC."""
    micros = column.cast(pa.timestamp("us", "UTC"), safe=False).cast(pa.int64())
    return micros.combine_chunks()


def _codes(column: pa.Array) -> tuple[Array, pa.Array]:
    coded = column.dictionary_encode()
    return pc.fill_null(coded.indices, UNKNOWN).to_numpy(), coded.dictionary


def _positions(column: pa.Array, values: Iterable[str] | pa.Array) -> Array:
    known = pa.array(values, pa.large_string())
    found = pc.fill_null(pc.index_in(column, value_set=known, skip_nulls=True), UNKNOWN)
    positions: Array = found.to_numpy(zero_copy_only=False).copy()
    return positions
