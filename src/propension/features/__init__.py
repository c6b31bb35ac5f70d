"""The feature catalogue and the engine that computes it as of a date."""

from propension.features.catalogue import SHIPPED, catalogue, is_protected
from propension.features.engine import feature_sql, write_features
from propension.features.feature import Feature
from propension.features.translate import to_spark

__all__ = [
    "SHIPPED",
    "Feature",
    "catalogue",
    "feature_sql",
    "is_protected",
    "to_spark",
    "write_features",
]
