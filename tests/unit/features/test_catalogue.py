import re
from dataclasses import replace

import pytest
import sqlglot
from ledgers import DUE_ON, Ledger, Portfolio, by_account, days_after
from sqlglot import expressions as exp

from propension.config import ExtraFeature, Texts
from propension.errors import ConfigurationError
from propension.features import SHIPPED, catalogue, is_protected
from propension.snapshots import with_states

TEXT = Texts(es="puntaje", pt="pontuação", en="score")
AS_OF = days_after(DUE_ON, 10)
NAMES = [feature.name for feature in SHIPPED]
# Stream: the relations whose columns its expressions may use.
RELATIONS = {
    "debts": ("debt_states",),
    "payments": ("payment_states",),
    "contacts": ("contact_states",),
    "profile": ("accounts", "as_of_date"),
}


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
    with Portfolio(ledger.write(tmp_path_factory.mktemp("full"))) as portfolio:
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


@pytest.mark.parametrize("feature", SHIPPED, ids=NAMES)
def test_name_is_lower_case_words_with_the_window_last(feature) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*(_\d+d?)?", feature.name)
    window = re.search(r"_(\d+)d$", feature.name)
    if window and feature.stream != "derived":
        assert re.search(rf"< {window[1]}\b", feature.sql)


@pytest.mark.parametrize("feature", SHIPPED, ids=NAMES)
def test_every_feature_has_words_in_three_languages(feature) -> None:
    words = [feature.text.in_language(language) for language in ("es", "pt", "en")]
    assert all(text.strip() == text and len(text) > 2 for text in words)


@pytest.mark.parametrize("language", ["es", "pt", "en"])
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


def is_grouped(feature):
    return feature.stream in ("debts", "payments", "contacts")


@pytest.mark.parametrize("feature", SHIPPED, ids=NAMES)
def test_aggregates_run_over_exact_values_only(feature, column_types) -> None:
    has_aggregate = any(True for _ in expression(feature).find_all(exp.AggFunc))
    assert has_aggregate == is_grouped(feature)
    assert list(inexact_aggregates(feature, column_types[feature.stream])) == []


@pytest.mark.parametrize(
    "sql", ["sum(balance::DOUBLE)", "avg(balance / amount)", "sum(ratio) FILTER (WHERE is_open)"]
)
def test_an_inexact_aggregate_would_be_noticed(sql) -> None:
    types = {"balance": "DECIMAL(18,2)", "amount": "DECIMAL(18,2)", "ratio": "DOUBLE"}
    assert list(inexact_aggregates(replace(SHIPPED[0], sql=sql), types))


@pytest.mark.parametrize("stream", ["debts", "payments", "contacts"])
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
        catalogue((extra(name),))


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
    assert catalogue((extra(name),))[-1].name == name


def test_no_shipped_feature_is_a_protected_attribute() -> None:
    assert [name for name in NAMES if is_protected(name)] == []


def test_extra_features_come_last_in_the_order_given() -> None:
    chosen = catalogue((extra("score"), extra("sector", "category")))
    assert chosen[: len(SHIPPED)] == SHIPPED
    assert [feature.name for feature in chosen[len(SHIPPED) :]] == ["score", "sector"]
    assert [feature.is_category for feature in chosen[len(SHIPPED) :]] == [False, True]


@pytest.mark.parametrize("name", ["days_past_due", "Days_Past_Due"])
def test_extra_feature_cannot_take_the_name_of_another(name) -> None:
    with pytest.raises(ConfigurationError, match=f"features.extra: {name} is already a feature"):
        catalogue((extra(name),))
    with pytest.raises(ConfigurationError, match=r"features\.extra: Score is already a feature"):
        catalogue((extra("score"), extra("Score")))


@pytest.mark.parametrize("name", ["customer_id", "account_id", "as_of", "Known_On"])
def test_extra_feature_cannot_be_an_id_or_a_date_of_the_table(name) -> None:
    with pytest.raises(ConfigurationError, match=f"features.extra: {name} says which row"):
        catalogue((extra(name),))


def test_features_of_a_missing_stream_are_null(tmp_path) -> None:
    with Portfolio(Ledger().debt().write(tmp_path)) as portfolio:
        found = by_account(portfolio.features(AS_OF, catalogue((extra("score"),))))["C1"]
    missing = {feature.name for feature in SHIPPED if feature.stream == "contacts"} | {"score"}
    assert {name for name in missing if found[name] is not None} == set()
    assert found["overdue_debt_count"] == 1


def test_features_of_a_stream_without_rows_of_the_account_are_empty(tmp_path) -> None:
    ledger = Ledger().debt().with_table("contacts").with_table("attributes")
    with Portfolio(ledger.write(tmp_path)) as portfolio:
        found = by_account(portfolio.features(AS_OF))["C1"]
    for feature in SHIPPED:
        if feature.stream in ("payments", "contacts"):
            assert found[feature.name] == feature.empty


def test_extra_feature_is_the_value_known_on_the_date(tmp_path) -> None:
    ledger = Ledger().debt()
    ledger.attribute(days_after(AS_OF, -90), score=300, sector="retail")
    ledger.attribute(days_after(AS_OF, 0), score=500, sector="mining")
    ledger.attribute(days_after(AS_OF, 1), score=700, sector="farming")
    chosen = catalogue((extra("score"), extra("sector", "category")))
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
        assert (
            by_account(portfolio.features(AS_OF, catalogue((extra("score"),))))["C1"]["score"]
            is None
        )


def test_attributes_may_carry_any_column_name(tmp_path) -> None:
    ledger = Ledger().customer("C1", region="Antioquia", as_of="x").debt()
    ledger.attribute(DUE_ON, region="Cauca", as_of="y", since="z", account_id="w", balance="v")
    chosen = catalogue((extra("region", "category"), extra("balance", "category")))
    with Portfolio(ledger.write(tmp_path)) as portfolio:
        found = by_account(portfolio.features(AS_OF, chosen))["C1"]
    assert (found["customer_region"], found["region"]) == ("Antioquia", "Cauca")
    assert (found["balance"], found["balance_open"]) == ("v", 100.0)


def test_extra_feature_must_be_a_column_of_attributes(full_portfolio) -> None:
    chosen = catalogue((extra("scoer"),))
    with pytest.raises(ConfigurationError, match=r"features\.extra: .*scoer.*column of attributes"):
        full_portfolio.features(AS_OF, chosen)


def test_extra_number_that_is_text_is_refused_with_its_name(tmp_path) -> None:
    ledger = Ledger().debt().attribute(DUE_ON, sector="mining")
    with (
        Portfolio(ledger.write(tmp_path)) as portfolio,
        pytest.raises(
            ConfigurationError, match=r"features\.extra: .*mining.*sector.*kind: category"
        ),
    ):
        portfolio.features(AS_OF, catalogue((extra("sector"),)))


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
