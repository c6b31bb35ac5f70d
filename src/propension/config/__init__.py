"""Settings and policy: YAML read into typed models."""

from propension.config.agenda import Agenda, Shift
from propension.config.base import Language, Stage, Texts, texts
from propension.config.board import Board
from propension.config.contact import CHANNELS, Channel
from propension.config.countries import COUNTRIES, Country
from propension.config.experiment import CHAMPION, Challenger, Experiment, LearningPolicy, Strategy
from propension.config.feedback import FeedbackPolicy
from propension.config.limits import Budget
from propension.config.loading import load_policy, load_settings
from propension.config.messages import (
    Messages,
    MessageTemplate,
    TemplateTexts,
    Tone,
    TreatmentChannel,
)
from propension.config.monitoring import Bounds, Monitoring
from propension.config.offers import (
    Charges,
    DiscountStep,
    Extension,
    InstalmentPlan,
    Offer,
    RecommendedDue,
    Settlement,
)
from propension.config.places import Csv, Database, Place, Source, TableMapping
from propension.config.policy import NO_TREATMENT, Policy, RiskBands, ValueTiers
from propension.config.settings import Outputs, Settings
from propension.config.starting import HOME, starting_files
from propension.config.training import (
    HORIZONS,
    ExtraFeature,
    Features,
    ModelSettings,
    Snapshots,
    Stream,
    Target,
)

__all__ = [
    "CHAMPION",
    "CHANNELS",
    "COUNTRIES",
    "HOME",
    "HORIZONS",
    "NO_TREATMENT",
    "Agenda",
    "Board",
    "Bounds",
    "Budget",
    "Challenger",
    "Channel",
    "Charges",
    "Country",
    "Csv",
    "Database",
    "DiscountStep",
    "Experiment",
    "Extension",
    "ExtraFeature",
    "Features",
    "FeedbackPolicy",
    "InstalmentPlan",
    "Language",
    "LearningPolicy",
    "MessageTemplate",
    "Messages",
    "ModelSettings",
    "Monitoring",
    "Offer",
    "Outputs",
    "Place",
    "Policy",
    "RecommendedDue",
    "RiskBands",
    "Settings",
    "Settlement",
    "Shift",
    "Snapshots",
    "Source",
    "Stage",
    "Strategy",
    "Stream",
    "TableMapping",
    "Target",
    "TemplateTexts",
    "Texts",
    "Tone",
    "TreatmentChannel",
    "ValueTiers",
    "load_policy",
    "load_settings",
    "starting_files",
    "texts",
]
