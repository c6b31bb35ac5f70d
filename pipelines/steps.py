"""Which tasks a portfolio is scored by: those of one machine, or of Spark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pipelines import spark_tasks, tasks
from propension.config import Settings
from propension.distributed import open_spark


@contextmanager
def open_steps(settings: Settings) -> Iterator[Any]:
    """Give the tasks that a portfolio is scored by, with what they need open."""
    if settings.spark is None:
        yield tasks
        return
    with open_spark(settings):
        yield spark_tasks
