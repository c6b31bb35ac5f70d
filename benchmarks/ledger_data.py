"""Canonical tables of a given size, fast: about 5 debts, 10 contacts and 5 payments a customer."""

import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from propension.config import CHANNELS
from propension.schema import OUTCOMES

FIRST, DAYS = np.datetime64("2024-07-01", "D"), 730
UNTIL = dt.date(2026, 6, 30)


def write_tables(folder: Path, customers: int, seed: int = 0) -> None:
    """Write customers, debts, payments, contacts and promises as Parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    ids = _ids("C", np.arange(customers))
    pq.write_table(
        pa.table(
            {
                "customer_id": ids,
                "kind": random.choice(["person", "company"], customers, p=[0.8, 0.2]),
                "region": random.choice(["north", "south", "east", "west"], customers),
                "industry": random.choice(["retail", "services", "industry"], customers),
                "since": FIRST - random.integers(0, 2500, customers).astype("timedelta64[D]"),
                "group_id": pa.array(
                    _ids("G", random.integers(0, customers // 20 + 1, customers)).to_pylist(),
                    mask=random.random(customers) > 0.1,
                ),
            }
        ),
        folder / "customers.parquet",
    )
    debts = _debts(folder, ids, random)
    _payments(folder, debts, random)
    _contacts(folder, ids, random)


def _ids(prefix: str, numbers: np.ndarray) -> pa.Array:
    text = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 9, "0")
    return pc.binary_join_element_wise(prefix, text, "")


def _money(amount: np.ndarray) -> pa.Array:
    return pa.array(np.round(amount)).cast(pa.decimal128(18, 2))


def _debts(folder: Path, ids: pa.Array, random: np.random.Generator) -> dict:
    owner = np.sort(np.repeat(np.arange(len(ids)), random.poisson(5, len(ids))))
    count = len(owner)
    issued = FIRST + random.integers(0, DAYS, count).astype("timedelta64[D]")
    due = issued + random.choice([14, 30, 45], count).astype("timedelta64[D]")
    amount = np.exp(random.normal(11, 1, count)) + 1000
    table = {
        "debt_id": _ids("D", np.arange(count)),
        "customer_id": ids.take(pa.array(owner)),
        "issued_on": issued,
        "due_on": due,
        "amount": _money(amount),
    }
    pq.write_table(pa.table(table), folder / "debts.parquet")
    return {"id": table["debt_id"], "due": due, "issued": issued, "amount": np.round(amount)}


def _payments(folder: Path, debts: dict, random: np.random.Generator) -> None:
    count = len(debts["amount"])
    parts = random.choice([0, 1, 2, 3], count, p=[0.2, 0.65, 0.1, 0.05])
    debt = np.repeat(np.arange(count), parts)
    share = np.where(parts[debt] == 1, 1.0, random.uniform(0.2, 0.5, len(debt)))
    delay = random.gamma(1.3, 14, len(debt)).astype(int) - 10
    paid = np.maximum(debts["due"][debt] + delay.astype("timedelta64[D]"), debts["issued"][debt])
    keep = paid <= np.datetime64(UNTIL)
    late = np.where(random.random(len(debt)) < 0.05, 3, 0).astype("timedelta64[D]")
    pq.write_table(
        pa.table(
            {
                "payment_id": _ids("P", np.arange(keep.sum())),
                "debt_id": debts["id"].take(pa.array(debt[keep])),
                "paid_on": paid[keep],
                "amount": _money(np.maximum(debts["amount"][debt] * share, 1)[keep]),
                "recorded_at": (paid + late)[keep].astype("datetime64[us]"),
            }
        ),
        folder / "payments.parquet",
    )


def _contacts(folder: Path, ids: pa.Array, random: np.random.Generator) -> None:
    owner = np.sort(np.repeat(np.arange(len(ids)), random.poisson(10, len(ids))))
    count = len(owner)
    seconds = random.integers(0, DAYS, count) * 86_400 + random.integers(8 * 3600, 20 * 3600, count)
    at = FIRST.astype("datetime64[us]") + (seconds * 1_000_000).astype("timedelta64[us]")
    outcome = random.choice(list(OUTCOMES), count, p=[0.4, 0.05, 0.05, 0.12, 0.09, 0.2, 0.05, 0.04])
    customer = ids.take(pa.array(owner))
    pq.write_table(
        pa.table(
            {
                "contact_id": _ids("K", np.arange(count)),
                "customer_id": customer,
                "at": at,
                "channel": random.choice(list(CHANNELS), count),
                "direction": random.choice(["out", "in"], count, p=[0.97, 0.03]),
                "outcome": outcome,
            }
        ),
        folder / "contacts.parquet",
    )
    made = np.flatnonzero(outcome == "promise")
    made_on = at[made].astype("datetime64[D]")
    pq.write_table(
        pa.table(
            {
                "promise_id": _ids("R", np.arange(len(made))),
                "customer_id": customer.take(pa.array(made)),
                "made_on": made_on,
                "due_on": made_on + np.timedelta64(7, "D"),
                "amount": _money(random.uniform(1e4, 1e6, len(made))),
            }
        ),
        folder / "promises.parquet",
    )
