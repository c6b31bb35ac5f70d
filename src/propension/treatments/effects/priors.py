"""What managers expect of every treatment, by stage and quadrant: all there is before evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from propension.config import NO_TREATMENT
from propension.errors import PolicyError
from propension.treatments.effects.axes import Floats, cells_of

# treatment -> stage -> quadrant -> what it adds to the outcome, as a share: .05 is five points.
PriorTable = Mapping[str, Mapping[str, Mapping[str, float]]]

QUADRANTS = ("can_wants", "cannot_wants", "can_wont", "cannot_wont")


def prior_effects(priors: PriorTable, treatments: Sequence[str], table: pa.Table) -> Floats:
    """Return the prior effect of every treatment on every account, shape (n_treatments, n_accounts).

    Where a quadrant is uncertain, unknown or not in the table, the mean of those that are counts;
    a treatment or stage that is not in it is expected to add nothing.

    Raises
    ------
    PolicyError
        If the table names an unknown treatment or quadrant, or an effect outside [-1, 1].
    """
    _require_sound(priors, treatments)
    cells, place = cells_of(table)
    by_cell = [
        [_expected(priors.get(treatment, {}).get(stage, {}), quadrant) for stage, quadrant in cells]
        for treatment in treatments
    ]
    return np.array(by_cell, dtype=np.float64).reshape(len(treatments), len(cells))[:, place]


def _expected(by_quadrant: Mapping[str, float], quadrant: str) -> float:
    if quadrant in by_quadrant:
        return by_quadrant[quadrant]
    return sum(by_quadrant.values()) / len(by_quadrant) if by_quadrant else 0.0


def _require_sound(priors: PriorTable, treatments: Sequence[str]) -> None:
    entries = [
        (f"{treatment}.{stage}.{quadrant}", treatment, quadrant, effect)
        for treatment, stages in priors.items()
        for stage, quadrants in stages.items()
        for quadrant, effect in quadrants.items()
    ]
    for where, treatment, quadrant, effect in entries:
        if treatment not in treatments:
            raise PolicyError(
                f"prior effects: {where}: there is no treatment {treatment}. Known: {', '.join(treatments)}."
            )
        if quadrant not in (*QUADRANTS, "uncertain"):
            raise PolicyError(
                f"prior effects: {where}: there is no quadrant {quadrant}. Known: {', '.join(QUADRANTS)}, uncertain."
            )
        if not -1 <= effect <= 1 or (treatment == NO_TREATMENT and effect != 0):
            raise PolicyError(
                f"prior effects: {where} is {effect}: an effect is a share between -1 and 1, and that of "
                f"{NO_TREATMENT} is 0."
            )
