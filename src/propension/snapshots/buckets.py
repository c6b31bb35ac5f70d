"""Ranges of days past due."""

from __future__ import annotations

BUCKETS = ("current", "1-30", "31-60", "61-90", "91-120", "121+")
# Days past due after which each but the first begins.
BUCKETS_BEGIN_AFTER = (0, 30, 60, 90, 120)


def bucket_sql(days: str) -> str:
    """Return SQL that names the bucket of an account's days past due; ``current`` where there are none."""
    later = zip(BUCKETS[1:], BUCKETS_BEGIN_AFTER, strict=True)
    cases = [f"WHEN {days} > {end} THEN '{name}'" for name, end in later]
    return f"CASE {' '.join(reversed(cases))} ELSE '{BUCKETS[0]}' END"
