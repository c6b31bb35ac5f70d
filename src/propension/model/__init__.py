"""Train, calibrate, test and register a propensity model."""

from propension.model.bundle import Bundle
from propension.model.dataset import assemble, build_training_data
from propension.model.encoding import Encoding
from propension.model.fitting import target_facts
from propension.model.registry import Registry, Version
from propension.model.split import split_in_time
from propension.model.training import (
    CARD_FILE,
    Evaluation,
    keep_report,
    load_evaluation,
    refuse_leak,
    train_model,
)
from propension.model.tuning import Tuned, tune_model

__all__ = [
    "CARD_FILE",
    "Bundle",
    "Encoding",
    "Evaluation",
    "Registry",
    "Tuned",
    "Version",
    "assemble",
    "build_training_data",
    "keep_report",
    "load_evaluation",
    "refuse_leak",
    "split_in_time",
    "target_facts",
    "train_model",
    "tune_model",
]
