"""The feature catalogue and the engine that computes it as of a date."""

from propension.features.catalogue import SHIPPED, catalogue, is_protected
from propension.features.engine import feature_sql, write_features
from propension.features.feature import Feature

__all__ = [
    "SHIPPED",
    "Feature",
    "catalogue",
    "feature_sql",
    "is_protected",
    "write_features",
]
