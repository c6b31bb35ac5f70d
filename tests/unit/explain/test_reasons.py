import numpy as np
import pyarrow as pa
import pytest
import shap
from scoring_builders import feature_rows, small_bundle

from propension.explain import Contributions, explain_rows, write_reasons
from propension.features import catalogue

FEATURES = catalogue()
NAMES = [feature.name for feature in FEATURES]


@pytest.fixture(scope="module")
def rows():
    return feature_rows(400)


@pytest.fixture(scope="module")
def bundle(rows):
    return small_bundle(feature_rows(3000, seed=2))


def one_reason(name, value, effect, language="es", country="CO"):
    """The reason written for one value of one feature."""
    table = feature_rows(1)
    table = table.set_column(
        table.column_names.index(name), name, pa.array([value], table.schema.field(name).type)
    )
    found = Contributions(np.zeros(1), np.array([[NAMES.index(name)]]), np.array([[effect]]))
    batch = table.combine_chunks().to_batches()[0]
    return write_reasons(found, batch, FEATURES, language, country).to_pylist()[0][0]


def test_all_effects_and_the_base_add_up_to_the_margin(bundle, rows):
    matrix = bundle.encoding.matrix(rows)
    found = explain_rows(bundle, matrix, len(NAMES))
    base = bundle.booster.predict(matrix, pred_contrib=True)[:, -1]
    np.testing.assert_allclose(found.effects.sum(axis=1) + base, bundle.margin(matrix), atol=1e-9)
    np.testing.assert_allclose(found.margin, bundle.margin(matrix), atol=1e-9)


@pytest.mark.filterwarnings("ignore:LightGBM binary classifier")
def test_effects_agree_with_the_shap_package(bundle, rows):
    matrix = bundle.encoding.matrix(rows)
    found = explain_rows(bundle, matrix, len(NAMES))
    expected = shap.TreeExplainer(bundle.booster).shap_values(matrix)
    order = np.argsort(found.features, axis=1)
    np.testing.assert_allclose(
        np.take_along_axis(found.effects, order, axis=1), expected, atol=1e-9
    )


def test_the_largest_effects_come_first(bundle, rows):
    found = explain_rows(bundle, bundle.encoding.matrix(rows), 5)
    assert found.effects.shape == (rows.num_rows, 5)
    assert (np.diff(np.abs(found.effects), axis=1) <= 0).all()


def test_batches_do_not_change_reasons(bundle, rows):
    whole = rows.combine_chunks().to_batches()[0]

    def written(batch):
        found = explain_rows(bundle, bundle.encoding.matrix(batch), 5)
        return write_reasons(found, batch, FEATURES, "es", "CO").to_pylist()

    halves = written(whole.slice(0, 150)) + written(whole.slice(150))
    assert halves == written(whole)


@pytest.mark.parametrize(
    ("language", "country", "text"),
    [
        ("es", "CO", "Saldo vencido: 1.234.568 (en contra)"),
        ("es", "MX", "Saldo vencido: 1,234,568 (en contra)"),
        ("pt", "BR", "Saldo vencido: 1.234.568 (contra)"),
        ("en", "US", "Overdue balance: 1,234,568 (against)"),
    ],
)
def test_money_is_written_as_the_reader_writes_it(language, country, text):
    assert one_reason("balance_overdue", 1234567.8, -0.2, language, country)["text"] == text


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("days_past_due", 45.0, "45"),
        ("delay_mean_3", 2.26, "2,3"),
        ("delay_mean_3", -4.0, "-4"),
        ("late_share", 0.256, "26 %"),
        ("customer_region", "Antioquia", "Antioquia"),
        ("payment_days_since", None, "sin dato"),
        ("customer_industry", None, "sin dato"),
        ("customer_kind", "company", "empresa"),
        ("contact_last_outcome", "no_answer", "no contestó"),
        ("month", 6.0, "junio"),
    ],
)
def test_values_are_written_by_their_unit(name, value, shown):
    reason = one_reason(name, value, 0.3)
    assert reason["value"] == shown
    assert reason["text"].endswith(f": {shown} (a favor)")


def test_a_reason_names_its_feature_and_effect():
    reason = one_reason("days_past_due", 12.0, -0.75)
    assert (reason["feature"], reason["effect"]) == ("days_past_due", -0.75)


def test_no_rows_give_no_reasons(bundle):
    empty = feature_rows(5).slice(0, 0).combine_chunks()
    batch = pa.RecordBatch.from_pylist([], schema=empty.schema)
    found = Contributions(np.zeros(0), np.zeros((0, 5), dtype=np.int64), np.zeros((0, 5)))
    assert len(write_reasons(found, batch, FEATURES, "es", "CO")) == 0
