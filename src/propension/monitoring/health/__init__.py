"""Whether the models still hold: matured lists, drift, data, alerts and what to do."""

from propension.monitoring.health.alerts import Alert, grade
from propension.monitoring.health.drift import measure_drift
from propension.monitoring.health.kept import PROFILE_NAME, keep_profile
from propension.monitoring.health.matured import Horizon, horizons_of, read_matured
from propension.monitoring.health.measurement import Bundles, Measurement
from propension.monitoring.health.quality import Quality, measure_quality, quality_measurements
from propension.monitoring.health.recommendation import Recommendation, recommend
from propension.monitoring.health.records import measure_records
from propension.monitoring.health.report import (
    HealthReport,
    check_health,
    lists_apart,
    registered_bundles,
)
from propension.monitoring.health.signals import SIGNALS, Signal

__all__ = [
    "PROFILE_NAME",
    "SIGNALS",
    "Alert",
    "Bundles",
    "HealthReport",
    "Horizon",
    "Measurement",
    "Quality",
    "Recommendation",
    "Signal",
    "check_health",
    "grade",
    "horizons_of",
    "keep_profile",
    "lists_apart",
    "measure_drift",
    "measure_quality",
    "measure_records",
    "quality_measurements",
    "read_matured",
    "recommend",
    "registered_bundles",
]
