"""Whatever is written into settings, policies, rules and templates, only clear refusals come out, in bounded time."""

from __future__ import annotations

import copy
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from propension.config import ExtraFeature, Features, Messages, Texts, load_policy, load_settings
from propension.errors import ConfigurationError, PolicyError
from propension.features import catalogue
from propension.segments.columns import example_row
from propension.segments.rules import parse_rule
from propension.treatments.messages.rendering import FACTS, SLOTS, render_variants
from propension.treatments.messages.values import known_facts

LIGHT = settings(max_examples=150)
TEMPLATE = files("propension.config") / "template"
READERS = {"propension.yaml": load_settings, "policy.yaml": load_policy}

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.dates(),
    st.sampled_from(["", "../x", "'; DROP TABLE x; --", "{{ x }}", "\x00", "9" * 5000, 10**400, -1, 1e308, "TRUE"]),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)
YAML_PIECES = st.lists(
    st.sampled_from(
        [
            "&a", "*a", "<<:", "- ", ": ", "? ", "[", "]", "{", "}", "|", ">", "!!int", "!x", "%YAML 1.2", "---", "...",
            "\n", "\t", "  ", "#", '"', "'", "a", "2026-02-30", "1:61:61", "0x", ".nan", ".inf", "~", "\x07", "\ufeff", "=",
        ]
    ),
    max_size=12,
).map("".join)  # fmt: skip


def places(held: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a document."""
    inside = (
        held.items()
        if isinstance(held, dict)
        else enumerate(held)
        if isinstance(held, list)
        else ()
    )
    return [at, *(place for key, value in inside for place in places(value, (*at, key)))]


def put(held: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    held[place[0]] = put(held[place[0]], place[1:], value)
    return held


def read(name: str, text: str) -> Any:
    """Read a file of settings; None where it is refused."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_text(text, encoding="utf-8", errors="surrogatepass")
        try:
            return READERS[name](file)
        except ConfigurationError:
            return None


@pytest.mark.parametrize("name", READERS)
@LIGHT
@given(data=st.data())
def test_any_value_at_any_place_is_read_or_refused(name: str, data: st.DataObject) -> None:
    held = yaml.safe_load((TEMPLATE / name).read_text(encoding="utf-8"))
    place = data.draw(st.sampled_from(places(held)))
    changed = put(copy.deepcopy(held), place, data.draw(VALUES))
    loaded = read(name, yaml.safe_dump(changed, allow_unicode=True))
    assert loaded is None or loaded.digest()


@pytest.mark.parametrize("name", READERS)
@LIGHT
@given(data=st.data())
def test_any_text_at_any_place_is_read_or_refused(name: str, data: st.DataObject) -> None:
    text = (TEMPLATE / name).read_text(encoding="utf-8")
    at = data.draw(st.integers(0, len(text)))
    read(name, text[:at] + data.draw(YAML_PIECES) + text[at:])


# Rules

NUMBERS = ("propensity", "days_past_due", "open_amount", "1", "0.5", "NULL", "-3")
WORDS = ("value_tier", "segment_none", "'high'", "'it''s'", "stage")
TOKENS = st.sampled_from(
    [
        "propensity", "value_tier", "hardship", "1", "'x'", "NULL", "TRUE", "(", ")", "AND", "OR", "NOT", "IN", "BETWEEN", "IS",
        "<", "=", "<>", "+", "-", "*", "/", "%", "::", ",", ".", ";", "--", "/*", "coalesce(", "abs(", "least(", "SELECT", "FROM",
        "CASE", "WHEN", "END", "OVER", "[", "{", "$1", "?", "\x00", "😀", '"', "E'", "x -> x", "count(*)", "FILTER", "LIKE", "||",
    ]
)  # fmt: skip
COLUMNS = {"propensity", "days_past_due", "open_amount", "value_tier", "stage", "hardship"}


def numbers() -> st.SearchStrategy[str]:
    return st.recursive(
        st.sampled_from(NUMBERS),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
            inner.map(lambda text: f"abs({text})"),
            st.tuples(inner, inner).map(lambda t: f"coalesce({t[0]}, {t[1]})"),
        ),
        max_leaves=6,
    )  # fmt: skip


def conditions() -> st.SearchStrategy[str]:
    compared = st.tuples(numbers(), st.sampled_from(["<", "<=", "=", "<>", ">"]), numbers()).map(
        " ".join
    )
    coded = st.sampled_from([("value_tier", "'high', 'low'"), ("stage", "'overdue', 'upcoming'")])
    words = st.tuples(coded, st.sampled_from(["=", "<>", "IN"])).map(
        lambda t: (
            f"{t[0][0]} IN ({t[0][1]})"
            if t[1] == "IN"
            else f"{t[0][0]} {t[1]} {t[0][1].split(',')[0]}"
        )
    )
    return st.recursive(
        st.one_of(compared, words, st.sampled_from(["hardship", "TRUE", "propensity IS NULL"])),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from([" AND ", " OR "]), inner).map(lambda t: f"({t[0]}{t[1]}{t[2]})"),
            inner.map(lambda text: f"NOT {text}"),
        ),
        max_leaves=8,
    )  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Any:
    with duckdb.connect(config={"threads": 1}) as opened:
        yield opened


@LIGHT
@given(rule=conditions())
def test_rules_of_the_language_run_and_are_true_or_false(engine: Any, rule: str) -> None:
    sql = parse_rule(rule, COLUMNS, "here")
    found = engine.execute(f"SELECT {sql} FROM ({example_row(derived=True)})").fetchone()
    assert found[0] in (True, False)


@LIGHT
@given(rule=st.one_of(st.lists(TOKENS, max_size=14).map(" ".join), st.text(max_size=40)))
def test_rules_of_anything_are_refused_or_run(engine: Any, rule: str) -> None:
    try:
        sql = parse_rule(rule, COLUMNS, "here")
    except PolicyError:
        return
    try:
        found = engine.execute(f"SELECT {sql} FROM ({example_row(derived=True)})").fetchall()
    except (duckdb.BinderException, duckdb.ConversionException, duckdb.OutOfRangeException):
        # Numbers beside words: told when the policy is checked.
        return
    assert len(found) == 1


@pytest.mark.parametrize(
    "piece", ["(", "NOT ", "- ", "abs(", "1 + ", "propensity > 0 AND ", "coalesce(1, "]
)
def test_depth_without_end_is_refused(piece: str) -> None:
    with pytest.raises(PolicyError):
        parse_rule(piece * 2000, COLUMNS, "here")


@LIGHT
@given(
    sql=st.lists(st.one_of(TOKENS, st.sampled_from(["sum(amount)", "due_on", "as_of", "amount"])), max_size=10).map(" ".join),
    stream=st.sampled_from(["debts", "payments", "profile", "derived"]),
)  # fmt: skip
def test_features_of_anything_are_refused_or_join_the_catalogue(sql: str, stream: Any) -> None:
    texts = Texts(es="x", pt="x", en="x")
    extra = ExtraFeature(name="mine", text=texts, stream=stream, sql=sql)
    try:
        features = catalogue(Features(extra=(extra,)))
    except ConfigurationError:
        return
    assert features[-1].name == "mine"


# Templates

PIECES = st.sampled_from(
    [
        "Hola ", "{{ ", " }}", "{% ", " %}", "{# ", " #}", "if ", "endif", "else", "elif ", "not ", "and ", "or ", "for x in ", "endfor",
        "set x = 1", "include 'x'", ".__class__", "|upper", "()", "[0]", "+", "'a'", "\n", "\x00", "\ue000", "{% if has_name %}",
        "{% endif %}", "{{ creditor }}", "{{ customer_name }}", *SLOTS, *sorted(FACTS),
    ]
)  # fmt: skip


@LIGHT
@given(text=st.lists(PIECES, max_size=14).map("".join))
def test_templates_of_anything_are_refused_or_print_slots_alone(text: str) -> None:
    try:
        variants = render_variants(text, "here", known_facts(Messages()))
    except PolicyError:
        return
    assert all(variant.slots <= set(SLOTS) for variant in variants)
    assert all("class" not in variant.words or "class" in text for variant in variants)
