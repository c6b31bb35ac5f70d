"""Ability and willingness, each learnt from what tells of it alone."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Literal

import lightgbm as lgb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from propension.config import Settings
from propension.features import Feature
from propension.model.dataset import TrainingSet
from propension.model.encoding import Encoding
from propension.model.estimator import Sample, train_booster
from propension.model.split import Windows

AxisName = Literal["ability", "willingness"]
# Who can pays in full at once; who wants does not say no. Each is learnt from what denies it.
DENIED_BY: Mapping[AxisName, str] = {"ability": "paid_short", "willingness": "refused"}
# Fewer rows of either kind, and the sum of SHAP values tells more (docs/decisions/0011).
_MIN_TRAIN_ROWS, _MIN_VALIDATION_ROWS = 300, 30


def fit_axes(
    settings: Settings,
    features: Sequence[Feature],
    encoding: Encoding,
    rows: TrainingSet,
    windows: Windows,
) -> dict[AxisName, lgb.Booster]:
    """Learn the axes for which there is evidence enough; the others are left out.

    The raw score of ability is the log-odds that an overdue account that pays does so in full
    and without bouncing; that of willingness, that one who is reached does not refuse. Only
    accounts that paid, or were reached, are learnt from: whether anybody paid at all plays no
    part, so that neither axis is the propensity again.

    Parameters
    ----------
    settings : Settings
    features : sequence of Feature
    encoding : Encoding
        Of the score's own matrix.
    rows : TrainingSet
    windows : Windows
        Nothing is learnt from the calibration and test windows.
    """
    # What makes payment likelier need not make it fuller: no directions are kept.
    free = [dataclasses.replace(feature, monotone=0) for feature in features]
    found: dict[AxisName, lgb.Booster] = {}
    for axis, column in DENIED_BY.items():
        if column not in rows.outcomes.column_names:
            continue
        train, validation = (
            _told(rows.between(dates), column, encoding)
            for dates in (windows.train, windows.validation)
        )
        if _enough(train, _MIN_TRAIN_ROWS) and _enough(validation, _MIN_VALIDATION_ROWS):
            found[axis] = train_booster(
                free, train, validation, settings.model, settings.resources.threads
            )
    return found


def _told(rows: TrainingSet, column: str, encoding: Encoding) -> Sample:
    told = rows.where(rows.outcomes[column].is_valid())
    denied = np.asarray(pc.invert(told.outcomes[column]).cast(pa.int8()).to_numpy())
    return Sample(encoding.matrix(told.rows), denied)


def _enough(sample: Sample, least: int) -> bool:
    good = int(sample.is_paid.sum())
    return min(good, len(sample.is_paid) - good) >= least
