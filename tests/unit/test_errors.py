"""Errors carry their exit code and their facts; time is read in one place."""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path

import pytest

import propension
from propension import clock, errors


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.PropensionError, 1),
        (errors.ConfigurationError, 2),
        (errors.PolicyError, 2),
        (errors.DataError, 3),
        (errors.ModelError, 4),
        (errors.OutputError, 1),
    ],
)
def test_error_has_the_exit_code_of_its_family(
    error: type[errors.PropensionError], code: int
) -> None:
    assert error("debts: nothing.").exit_code == code


def test_error_keeps_its_facts() -> None:
    error = errors.DataError("debts: 2 rows.", rows=2)
    assert str(error) == "debts: 2 rows."
    assert error.facts == {"rows": 2}


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([], ""),
        (["P1"], "P1"),
        (["P1", "P2", "P3"], "P1, P2, P3"),
        (["P1", "P2", "P3", "P4", "P5"], "P1, P2, P3 and 2 more"),
        (iter([1, 2]), "1, 2"),
    ],
)
def test_sample_is_bounded_and_says_what_it_leaves_out(values: list[str], text: str) -> None:
    assert errors.sample_text(values) == text


def test_now_is_utc_to_the_second() -> None:
    now = clock.now_utc()
    assert now.utcoffset() == dt.timedelta(0)
    assert now.microsecond == 0
    assert abs(dt.datetime.now(dt.UTC) - now) < dt.timedelta(minutes=1)


def test_nothing_but_the_clock_reads_the_time() -> None:
    readers = set()
    for source in Path(propension.__file__).parent.rglob("*.py"):
        tree = ast.parse(source.read_text(encoding="utf-8"))
        asked = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        if asked & {"now", "today", "utcnow", "time_ns"}:
            readers.add(source.name)
    assert readers == {"clock.py"}
