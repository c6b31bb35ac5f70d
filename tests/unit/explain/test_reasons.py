import re

import numpy as np
import pyarrow as pa
import pytest
import shap
from scoring_builders import feature_rows, small_bundle

from propension.config.settings import Portfolio
from propension.explain import Contributions, explainer_of, reason_families, write_reasons
from propension.features import catalogue

FEATURES = catalogue()
NAMES = [feature.name for feature in FEATURES]
PORTFOLIO = Portfolio(name="P")
USUAL = {"days_past_due": 5.0, "late_share": 0.2, "customer_region": "north"}


@pytest.fixture(scope="module")
def rows():
    return feature_rows(400)


@pytest.fixture(scope="module")
def bundle(rows):
    return small_bundle(feature_rows(3000, seed=2))


def one_reason(name, value, effect=0.3, usual=None, reader=("es", "CO", "COP")):
    """The reason written for one value of one feature."""
    table = feature_rows(1)
    table = table.set_column(
        table.column_names.index(name), name, pa.array([value], table.schema.field(name).type)
    )
    found = Contributions(
        np.zeros(1), np.array([[NAMES.index(name)]]), np.array([[effect]]), np.zeros((1, 0))
    )
    batch = table.combine_chunks().to_batches()[0]
    language, country, currency = reader
    portfolio = Portfolio(name="P", language=language, country=country, currency=currency)
    usual = {} if usual is None else {name: usual}
    return write_reasons(found, batch, FEATURES, usual, portfolio).to_pylist()[0][0]


def test_all_effects_and_the_base_add_up_to_the_margin(bundle, rows):
    matrix = bundle.encoding.matrix(rows)
    found = explainer_of(bundle.booster).top(matrix, len(NAMES))
    base = bundle.booster.predict(matrix, pred_contrib=True)[:, -1]
    np.testing.assert_allclose(found.effects.sum(axis=1) + base, bundle.margin(matrix), atol=1e-9)
    np.testing.assert_allclose(found.margin, bundle.margin(matrix), atol=1e-9)


@pytest.mark.filterwarnings("ignore:LightGBM binary classifier")
def test_effects_agree_with_the_shap_package(bundle, rows):
    matrix = bundle.encoding.matrix(rows)
    found = explainer_of(bundle.booster).top(matrix, len(NAMES))
    expected = shap.TreeExplainer(bundle.booster).shap_values(matrix)
    order = np.argsort(found.features, axis=1)
    np.testing.assert_allclose(
        np.take_along_axis(found.effects, order, axis=1), expected, atol=1e-9
    )


def test_the_largest_effects_come_first(bundle, rows):
    found = explainer_of(bundle.booster).top(bundle.encoding.matrix(rows), 5)
    assert found.effects.shape == (rows.num_rows, 5)
    assert (np.diff(np.abs(found.effects), axis=1) <= 0).all()


def test_batches_do_not_change_reasons(bundle, rows):
    whole = rows.combine_chunks().to_batches()[0]

    def written(batch):
        matrix = bundle.encoding.matrix(batch)
        found = explainer_of(bundle.booster).top(matrix, 5, reason_families(FEATURES))
        return write_reasons(found, batch, FEATURES, USUAL, PORTFOLIO).to_pylist()

    halves = written(whole.slice(0, 150)) + written(whole.slice(150))
    assert halves == written(whole)


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (("es", "CO", "COP"), "Debe $1.234.568 vencidos (en contra)"),
        (("es", "MX", "MXN"), "Debe $1,234,568 vencidos (en contra)"),
        (("pt", "BR", "BRL"), "Deve R$\N{NO-BREAK SPACE}1.234.568 vencidos (contra)"),
        (("en", "US", "USD"), "It owes $1,234,568 overdue (against)"),
        (("en", "CH", "CHF"), "It owes CHF\N{NO-BREAK SPACE}1’234’568 overdue (against)"),
    ],
)
def test_money_is_written_as_the_reader_writes_it(reader, text):
    reason = one_reason("balance_overdue", 1234567.8, -0.2, None, reader)
    assert reason["text"] == text


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("days_past_due", 45.0, "45 días"),
        ("days_past_due", 1.0, "1 día"),
        ("tenure_days", 2000.0, "5 años"),
        ("delay_mean_3", 2.26, "2,3 días"),
        ("delay_mean_3", 12.26, "12 días"),
        ("delay_mean_3", -4.0, "-4 días"),
        ("late_share", 0.256, "26%"),
        ("late_share", 0.002, "1%"),
        ("late_share", 0.0, "0%"),
        ("balance_to_usual", 1.54, "1,5 veces"),
        ("balance_to_usual", 1.02, "1 vez"),
        ("delay_mean_3", 1.04, "1 día"),
        ("balance_open", 1e22, "$10.000.000.000.000.000.000.000"),
        ("balance_to_usual", float("inf"), "sin dato"),
        ("payment_count_90d", 1234.0, "1.234"),
        ("customer_region", "Antioquia", "Antioquia"),
        ("customer_industry", "retail_trade", "retail trade"),
        ("payment_days_since", None, "sin dato"),
        ("customer_industry", None, "sin dato"),
        ("customer_kind", "company", "empresa"),
        ("contact_last_outcome", "no_answer", "no contestó"),
        ("month", 6.0, "junio"),
    ],
)
def test_values_are_written_by_their_unit(name, value, shown):
    assert one_reason(name, value)["value"] == shown


@pytest.mark.parametrize(
    ("name", "value", "usual", "text"),
    [
        ("delay_mean_12", 12.0, 4.0, "Paga en promedio 12 días tarde; la cartera, 4"),
        ("delay_mean_12", -3.0, 4.0, "Paga en promedio 3 días antes; la cartera, 4"),
        ("delay_mean_12", 0.0, 4.0, "Paga en promedio el día del vencimiento; la cartera, 4"),
        ("delay_mean_12", 5.0, -2.0, "Paga en promedio 5 días tarde; la cartera, -2"),
        ("delay_mean_12", None, 4.0, "Aún no ha pagado ninguna deuda"),
        ("delay_mean_12", 12.0, None, "Paga en promedio 12 días tarde"),
        ("tenure_days", 2000.0, 700.0, "Es cliente desde hace 5 años; la cartera, 700 días"),
        ("dispute_open_count", 0.0, 0.0, "No tiene disputas abiertas"),
        ("dispute_open_count", 2.0, 0.0, "Disputas abiertas: 2; la cartera, 0"),
        ("paid_amount_90d", 0.0, 50000.0, "No pagó nada en los últimos 90 días; la cartera, $50.000"),
        ("customer_kind", "company", "person", "Tipo de cliente: empresa; la cartera, persona"),
        ("customer_kind", "person", "person", "Tipo de cliente: persona"),
    ],
)  # fmt: skip
def test_a_reason_says_the_value_beside_the_usual_one(name, value, usual, text):
    assert one_reason(name, value, 0.3, usual)["text"] == f"{text} (a favor)"


def test_a_reason_names_its_feature_and_effect():
    reason = one_reason("days_past_due", 12.0, -0.75)
    assert (reason["feature"], reason["effect"]) == ("days_past_due", -0.75)


def test_five_reasons_are_of_five_families(bundle, rows):
    matrix = bundle.encoding.matrix(rows)
    found = explainer_of(bundle.booster).top(matrix, 5, reason_families(FEATURES))
    family = np.array([feature.family for feature in FEATURES])[found.features]
    assert all(len(set(row)) == 5 for row in family)
    assert "calendar" not in family


@pytest.mark.parametrize("language", ["es", "pt", "en"])
@pytest.mark.parametrize("feature", FEATURES, ids=NAMES)
def test_no_sentence_lacks_its_value_or_shows_a_raw_name(feature, language):
    said = feature.sentences(language)
    assert "{value}" in said["above"]
    for sentence in said.values():
        assert not sentence[0].islower()
        assert not re.search(r"[a-z]_[a-z]|SHAP|log-odds|score", sentence)
        assert set(re.findall(r"{(.*?)}", sentence)) <= {"value"}
        assert not sentence.endswith(".")
    assert "{value}" not in said["missing"]


def test_no_rows_give_no_reasons():
    batch = pa.RecordBatch.from_pylist([], schema=feature_rows(1).schema)
    found = Contributions(
        np.zeros(0), np.zeros((0, 5), dtype=np.int64), np.zeros((0, 5)), np.zeros((0, 0))
    )
    assert len(write_reasons(found, batch, FEATURES, {}, PORTFOLIO)) == 0
