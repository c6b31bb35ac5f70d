"""What happened after the as-of date, and whether it can be known yet."""

from propension.labels.overdue import label_sql, write_labels

__all__ = ["label_sql", "write_labels"]
