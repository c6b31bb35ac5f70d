"""Train, calibrate, test and register a propensity model."""

from propension.model.bundle import Bundle
from propension.model.dataset import FEATURES_FOLDER, assemble, build_training_data
from propension.model.encoding import Encoding
from propension.model.fairness import AUDIT_FILE
from propension.model.fitting import target_facts
from propension.model.judging import Evaluation
from propension.model.profile import SCORE, Marginal, Profile
from propension.model.reader import ReportReader
from propension.model.registry import Registry, Version, read_champions
from propension.model.split import split_in_time
from propension.model.training import (
    CARD_FILE,
    keep_report,
    load_evaluation,
    recalibrate_model,
    refuse_leak,
    report_training,
    train_model,
)
from propension.model.tuning import Tuned, tune_model

__all__ = [
    "AUDIT_FILE",
    "CARD_FILE",
    "FEATURES_FOLDER",
    "SCORE",
    "Bundle",
    "Encoding",
    "Evaluation",
    "Marginal",
    "Profile",
    "Registry",
    "ReportReader",
    "Tuned",
    "Version",
    "assemble",
    "build_training_data",
    "keep_report",
    "load_evaluation",
    "read_champions",
    "recalibrate_model",
    "refuse_leak",
    "report_training",
    "split_in_time",
    "target_facts",
    "train_model",
    "tune_model",
]
