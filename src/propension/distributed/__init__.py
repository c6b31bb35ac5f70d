"""Portfolios beyond one machine: the same statements and functions, on Spark."""

from propension.distributed.session import open_spark
from propension.distributed.translate import to_spark

__all__ = ["open_spark", "to_spark"]
