"""Scores with their reasons, in words."""

from propension.explain.contributions import Contributions, Explainer, explain_rows, explainer_of
from propension.explain.reasons import REASON_TYPE, write_reasons
from propension.explain.scoring import SCORE_SCHEMA, score_batch, score_features

__all__ = [
    "REASON_TYPE",
    "SCORE_SCHEMA",
    "Contributions",
    "Explainer",
    "explain_rows",
    "explainer_of",
    "score_batch",
    "score_features",
    "write_reasons",
]
