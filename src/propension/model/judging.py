"""Judge a fitted model on later time, beside references and the champion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from propension.arrays import Floats
from propension.config import Settings
from propension.features import Feature
from propension.model.alarms import Alarm, leak_alarms
from propension.model.bootstrap import ClusteredBootstrap
from propension.model.bundle import Bundle
from propension.model.dataset import TrainingSet, read_stale_features
from propension.model.evaluation import MODEL, Judged, evaluate_contenders
from propension.model.fairness import audit_groups, audit_score
from propension.model.fitting import judge_curve
from propension.model.gate import (
    NOT_BETTER,
    PROMOTED,
    Check,
    Verdict,
    calibration_checks,
    fairness_checks,
    judge,
)
from propension.model.honesty import bias, recalibration
from propension.model.references import reference_probabilities
from propension.model.sentences import tell
from propension.model.split import Windows
from propension.model.stability import feature_stability, score_stability
from propension.snapshots import BUCKETS, BUCKETS_BEGIN_AFTER

CHAMPION = "champion"


@dataclass(frozen=True)
class Evaluation:
    """What the test on later time showed.

    Attributes
    ----------
    stage : {"overdue", "upcoming"}
    windows : dict
        First date, last date and count per window.
    rows : dict
        Account-snapshots per window.
    test : dict
        What ``evaluate_contenders`` returned, of the model, its references and the champion.
    curve : list of dict
        Measures by horizon, on the test rows where it is over.
    money : dict
        Owed, expected and collected in the test window, account currency.
    stability : dict
        Population stability of the score and of every feature, training against test.
    fairness : dict
        What ``audit_score`` returned; empty where nothing is audited.
    alarms : list of dict
    checks : list of dict
        Conditions of the gate, with their figures.
    verdict : {"first", "better", "not_better", "leak"}
    reason : str
    """

    stage: str
    windows: dict[str, Any]
    rows: dict[str, int]
    test: dict[str, Any]
    curve: list[dict[str, float]]
    money: dict[str, float]
    stability: dict[str, Any]
    fairness: dict[str, Any]
    alarms: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    verdict: str
    reason: str

    @property
    def promotes(self) -> bool:
        """Say whether the model should become the champion."""
        return self.verdict in PROMOTED

    @property
    def metrics(self) -> dict[str, dict[str, float]]:
        """Measures without their intervals, by contender; those that do not exist are left out."""
        return {
            name: {
                measure: value
                for measure, found in contender["metrics"].items()
                if (value := found["value"] if isinstance(found, dict) else found) is not None
            }
            for name, contender in self.test["contenders"].items()
        }


def evaluate_bundle(
    settings: Settings,
    features: Sequence[Feature],
    bundle: Bundle,
    champion: Bundle | None,
    data: Path,
    cut: tuple[TrainingSet, Windows],
) -> Evaluation:
    """Judge a fitted bundle on the test window, beside references and the champion.

    Parameters
    ----------
    settings : Settings
    features : sequence of Feature
    bundle : Bundle
    champion : Bundle or None
    data : Path
        What ``build_training_data`` filled.
    cut : (TrainingSet, Windows)
        All rows, and how time was cut.
    """
    rows, windows = cut
    test, train = rows.between(windows.test), rows.between(windows.train)
    margin = bundle.margin(bundle.encoding.matrix(test.rows))
    propensity = bundle.calibration.apply(margin)
    seen = rows.between((*windows.train, *windows.validation, *windows.calibration))
    references = reference_probabilities(features, seen, test, bundle.target["stage"])
    probabilities = {MODEL: propensity} | references
    if champion is not None and champion.can_score(features, bundle.target):
        probabilities[CHAMPION] = champion.propensity(champion.encoding.matrix(test.rows))
    judged = _judged(test)
    bootstrap = ClusteredBootstrap(
        judged.account_id, settings.model.gate.draws, settings.model.seed
    )
    shown = evaluate_contenders(judged, probabilities, bootstrap)
    alarms = leak_alarms(bundle, test, propensity, read_stale_features(data), settings.model.alarms)
    audited = audit_groups(data, test.accounts)
    fairness = {
        name: audit_score(test.is_paid, probabilities[name], audited)
        for name in (MODEL, CHAMPION)
        if name in probabilities
    }
    verdict = _verdict(settings, judged, probabilities, bootstrap, (alarms, fairness, champion))
    has_curve = bool(bundle.curve.scales)
    return Evaluation(
        str(bundle.target["stage"]),
        windows.as_dict(),
        {name: len(rows.between(getattr(windows, name))) for name in _WINDOWS},
        shown,
        judge_curve(bundle, test, margin, propensity) if has_curve else [],
        _money(test, bundle.recovery.share(propensity)),
        _stability(bundle, train, test, propensity),
        fairness[MODEL],
        [asdict(alarm) for alarm in alarms],
        [asdict(check) for check in verdict.checks],
        verdict.kind,
        verdict.reason,
    )


_WINDOWS = ("train", "validation", "calibration", "test")


def _verdict(
    settings: Settings,
    judged: Judged,
    probabilities: Mapping[str, Floats],
    bootstrap: ClusteredBootstrap,
    found: tuple[list[Alarm], dict[str, Any], Bundle | None],
) -> Verdict:
    alarms, fairness, champion = found
    y, own, bounds = judged.is_paid, probabilities[MODEL], settings.model.gate
    paired = None
    if CHAMPION in probabilities and champion is not None:
        refusal = _not_comparable(judged, own, probabilities[CHAMPION], champion)
        if refusal is not None and not alarms:
            return Verdict(NOT_BETTER, (refusal,))
        paired = {
            name: bootstrap.paired(name, y, own, probabilities[CHAMPION])
            for name in ("log_loss", "auc")
        }
    ids = judged.account_id
    honesty = [
        *calibration_checks(bias(ids, y, own), recalibration(ids, y, own)[0], bounds),
        *fairness_checks(fairness[MODEL], fairness.get(CHAMPION), bounds),
    ]
    return judge(honesty, alarms, paired, champion is not None, bounds)


def _not_comparable(judged: Judged, own: Floats, given: Floats, champion: Bundle) -> Check | None:
    """Say why a comparison with the champion would tell nothing, if it would."""
    if np.array_equal(own, given):
        return Check("same", False, tell("same"))
    first = judged.as_of.min()
    if champion.learnt_until is not None and champion.learnt_until >= first:
        said = tell("champion_saw", last=str(champion.learnt_until), first=str(first))
        return Check("champion_saw", False, said)
    return None


def _stability(
    bundle: Bundle, train: TrainingSet, test: TrainingSet, propensity: Floats
) -> dict[str, Any]:
    """How far the test is from what the model learnt from."""
    before = bundle.propensity(bundle.encoding.matrix(train.rows))
    return {
        "score": score_stability(before, propensity),
        "features": feature_stability(train.rows, test.rows, bundle.encoding.names),
    }


def _judged(test: TrainingSet) -> Judged:
    groups = {"value_tier": _amount_tiers(test.amount)}
    days = test.rows["days_past_due"].to_numpy()
    if days.max() > 0:
        groups["dpd_bucket"] = _BUCKETS[np.searchsorted(BUCKETS_BEGIN_AFTER, days)]
    if test.rows["customer_kind"].null_count < len(test):
        groups["customer_kind"] = np.asarray(
            test.rows["customer_kind"].fill_null("unknown").to_pylist(), dtype=object
        )
    return Judged(
        test.accounts,
        test.as_of.astype("datetime64[D]"),
        test.is_paid,
        test.amount,
        test.collected_amount,
        groups,
    )


_BUCKETS = np.array(BUCKETS, dtype=object)
_TIERS = np.array(["low", "medium", "high"], dtype=object)


def _amount_tiers(amount: Floats) -> NDArray[np.object_]:
    """The largest tenth is high, the next four tenths medium."""
    ends = np.quantile(amount, [0.5, 0.9])
    return np.asarray(_TIERS[np.searchsorted(ends, amount, side="left")])


def _money(rows: TrainingSet, share: Floats) -> dict[str, float]:
    return {
        "owed": float(rows.amount.sum()),
        "expected": float(np.sum(share * rows.amount)),
        "collected": float(rows.collected_amount.sum()),
    }
