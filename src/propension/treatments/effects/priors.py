"""What managers expect of every treatment, by stage and quadrant: all there is before evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from propension.arrays import Floats
from propension.config import NO_TREATMENT, Policy
from propension.config.policy import Position
from propension.errors import PolicyError
from propension.treatments.effects.axes import cells_of

# treatment -> stage -> quadrant -> what it adds to the outcome, as a share: .05 is five points.
PriorTable = Mapping[str, Mapping[str, Mapping[str, float]]]

QUADRANTS: tuple[Position, ...] = ("can_wants", "cannot_wants", "can_wont", "cannot_wont")


def policy_priors(policy: Policy) -> dict[str, dict[str, dict[str, float]]]:
    """Return what a policy believes: nought where it says nothing, ``upcoming`` in every quadrant.

    What it says nothing of uncertain accounts is the mean of the four quadrants.
    """
    table: dict[str, dict[str, dict[str, float]]] = {}
    for name, treatment in policy.treatments.items():
        overdue: dict[str, float] = {q: treatment.effect.get(q, 0.0) for q in QUADRANTS}
        if "uncertain" in treatment.effect:
            overdue["uncertain"] = treatment.effect["uncertain"]
        upcoming = treatment.effect.get("upcoming", 0.0)
        table[name] = {"overdue": overdue, "upcoming": dict.fromkeys(map(str, QUADRANTS), upcoming)}
    return table


def prior_effects(priors: PriorTable, treatments: Sequence[str], table: pa.Table) -> Floats:
    """Return the prior effect of every treatment on every account, shape (n_treatments, n_accounts).

    Where a quadrant is unknown or not in the table, what is said of uncertain accounts counts, or the
    mean of the quadrants that are; a treatment or stage that is not in it is expected to add nothing.

    Raises
    ------
    PolicyError
        If the table names an unknown treatment or quadrant, or an effect outside [-1, 1].
    """
    _require_sound(priors, treatments)
    cells, place = cells_of(table)
    return expected_by_cell(priors, treatments, cells)[:, place]


def expected_by_cell(
    priors: PriorTable, treatments: Sequence[str], cells: Sequence[tuple[str, str]]
) -> Floats:
    """Return the prior effect of every treatment by (stage, quadrant), shape (n_treatments, n_cells)."""
    by_cell = [
        [_expected(priors.get(treatment, {}).get(stage, {}), quadrant) for stage, quadrant in cells]
        for treatment in treatments
    ]
    return np.array(by_cell, dtype=np.float64).reshape(len(treatments), len(cells))


def _expected(by_quadrant: Mapping[str, float], quadrant: str) -> float:
    if quadrant in by_quadrant:
        return by_quadrant[quadrant]
    known = [effect for name, effect in by_quadrant.items() if name != "uncertain"]
    return by_quadrant.get("uncertain", sum(known) / len(known) if known else 0.0)


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
