import contextlib
import re

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from propension.errors import PolicyError
from propension.segments import parse_rule

COLUMNS = {"propensity", "value_tier", "days_past_due", "new_customer"}


def holds(rule, **values):
    """Whether a rule holds on one row."""
    row = {
        "propensity": 0.5,
        "value_tier": "high",
        "days_past_due": 10,
        "new_customer": True,
        **values,
    }
    sql = parse_rule(rule, COLUMNS, "here")
    columns = ", ".join(f"? AS {name}" for name in row)
    return duckdb.execute(f"SELECT {sql} FROM (SELECT {columns})", list(row.values())).fetchall()[
        0
    ][0]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("propensity < 0.6 AND value_tier = 'high'", True),
        ("NOT new_customer", False),
        ("days_past_due BETWEEN 1 AND 9 OR value_tier IN ('low', 'medium')", False),
        ("coalesce(propensity, 0) * 2 >= 1", True),
        ("least(days_past_due, 3) = 3 AND greatest(days_past_due, 3) = 10", True),
        ("value_tier IS NOT NULL", True),
        ("abs(-1) = 1", True),
        ("TRUE", True),
    ],
)
def test_conditions_over_columns_are_evaluated(rule, expected):
    assert holds(rule) is expected


def test_a_condition_over_a_missing_value_does_not_hold():
    assert holds("propensity < 0.6", propensity=None) is False


@pytest.mark.parametrize(
    "rule",
    [
        "propensity < (SELECT 1)",
        "read_text('/etc/passwd') IS NULL",
        "getenv('HOME') = ''",
        "1 = 1; DROP TABLE x",
        "CASE WHEN TRUE THEN TRUE END",
        "propensity::VARCHAR = 'a'",
        "value_tier LIKE '%'",
        "count(*) > 1",
        "row_number() OVER () = 1",
        "* IS NULL",
    ],
)
def test_anything_but_a_plain_condition_is_refused(rule):
    with pytest.raises(PolicyError, match="here: "):
        parse_rule(rule, COLUMNS, "here")


@pytest.mark.parametrize(
    "rule", ["days_past_due", "NOT propensity", "new_customer OR days_past_due", "least(1, 2)"]
)
def test_a_number_is_neither_true_nor_false(rule):
    with pytest.raises(PolicyError, match="is not true or false"):
        parse_rule(rule, COLUMNS, "here")


def test_an_unknown_name_comes_with_the_nearest_known_one():
    with pytest.raises(PolicyError, match=r"propensty is not known.*did you mean propensity"):
        parse_rule("propensty < 0.5", COLUMNS, "segments.x.when")


def test_a_qualified_name_is_unknown():
    with pytest.raises(PolicyError, match=r"other\.propensity is not known"):
        parse_rule("other.propensity < 0.5", COLUMNS, "here")


@given(st.text(max_size=40))
def test_any_text_is_a_safe_condition_or_refused(text):
    try:
        sql = parse_rule(text, COLUMNS, "here")
    except PolicyError:
        return
    row = "SELECT 0.5 AS propensity, 'high' AS value_tier, 1 AS days_past_due, TRUE AS new_customer"
    # A condition may still compare unlike things; it cannot reach anything else.
    with contextlib.suppress(
        duckdb.BinderException,
        duckdb.ConversionException,
        duckdb.OutOfRangeException,
        duckdb.ParserException,
    ):
        duckdb.execute(f"SELECT {sql} FROM ({row})").fetchall()


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("quadrant = 'Puede y quiere'", "quadrant is never 'Puede y quiere'. Codes: can_wants"),
        ("propensity < 0.5 AND NOT value_tier IN ('high', 'hihg')", "did you mean high"),
        ("'overdu' <> stage", "stage is never 'overdu' (did you mean overdue?)"),
    ],
)
def test_a_text_that_is_no_code_of_its_column_is_refused(rule, told):
    with pytest.raises(PolicyError, match=re.escape(told)):
        parse_rule(rule, {*COLUMNS, "quadrant", "stage"}, "segments.a.when")
