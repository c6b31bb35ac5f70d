"""One portfolio on both engines: streams in the embedded one, and written by Spark."""

import datetime as dt

import pytest
from builders import settings_of, write_config
from spark_engines import Engines

from propension.simulate import simulate_portfolio
from propension.snapshots import open_streams, prepare_streams
from propension.sources import extract

SETTINGS = {
    "spark": {"master": "local[2]", "partitions": 2, "group_accounts": 150, "sample_accounts": 1000}
}


def pytest_collection_modifyitems(items):
    mark = pytest.mark.filterwarnings("ignore")
    for item in items:
        if "spark" in item.path.parts:
            item.add_marker(mark)


@pytest.fixture(scope="session")
def engines(spark, tmp_path_factory):
    from propension.distributed import open_spark
    from propension.distributed.queries import write_streams

    folder = tmp_path_factory.mktemp("spark")
    simulate_portfolio(folder / "data", accounts=3000, months=14, seed=5)
    write_config(folder, **SETTINGS)
    settings = settings_of(folder, **SETTINGS)
    extraction = extract(settings, folder / "canonical", dt.date(2026, 7, 1))
    embedded = open_streams(
        prepare_streams(extraction, settings.resources, "CO"), settings.resources
    )
    with open_spark(settings) as session:
        for name in extraction.tables:
            file = str(extraction.folder / f"{name}.parquet")
            session.read.parquet(file).createOrReplaceTempView(name)
        streams = write_streams(session, extraction, "CO", folder / "streams")
        yield Engines(folder, settings, extraction, embedded, session, streams)
    embedded.close()
