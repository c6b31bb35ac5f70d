"""What the strategy added: measured against control, tried on logs beforehand, stopped by rule."""

from propension.monitoring.assignment_log import write_assignment_log
from propension.monitoring.contrast import Estimate, contrast
from propension.monitoring.impact import (
    Impact,
    Reading,
    measure_challengers,
    measure_strategy,
    measure_treatments,
)
from propension.monitoring.off_policy import PolicyValue, evaluate_policy
from propension.monitoring.outcomes import lists_to_read, write_outcomes
from propension.monitoring.stopping import Look, StopRule, Verdict

__all__ = [
    "Estimate",
    "Impact",
    "Look",
    "PolicyValue",
    "Reading",
    "StopRule",
    "Verdict",
    "contrast",
    "evaluate_policy",
    "lists_to_read",
    "measure_challengers",
    "measure_strategy",
    "measure_treatments",
    "write_assignment_log",
    "write_outcomes",
]
