"""The experiment: who is in which arm, how many it takes, and whether it ran as planned."""

from propension.treatments.experiment.arms import arm_sql, draw_sql, strategy_sql
from propension.treatments.experiment.balance import Balance, Imbalance, check_balance
from propension.treatments.experiment.power import (
    Design,
    SampleSize,
    detectable_rate,
    power_for_rate,
    size_for_amount,
    size_for_rate,
)
from propension.treatments.experiment.sample_ratio import SampleRatio, check_sample_ratio

__all__ = [
    "Balance",
    "Design",
    "Imbalance",
    "SampleRatio",
    "SampleSize",
    "arm_sql",
    "check_balance",
    "check_sample_ratio",
    "detectable_rate",
    "draw_sql",
    "power_for_rate",
    "size_for_amount",
    "size_for_rate",
    "strategy_sql",
]
