"""Every table and column of the contract says what it means."""

from __future__ import annotations

import pytest

from propension.schema import TABLES, Column, Table

COLUMNS = [(table, column) for table in TABLES.values() for column in table.columns]


@pytest.mark.parametrize(
    "declared",
    [*TABLES.values(), *(column for _, column in COLUMNS)],
    ids=[*TABLES, *(f"{table.name}.{column.name}" for table, column in COLUMNS)],
)
def test_what_is_declared_says_what_it_means(declared: Table | Column) -> None:
    assert declared.meaning.endswith(".")
    assert "\n" not in declared.meaning
    # A cell of a table cannot hold one.
    assert "|" not in declared.meaning


def test_every_allowed_value_is_explained() -> None:
    for table, column in COLUMNS:
        told = {value for value in column.allowed if f"`{value}`" in column.meaning}
        assert told == set(column.allowed), (table.name, column.name)


def test_what_says_what_is_lost_may_be_empty() -> None:
    for table, column in COLUMNS:
        assert not (column.required and "Empty:" in column.meaning), (table.name, column.name)
