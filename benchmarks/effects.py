"""Our uplift estimators on a real randomised trial, beside what people build from scikit-learn.

    .venv/bin/python benchmarks/effects.py hillstrom [../shared/data/hillstrom/hillstrom.csv]
    .venv/bin/python benchmarks/effects.py simulator [--customers 4000] [--seeds 8]

Prints Markdown for docs/benchmarks.md. Effects are always predicted for customers that were not
learnt from.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OMP_WAIT_POLICY="passive")

import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from propension.monitoring import contrast
from propension.treatments.effects import (
    Evidence,
    Learning,
    Trial,
    fit_axes,
    fit_departures,
    fit_doubly_robust,
    fit_pooled,
    learn_effects,
    prior_effects,
    read_evidence,
)
from propension.treatments.effects.axes import axes_of
from propension.treatments.effects.doubly_robust import corrected_outcomes, expected_outcomes

FOLDS = 5
ARMS = ("No E-Mail", "Mens E-Mail", "Womens E-Mail")
LOGISTIC = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
BOOSTING = HistGradientBoostingClassifier(random_state=0)

Effects = Callable[[Evidence, np.ndarray], np.ndarray]


def read_trial(path: Path) -> tuple[Evidence, pd.DataFrame]:
    """The trial as evidence: three arms, one customer a row, each arm with a third's chance."""
    rows = pd.read_csv(path)
    columns = rows[["recency", "mens", "womens", "newbie"]].assign(
        history=np.log1p(rows["history"])
    )
    columns = columns.join(pd.get_dummies(rows[["zip_code", "channel"]]))
    size = len(rows)
    evidence = Evidence(
        arms=ARMS,
        arm=rows["segment"].map(ARMS.index).to_numpy(np.intp),
        outcome=rows["visit"].to_numpy(float),
        probability=np.full(size, 1 / 3),
        account=np.arange(size),
        axes=columns.to_numpy(float),
        cells=[("trial", "all")],
        cell=np.zeros(size, np.intp),
        is_confounded=False,
    )
    return evidence, rows


def part(evidence: Evidence, inside: np.ndarray) -> Evidence:
    names = ("arm", "outcome", "probability", "account", "axes", "cell")
    return Evidence(
        **{name: getattr(evidence, name)[inside] for name in names},
        arms=evidence.arms,
        cells=evidence.cells,
        is_confounded=False,
    )


def two_models(model: BaseEstimator) -> Effects:
    def effects(evidence: Evidence, axes: np.ndarray) -> np.ndarray:
        chances = [
            clone(model)
            .fit(evidence.axes[evidence.arm == arm], evidence.outcome[evidence.arm == arm])
            .predict_proba(axes)[:, 1]
            for arm in range(len(ARMS))
        ]
        return np.array(chances[1:]) - chances[0]

    return effects


def class_transformation(model: BaseEstimator) -> Effects:
    """Jaskowski and Jaroszewicz, 2012: one model of paying where treated and not where untreated."""

    def effects(evidence: Evidence, axes: np.ndarray) -> np.ndarray:
        found = []
        for arm in range(1, len(ARMS)):
            both = (evidence.arm == arm) | (evidence.arm == 0)
            turned = np.where(
                evidence.arm[both] == arm, evidence.outcome[both], 1 - evidence.outcome[both]
            )
            fitted = clone(model).fit(evidence.axes[both], turned)
            found.append(2 * fitted.predict_proba(axes)[:, 1] - 1)
        return np.array(found)

    return effects


SHIPPED = "**propension: departures**"
CONTENDERS: dict[str, Effects] = {
    SHIPPED: lambda rows, axes: fit_departures(rows).effects(axes),
    "propension: pooled trees (S)": lambda rows, axes: fit_pooled(rows).effects(axes),
    "propension: a line per treatment": lambda rows, axes: fit_axes(rows).effects(axes),
    "propension: DR": lambda rows, axes: fit_doubly_robust(rows).effects(axes),
    "two logistic regressions": two_models(LOGISTIC),
    "two gradient boostings": two_models(BOOSTING),
    "class transformation, logistic": class_transformation(LOGISTIC),
    "class transformation, boosting": class_transformation(BOOSTING),
}


def out_of_fold(evidence: Evidence, effects: Effects, seed: int = 0) -> np.ndarray:
    size = len(evidence.arm)
    fold = np.random.default_rng(seed).permutation(size) % FOLDS
    found = np.empty((len(ARMS) - 1, size))
    for held in range(FOLDS):
        found[:, fold == held] = effects(part(evidence, fold != held), evidence.axes[fold == held])
    return found


def hillstrom(path: Path) -> None:
    evidence, rows = read_trial(path)
    found = {name: out_of_fold(evidence, effects) for name, effects in CONTENDERS.items()}
    print("| Qini x 1,000 (95%), visits | women's e-mail | less two logistics | men's e-mail | ")
    print("|---|---|---|---|")
    judged = {}
    for arm in (2, 1):
        inside = (evidence.arm == arm) | (evidence.arm == 0)
        trial = Trial(
            evidence.outcome[inside], evidence.arm[inside] == arm, evidence.account[inside]
        )
        effects = {name: values[arm - 1, inside] for name, values in found.items()}
        judged[arm] = (
            {name: trial.qini(effect) for name, effect in effects.items()},
            trial.differences(effects, "two logistic regressions"),
        )
    for name in found:
        women, men = (judged[arm][0][name] for arm in (2, 1))
        less = judged[2][1].get(name)
        beside = "" if less is None else f"{1e3 * less[0]:+.2f} to {1e3 * less[1]:+.2f}"
        print(f"| {name} | {_qini(women)} | {beside} | {_qini(men)} |")
    print(
        "\n| added by | outcome | plain difference (95%) | adjusted (95%) | DR | mean of our effects |"
    )
    print("|---|---|---|---|---|---|")
    for outcome in ("visit", "conversion", "spend"):
        _effects_of(evidence, rows[outcome].to_numpy(float), outcome)


def _effects_of(evidence: Evidence, outcome: np.ndarray, name: str) -> None:
    evidence = Evidence(**{**evidence.__dict__, "outcome": outcome})
    expected = expected_outcomes(evidence)
    robust = corrected_outcomes(evidence, expected).mean(axis=1)
    mean = out_of_fold(evidence, CONTENDERS[SHIPPED]).mean(axis=1)
    unit, digits = (1, 3) if name == "spend" else (100, 2)
    for arm in (2, 1):
        inside = (evidence.arm == arm) | (evidence.arm == 0)
        columns = (outcome[inside], evidence.arm[inside] == arm, evidence.account[inside])
        plain = contrast(*columns)
        adjusted = contrast(*columns, covariate=expected[[0, arm]].mean(axis=0)[inside])
        figures = [
            f"{unit * one.value:+.{digits}f} ({unit * one.low:+.{digits}f} to {unit * one.high:+.{digits}f})"
            for one in (plain, adjusted)
        ]
        rest = [robust[arm] - robust[0], mean[arm - 1]]
        figures += [f"{unit * value:+.{digits}f}" for value in rest]
        print(f"| {ARMS[arm]} | {name} | {' | '.join(figures)} |")


def _qini(found: object) -> str:
    low, high = found.interval
    return f"{1e3 * found.coefficient:+.2f} ({1e3 * low:+.2f} to {1e3 * high:+.2f})"


def simulator(customers: int, seeds: int) -> None:
    """Rank correlation with the truth, and the true effect of what each would choose."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from effect_world import PRIORS, TREATMENTS, effect_world

    priors = {name: {"overdue": table} for name, table in PRIORS.items()}
    print(
        "| | random share | rank correlation with the truth | share of the best choice's effect |"
    )
    print("|---|---|---|---|")
    for share in (0.05, 0.25):
        found: dict[str, list[tuple[float, float]]] = {}
        for seed in range(seeds):
            with tempfile.TemporaryDirectory() as folder:
                world = effect_world(Path(folder), customers, seed, share)
            evidence = read_evidence(world.log, "paid")
            axes, learning = axes_of(world.accounts), Learning("paid")
            blended = learn_effects(world.log, TREATMENTS, priors, learning)
            estimates = {
                "priors alone": prior_effects(priors, TREATMENTS, world.accounts),
                "pooled trees (S)": fit_pooled(evidence).effects(axes),
                "a line per treatment": fit_axes(evidence).effects(axes),
                "DR": fit_doubly_robust(evidence).effects(axes),
                "departures (without priors)": fit_departures(evidence).effects(axes),
                "**departures and priors**": blended.effects(world.accounts).added,
            }
            rows = np.arange(len(axes))
            for name, added in estimates.items():
                chosen = world.truth[added.argmax(axis=0), rows].mean()
                rank = spearmanr(added.ravel(), world.truth.ravel()).statistic
                found.setdefault(name, []).append((rank, chosen / world.truth.max(axis=0).mean()))
        for name, figures in found.items():
            mean = np.mean(figures, axis=0)
            error = 1.96 * np.std(figures, axis=0, ddof=1) / np.sqrt(seeds)
            cells = " | ".join(f"{m:.3f} +- {e:.3f}" for m, e in zip(mean, error, strict=True))
            print(f"| {name} | {share:.0%} | {cells} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("hillstrom", "simulator"))
    parser.add_argument("path", nargs="?", default="../shared/data/hillstrom/hillstrom.csv")
    parser.add_argument("--customers", type=int, default=4000)
    parser.add_argument("--seeds", type=int, default=8)
    options = parser.parse_args()
    if options.what == "hillstrom":
        hillstrom(Path(options.path))
    else:
        simulator(options.customers, options.seeds)
