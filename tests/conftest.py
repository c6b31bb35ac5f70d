"""What the whole suite shares."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from postgres_server import company, server  # noqa: F401

# Before any library that reads them is imported.
os.environ["OMP_WAIT_POLICY"] = "passive"


# `make test` tries the same examples every time: it fails for what changed and nothing else.
# `make fuzz` tries examples that nobody tried before. Neither looks at the clock.
UNTIMED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("same", derandomize=True, database=None, **UNTIMED)
settings.register_profile("fresh", print_blob=True, **UNTIMED)
settings.load_profile("same")


@pytest.fixture(scope="session")
def shared_data(pytestconfig) -> Path:
    """The real data sets, where they are; tests that need them are skipped elsewhere."""
    folder = pytestconfig.rootpath.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the real data sets are not at {folder}")
    return folder


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory):
    """One Prefect server for all flow tests, with a home of its own."""
    os.environ["PREFECT_HOME"] = str(tmp_path_factory.mktemp("prefect"))
    os.environ["PREFECT_LOGGING_LEVEL"] = "CRITICAL"
    from pipelines.environment import prepare_environment

    prepare_environment()
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=180):
        yield


@pytest.fixture(scope="session")
def spark():
    """A session of short jobs: nothing is compiled that runs once."""
    pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed: make test-spark")
    if shutil.which("java") is None:
        pytest.skip("there is no Java")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = (
        pyspark.sql.SparkSession.builder.master("local[2]")
        .config(
            "spark.driver.extraJavaOptions",
            "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m",
        )
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    yield session
    session.stop()
