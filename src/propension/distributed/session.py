"""The connection to Spark: local, a cluster's master, or a remote server."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from propension.config import Settings
from propension.distributed.translate import TIME_ZONES
from propension.errors import ConfigurationError, DataError
from propension.sources import first_line

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# The session of this process: there is one at a time.
_OPEN: list[SparkSession] = []
# Zones of a machine's own, which Spark refuses.
_NOT_ZONES = {"Factory", "localtime", "posixrules"}


@contextmanager
def open_spark(settings: Settings) -> Iterator[SparkSession]:
    """Yield a session that reads days and instants as the engine does.

    Inside another one it is the same session; it is stopped where it was started.

    Raises
    ------
    ConfigurationError
        If Spark is not installed or cannot be reached.
    DataError
        In place of what Spark says when a statement or a worker fails.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        raise ConfigurationError(
            "spark: pyspark is not installed. Run: pip install 'propension[spark]', and install Java 17 or newer."
        ) from None
    try:
        with _session(SparkSession, settings) as spark:
            yield spark
    except PySparkException as error:
        raise DataError(
            f"spark: {_last_line(error)}. Check that the driver and every worker reach the source, spark.work and "
            "outputs.path by the same path, and run the same version of propension.",
        ) from error


@contextmanager
def _session(session: Any, settings: Settings) -> Iterator[SparkSession]:
    if _OPEN:
        yield _OPEN[-1]
        return
    found = session.getActiveSession()
    try:
        spark = found or _builder(session, settings).getOrCreate()
        _configure(spark, settings)
    except (RuntimeError, OSError) as error:
        raise ConfigurationError(
            f"spark.master: Spark cannot be reached ({first_line(error)}). Check the address, and that Java "
            "17 or newer is installed where it is local."
        ) from None
    _OPEN.append(spark)
    try:
        yield spark
    finally:
        _OPEN.pop()
        if found is None:
            spark.stop()


def _last_line(error: Exception) -> str:
    """What a worker said last, or the first line of what Spark says."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = lines[-1] if "Traceback" in str(error) else lines[0]
    return told[:500].rstrip(".")


def _builder(session: Any, settings: Settings) -> Any:
    told = settings.spark
    master = told.master if told else "local[*]"
    builder = session.builder.appName("propension")
    if master.startswith("sc://"):
        return builder.remote(master)
    if master.startswith("local"):
        # Its workers are of this very interpreter; a cluster's have their own.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    return (
        builder.master(master)
        .config("spark.driver.memory", f"{max(1, round(settings.resources.memory_gb))}g")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
    )


def _configure(spark: SparkSession, settings: Settings) -> None:
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    # Instants without a zone are UTC.
    spark.conf.set("spark.sql.parquet.inferTimestampNTZ.enabled", "false")
    spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
    spark.conf.set(
        "spark.sql.execution.arrow.maxRecordsPerBatch", str(settings.resources.batch_rows)
    )
    if settings.spark and settings.spark.partitions:
        spark.conf.set("spark.sql.shuffle.partitions", str(settings.spark.partitions))
    zones = [(name,) for name in sorted(available_timezones() - _NOT_ZONES)]
    spark.createDataFrame(zones, "name string").createOrReplaceTempView(TIME_ZONES)
