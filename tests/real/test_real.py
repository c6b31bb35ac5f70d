import datetime as dt

import pyarrow.parquet as pq
import pytest

from propension.config import load_settings
from propension.features import catalogue
from propension.model import Bundle, build_training_data, train_model
from propension.monitoring import forecast_cash, measure_kpis
from propension.monitoring.forecast import collected_weeks
from propension.snapshots import open_streams, prepare_streams
from propension.sources import extract

pytestmark = pytest.mark.real
TODAY = dt.date(2026, 1, 1)


@pytest.fixture(scope="module")
def b2b(shared_data, pytestconfig, tmp_path_factory):
    settings = load_settings(pytestconfig.rootpath / "conf" / "b2b_brazil" / "propension.yaml")
    return settings, extract(settings, tmp_path_factory.mktemp("b2b") / "canonical", TODAY)


@pytest.fixture(scope="module")
def ibm(shared_data, pytestconfig, tmp_path_factory):
    settings = load_settings(pytestconfig.rootpath / "conf" / "ibm_ar" / "propension.yaml")
    return settings, extract(settings, tmp_path_factory.mktemp("ibm") / "canonical", TODAY)


def train(settings, extraction):
    """Train on a portfolio's history; the evaluation and the bundle."""
    streams = prepare_streams(extraction, settings.resources)
    data, out = extraction.folder / "snapshots", extraction.folder / "bundle"
    features = catalogue(settings.features)
    build_training_data(settings, extraction, streams, None, data)
    return train_model(settings, features, data, None, out), Bundle.load(out)


def test_every_row_of_b2b_brazil_is_kept_or_set_aside_with_a_reason(b2b):
    _, extraction = b2b
    counts = extraction.tables
    assert counts["debts"].read == 63_147
    assert counts["customers"].kept == 1_315
    for count in counts.values():
        assert count.read == count.kept + count.refused
    found = {(finding.table, finding.rule): finding.rows for finding in extraction.findings}
    assert found["debts", "missing_value"] == 954
    assert found["debts", "duplicate_key"] == 1
    assert found["debts", "due_before_issued"] == 22
    assert found["payments", "paid_before_issued"] == 17


def test_nineteen_digit_ids_keep_every_digit(b2b, shared_data):
    _, extraction = b2b
    lines = (shared_data / "b2b_brazil" / "base_cadastral.csv").read_text(encoding="utf-8")
    source = {line.split(";")[0] for line in lines.splitlines()[1:]}
    kept = pq.read_table(extraction.folder / "customers.parquet", columns=["customer_id"])
    assert set(kept["customer_id"].to_pylist()) == source


def test_b2b_brazil_is_predicted_better_than_by_hand_and_not_too_well(b2b):
    settings, extraction = b2b
    evaluation, _ = train(settings, extraction)
    assert evaluation.windows["test"]["first"] >= "2020-10-01"
    model, hand = evaluation.metrics["model"], evaluation.metrics["days_past_due"]
    assert 0.77 < model["auc"] < 0.95
    assert model["auc"] > hand["auc"]
    assert model["log_loss"] < hand["log_loss"]


def test_us_dates_of_ibm_are_read_as_written(ibm):
    _, extraction = ibm
    assert (extraction.data_from, extraction.data_until) == (
        dt.date(2012, 1, 3),
        dt.date(2014, 1, 9),
    )
    assert extraction.tables["debts"].kept == 2_466


def test_the_undated_dispute_of_ibm_reaches_no_feature(ibm):
    settings, extraction = ibm
    evaluation, bundle = train(settings, extraction)
    splits = dict(
        zip(bundle.encoding.names, bundle.booster.feature_importance("split"), strict=True)
    )
    assert {splits[name] for name in splits if "dispute" in name} == {0}
    assert "Disputed" not in pq.read_schema(extraction.folder / "debts.parquet").names
    assert evaluation.metrics["model"]["auc"] < 0.95


def test_the_cash_of_b2b_brazil_is_expected_where_it_came(b2b):
    settings, extraction = b2b
    as_of = dt.date(2020, 9, 27)
    engine = open_streams(prepare_streams(extraction, settings.resources), settings.resources)
    try:
        forecast = forecast_cash(engine, as_of)
        came = collected_weeks(engine, as_of, extraction.data_until)
    finally:
        engine.close()
    assert forecast.total.low < came.sum() < forecast.total.high
    assert forecast.total.value == pytest.approx(came.sum(), rel=0.15)
    assert forecast.weeks[0].expected.value == pytest.approx(came[0], rel=0.15)


def test_the_balance_of_b2b_brazil_is_what_was_billed_and_not_paid(b2b):
    settings, extraction = b2b
    engine = open_streams(prepare_streams(extraction, settings.resources), settings.resources)
    try:
        report = measure_kpis(engine, dt.date(2020, 9, 30), months=1)
        billed, paid = engine.execute(
            "SELECT sum(amount), (SELECT sum(amount) FROM payment_rows WHERE known_on <= DATE '2020-09-30') "
            "FROM debt_rows WHERE known_on <= DATE '2020-09-30'"
        ).fetchall()[0]
    finally:
        engine.close()
    # Every invoice of this source is paid once, in full.
    assert report.of("balance")["value"].to_pylist() == [float(billed - paid)]
    assert {"penetration", "promises_kept", "cost_to_collect"} <= set(report.absent)
