"""Settings and policy: YAML read into typed models."""

from propension.config.loading import load_policy, load_settings
from propension.config.policy import NO_TREATMENT, Policy, RiskBands, ValueTiers
from propension.config.settings import (
    HORIZONS,
    Csv,
    ExtraFeature,
    Features,
    Language,
    ModelSettings,
    Outputs,
    Settings,
    Snapshots,
    Source,
    Stage,
    TableMapping,
    Target,
    Texts,
)

__all__ = [
    "HORIZONS",
    "NO_TREATMENT",
    "Csv",
    "ExtraFeature",
    "Features",
    "Language",
    "ModelSettings",
    "Outputs",
    "Policy",
    "RiskBands",
    "Settings",
    "Snapshots",
    "Source",
    "Stage",
    "TableMapping",
    "Target",
    "Texts",
    "ValueTiers",
    "load_policy",
    "load_settings",
]
