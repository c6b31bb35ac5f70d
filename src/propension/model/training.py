"""Train a model, test it on later time, and set it beside references and the champion."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from propension.config import Settings, Stage
from propension.errors import DataError, ModelError
from propension.features import Feature
from propension.model.bundle import Bundle
from propension.model.card import model_card
from propension.model.dataset import TrainingSet, assemble
from propension.model.fairness import fairness_tables
from propension.model.fitting import fit_bundle, recalibrate_bundle, target_facts
from propension.model.judging import Evaluation, evaluate_bundle
from propension.model.profile import SCORE, Marginal, Profile
from propension.model.report import write_report
from propension.model.split import Windows, split_anew, split_in_time

# Every season once; windows of the features are full by then, if they ever are.
_A_YEAR = dt.timedelta(days=365)
EVALUATION_FILE, REPORT_FILE, CARD_FILE = "evaluation.json", "report.html", "model_card.md"


def train_model(
    settings: Settings,
    features: Sequence[Feature],
    data: Path,
    champion: Bundle | None,
    folder: Path,
    stage: Stage = "overdue",
) -> Evaluation:
    """Train, calibrate and test a model; write its bundle and card into ``folder``.

    Parameters
    ----------
    settings : Settings
    features : sequence of Feature
    data : Path
        What ``build_training_data`` filled.
    champion : Bundle or None
        Judged on the same test rows when it can still be used.
    folder : Path
    stage : Stage

    Raises
    ------
    DataError
        If there is too little history, or only one outcome.
    """
    rows = assemble(data, settings.target, stage)
    windows = split_in_time(rows.dates, settings.target.outcome_days(stage), settings.model)
    _require_both_outcomes(rows, windows)
    bundle = fit_bundle(settings, features, rows, windows, stage)
    evaluation = evaluate_bundle(settings, features, bundle, champion, data, (rows, windows))
    bundle = replace(bundle, profile=_profile(bundle, features, rows, windows))
    _write(settings, bundle, evaluation, folder)
    return evaluation


def recalibrate_model(
    settings: Settings,
    features: Sequence[Feature],
    data: Path,
    champion: Bundle,
    folder: Path,
    stage: Stage = "overdue",
) -> Evaluation:
    """Fit the champion's level to the newest months, and test it beside the champion; write it into ``folder``.

    The trees stay: accounts rank as before, and features are held against what the trees learnt from.

    Parameters
    ----------
    settings, features, data, folder, stage
        As in ``train_model``.
    champion : Bundle

    Raises
    ------
    DataError
        If there is no month to fit to, or too few paid in it.
    ModelError
        If the champion no longer fits the features or the target.
    """
    champion.require(features, target_facts(settings.target, stage))
    rows = assemble(data, settings.target, stage)
    learnt = champion.facts["windows"]
    windows = split_anew(rows.dates, settings.target.outcome_days(stage), learnt)
    bundle = recalibrate_bundle(champion, rows, windows, settings.model)
    evaluation = evaluate_bundle(settings, features, bundle, champion, data, (rows, windows))
    if bundle.profile is not None:
        scored = _score_profile(bundle, rows, windows)
        bundle = replace(bundle, profile=Profile({**bundle.profile.columns, **scored}))
    _write(settings, bundle, evaluation, folder)
    return evaluation


def _write(settings: Settings, bundle: Bundle, evaluation: Evaluation, folder: Path) -> None:
    told = {
        "metrics": evaluation.metrics,
        "test": evaluation.test["contenders"]["model"]["metrics"],
    }
    bundle = replace(bundle, facts={**bundle.facts, **told})
    bundle.save(folder)
    (folder / CARD_FILE).write_text(model_card(bundle, evaluation, settings), encoding="utf-8")
    text = json.dumps(asdict(evaluation), indent=2, ensure_ascii=False)
    (folder / EVALUATION_FILE).write_text(text, encoding="utf-8")


def report_training(
    settings: Settings,
    features: Sequence[Feature],
    folder: Path,
    pressure: Mapping[str, Any] | None = None,
    explanation: Mapping[str, Any] | None = None,
) -> Path:
    """Write the report of a trained bundle for people; return the file.

    Parameters
    ----------
    settings : Settings
    features : sequence of Feature
    folder : Path
        What ``train_model`` wrote.
    pressure : mapping, optional
        What ``audit_pressure`` found in the decisions the model leads to.
    explanation : mapping, optional
        What ``explanation_pictures`` drew: ``explanation`` and ``explained_accounts``.
    """
    evaluation, portfolio = load_evaluation(folder), settings.portfolio
    target = Bundle.load(folder).target
    texts = {feature.name: feature.text.model_dump() for feature in features}
    # The calendar moves by itself: that it did says nothing of the portfolio.
    calendar = {feature.name for feature in features if feature.axis == "calendar"}
    facts = {
        **evaluation.test,
        "portfolio": portfolio.name,
        "currency": portfolio.currency,
        "model": {"target": _reported_target(target), "windows": evaluation.windows},
        "verdict": {
            "code": evaluation.verdict,
            "reasons": [check["texts"] for check in evaluation.checks],
        },
        "stability": {
            "score": evaluation.stability["score"],
            "features": [
                row | {"label": texts.get(row["name"], row["name"])}
                for row in evaluation.stability["features"]
                if row["name"] not in calendar
            ],
        },
        "curve": evaluation.curve,
        "alarms": [{"text": alarm["texts"]} for alarm in evaluation.alarms],
        "fairness": fairness_tables(evaluation.fairness, pressure or {}),
        **(explanation or {}),
    }
    return write_report(facts, folder / REPORT_FILE, portfolio.language)


def _reported_target(target: dict[str, Any]) -> dict[str, Any]:
    days = target["upcoming_days"] if target["stage"] == "upcoming" else target["horizon_days"]
    return {
        "stage": target["stage"],
        "horizon_days": days,
        "paid_share": target.get("paid_share", 1),
    }


def load_evaluation(folder: Path) -> Evaluation:
    """Read what ``train_model`` wrote."""
    return Evaluation(**json.loads((folder / EVALUATION_FILE).read_text(encoding="utf-8")))


def keep_report(bundle: Path, outputs: Path, name: str, version: int) -> Path:
    """Copy a bundle's report to where people look for it; return the file."""
    outputs.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(bundle / REPORT_FILE, outputs / f"{name}_v{version}.html"))


def refuse_leak(evaluation: Evaluation) -> None:
    """Stop where the test is too good to be true.

    Raises
    ------
    ModelError
    """
    if evaluation.verdict == "leak":
        raise ModelError(f"model: {evaluation.reason}", metrics=evaluation.metrics)


def _profile(
    bundle: Bundle, features: Sequence[Feature], rows: TrainingSet, windows: Windows
) -> Profile:
    """Every feature on the dates of the last year; the score on those that the trees did not grow on."""
    # The calendar moves by itself, and with it what is counted from the day of the month.
    names = [feature.name for feature in features if feature.axis != "calendar"]
    # A name that few accounts share would tell who they are.
    recent = rows.between([date for date in rows.dates if date > rows.dates[-1] - _A_YEAR])
    learnt = Profile.learn(recent.rows.select(names), recent.as_of, bundle.encoding.categories)
    return Profile({**learnt.columns, **_score_profile(bundle, rows, windows)})


def _score_profile(bundle: Bundle, rows: TrainingSet, windows: Windows) -> Mapping[str, Marginal]:
    unseen = rows.between((*windows.validation, *windows.calibration, *windows.test))
    score = bundle.propensity(bundle.encoding.matrix(unseen.rows))
    return Profile.learn(pa.table({SCORE: np.asarray(score)}), unseen.as_of).columns


def _require_both_outcomes(rows: TrainingSet, windows: Windows) -> None:
    for name in ("train", "validation", "test"):
        part = rows.between(getattr(windows, name))
        paid = int(part.is_paid.sum())
        if paid in (0, len(part)):
            found = "nobody paid" if paid == 0 else "everybody paid"
            raise DataError(
                f"model: {found} in the {name} window ({len(part)} account-snapshots), so there is "
                "nothing to learn. Check payments and debts in `propension check`, and target.paid_share."
            )
