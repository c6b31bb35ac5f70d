"""What happened after the as-of date, and whether it can be known yet."""

from propension.labels.evidence import EVIDENCE_COLUMNS, evidence_sql, write_evidence
from propension.labels.horizons import (
    LATER_PAYMENTS,
    collected_sql,
    horizon_label_sql,
    upcoming_label_sql,
    write_labels,
)

__all__ = [
    "EVIDENCE_COLUMNS",
    "LATER_PAYMENTS",
    "collected_sql",
    "evidence_sql",
    "horizon_label_sql",
    "upcoming_label_sql",
    "write_evidence",
    "write_labels",
]
