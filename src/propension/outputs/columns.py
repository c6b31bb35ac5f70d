"""The output contract: every column of the scored list, in order, and a policy's words for its codes."""

from __future__ import annotations

import pyarrow as pa

from propension.config import Language, Policy, Texts
from propension.outputs.account_columns import ACCOUNT_COLUMNS
from propension.outputs.column import ScoredColumn
from propension.outputs.decision_columns import DECISION_COLUMNS
from propension.outputs.score_columns import SCORE_COLUMNS
from propension.writing import VALUE_LABELS

__all__ = ["SCORED_COLUMNS", "SCORED_SCHEMA", "ScoredColumn", "labels_of_values"]

SCORED_COLUMNS: tuple[ScoredColumn, ...] = (*ACCOUNT_COLUMNS, *SCORE_COLUMNS, *DECISION_COLUMNS)
SCORED_SCHEMA = pa.schema([(column.name, column.type) for column in SCORED_COLUMNS])


def labels_of_values(policy: Policy, language: Language) -> dict[str, dict[str, str]]:
    """Return the words for every coded value, by column and code.

    Segments, flags, treatments and teams take their words from the policy, in its order; ``limit`` are the
    teams, budgets and limits of pressure that have some.
    """
    coded: dict[str, dict[str, Texts]] = {
        **VALUE_LABELS,
        "segment": {segment.name: segment.label for segment in policy.segments},
        "previous_segment": {segment.name: segment.label for segment in policy.segments},
        "flags": {name: flag.label for name, flag in policy.flags.items()},
        "treatment": {name: treatment.label for name, treatment in policy.treatments.items()},
        "limit": policy.limit_labels,
        # What no person does is sent by a channel.
        "team": VALUE_LABELS["channel"]
        | {n: t for n, t in policy.limit_labels.items() if n in policy.capacities},
    }
    return {
        column: {code: label.in_language(language) for code, label in values.items()}
        for column, values in coded.items()
    }
