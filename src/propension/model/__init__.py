"""Train, calibrate, test and register a propensity model."""

from propension.model.bundle import Bundle
from propension.model.dataset import build_training_data
from propension.model.encoding import Encoding
from propension.model.registry import Registry, Version
from propension.model.training import (
    Evaluation,
    load_evaluation,
    refuse_leak,
    target_facts,
    train_model,
)

__all__ = [
    "Bundle",
    "Encoding",
    "Evaluation",
    "Registry",
    "Version",
    "build_training_data",
    "load_evaluation",
    "refuse_leak",
    "target_facts",
    "train_model",
]
