"""Scores with their reasons, in words, and the axes behind them."""

from propension.explain.axes import AXES, axis_groups, axis_values
from propension.explain.contributions import Contributions, Explainer, explainer_of, margin_of
from propension.explain.pictures import (
    base_margin,
    explanation_pictures,
    waterfall_picture,
)
from propension.explain.reasons import REASON_TYPE, reason_families, write_reasons
from propension.explain.scoring import SCORE_SCHEMA, score_batch, score_features

__all__ = [
    "AXES",
    "REASON_TYPE",
    "SCORE_SCHEMA",
    "Contributions",
    "Explainer",
    "axis_groups",
    "axis_values",
    "base_margin",
    "explainer_of",
    "explanation_pictures",
    "margin_of",
    "reason_families",
    "score_batch",
    "score_features",
    "waterfall_picture",
    "write_reasons",
]
