"""As-of dates, the ledger, and what was known on each of them."""

from propension.snapshots.asof import (
    choose_as_of,
    is_mature,
    is_old,
    last_mature,
    training_dates,
)
from propension.snapshots.buckets import BUCKETS, BUCKETS_BEGIN_AFTER, bucket_sql
from propension.snapshots.facts import contact_history, facts_sql, history_sql, write_facts
from propension.snapshots.receipts import RECEIPTS
from propension.snapshots.states import OF_POPULATION, available_states, with_states
from propension.snapshots.streams import (
    holiday_table,
    open_streams,
    prepare_streams,
    stream_statements,
    stream_tables,
)
from propension.snapshots.timeline import TIMELINE_DAYS, write_timeline

__all__ = [
    "BUCKETS",
    "BUCKETS_BEGIN_AFTER",
    "OF_POPULATION",
    "RECEIPTS",
    "TIMELINE_DAYS",
    "available_states",
    "bucket_sql",
    "choose_as_of",
    "contact_history",
    "facts_sql",
    "history_sql",
    "holiday_table",
    "is_mature",
    "is_old",
    "last_mature",
    "open_streams",
    "prepare_streams",
    "stream_statements",
    "stream_tables",
    "training_dates",
    "with_states",
    "write_facts",
    "write_timeline",
]
