"""A seeded portfolio in the canonical tables: something to run the product on."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.random import Generator
from numpy.typing import NDArray

from propension.errors import ConfigurationError
from propension.schema.tables import TABLES, ColumnType
from propension.simulate.contacts import DAY_US, build_contacts
from propension.simulate.customers import (
    COUNTRIES,
    NEVER,
    Columns,
    build_attributes,
    build_customers,
    build_flags,
)
from propension.simulate.debts import build_debts, build_disputes, build_payments

_EPOCH = dt.date(1970, 1, 1)
_ID_FORMATS = {
    "customer_id": ("C", 6),
    "account_id": ("C", 6),
    "contract_id": ("K", 6),
    "debt_id": ("D", 8),
    "payment_id": ("P", 8),
    "contact_id": ("T", 8),
    "promise_id": ("R", 7),
    "dispute_id": ("Q", 7),
}
_TYPES: dict[ColumnType, pa.DataType] = {
    "text": pa.string(),
    "instant": pa.timestamp("us"),
    "amount": pa.decimal128(18, 2),
    "number": pa.float64(),
    "integer": pa.int32(),
    "boolean": pa.bool_(),
}
_OPEN_COLUMNS: dict[str, dict[str, ColumnType]] = {
    "customers": {"audit_sex": "text", "audit_age_group": "text"},
    "attributes": {"monthly_income": "amount", "bureau_score": "integer", "employees": "integer"},
}


def simulate_portfolio(
    out: Path,
    accounts: int,
    months: int,
    seed: int,
    country: str = "CO",
    until: dt.date = dt.date(2026, 6, 30),
) -> dict[str, int]:
    """Write a seeded portfolio of canonical tables as Parquet; return rows per table.

    The same arguments always write the same bytes. Customers pay by a hidden ability and
    willingness; those who pay worse are contacted more; some rows are recorded late.

    Parameters
    ----------
    out : Path
        Folder for ``<table>.parquet``; created, and its tables replaced.
    accounts : int
        Customers, at least 10; each owes under one account.
    months : int
        Months of debts up to that of ``until``, 6 to 120.
    seed : int
        Seed of every draw.
    country : str
        Sets currency, amounts, language and time zone; ISO 3166 code of a known country.
    until : date
        Nothing happens or is recorded after the close (UTC) of this day.

    Returns
    -------
    dict of str to int
        Rows written, by table.

    Raises
    ------
    ConfigurationError
        If there are too few accounts or months, or the country is unknown.
    """
    _check_arguments(accounts, months, country)
    tables = _build_tables(np.random.default_rng(seed), accounts, months, country, until)
    out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        pq.write_table(table, out / f"{name}.parquet")
    return {name: table.num_rows for name, table in tables.items()}


def _check_arguments(accounts: int, months: int, country: str) -> None:
    if accounts < 10:
        raise ConfigurationError(
            f"simulate: accounts is {accounts}. Ask for at least 10.", accounts=accounts
        )
    if not 6 <= months <= 120:
        raise ConfigurationError(f"simulate: months is {months}. Ask for 6 to 120.", months=months)
    if country not in COUNTRIES:
        known = ", ".join(sorted(COUNTRIES))
        raise ConfigurationError(
            f"simulate: country {country} is unknown. Choose one of {known}.", country=country
        )


def _build_tables(
    rng: Generator, accounts: int, months: int, country: str, until: dt.date
) -> dict[str, pa.Table]:
    last = (until - _EPOCH).days
    final_month = np.datetime64(until, "M")
    calendar = np.arange(final_month - months + 1, final_month + 1)
    month_starts = calendar.astype("M8[D]").astype(np.int64)
    first = int(month_starts[0])

    customers = build_customers(rng, accounts, country, first, last)
    flags = build_flags(rng, customers, first, last)
    stops = _first_flag(flags, accounts, ["deceased", "insolvent"])
    silent = np.minimum(stops, _first_flag(flags, accounts, ["do_not_contact"]))
    debts = build_debts(rng, customers, stops, calendar, last)
    debts = _known_by(last, _record(rng, debts, "issued_on", 0.02))
    disputes = build_disputes(rng, debts, last)
    contacts, promises = build_contacts(rng, customers, debts, silent, last)
    payments = _record(rng, build_payments(rng, debts, stops), "paid_on", 0.05)
    quarters = month_starts[calendar.astype(np.int64) % 3 == 0]
    rows = {
        "customers": customers,
        "debts": debts | {"debt_id": np.arange(1, len(debts["due_on"]) + 1)},
        "payments": _record_in_order(payments, debts),
        "contacts": _record(rng, contacts, "at", 0.02),
        "promises": _record(rng, promises, "made_on", 0.02),
        "disputes": _record(rng, disputes, "opened_on", 0.02),
        "flags": _record(rng, flags, "from_on", 0.02),
        "attributes": build_attributes(rng, customers, quarters),
    }
    return {name: _to_arrow(name, _known_by(last, columns)) for name, columns in rows.items()}


def _first_flag(flags: Columns, accounts: int, names: list[str]) -> NDArray[np.int64]:
    """Day each customer first carried one of the flags; ``NEVER`` for most."""
    first = np.full(accounts, NEVER, dtype=np.int64)
    chosen = np.isin(flags["flag"], names)
    np.minimum.at(first, flags["customer_id"][chosen] - 1, flags["from_on"][chosen])
    return first


def _record(rng: Generator, rows: Columns, event: str, late_share: float) -> Columns:
    """Add when each row was recorded: with its event, or one to seven days late."""
    n = len(rows[event])
    late_days = np.where(rng.random(n) < late_share, rng.integers(1, 8, n), 0)
    happened = rows[event] * (1 if event == "at" else DAY_US)
    return rows | {"recorded_at": happened + late_days * DAY_US}


def _record_in_order(payments: Columns, debts: Columns) -> Columns:
    """A debt's payments are recorded in their order, and never before the debt itself."""
    order = np.lexsort((payments["paid_on"], payments["debt_id"]))
    rows = {name: values[order] for name, values in payments.items()}
    debt = rows["debt_id"] - 1
    day = np.maximum(rows["recorded_at"], debts["recorded_at"][debt]) // DAY_US
    day = np.maximum.accumulate(debt * NEVER + day) - debt * NEVER
    return rows | {"recorded_at": day * DAY_US}


def _known_by(last: int, rows: Columns) -> Columns:
    """Rows recorded by the close of the last day; all of them where no instant is kept."""
    if "recorded_at" not in rows:
        return rows
    known = rows["recorded_at"] < (last + 1) * DAY_US
    return {name: values[known] for name, values in rows.items()}


def _to_arrow(name: str, rows: Columns) -> pa.Table:
    """Rows of a canonical table in order of their events, numbered where they lack a key."""
    table = TABLES[name]
    if table.event:
        order = np.argsort(rows[table.event], kind="stable")
        rows = {column: values[order] for column, values in rows.items()}
    if table.key[0] not in rows:
        rows = rows | {table.key[0]: np.arange(1, len(rows["recorded_at"]) + 1)}
    kinds = {column.name: column.type for column in table.columns} | _OPEN_COLUMNS.get(name, {})
    return pa.table({column: _array(column, rows[column], kinds[column]) for column in kinds})


def _array(name: str, values: NDArray[Any], kind: ColumnType) -> pa.Array:
    if name in _ID_FORMATS:
        prefix, width = _ID_FORMATS[name]
        digits = pc.utf8_lpad(pa.array(values).cast(pa.string()), width, "0")
        return pc.binary_join_element_wise(prefix, digits, "")
    if kind == "date":
        return pa.array(values.astype(np.int32), mask=values >= NEVER).cast(pa.date32())
    if kind in ("amount", "integer"):
        missing = np.isnan(values)
        whole = pa.array(np.where(missing, 0, values).astype(np.int64), mask=missing)
        # An integer fits a decimal only by way of one with room for any 64 bits.
        return (whole.cast(pa.decimal128(21, 2)) if kind == "amount" else whole).cast(_TYPES[kind])
    return pa.array(values, type=_TYPES[kind], from_pandas=True)
