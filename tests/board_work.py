"""What a list of the board's tests has besides: a plan with times, calendars, events of accounts, what decided."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from board_world import AS_OF

from propension.outputs import INPUTS_NAME, SCORED_SCHEMA, TIMELINE_NAME
from propension.outputs.assemble import HISTORY_NAME
from propension.segments import example_row
from propension.treatments import HISTORY_SCHEMA

# Whatever a company numbers its accounts by.
ODD_ACCOUNT = "A/1 ?&ñ%#<i>"
_EVENTS = pa.schema(
    [
        ("account_id", pa.string()), ("kind", pa.string()), ("happened_on", pa.date32()), ("until", pa.date32()),
        ("amount", pa.decimal128(18, 2)), ("balance", pa.decimal128(18, 2)), ("debt_id", pa.string()),
        ("channel", pa.string()), ("outcome", pa.string()),
    ]
)  # fmt: skip


def add_work(folder: Path) -> None:
    """Give a published list two days of work of two agents, with calendars, and C000001 a history."""
    rows = pq.read_table(folder / "scored.parquet").to_pylist()
    for n, row in enumerate(rows):
        row["arm"] = "control" if n == 3 else "treatment"
        if n % 3 == 0:
            day = AS_OF + dt.timedelta(days=1 + n % 2)
            row["starts_at"] = dt.datetime.combine(day, dt.time(8 + n % 8, 15))
            row["team"], row["agent"] = ("agents", 1 + n % 2) if n % 6 == 0 else ("sms", None)
    rows[1] |= {
        "treatment": "friendly_reminder", "channel": "sms", "propensity_7d": 0.1, "propensity_90d": 0.8,
        "refusals": [
            {"treatment": "soft_call", "rule": "co-hours", "citation": "Ley 2300 de 2023, art. 3"},
            {"treatment": "field_visit", "rule": "capacity:visits", "citation": ""},
        ],
    }  # fmt: skip
    rows[4]["account_id"] = ODD_ACCOUNT
    pq.write_table(pa.Table.from_pylist(rows, SCORED_SCHEMA), folder / "scored.parquet")
    (folder / "agenda").mkdir()
    for name in ("agenda.ics", "agenda/agents-1.ics", "agenda/agents-2.ics"):
        (folder / name).write_text(f"BEGIN:VCALENDAR\r\nX-NAME:{name}\r\nEND:VCALENDAR\r\n")
    pq.write_table(pa.Table.from_pylist(_events(), _EVENTS), folder / TIMELINE_NAME)
    manifest = json.loads((folder / "manifest.json").read_text())
    models = {"overdue": {"base_margin": -0.5}, "upcoming": {"base_margin": 0.5}}
    (folder / "manifest.json").write_text(json.dumps(manifest | {"models": models}))


def add_inputs(folder: Path, accounts: int = 60) -> None:
    """Give a published list what it would have been decided from."""
    with duckdb.connect() as engine:
        ordinary = engine.sql(example_row()).to_arrow_table()
    base = ordinary.to_pylist()[0] | {"propensity": 0.4, "days_past_due": 30, "opt_outs": []}
    rows = [
        base
        | {
            "account_id": f"C{n:06d}",
            "customer_id": f"C{n:06d}",
            "overdue_amount": Decimal(1_000_000 + n),
            "open_amount": Decimal(1_000_000 + n),
        }
        for n in range(accounts)
    ]
    pq.write_table(pa.Table.from_pylist(rows, ordinary.schema), folder / INPUTS_NAME)
    pq.write_table(HISTORY_SCHEMA.empty_table(), folder / HISTORY_NAME)


def _events() -> list[dict[str, Any]]:
    def event(kind: str, days_ago: int, **more: Any) -> dict[str, Any]:
        happened = {"kind": kind, "happened_on": AS_OF - dt.timedelta(days=days_ago)}
        return dict.fromkeys(_EVENTS.names) | {"account_id": "C000001"} | happened | more

    return [
        event("debt", 90, until=AS_OF - dt.timedelta(days=60), amount=Decimal(500), balance=Decimal(300), debt_id="<b>D1</b>", outcome="overdue"),
        event("payment", 50, amount=Decimal(200), debt_id="<b>D1</b>"),
        event("contact", 40, channel="call", outcome="right_party"),
        event("promise", 40, until=AS_OF - dt.timedelta(days=30), amount=Decimal(300), outcome="broken"),
        event("dispute", 10, debt_id="<b>D1</b>", outcome="open"),
    ]  # fmt: skip
