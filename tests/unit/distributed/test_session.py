"""Where Spark is, and what is said where it is not."""

import sys
from pathlib import Path

import pytest
from builders import settings_of, write_config

from propension.distributed import open_spark
from propension.errors import ConfigurationError


def settings_with(folder, **spark):
    write_config(folder, spark=spark)
    return settings_of(folder, spark=spark)


def test_without_pyspark_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    settings = settings_with(tmp_path, master="local[2]")
    with pytest.raises(ConfigurationError, match="pip install 'propension"), open_spark(settings):
        pass


def test_a_master_is_one_that_spark_knows(tmp_path):
    with pytest.raises(ConfigurationError, match=r"spark\.master"):
        settings_with(tmp_path, master="cluster-1")


@pytest.mark.parametrize(
    "master", ["local[*]", "local[2]", "yarn", "spark://h:7077", "sc://h:15002"]
)
def test_what_decides_is_how_parts_are_cut_and_not_where_they_run(tmp_path, master):
    alone = settings_with(tmp_path / "a", master="local[2]")
    there = settings_with(tmp_path / "b", master=master, partitions=7, work="/shared")
    assert there.digest() == alone.digest()
    other = settings_with(tmp_path / "c", master=master, group_accounts=1000)
    assert other.digest() != alone.digest()
    assert there.work_folder == Path("/shared")
    assert alone.work_folder == alone.outputs_folder / ".work"
