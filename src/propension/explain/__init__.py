"""Scores with their reasons, in words."""

from propension.explain.contributions import Contributions, explain_rows
from propension.explain.reasons import REASON_TYPE, write_reasons
from propension.explain.scoring import SCORE_SCHEMA, score_batch, score_features

__all__ = [
    "REASON_TYPE",
    "SCORE_SCHEMA",
    "Contributions",
    "explain_rows",
    "score_batch",
    "score_features",
    "write_reasons",
]
