"""Ranges of days past due."""

from __future__ import annotations

BUCKETS = ("current", "1-30", "31-60", "61-90", "91-120", "121+")


def bucket_sql(days: str) -> str:
    """Return SQL that names the bucket of an account's days past due; ``current`` where there are none."""
    return (
        f"CASE WHEN {days} > 120 THEN '121+' WHEN {days} > 90 THEN '91-120' WHEN {days} > 60 THEN '61-90' "
        f"WHEN {days} > 30 THEN '31-60' WHEN {days} > 0 THEN '1-30' ELSE 'current' END"
    )
