"""The declared features and labels give the same numbers on Spark; needs Java and pyspark."""

import datetime as dt
import shutil

import numpy as np
import pytest

from propension.config import Target
from propension.config.settings import Resources
from propension.features import catalogue, feature_sql, to_spark
from propension.labels import evidence_sql, horizon_label_sql, upcoming_label_sql
from propension.simulate import simulate_portfolio
from propension.snapshots import open_streams, prepare_streams, stream_tables

pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed: make test-spark")
pytestmark = [
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(shutil.which("java") is None, reason="there is no Java"),
]
AS_OF = dt.date(2026, 3, 31)
KNOWN_UNTIL = dt.date(2026, 6, 30)


@pytest.fixture(scope="module")
def engines(tmp_path_factory):
    """The same streams in DuckDB and as Spark views."""
    from builders import settings_of, write_config

    from propension.sources import extract

    folder = tmp_path_factory.mktemp("spark")
    simulate_portfolio(folder / "data", accounts=1500, months=14, seed=5)
    write_config(folder)
    extraction = extract(settings_of(folder), folder / "canonical", dt.date(2026, 7, 1))
    resources = Resources(threads=1)
    engine = open_streams(prepare_streams(extraction, resources, "CO"), resources)
    spark = (
        pyspark.sql.SparkSession.builder.master("local[1]")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    for name in stream_tables(engine):
        file = folder / f"{name}.parquet"
        engine.execute(f"COPY {name} TO '{file}' (FORMAT parquet)")
        spark.read.parquet(str(file)).createOrReplaceTempView(name)
    yield engine, spark
    spark.stop()
    engine.close()


def assert_same(engines, sql):
    """Run a statement on both engines and compare every cell."""
    engine, spark = engines
    here = engine.sql(sql).to_arrow_table().to_pandas()
    there = spark.sql(to_spark(sql)).toPandas()
    assert list(there.columns) == list(here.columns)
    assert len(there) == len(here) > 100
    cells = 0
    for name in here.columns:
        left, right = here[name], there[name]
        if left.dtype.kind == "f":
            np.testing.assert_allclose(
                right.to_numpy(float), left.to_numpy(float), rtol=1e-12, atol=1e-9, err_msg=name
            )
        else:
            same = (left.astype(object) == right.astype(object)) | (left.isna() & right.isna())
            assert same.all(), name
        cells += len(left)
    return cells


def test_every_feature_is_the_same_on_spark(engines):
    features = catalogue()
    sql = feature_sql(AS_OF, features, stream_tables(engines[0]))
    cells = assert_same(engines, sql)
    print(f"{len(features)} features, {cells} cells compared, 0 mismatches")


def test_features_of_the_upcoming_stage_are_the_same_on_spark(engines):
    sql = feature_sql(AS_OF, catalogue(), stream_tables(engines[0]), upcoming_days=30)
    assert_same(engines, sql)


@pytest.mark.parametrize("labels", [horizon_label_sql, upcoming_label_sql, evidence_sql])
def test_labels_are_the_same_on_spark(engines, labels):
    target = Target(upcoming_days=30)
    assert_same(engines, labels(AS_OF, target, KNOWN_UNTIL))
