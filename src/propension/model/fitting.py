"""Fit everything a bundle holds: trees, calibration, curve, money."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from propension.arrays import Floats
from propension.config import ModelSettings, Settings, Stage, Target
from propension.errors import DataError
from propension.features import Feature
from propension.model.axes import fit_axes
from propension.model.bundle import Bundle
from propension.model.calibration import MIN_ROWS_PER_CLASS, Calibration, choose_calibration
from propension.model.curve import Curve
from propension.model.dataset import TrainingSet
from propension.model.encoding import Encoding
from propension.model.estimator import Sample, train_booster
from propension.model.metrics import evaluate
from propension.model.recovery import fit_recovery
from propension.model.split import Windows


def target_facts(target: Target, stage: Stage = "overdue") -> dict[str, Any]:
    """Return what a model's score means; a model for one target does not serve another."""
    if stage == "upcoming":
        return {
            "stage": stage,
            "upcoming_days": target.upcoming_days,
            "grace_days": target.grace_days,
        }
    return {
        "stage": stage,
        "horizon_days": target.horizon_days,
        "paid_share": target.paid_share,
        "min_overdue_amount": target.min_overdue_amount,
    }


def fit_bundle(
    settings: Settings,
    features: Sequence[Feature],
    rows: TrainingSet,
    windows: Windows,
    stage: Stage,
) -> Bundle:
    """Grow the trees, calibrate them on later rows, and stretch them over the horizons.

    Parameters
    ----------
    settings : Settings
    features : sequence of Feature
    rows : TrainingSet
        Of every window; nothing is fitted to those of the test.
    windows : Windows
    stage : Stage
    """
    train, validation = rows.between(windows.train), rows.between(windows.validation)
    encoding = Encoding.learn(features, train.rows)
    booster = train_booster(
        features,
        _sample(encoding, train, settings.model.half_life_days),
        _sample(encoding, validation, None),
        settings.model,
        settings.resources.threads,
    )
    facts = {
        "portfolio": settings.portfolio.name,
        "windows": windows.as_dict(),
        "trees": booster.num_trees(),
        "settings": settings.digest(),
        "versions": {
            name: importlib.metadata.version(name)
            for name in ("propension", "lightgbm", "scikit-learn")
        },
    }
    terms = target_facts(settings.target, stage)
    raw = Bundle(booster, encoding, terms, facts)
    later = rows.between(windows.calibration)
    margin = raw.margin(encoding.matrix(later.rows))
    calibration = choose_calibration(
        margin, later.is_paid, later.accounts, settings.model.calibration
    )
    recovery = fit_recovery(
        calibration.apply(margin), later.amount, later.collected_amount, later.accounts
    )
    curve = _fit_curve(settings.target, raw, rows, windows) if stage == "overdue" else Curve()
    usual = _usual_values(features, later.rows)
    axes = fit_axes(settings, features, encoding, rows, windows)
    return Bundle(booster, encoding, terms, facts, calibration, curve, recovery, usual, axes)


def recalibrate_bundle(
    bundle: Bundle, rows: TrainingSet, windows: Windows, settings: ModelSettings
) -> Bundle:
    """Return the same trees with calibration, curve and money fitted anew.

    Horizons that were not over when the test began keep the curve they have.

    Raises
    ------
    DataError
        If too few of the calibration window paid, or too few did not.
    """
    later = rows.between(windows.calibration)
    paid = int(later.is_paid.sum())
    if min(paid, len(later) - paid) < MIN_ROWS_PER_CLASS:
        raise DataError(
            f"model: {paid} of {len(later)} accounts paid in the month to recalibrate on; {MIN_ROWS_PER_CLASS} of "
            "either outcome are needed. Train again: propension train.",
            paid=paid,
        )
    margin = bundle.margin(bundle.encoding.matrix(later.rows))
    calibration = choose_calibration(margin, later.is_paid, later.accounts, settings.calibration)
    recovery = fit_recovery(
        calibration.apply(margin), later.amount, later.collected_amount, later.accounts
    )
    scales = {
        horizon: _scale(bundle, later.over_by(horizon, windows.test[0]), horizon)
        for horizon in bundle.curve.scales
    }
    fitted = {horizon: scale for horizon, scale in scales.items() if scale.kind != "none"}
    told = windows.as_dict()
    # The trees saw what they saw, whatever of it is still there.
    anew = {name: told[name] for name in ("calibration", "test", "dropped")}
    return replace(
        bundle,
        facts={**bundle.facts, "windows": {**bundle.facts["windows"], **anew}},
        calibration=calibration,
        curve=replace(bundle.curve, scales={**bundle.curve.scales, **fitted}),
        recovery=recovery,
    )


def _usual_values(features: Sequence[Feature], rows: pa.Table) -> dict[str, float | str]:
    """Return the middle value of every number and the most frequent name of every category."""
    found: dict[str, float | str] = {}
    for feature in features:
        known = rows[feature.name].drop_null()
        if not len(known):
            continue
        if feature.is_category:
            counts = Counter(known.to_pylist())
            found[feature.name] = min(counts, key=lambda name: (-counts[name], name))
        else:
            found[feature.name] = float(np.median(known.to_numpy()))
    return found


def _sample(encoding: Encoding, rows: TrainingSet, half_life_days: int | None) -> Sample:
    weight = None
    if half_life_days is not None:
        age = (rows.as_of.max() - rows.as_of).astype("timedelta64[D]").astype(np.float64)
        weight = 0.5 ** (age / half_life_days)
    return Sample(encoding.matrix(rows.rows), rows.is_paid, weight)


def _fit_curve(target: Target, raw: Bundle, rows: TrainingSet, windows: Windows) -> Curve:
    """Fit every other horizon on outcomes that were over when the test began.

    Rows the trees did not grow on come first; where too few of them are that old, as for long
    horizons, the training rows join them.
    """
    test_from = windows.test[0]
    scales = {}
    for horizon in target.curve:
        if horizon == target.horizon_days:
            continue
        unseen = _over(rows, (*windows.validation, *windows.calibration), horizon, test_from)
        scale = _scale(raw, unseen, horizon)
        if scale.kind == "none":
            everything = (*windows.train, *windows.validation, *windows.calibration)
            scale = _scale(raw, _over(rows, everything, horizon, test_from), horizon)
        if scale.kind != "none":
            scales[horizon] = scale
    return Curve(target.horizon_days, scales)


def _over(rows: TrainingSet, dates: Sequence[dt.date], horizon: int, day: dt.date) -> TrainingSet:
    return rows.between(dates).over_by(horizon, day)


def _scale(raw: Bundle, rows: TrainingSet, horizon: int) -> Calibration:
    if not len(rows):
        return Calibration()
    margin = raw.margin(raw.encoding.matrix(rows.rows))
    return choose_calibration(margin, rows.paid_within(horizon), rows.accounts, "platt")


def judge_curve(
    bundle: Bundle, test: TrainingSet, margin: Floats, propensity: Floats
) -> list[dict[str, float]]:
    """Return how every horizon did on the test rows where it is over."""
    found = []
    for horizon, given in bundle.curve.probabilities(margin, propensity).items():
        known = test.outcomes[f"is_paid_{horizon}d"].is_valid()
        mask = known.to_numpy()
        if not mask.any():
            continue
        measured = evaluate(test.where(known).paid_within(horizon), given[mask])
        found.append({"horizon_days": float(horizon), "rows": float(mask.sum()), **measured})
    return found
