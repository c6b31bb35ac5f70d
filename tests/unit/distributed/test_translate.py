"""The engine's statements in Spark's words; what Spark makes of them is for tests/spark."""

import pytest
import sqlglot

from propension.config import Outputs, Target
from propension.distributed import to_spark
from propension.distributed.queries import _target
from propension.distributed.translate import parse_sql, spark_text
from propension.schema import TABLES
from propension.snapshots import facts_sql, history_sql, stream_statements
from propension.snapshots.states import STATES

ALL = {name: name for name in TABLES}


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("a / b", "CAST(a AS DOUBLE) / CAST(b AS DOUBLE)"),
        ("epoch_us(a)", "UNIX_MICROS(a)"),
        ("mode(a ORDER BY a)", "MODE(a, TRUE)"),
        ("isfinite(a)", "ABS(a) < CAST('Infinity' AS DOUBLE)"),
        (r"regexp_replace(a, '(\pL)x', '\1***', 'g')", r"REGEXP_REPLACE(a, '(\\pL)x', '$1***')"),
        ("a::ENUM('x', 'y')", "CAST(a AS STRING)"),
        (
            "hour((a AT TIME ZONE 'UTC') AT TIME ZONE b)",
            "HOUR(FROM_UTC_TIMESTAMP((FROM_UTC_TIMESTAMP(a, 'UTC')), b))",
        ),
    ],
)
def test_what_spark_says_otherwise_is_said_its_way(here, there):
    assert to_spark(f"SELECT {here} FROM t") == f"SELECT {there} FROM t"


def test_named_queries_ask_for_nothing_spark_has_no_words_for():
    said = to_spark("WITH q AS NOT MATERIALIZED (SELECT 1 AS a) SELECT a FROM q")
    assert said == "WITH q AS (SELECT 1 AS a) SELECT a FROM q"


def test_rows_are_numbered_without_a_worker_that_sees_them_all():
    statements = [_target(parse_sql(sql)) for sql in stream_statements(ALL)]
    for name, select in statements:
        said = spark_text(select)
        assert "ROW_NUMBER() OVER ()" not in said
        assert "ROW_NUMBER() OVER (ORDER" not in said
        assert select.args.get("order") is None
        assert "PG_TIMEZONE_NAMES" not in said, name
    assert sum("MONOTONICALLY_INCREASING_ID" in spark_text(s).upper() for _, s in statements) == 4


def test_the_ledger_is_made_of_two_statements_and_every_other_stream_of_one():
    names = [_target(parse_sql(sql))[0] for sql in stream_statements(ALL)]
    assert names.count("ledger") == 2
    assert len(names) == len(set(names)) + 1


def test_facts_and_history_are_written_in_words_that_spark_parses():
    streams = {stream for stream, _ in STATES.values()}
    for stage in ("overdue", "upcoming"):
        sql = facts_sql(_day(), streams, Target(), Outputs(personal_data="masked"), stage)
        sqlglot.parse_one(to_spark(sql), read="spark")
    sqlglot.parse_one(to_spark(history_sql(_day(), 30)), read="spark")


def _day():
    import datetime as dt

    return dt.date(2026, 1, 31)
