"""Tables of proposals and contacts read into arrays: texts become codes, contacts are sorted."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from propension.arrays import Array
from propension.config.contact import CHANNELS, Reached
from propension.errors import DataError, sample_text
from propension.treatments.contact.cases import (
    OTHER_DEBT,
    REACHED,
    UNKNOWN,
    Events,
    Past,
    Proposals,
)
from propension.treatments.contact.pack import RECIPIENTS

# What is not known counts for the most it can be: any channel, a conversation, outbound.
_ANY_CHANNEL = (1 << len(CHANNELS)) - 1
_OUTCOME_REACHES: dict[str, Reached] = {
    "no_answer": "attempts",
    "invalid": "attempts",
    "third_party": "contacts",
    "delivered": "contacts",
    "read": "contacts",
}


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
    reaches = [REACHED[reached] for reached in _OUTCOME_REACHES.values()]
    outcome = _positions(_texts(table, "outcome"), list(_OUTCOME_REACHES))
    debts = _texts(table, "debt_id")
    debt = _positions(debts, proposals.debt_ids)
    debt[(debt == UNKNOWN) & pc.is_valid(debts).to_numpy(zero_copy_only=False)] = OTHER_DEBT
    events = Events(
        case=customer,
        at=instants,
        channel=np.where(channel == UNKNOWN, _ANY_CHANNEL, 1 << np.maximum(channel, 0)),
        # Position -1 is the last: whatever else is a conversation.
        reach=np.array([*reaches, REACHED["conversations"]])[outcome],
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
