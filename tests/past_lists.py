"""Published lists as later runs find them, with no more said of the accounts than a test needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from propension.outputs import INPUTS_NAME, SCORED_NAME, SCORED_SCHEMA

DEFAULTS = {
    "customer_id": "C1",
    "stage": "overdue",
    "segment": "talk",
    "quadrant": "can_wants",
    "treatment": "soft_call",
    "arm": "treatment",
    "assignment_probability": 0.9,
    "propensity": 0.4,
    "amount_at_stake": Decimal(100),
}


def write_list(
    outputs: Path, as_of: dt.date, rows: Sequence[Mapping[str, Any]], without: Sequence[str] = ()
) -> Path:
    """Write a list's rows over the defaults; return its folder."""
    folder = outputs / f"as_of={as_of}"
    folder.mkdir(parents=True)
    whole = [{"as_of": as_of} | DEFAULTS | dict(row) for row in rows]
    columns = [field for field in SCORED_SCHEMA if field.name not in without]
    schema = pa.schema(columns)
    if any("strategy" in row for row in rows) and "strategy" not in schema.names:
        schema = schema.append(pa.field("strategy", pa.string()))
    pq.write_table(pa.Table.from_pylist(whole, schema), folder / SCORED_NAME)
    facts = {
        "account_id": [row["account_id"] for row in whole],
        "disputed": [row.get("disputed", False) for row in whole],
        "has_phone": [row.get("has_phone", True) for row in whole],
    }
    pq.write_table(pa.table(facts), folder / INPUTS_NAME)
    return folder
