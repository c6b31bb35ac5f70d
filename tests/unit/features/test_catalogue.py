import datetime as dt
import itertools
import re
from dataclasses import replace
from typing import get_args

import pytest
import sqlglot
from ledgers import DUE_ON, Ledger, Portfolio, by_account, day, days_after
from sqlglot import expressions as exp

from propension.config import ExtraFeature, Features, Texts
from propension.errors import ConfigurationError
from propension.features import SHIPPED, catalogue, is_protected
from propension.features.feature import Axis, Family, Unit
from propension.schema import OUTCOMES
from propension.snapshots import with_states

TEXT = Texts(es="puntaje", pt="pontuação", en="score")
AS_OF = days_after(DUE_ON, 10)
NAMES = [feature.name for feature in SHIPPED]
# Stream: the relations whose columns its expressions may use.
RELATIONS = {
    "debts": ("debt_states",),
    "payments": ("payment_states",),
    "bounces": ("bounce_states",),
    "contacts": ("contact_states",),
    "promises": ("promise_states",),
    "disputes": ("dispute_states",),
    "groups": ("group_states",),
    "profile": ("accounts", "as_of_date", "holiday_states"),
}
GROUPED = sorted(set(RELATIONS) - {"profile"})
# Streams of tables that a source may lack.
OPTIONAL = ("contacts", "promises", "disputes")
LANGUAGES = ("es", "pt", "en")
# How a window of 365 days is told.
YEAR = {"es": "año", "pt": "ano", "en": "year"}
# Letters and words of one language that never stand in another's text.
FOREIGN = {
    "es": r"[ãõâêôç]|\b(dias|dívidas?|atraso médio|em|do|da|dos|das|não|com|seu)\b",
    "pt": r"[ñ¿]|\b(días|deudas?|mora|en|el|del|las|los|con|sus?)\b",
    "en": r"[^ -~]|\b(de|del|en|em|do|da|dos|das)\b",
}
# Alike in Spanish and Portuguese.
SHARED_WORDS = {"balance_overdue", "customer_kind"}


def own(*extra):
    """The catalogue of a portfolio with features of its own."""
    return catalogue(Features(extra=extra))


def extra(name, kind="number"):
    return ExtraFeature(name=name, kind=kind, text=TEXT)


def expression(feature):
    return sqlglot.parse_one(feature.sql, dialect="duckdb")


@pytest.fixture(scope="module")
def full_portfolio(tmp_path_factory):
    """A portfolio that has every stream."""
    ledger = Ledger().debt().contact(DUE_ON).attribute(DUE_ON, score=1)
    for name in ("promises", "disputes", "flags"):
        ledger.with_table(name)
    with Portfolio(ledger.write(tmp_path_factory.mktemp("full")), country="CO") as portfolio:
        yield portfolio


@pytest.fixture(scope="module")
def column_types(full_portfolio):
    """Types of the columns that every stream offers."""
    states = {state for relations in RELATIONS.values() for state in relations}
    types = {}
    for stream, relations in RELATIONS.items():
        types[stream] = {}
        for relation in relations:
            sql = f"{with_states(AS_OF, states, 0)} SELECT * FROM {relation}"
            described = full_portfolio.engine.execute(f"DESCRIBE {sql}").fetchall()
            types[stream] |= {row[0]: row[1] for row in described}
    types["derived"] = {feature.name: "DOUBLE" for feature in SHIPPED}
    return types


def test_names_are_unique_even_for_sql_that_ignores_case() -> None:
    assert len({name.lower() for name in NAMES}) == len(NAMES)


def windows(feature):
    """Lengths in days of the windows a name tells."""
    return re.findall(r"_(\d+)d(?=_|$)", feature.name)


def test_catalogue_has_as_many_features_as_it_says() -> None:
    assert len(SHIPPED) == 100


@pytest.mark.parametrize("feature", SHIPPED, ids=NAMES)
def test_name_is_lower_case_words_and_tells_its_window(feature) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+|_\d+d?)*", feature.name)
    if feature.stream != "derived":
        for window in windows(feature):
            # Days ago count up from 0, days to the due date down from -1.
            assert re.search(rf"(_ago|age_days) < {window}\b|>= -{window}\b", feature.sql)


@pytest.mark.parametrize("feature", SHIPPED, ids=NAMES)
def test_family_unit_axis_and_stream_are_of_the_declared_ones(feature) -> None:
    assert feature.family in set(get_args(Family)) - {"extra"}
    assert feature.unit in get_args(Unit)
    assert feature.axis in get_args(Axis)
    assert feature.stream in {*RELATIONS, "derived"}
    assert feature.monotone in (-1, 0, 1)
    # A direction is an assumption: none is made of what only places or dates an account.
    assert feature.monotone == 0 or feature.axis in ("none", "ability", "willingness")
    # Without rows a count is zero and a share is unknown; without a group both are.
    if feature.unit == "count" and feature.stream != "groups":
        assert feature.empty == 0
    if feature.unit in ("share", "ratio", "category"):
        assert feature.empty is None


@pytest.mark.parametrize("feature", SHIPPED, ids=NAMES)
def test_words_are_of_three_languages_and_tell_the_window(feature) -> None:
    for language in LANGUAGES:
        text = feature.text.in_language(language)
        assert re.fullmatch(r"[A-ZÁÉÍÓÚ].{2,59}", text)
        assert not re.search(r"_|  |[.:;]$|\s$", text)
        assert not re.search(FOREIGN[language], text, re.IGNORECASE)
        for window in windows(feature):
            told = YEAR[language] if window == "365" else window
            assert re.search(rf"\b{told}\b", text)
    texts = {feature.text.in_language(language) for language in LANGUAGES}
    assert len(texts) == (2 if feature.name in SHARED_WORDS else 3)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_features_are_told_in_the_same_words(language) -> None:
    texts = [feature.text.in_language(language) for feature in SHIPPED]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("feature", SHIPPED, ids=NAMES)
def test_expression_uses_only_columns_its_stream_offers(feature, column_types) -> None:
    columns = {column.name for column in expression(feature).find_all(exp.Column)}
    assert columns
    assert columns <= set(column_types[feature.stream])


@pytest.mark.parametrize("feature", SHIPPED, ids=NAMES)
def test_expression_translates_to_spark(feature) -> None:
    translated = sqlglot.transpile(
        feature.sql, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
    )
    assert len(translated) == 1


def inexact_aggregates(feature, types):
    """Aggregates whose result could depend on the order of rows."""
    for aggregate in expression(feature).find_all(exp.AggFunc):
        argument = aggregate.this
        if argument is None or isinstance(aggregate, exp.Count | exp.Min | exp.Max):
            continue
        names = {column.name for column in argument.find_all(exp.Column)}
        cast_or_divided = list(argument.find_all(exp.Cast, exp.Div))
        if cast_or_divided or any(types[name] in ("DOUBLE", "FLOAT") for name in names):
            yield aggregate.sql()


@pytest.mark.parametrize("feature", SHIPPED, ids=NAMES)
def test_aggregates_run_over_exact_values_only(feature, column_types) -> None:
    has_aggregate = any(True for _ in expression(feature).find_all(exp.AggFunc))
    assert has_aggregate == (feature.stream in GROUPED)
    assert list(inexact_aggregates(feature, column_types[feature.stream])) == []


@pytest.mark.parametrize(
    "sql", ["sum(balance::DOUBLE)", "avg(balance / amount)", "sum(ratio) FILTER (WHERE is_open)"]
)
def test_an_inexact_aggregate_would_be_noticed(sql) -> None:
    types = {"balance": "DECIMAL(18,2)", "amount": "DECIMAL(18,2)", "ratio": "DOUBLE"}
    assert list(inexact_aggregates(replace(SHIPPED[0], sql=sql), types))


@pytest.mark.parametrize("stream", GROUPED)
def test_no_stream_offers_a_floating_point_column(column_types, stream) -> None:
    assert not {"DOUBLE", "FLOAT"} & set(column_types[stream].values())


def test_derived_features_stand_on_features_that_are_not_derived() -> None:
    plain = {feature.name for feature in SHIPPED if feature.stream != "derived"}
    for feature in SHIPPED:
        if feature.stream == "derived":
            assert {column.name for column in expression(feature).find_all(exp.Column)} <= plain


@pytest.mark.parametrize(
    "name",
    [
        "sex",
        "SEX",
        "customer_sex",
        "sex1",
        "CustomerSex",
        "age",
        "ageGroup",
        "customer_age_years",
        "AGEGroup",
        "edad_cliente",
        "idade",
        "birth_date",
        "birthdate",
        "fecha_nacimiento",
        "audit_sex",
        "estado_civil",
        "EstadoCivil",
        "civil_status",
        "marital_status",
        "genero",
        "raza",
        "ethnic_group",
        "religion",
        "nationality_code",
        "nacionalidad",
        "mortgage_age_days",
    ],
)
def test_protected_attributes_are_refused_however_written(name) -> None:
    assert is_protected(name)
    with pytest.raises(ConfigurationError, match=f"features.extra: {name} .*protected attribute"):
        own(extra(name))


@pytest.mark.parametrize(
    "name",
    [
        "average_balance",
        "usage",
        "data_usage_90d",
        "mortgage_days",
        "agency_score",
        "stage",
        "sextile",
        "package",
        "trace_count",
        "raceway",
        "page_views",
        "generous_limit",
        "paid_percentage",
        "state_civil_court",
    ],
)
def test_names_that_only_contain_a_protected_word_are_not_refused(name) -> None:
    assert not is_protected(name)
    assert own(extra(name))[-1].name == name


def test_no_shipped_feature_is_a_protected_attribute() -> None:
    assert [name for name in NAMES if is_protected(name)] == []


def test_extra_features_come_last_in_the_order_given() -> None:
    chosen = own(extra("score"), extra("sector", "category"))
    assert chosen[: len(SHIPPED)] == SHIPPED
    assert [feature.name for feature in chosen[len(SHIPPED) :]] == ["score", "sector"]
    assert [feature.is_category for feature in chosen[len(SHIPPED) :]] == [False, True]


@pytest.mark.parametrize("name", ["days_past_due", "Days_Past_Due"])
def test_extra_feature_cannot_take_the_name_of_another(name) -> None:
    with pytest.raises(ConfigurationError, match=f"features.extra: {name} is already a feature"):
        own(extra(name))
    with pytest.raises(ConfigurationError, match=r"features\.extra: Score is already a feature"):
        own(extra("score"), extra("Score"))


@pytest.mark.parametrize("name", ["customer_id", "account_id", "as_of", "Known_On"])
def test_extra_feature_cannot_be_an_id_or_a_date_of_the_table(name) -> None:
    with pytest.raises(ConfigurationError, match=f"features.extra: {name} says which row"):
        own(extra(name))


def test_features_of_a_missing_stream_are_null(tmp_path) -> None:
    with Portfolio(Ledger().debt().write(tmp_path)) as portfolio:
        found = by_account(portfolio.features(AS_OF, own(extra("score"))))["C1"]
    missing = {feature.name for feature in SHIPPED if feature.stream in OPTIONAL} | {"score"}
    assert {name for name in missing if found[name] is not None} == set()
    assert found["overdue_debt_count"] == 1
    # Payments always tell whether any bounced.
    assert found["bounced_count_180d"] == 0


def test_features_of_a_stream_without_rows_of_the_account_are_empty(tmp_path) -> None:
    ledger = Ledger().debt().with_table("attributes")
    for name in OPTIONAL:
        ledger.with_table(name)
    with Portfolio(ledger.write(tmp_path)) as portfolio:
        found = by_account(portfolio.features(AS_OF))["C1"]
    for feature in SHIPPED:
        if feature.stream in ("payments", "bounces", "groups", *OPTIONAL):
            assert found[feature.name] == feature.empty


def test_holidays_are_those_of_the_country(tmp_path) -> None:
    # Benito Juárez is honoured in Mexico on Monday 18, Saint Joseph in Colombia on Monday 25.
    extraction = Ledger().debt().write(tmp_path)
    found = {}
    for country in ("MX", "CO", "ZZ", ""):
        with Portfolio(extraction, country=country) as portfolio:
            found[country] = by_account(portfolio.features(AS_OF))["C1"]["days_to_holiday"]
    assert found == {"MX": 7, "CO": 14, "ZZ": None, "": None}


def test_first_holiday_after_the_last_year_of_the_data_is_known(tmp_path) -> None:
    as_of = day("2024-12-30")
    ledger = Ledger().debt(due_on=as_of, issued_on=as_of).payment(as_of, 10)
    ledger.debt("D2", due_on=days_after(as_of, -1))
    with Portfolio(ledger.write(tmp_path), country="CO") as portfolio:
        assert by_account(portfolio.features(as_of))["C1"]["days_to_holiday"] == 2


def test_last_outcome_of_one_instant_is_the_one_that_says_most(tmp_path) -> None:
    ledger = Ledger().debt()
    for later, outcome in itertools.pairwise(reversed(OUTCOMES)):
        ledger.debt(f"D_{later}", customer_id=later)
        for name in (later, outcome):
            ledger.contact(DUE_ON, name, customer_id=later)
        # What was said before does not count, whatever it was.
        ledger.contact(days_after(DUE_ON, -1), "promise", customer_id=later)
    with Portfolio(ledger.write(tmp_path)) as portfolio:
        found = by_account(portfolio.features(AS_OF))
    assert {key: row["contact_last_outcome"] for key, row in found.items() if key != "C1"} == {
        outcome: outcome for outcome in OUTCOMES[1:]
    }


def test_last_outcome_is_told_apart_within_a_second(tmp_path) -> None:
    ledger = Ledger().debt()
    for outcome, micros in (("promise", 700_000), ("no_answer", 700_001)):
        instant = dt.datetime.combine(DUE_ON, dt.time(9, 0, 0, micros))
        ledger.contact(DUE_ON, outcome, at=instant)
    with Portfolio(ledger.write(tmp_path)) as portfolio:
        assert by_account(portfolio.features(AS_OF))["C1"]["contact_last_outcome"] == "no_answer"


@pytest.mark.parametrize(
    ("timezone", "share"), [("America/Bogota", 1), ("UTC", 0), (None, 0), ("Nowhere", 0)]
)
def test_morning_is_that_of_the_customers_clock(tmp_path, timezone, share) -> None:
    noon = dt.datetime.combine(DUE_ON, dt.time(12, 30))
    ledger = Ledger().customer("C1", timezone=timezone).debt()
    with Portfolio(ledger.contact(DUE_ON, "right_party", at=noon).write(tmp_path)) as portfolio:
        found = by_account(portfolio.features(AS_OF))["C1"]
    assert found["right_party_morning_share"] == share


@pytest.mark.parametrize(("days_ago", "worst"), [(364, 90), (365, 10)])
def test_worst_arrears_are_of_debts_settled_within_the_year(tmp_path, days_ago, worst) -> None:
    paid_on = days_after(AS_OF, -days_ago)
    ledger = Ledger().debt().debt("D2", due_on=days_after(paid_on, -90)).payment(paid_on, 100, "D2")
    with Portfolio(ledger.write(tmp_path)) as portfolio:
        found = by_account(portfolio.features(AS_OF))["C1"]
    assert found["days_past_due_worst_365d"] == worst


def test_share_of_attempts_that_reached_the_debtor_leaves_out_its_own_calls(tmp_path) -> None:
    ledger = Ledger().debt().contact(DUE_ON).contact(DUE_ON, "right_party", direction="in")
    with Portfolio(ledger.write(tmp_path)) as portfolio:
        found = by_account(portfolio.features(AS_OF))["C1"]
    assert (found["right_party_count_90d"], found["contact_rate_90d"]) == (1, 0)


def test_extra_feature_is_the_value_known_on_the_date(tmp_path) -> None:
    ledger = Ledger().debt()
    ledger.attribute(days_after(AS_OF, -90), score=300, sector="retail")
    ledger.attribute(days_after(AS_OF, 0), score=500, sector="mining")
    ledger.attribute(days_after(AS_OF, 1), score=700, sector="farming")
    chosen = own(extra("score"), extra("sector", "category"))
    with Portfolio(ledger.write(tmp_path)) as portfolio:
        seen = [
            by_account(portfolio.features(days_after(AS_OF, days), chosen))["C1"]
            for days in (-1, 0, 1)
        ]
    assert [(row["score"], row["sector"]) for row in seen] == [
        (300.0, "retail"),
        (500.0, "mining"),
        (700.0, "farming"),
    ]


def test_extra_feature_is_null_before_anything_was_known(tmp_path) -> None:
    ledger = Ledger().debt().attribute(days_after(AS_OF, 1), score=700)
    with Portfolio(ledger.write(tmp_path)) as portfolio:
        assert by_account(portfolio.features(AS_OF, own(extra("score"))))["C1"]["score"] is None


def test_attributes_may_carry_any_column_name(tmp_path) -> None:
    ledger = Ledger().customer("C1", region="Antioquia", as_of="x").debt()
    ledger.attribute(DUE_ON, region="Cauca", as_of="y", since="z", account_id="w", balance="v")
    chosen = own(extra("region", "category"), extra("balance", "category"))
    with Portfolio(ledger.write(tmp_path)) as portfolio:
        found = by_account(portfolio.features(AS_OF, chosen))["C1"]
    assert (found["customer_region"], found["region"]) == ("Antioquia", "Cauca")
    assert (found["balance"], found["balance_open"]) == ("v", 100.0)


def test_extra_feature_must_be_a_column_of_attributes(full_portfolio) -> None:
    chosen = own(extra("scoer"))
    with pytest.raises(ConfigurationError, match=r"features\.extra: .*scoer.*column of attributes"):
        full_portfolio.features(AS_OF, chosen)


def test_extra_number_that_is_text_is_refused_with_its_name(tmp_path) -> None:
    ledger = Ledger().debt().attribute(DUE_ON, sector="mining")
    with (
        Portfolio(ledger.write(tmp_path)) as portfolio,
        pytest.raises(ConfigurationError, match=r"features\.extra: .*sector.*kind: category"),
    ):
        portfolio.features(AS_OF, own(extra("sector")))


def test_digest_changes_with_whatever_decides_the_value() -> None:
    feature = SHIPPED[0]
    for change in ({"sql": "min(days_past_due)"}, {"unit": "count"}, {"empty": 0}):
        assert replace(feature, **change).digest != feature.digest
    assert replace(feature, stream="payments").digest != feature.digest


def test_digest_ignores_the_layout_and_the_words() -> None:
    feature = SHIPPED[1]
    spread = feature.sql.replace(" ", "\n   ")
    assert replace(feature, sql=spread, text=TEXT).digest == feature.digest


def test_digests_of_the_catalogue_tell_its_features_apart() -> None:
    assert len({(feature.digest, feature.name) for feature in SHIPPED}) == len(SHIPPED)
    assert len({feature.digest for feature in SHIPPED}) == len(SHIPPED)


def test_every_feature_can_be_asked_for_alone(full_portfolio) -> None:
    for feature in SHIPPED:
        if feature.stream != "derived":
            table = full_portfolio.features(AS_OF, [feature])
            assert table.column_names == ["as_of", "account_id", feature.name]
