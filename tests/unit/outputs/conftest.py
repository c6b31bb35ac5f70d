"""Tiny scored tables with named defaults, and a policy that names what they hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from propension.config import Policy
from propension.outputs import SCORED_SCHEMA

REASONS = [
    {"feature": "days_past_due", "value": "45", "effect": -0.8, "text": "Lleva 45 días de mora"},
    {"feature": "payment_count_90d", "value": "2", "effect": 0.3, "text": "Pagó 2 veces"},
]

ACCOUNT: dict[str, Any] = {
    "as_of": dt.date(2026, 6, 30),
    "account_id": "A1",
    "customer_id": "C1",
    "customer_name": "Ana Gómez",
    "stage": "overdue",
    "days_past_due": 45,
    "dpd_bucket": "31-60",
    "overdue_amount": Decimal("1250000.00"),
    "amount_at_stake": Decimal("1250000.00"),
    "open_amount": Decimal("2000000.00"),
    "currency": "COP",
    "propensity": 0.734,
    "propensity_30d": 0.734,
    "expected_recovery": Decimal("917500.00"),
    "risk_band": "B",
    "ability": 0.6,
    "willingness": -0.2,
    "quadrant": "can_wants",
    "contactability": 0.25,
    "value_tier": "high",
    "likely_cause": "forgetful",
    "segment": "reminder_first",
    "flags": ["new_customer", "hard_to_contact"],
    "reasons": REASONS,
    "treatment": "friendly_call",
    "channel": "call",
    "tone": "friendly",
    "manual": True,
    "priority": 1,
    "scheduled_at": dt.datetime(2026, 7, 1, 8, 30),
    "arm": "treatment",
    "assignment_probability": 0.95,
    "refusals": [{"treatment": "sms", "rule": "opt_out", "citation": "Ley 2300, art. 4"}],
    "model_name": "propension_demo",
    "model_version": "3",
    "policy_version": "2026-06",
    "run_id": "0f3a",
}


def build_policy() -> Policy:
    """A policy with two segments, two flags and three treatments."""

    def label(word: str) -> dict[str, str]:
        return {"es": f"{word} (es)", "pt": f"{word} (pt)", "en": f"{word} (en)"}

    return Policy.model_validate(
        {
            "version": "2026-06",
            "flags": {
                "new_customer": {"when": "true", "label": label("Nuevo")},
                "hard_to_contact": {"when": "true", "label": label("Difícil de ubicar")},
            },
            "segments": [
                {
                    "name": "reminder_first",
                    "when": "propensity > 0.5",
                    "label": label("Recordar"),
                    "treatments": ["friendly_call"],
                },
                {"name": "rest", "when": "true", "label": label("Resto"), "treatments": ["sms"]},
            ],
            "treatments": {
                "do_nothing": {
                    "channel": "none",
                    "tone": "none",
                    "manual": False,
                    "label": label("Sin gestión"),
                },
                "friendly_call": {
                    "channel": "call",
                    "tone": "friendly",
                    "manual": True,
                    "label": label("Llamada amable"),
                },
                "sms": {
                    "channel": "sms",
                    "tone": "neutral",
                    "manual": False,
                    "label": label("Mensaje"),
                },
            },
        }
    )


def scored_table(*changes: dict[str, Any]) -> pa.Table:
    """One row per mapping of changes over ``ACCOUNT``, with priorities 1, 2, ..."""
    blank = dict.fromkeys(SCORED_SCHEMA.names)
    rows = [
        blank | ACCOUNT | {"account_id": f"A{n}", "customer_id": f"C{n}", "priority": n} | change
        for n, change in enumerate(changes, start=1)
    ]
    return pa.Table.from_pylist(rows, schema=SCORED_SCHEMA)


@pytest.fixture
def policy() -> Policy:
    return build_policy()


@pytest.fixture
def write_scored(tmp_path: Path) -> Callable[..., Path]:
    """Write ``scored.parquet`` with one row per mapping of changes."""

    def write(*changes: dict[str, Any]) -> Path:
        path = tmp_path / "scored.parquet"
        pq.write_table(scored_table(*changes), path)
        return path

    return write
