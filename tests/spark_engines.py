"""Two engines over the same tables, and whether they say the same."""

import datetime as dt
from typing import NamedTuple

import pyarrow.parquet as pq

AS_OF = dt.date(2026, 3, 31)


class Engines(NamedTuple):
    """Both engines over the same tables."""

    folder: object
    settings: object
    extraction: object
    embedded: object
    spark: object
    streams: set


def compare(here, there, key):
    """Return how many cells of two tables were compared, every one equal, whatever the order of rows."""
    order = [(name, "ascending") for name in key]
    here, there = here.sort_by(order), there.sort_by(order)
    assert there.num_rows == here.num_rows > 0
    assert set(there.column_names) == set(here.column_names)
    mismatches = {}
    for name in here.column_names:
        pairs = zip(here[name].to_pylist(), there[name].to_pylist(), strict=True)
        different = [(left, right) for left, right in pairs if _plain(left) != _plain(right)]
        if different:
            mismatches[name] = (len(different), different[:3])
    assert not mismatches
    return here.num_rows, here.num_rows * here.num_columns


def _plain(value):
    # Spark's instants say that they are UTC.
    return value.replace(tzinfo=None) if isinstance(value, dt.datetime) else value


def read(folder):
    """A Parquet folder that Spark wrote."""
    return pq.read_table(folder)
