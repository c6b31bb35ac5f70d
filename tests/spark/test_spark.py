"""What is known, declared and scored is the same on Spark, cell by cell; needs Java and pyspark."""

import datetime as dt

import pyarrow.parquet as pq
import pytest
from scoring_builders import feature_rows, small_bundle
from spark_engines import AS_OF, compare, read

from propension.config import Target
from propension.distributed import open_spark
from propension.distributed.checks import check_tables
from propension.distributed.queries import write_query
from propension.distributed.scoring import write_scores
from propension.errors import DataError
from propension.explain import score_features
from propension.features import catalogue, feature_sql, write_features
from propension.labels import evidence_sql, horizon_label_sql, upcoming_label_sql
from propension.schema import TABLES
from propension.snapshots import facts_sql, history_sql, stream_tables

KNOWN_UNTIL = dt.date(2026, 6, 30)
TODAY = dt.date(2026, 7, 1)
UPCOMING = Target(upcoming_days=30)


def compare_statement(engines, sql, name, key=("account_id",)):
    """Run a statement on both engines, and say how many of its cells are equal."""
    here = engines.embedded.sql(sql).to_arrow_table()
    write_query(engines.spark, sql, engines.folder / name)
    rows, cells = compare(here, read(engines.folder / name), key)
    print(f"\n{name}: {rows} rows, {cells} cells compared, 0 mismatches")


def test_what_spark_refuses_is_told_in_a_line(engines):
    with (
        pytest.raises(DataError, match=r"^spark: .*nobody_wrote_it.*\. Check that"),
        open_spark(engines.settings) as spark,
    ):
        spark.sql("SELECT * FROM nobody_wrote_it")


def test_another_currency_than_the_portfolios_is_refused(engines):
    tables = [TABLES[name] for name in engines.extraction.tables]
    counts = check_tables(engines.spark, tables, TODAY, "COP")
    assert counts["debts"].read == engines.extraction.tables["debts"].kept
    with pytest.raises(DataError, match="the rows are in COP, and the portfolio in USD"):
        check_tables(engines.spark, tables, TODAY, "USD")


def test_the_same_streams_are_prepared(engines):
    assert engines.streams == stream_tables(engines.embedded)
    for name in sorted(engines.streams):
        rows = engines.embedded.sql(f"SELECT count(*) FROM {name}").fetchall()[0][0]
        assert engines.spark.table(name).count() == rows > 0, name


def test_every_feature_is_the_same(engines):
    sql = feature_sql(AS_OF, catalogue(), engines.streams)
    compare_statement(engines, sql, "features")


def test_features_of_the_upcoming_stage_are_the_same(engines):
    sql = feature_sql(AS_OF, catalogue(), engines.streams, upcoming_days=30)
    compare_statement(engines, sql, "upcoming_features")


@pytest.mark.parametrize("personal_data", ["none", "masked", "full"])
def test_facts_are_the_same_and_names_as_masked(engines, personal_data):
    outputs = engines.settings.outputs.model_copy(update={"personal_data": personal_data})
    sql = facts_sql(AS_OF, engines.streams, UPCOMING, outputs, "overdue")
    compare_statement(engines, sql, f"facts_{personal_data}")


def test_facts_of_the_upcoming_stage_are_the_same(engines):
    sql = facts_sql(AS_OF, engines.streams, UPCOMING, engines.settings.outputs, "upcoming")
    compare_statement(engines, sql, "upcoming_facts")


def test_past_contacts_are_the_same(engines):
    key = ("customer_id", "at", "channel", "outcome", "direction")
    compare_statement(engines, history_sql(AS_OF, 60), "history", key)


@pytest.mark.parametrize("labels", [horizon_label_sql, upcoming_label_sql, evidence_sql])
def test_labels_are_the_same(engines, labels):
    sql = labels(AS_OF, UPCOMING, KNOWN_UNTIL)
    compare_statement(engines, sql, labels.__name__)


def test_scores_and_reasons_are_the_same(engines):
    bundle, folder = small_bundle(feature_rows(800)), engines.folder
    write_features(engines.embedded, AS_OF, catalogue(), 0, folder / "here.parquet")
    score_features(
        bundle, folder / "here.parquet", catalogue(), engines.settings, folder / "scored.parquet"
    )
    write_query(engines.spark, feature_sql(AS_OF, catalogue(), engines.streams), folder / "there")
    write_scores(engines.spark, bundle, engines.settings, folder / "there", folder / "scored")
    here = pq.read_table(folder / "scored.parquet")
    rows, cells = compare(here, read(folder / "scored"), ["account_id"])
    print(f"\nscores and reasons: {rows} rows, {cells} cells compared, 0 mismatches")
