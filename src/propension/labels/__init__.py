"""What happened after the as-of date, and whether it can be known yet."""

from propension.labels.horizons import horizon_label_sql, upcoming_label_sql, write_labels

__all__ = ["horizon_label_sql", "upcoming_label_sql", "write_labels"]
