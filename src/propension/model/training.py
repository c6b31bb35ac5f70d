"""Train a model, test it on later time, and set it beside references and the champion."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from propension.config import Settings, Target
from propension.errors import DataError, ModelError
from propension.features import Feature
from propension.model.bundle import Bundle
from propension.model.calibration import fit_calibration
from propension.model.card import model_card
from propension.model.dataset import TrainingSet, assemble
from propension.model.encoding import Encoding
from propension.model.estimator import train_booster
from propension.model.metrics import evaluate, gains
from propension.model.recovery import fit_recovery
from propension.model.references import reference_probabilities
from propension.model.split import Windows, split_in_time

EVALUATION_FILE = "evaluation.json"


@dataclass(frozen=True)
class Evaluation:
    """What the test on later time showed.

    Attributes
    ----------
    windows : dict
        First date, last date and count per window.
    rows : dict
        Account-snapshots per window.
    metrics : dict of str to dict
        Of the model, its references and the champion, on the same test rows.
    gains : list of dict
        Tenths of the test rows, most likely payers first.
    money : dict
        Overdue, expected and collected in the test window, account currency.
    verdict : {"first", "better", "not_better", "leak"}
    reason : str
    """

    windows: dict[str, Any]
    rows: dict[str, int]
    metrics: dict[str, dict[str, float]]
    gains: list[dict[str, float]]
    money: dict[str, float]
    verdict: str
    reason: str

    @property
    def promotes(self) -> bool:
        """Say whether the model should become the champion."""
        return self.verdict in ("first", "better")


def train_model(
    settings: Settings,
    features: Sequence[Feature],
    data: Path,
    champion: Bundle | None,
    folder: Path,
) -> Evaluation:
    """Train, calibrate and test a model; write its bundle and evaluation into ``folder``.

    Parameters
    ----------
    settings : Settings
    features : sequence of Feature
    data : Path
        What ``build_training_data`` filled.
    champion : Bundle or None
        Judged on the same test rows when it can still be used.
    folder : Path

    Raises
    ------
    DataError
        If there is too little history, or only one outcome.
    """
    rows = assemble(data)
    windows = split_in_time(rows.dates, settings.target.horizon_days, settings.model)
    parts = {
        name: rows.between(getattr(windows, name))
        for name in ("train", "validation", "calibration", "test")
    }
    _require_both_outcomes(parts)
    bundle = _fit(settings, features, parts, windows)
    test = parts["test"]
    propensity = bundle.propensity(bundle.encoding.matrix(test.rows))
    seen = rows.between(windows.train + windows.validation + windows.calibration)
    probabilities = {"model": propensity, **reference_probabilities(features, seen, test)}
    usable = champion is not None and not champion.encoding.changed(features)
    if champion is not None and usable and champion.target == bundle.target:
        probabilities["champion"] = champion.propensity(champion.encoding.matrix(test.rows))
    metrics = {name: evaluate(test.is_paid, given) for name, given in probabilities.items()}
    verdict, reason = _judge(metrics, settings.model.leak_auc, champion is not None, bundle.booster)
    evaluation = Evaluation(
        windows.as_dict(),
        {name: len(part) for name, part in parts.items()},
        metrics,
        gains(test.is_paid, propensity),
        _money(test, bundle.recovery.share(propensity)),
        verdict,
        reason,
    )
    bundle.facts["metrics"] = metrics
    bundle.save(folder)
    (folder / "model_card.md").write_text(
        model_card(bundle, evaluation, settings), encoding="utf-8"
    )
    text = json.dumps(asdict(evaluation), indent=2, ensure_ascii=False)
    (folder / EVALUATION_FILE).write_text(text, encoding="utf-8")
    return evaluation


def load_evaluation(folder: Path) -> Evaluation:
    """Read what ``train_model`` wrote."""
    return Evaluation(**json.loads((folder / EVALUATION_FILE).read_text(encoding="utf-8")))


def refuse_leak(evaluation: Evaluation) -> None:
    """Stop where the test is too good to be true.

    Raises
    ------
    ModelError
    """
    if evaluation.verdict == "leak":
        raise ModelError(f"model: {evaluation.reason}", metrics=evaluation.metrics)


def target_facts(target: Target) -> dict[str, Any]:
    """Return what a model's score means; a model for one target does not serve another."""
    return {
        "stage": "overdue",
        "horizon_days": target.horizon_days,
        "paid_share": target.paid_share,
        "min_overdue_amount": target.min_overdue_amount,
    }


def _fit(
    settings: Settings, features: Sequence[Feature], parts: dict[str, TrainingSet], windows: Windows
) -> Bundle:
    encoding = Encoding.learn(features, parts["train"].rows)
    encoded = {
        name: (encoding.matrix(parts[name].rows), parts[name].is_paid)
        for name in ("train", "validation")
    }
    booster = train_booster(
        features,
        encoding.categorical_positions,
        encoded["train"],
        encoded["validation"],
        settings.model,
        settings.resources.threads,
    )
    later = parts["calibration"]
    margin = np.asarray(
        booster.predict(encoding.matrix(later.rows), raw_score=True), dtype=np.float64
    )
    calibration = fit_calibration(margin, later.is_paid)
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
    recovery = fit_recovery(calibration.apply(margin), later.overdue_amount, later.collected_amount)
    return Bundle(booster, encoding, calibration, target_facts(settings.target), recovery, facts)


def _money(rows: TrainingSet, share: NDArray[np.float64]) -> dict[str, float]:
    return {
        "overdue": float(rows.overdue_amount.sum()),
        "expected": float(np.sum(share * rows.overdue_amount)),
        "collected": float(rows.collected_amount.sum()),
    }


def _require_both_outcomes(parts: dict[str, TrainingSet]) -> None:
    for name in ("train", "validation", "test"):
        paid = int(parts[name].is_paid.sum())
        if paid in (0, len(parts[name])):
            found = "nobody paid" if paid == 0 else "everybody paid"
            raise DataError(
                f"model: {found} in the {name} window ({len(parts[name])} account-snapshots), so there is "
                "nothing to learn. Check payments and debts in `propension check`, and target.paid_share."
            )


def _judge(
    metrics: dict[str, dict[str, float]], leak_auc: float, has_champion: bool, booster: lgb.Booster
) -> tuple[str, str]:
    model = metrics["model"]
    if model["auc"] > leak_auc:
        gain = booster.feature_importance("gain")
        top = [booster.feature_name()[index] for index in np.argsort(-gain)[:3]]
        return "leak", (
            f"an AUC of {model['auc']:.3f} is above model.leak_auc ({leak_auc}): something tells the future. "
            f"The features that carry most are {', '.join(top)}; check when their rows became known."
        )
    if not has_champion:
        return "first", "the first model of this portfolio"
    if "champion" not in metrics:
        return (
            "better",
            "the champion cannot score today's features or target; this model replaces it",
        )
    gap = metrics["champion"]["log_loss"] - model["log_loss"]
    compared = f"log-loss {model['log_loss']:.4f} against the champion's {metrics['champion']['log_loss']:.4f}"
    return ("better", compared) if gap > 0 else ("not_better", compared)
