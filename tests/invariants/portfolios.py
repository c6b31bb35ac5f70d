"""Hypothesis strategies: small portfolios with rows on both sides of an as-of date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from ledgers import Row, Rows, as_day, days_after, known_on

from propension.schema import FLAGS, OUTCOMES, TABLES

AS_OF = dt.date(2024, 3, 31)
KNOWN_UNTIL = days_after(AS_OF, 45)
CUSTOMERS: list[Row] = [
    {"customer_id": "C0", "since": dt.date(2020, 1, 1), "kind": "person", "group_id": "G"},
    {"customer_id": "C1", "kind": "company", "region": "Cauca", "group_id": "G"},
    {"customer_id": "C2", "industry": "mining", "vulnerable": True},
]
# Debts that are never paid keep two accounts in view, one of them open to other customers;
# another debt can always be paid.
UNPAID, SHARED, PAYABLE = (
    {
        "debt_id": f"D{account_id}",
        "customer_id": customer_id,
        "account_id": account_id,
        "issued_on": dt.date(2024, 1, 5),
        "due_on": dt.date(2024, 2, 5),
        "amount": Decimal("250.00"),
    }
    for account_id, customer_id in (("C0", "C0"), ("A", "C2"), ("B", "C0"))
)
ANCHORS: Rows = {
    "debts": [UNPAID, SHARED, PAYABLE],
    "attributes": [
        {"customer_id": "C0", "known_on": dt.date(2024, 1, 1), "score": 1, "sector": "a"}
    ],
}
# Days from the as-of date; the edges of every window are drawn more often than others.
EDGES = (-90, -89, -30, -29, -1, 0, 1, 2, 29, 30, 31, 44, 45, 46)
offsets = st.one_of(st.sampled_from(EDGES), st.integers(-120, 70))
days = offsets.map(lambda offset: days_after(AS_OF, offset))
gaps = st.sampled_from((0, 0, 1, 3, 15, 40))
# Most rows are of the customer who is always looked at.
customer_ids = st.sampled_from(("C0", "C0", "C0", "C1", "C2"))
amounts = st.sampled_from(("0.01", "33.33", "50.00", "100.00", "250.00")).map(Decimal)


def next_day(day: dt.date) -> dt.date:
    return days_after(day, 1)


@st.composite
def recorded(draw: st.DrawFn, happened: dt.date) -> dt.datetime | None:
    """Draw when a row was recorded: with its event, late, or on a day that decides."""
    lately = st.sampled_from((-3, 0, 1, 7)).map(lambda late: days_after(happened, late))
    deciding = st.sampled_from((AS_OF, KNOWN_UNTIL, *map(next_day, (AS_OF, KNOWN_UNTIL))))
    on = draw(st.one_of(st.none(), lately, deciding))
    clock = draw(st.sampled_from((dt.time(0), dt.time(23, 59, 59))))
    return on and dt.datetime.combine(on, clock)


def ended(started: dt.date) -> st.SearchStrategy[dt.date | None]:
    """Draw when something ended, if it did: often on the as-of date or the day after."""
    soon = gaps.map(lambda gap: days_after(started, gap))
    deciding = st.sampled_from((AS_OF, next_day(AS_OF))).map(lambda day: max(day, started))
    return st.one_of(st.none(), soon, deciding)


@st.composite
def debts(draw: st.DrawFn) -> Row:
    issued = draw(days)
    return {
        "customer_id": draw(customer_ids),
        "account_id": draw(st.sampled_from((None, "A", "B"))),
        "issued_on": issued,
        "due_on": days_after(issued, draw(gaps)),
        "amount": draw(amounts),
        "recorded_at": draw(recorded(issued)),
    }


@st.composite
def payments(draw: st.DrawFn, owed: Sequence[Row]) -> Row:
    debt = draw(st.sampled_from(owed))
    paid_on = max(draw(days), debt["issued_on"])
    share = draw(st.sampled_from(("1", "1", "0.5", "0.2", "1.5", "-0.5", "-1")))
    amount = (debt["amount"] * Decimal(share)).quantize(Decimal("0.01"))
    return {
        "debt_id": debt["debt_id"],
        "paid_on": paid_on,
        "amount": amount or debt["amount"],
        "bounced": draw(st.sampled_from((None, False, True))),
        "recorded_at": draw(recorded(paid_on)),
    }


@st.composite
def contacts(draw: st.DrawFn) -> Row:
    on = draw(days)
    return {
        "customer_id": draw(customer_ids),
        "at": dt.datetime.combine(on, draw(st.sampled_from((dt.time(0), dt.time(23, 59))))),
        "channel": "call",
        "direction": draw(st.sampled_from(("out", "in"))),
        "outcome": draw(st.sampled_from(OUTCOMES)),
        "recorded_at": draw(recorded(on)),
    }


@st.composite
def promises(draw: st.DrawFn) -> Row:
    made = draw(days)
    return {
        "customer_id": draw(customer_ids),
        "made_on": made,
        "due_on": days_after(made, draw(gaps)),
        "amount": draw(amounts),
        "recorded_at": draw(recorded(made)),
    }


@st.composite
def disputes(draw: st.DrawFn, owed: Sequence[Row]) -> Row:
    opened = draw(days)
    return {
        "debt_id": draw(st.sampled_from(owed))["debt_id"],
        "opened_on": opened,
        "closed_on": draw(ended(opened)),
        "recorded_at": draw(recorded(opened)),
    }


@st.composite
def flags(draw: st.DrawFn) -> Row:
    start = draw(days)
    return {
        "customer_id": draw(customer_ids),
        "flag": draw(st.sampled_from(FLAGS)),
        "from_on": start,
        "until_on": draw(ended(start)),
        "recorded_at": draw(recorded(start)),
    }


@st.composite
def attributes(draw: st.DrawFn) -> Row:
    return {
        "customer_id": draw(customer_ids),
        "known_on": draw(days),
        "score": draw(st.integers(1, 9)),
        "sector": draw(st.sampled_from("abc")),
    }


@st.composite
def portfolios(draw: st.DrawFn, tag: str = "", owed: Sequence[Row] = ()) -> Rows:
    """Draw the rows of a portfolio without its customers; ids carry ``tag``.

    Payments and disputes are of its own debts or of those in ``owed``.
    """
    own = _numbered(f"D{tag}", "debt_id", draw(st.lists(debts(), max_size=5)))
    payable = [PAYABLE, *own, *owed]
    key = TABLES["flags"].key
    return {
        "debts": own,
        "payments": _drawn(draw, payments(payable), f"P{tag}", "payment_id", 8),
        "contacts": _drawn(draw, contacts(), f"T{tag}", "contact_id", 4),
        "promises": _drawn(draw, promises(), f"R{tag}", "promise_id", 3),
        "disputes": _drawn(draw, disputes([UNPAID, *payable]), f"Q{tag}", "dispute_id", 4),
        "flags": draw(st.lists(flags(), max_size=2, unique_by=lambda row: _values(row, key))),
        "attributes": [
            row
            for row in draw(st.lists(attributes(), max_size=3, unique_by=_attribute_key))
            if _attribute_key(row) != _attribute_key(ANCHORS["attributes"][0])
        ],
    }


def _attribute_key(row: Row) -> tuple[Any, ...]:
    return _values(row, TABLES["attributes"].key)


def _values(row: Row, columns: Sequence[str]) -> tuple[Any, ...]:
    return tuple(row[column] for column in columns)


def _drawn(draw: st.DrawFn, rows: st.SearchStrategy[Row], prefix: str, key: str, most: int) -> Any:
    return _numbered(prefix, key, draw(st.lists(rows, max_size=most)))


def _numbered(prefix: str, key: str, rows: list[Row]) -> list[Row]:
    return [row | {key: f"{prefix}{number}"} for number, row in enumerate(rows)]


def together(*parts: Mapping[str, Sequence[Row]]) -> Rows:
    """Return the customers, the anchors and all the rows of the parts."""
    joined: Rows = {"customers": CUSTOMERS}
    for name in TABLES:
        if name != "customers":
            joined[name] = [row for part in (ANCHORS, *parts) for row in part.get(name, ())]
    return joined


def known_by(limit: dt.date, rows: Rows, owed: Sequence[Row] = ()) -> Rows:
    """Return the rows known by the close of a day; what hangs on a debt is known with it."""
    return {
        name: [row for row in rows[name] if _known(name, row, rows, owed) <= limit] for name in rows
    }


def known_after(limit: dt.date, rows: Rows, owed: Sequence[Row] = ()) -> Rows:
    """Return the rows not known by the close of a day, but for those of debts that are left out."""
    later = {
        name: [row for row in rows[name] if _known(name, row, rows, owed) > limit] for name in rows
    }
    left = {row["debt_id"] for row in [*ANCHORS["debts"], *owed, *later["debts"]]}
    return {
        name: [
            row for row in found if name not in ("payments", "disputes") or row["debt_id"] in left
        ]
        for name, found in later.items()
    }


def unclosed(limit: dt.date, rows: Rows) -> Rows:
    """Return the rows without the closings that happen after a day."""
    ends = {"disputes": "closed_on", "flags": "until_on"}
    changed = dict(rows)
    for name, column in ends.items():
        changed[name] = [
            row | {column: None} if row[column] and row[column] > limit else row
            for row in rows[name]
        ]
    return changed


def _known(name: str, row: Row, rows: Rows, owed: Sequence[Row]) -> dt.date:
    if name == "attributes":
        return as_day(row["known_on"])
    day = known_on(row, TABLES[name].event)
    if name in ("payments", "disputes"):
        by_id = {debt["debt_id"]: debt for debt in [*ANCHORS["debts"], *owed, *rows["debts"]]}
        day = max(day, known_on(by_id[row["debt_id"]], "issued_on"))
    return day
