"""Signs that a model was told what it should foresee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from propension.config import Language
from propension.config.training import Alarms
from propension.model.bundle import Bundle
from propension.model.dataset import TrainingSet
from propension.model.metrics import auc
from propension.model.sentences import tell

# Features looked at a day earlier, one by one: those the trees gain most from.
MOST_GAINING = 20
_KEYS = ["as_of", "account_id"]


@dataclass(frozen=True)
class Alarm:
    """One sign, with the figure and what to look at, in every language."""

    name: str
    texts: dict[Language, str]


def leak_alarms(
    bundle: Bundle,
    test: TrainingSet,
    propensity: NDArray[np.float64],
    stale: pa.Table,
    bounds: Alarms,
) -> list[Alarm]:
    """Return what speaks of a leak; an empty list is silence, not proof.

    Three signs: a test too good to be true; one feature that carries nearly all; a feature whose
    worth is lost when it is known a day later, as happens to what was written down too early.

    Parameters
    ----------
    bundle : Bundle
    test : TrainingSet
    propensity : array of shape (n_test_rows,)
        The bundle's, of the test rows.
    stale : Table
        Features of the last dates as they were known a day earlier (``read_stale_features``).
    bounds : Alarms
    """
    gain = bundle.booster.feature_importance("gain")
    ranked = [int(position) for position in np.argsort(-gain, kind="stable") if gain[position] > 0]
    names = bundle.encoding.names
    found = []
    reached = auc(test.is_paid, propensity)
    if reached > bounds.auc:
        carrying = ", ".join(names[position] for position in ranked[:3])
        said = tell("too_good", value=reached, bound=bounds.auc, carrying=carrying)
        found.append(Alarm("too_good", said))
    if ranked and gain[ranked[0]] > bounds.gain_share * gain.sum():
        share = float(gain[ranked[0]] / gain.sum())
        said = tell(
            "one_feature", feature=names[ranked[0]], share=share, share_bound=bounds.gain_share
        )
        found.append(Alarm("one_feature", said))
    return found + _stale_alarms(bundle, test, stale, ranked[:MOST_GAINING], bounds)


def _stale_alarms(
    bundle: Bundle, test: TrainingSet, stale: pa.Table, positions: Sequence[int], bounds: Alarms
) -> list[Alarm]:
    today, earlier = _same_rows(test, stale)
    if not len(today) or today.is_paid.min() == today.is_paid.max():
        return []
    matrix, a_day_earlier = bundle.encoding.matrix(today.rows), bundle.encoding.matrix(earlier)
    known = auc(today.is_paid, bundle.margin(matrix))
    found = []
    for position in positions:
        kept = matrix[:, position].copy()
        matrix[:, position] = a_day_earlier[:, position]
        lost = known - auc(today.is_paid, bundle.margin(matrix))
        matrix[:, position] = kept
        if lost > bounds.stale_auc_loss:
            name = bundle.encoding.names[position]
            said = tell("known_too_early", feature=name, value=lost, bound=bounds.stale_auc_loss)
            found.append(Alarm("known_too_early", said))
    return found


def _same_rows(test: TrainingSet, stale: pa.Table) -> tuple[TrainingSet, pa.Table]:
    """Return the test rows that also have features of the day before, and those, in one order."""
    left = test.rows.select(_KEYS).append_column("row", pa.array(np.arange(len(test))))
    right = stale.select(_KEYS).append_column("stale_row", pa.array(np.arange(stale.num_rows)))
    pairs = left.join(right, _KEYS, join_type="inner").sort_by("row")
    mask = np.zeros(len(test), bool)
    mask[pairs["row"].to_numpy()] = True
    return test.where(pa.chunked_array([pa.array(mask)])), stale.take(pairs["stale_row"])
