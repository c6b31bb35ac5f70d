"""The streams a feature can aggregate: the state each reads, what groups it, what it offers."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from propension.config import Stream
from propension.snapshots.states import STATES

# Stream: (state it reads, column that groups it).
GROUPED: dict[Stream, tuple[str, str]] = {
    "debts": ("debt_states", "account"),
    "payments": ("payment_states", "account"),
    "bounces": ("bounce_states", "account"),
    "contacts": ("contact_states", "customer"),
    "promises": ("promise_states", "customer"),
    "disputes": ("dispute_states", "account"),
    "groups": ("group_states", "group_id"),
}

# Of a customer's state of today, only what cannot have changed: the rest would tell the future.
PROFILE_COLUMNS = frozenset(
    {"as_of", "kind", "since", "region", "industry", "product_line", "group_id", "days_to_holiday"}
)


def stream_columns(stream: Stream) -> set[str]:
    """Return the names an expression over a stream may use."""
    if stream == "profile":
        return set(PROFILE_COLUMNS)
    query = sqlglot.parse_one(STATES[GROUPED[stream][0]][1], read="duckdb", into=exp.Select)
    return set(query.named_selects)
