"""How much of what an all-knowing strategy would recover each strategy recovers, under tight capacities.

    .venv/bin/python benchmarks/strategies.py --work WORK [--seeds 0 1 2] [--customers 20000]

A share is of the oracle: it knows the true effects, but of other futures than those it is valued on.
WORK keeps the simulated portfolios. Prints Markdown for docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", OMP_WAIT_POLICY="passive")

import lightgbm as lgb
import numpy as np
import pyarrow as pa
from strategy_choices import PRIORS, Case, allocated, column, greedy, simple_rules
from strategy_world import REPETITIONS, TREATMENTS, open_world

from propension.treatments.effects import (
    Evidence,
    Learning,
    PriorTable,
    fit_axes,
    fit_departures,
    fit_pooled,
    learn_effects,
    prior_effects,
    read_evidence,
)
from propension.treatments.effects.axes import axes_of
from propension.treatments.effects.learners import Basis

# Strategies


def ours(case: Case) -> Iterator[tuple[str, np.ndarray]]:
    for months in (0, 1, 6):
        unit = "month" if months == 1 else "months"
        yield f"ours after {months} {unit}", allocated(case, case.values(learnt(case, months)))


def learnt(
    case: Case, months: int, priors: PriorTable = PRIORS, outcome: str = "recovered_share"
) -> np.ndarray:
    log = case.world.months(months) if months else None
    model = learn_effects(log, TREATMENTS, priors, Learning(outcome))
    return model.effects(case.world.today).added


def ablations(case: Case) -> Iterator[tuple[str, np.ndarray]]:
    """Where what is missing goes: effects, or the choice among them."""
    truth, today = case.world.effects.mean(axis=0), case.world.today
    yield "true effects, first come by value", greedy(case, case.values(truth))
    yield "ours after 6 months, first come by value", greedy(case, case.values(learnt(case, 6)))
    means = np.repeat(truth.mean(axis=1, keepdims=True), truth.shape[1], axis=1)
    effects = {
        "ours after 6 months, learnt from who paid": learnt(case, 6, outcome="paid"),
        "ours after 6 months, no priors": learnt(case, 6, priors={}),
        "trees and lines after 6 months": trees_and_lines(case, 6),
        "trees and lines after 1 month": trees_and_lines(case, 1),
        "true mean effects": means,
        "true mean effects by our quadrant": by_quadrant(case, truth),
        "priors, by propensity within": prior_effects(PRIORS, TREATMENTS, today)
        * column(today, "propensity")
        / column(today, "propensity").mean(),
    }
    for name, estimated in effects.items():
        yield name, allocated(case, case.values(estimated))


def trees_and_lines(case: Case, months: int) -> np.ndarray:
    """An S-learner and a line per treatment, averaged, and blended with the priors by rows alone."""
    evidence = read_evidence(case.world.months(months), "recovered_share")
    axes = axes_of(case.world.today)
    found = (fit_pooled(evidence).effects(axes) + fit_axes(evidence).effects(axes)) / 2
    found = found[[evidence.arms.index(name) - 1 for name in TREATMENTS]]
    model = learn_effects(
        case.world.months(months), TREATMENTS, PRIORS, Learning(prior_rows=50.0)
    ).effects(case.world.today)
    prior = prior_effects(PRIORS, TREATMENTS, case.world.today)
    return prior + model.evidence_share * (found - prior)


def with_others(case: Case, others: list[Case]) -> dict[str, np.ndarray]:
    """What is missing: the columns' own limit, that of straight lines, rows, or weights."""
    axes, logs = axes_of(case.world.today), [each.world.log for each in (case, *others)]
    seen = np.concatenate([axes_of(other.world.today) for other in others])
    hidden = np.concatenate([other.world.effects.mean(axis=0) for other in others], axis=1)
    options = {"num_leaves": 8, "learning_rate": 0.05, "min_data_in_leaf": 50, "verbosity": -1}
    grown = [
        lgb.train(options | {"num_threads": 1}, lgb.Dataset(seen, effect), 150) for effect in hidden
    ]
    basis = Basis.of(seen)
    lines = np.linalg.lstsq(basis.design(seen), hidden.T, rcond=None)[0]
    log = pa.concat_tables(logs)
    loose = LooselyWeighed(**vars(read_evidence(log, "recovered_share")))
    departures = fit_departures(loose).effects(axes)
    effects = {
        "ceiling, trees on the truth of the others": np.array([t.predict(axes) for t in grown]),
        "ceiling, lines on the truth of the others": (basis.design(axes) @ lines).T,
        "ours with the logs of all": learn_effects(log, TREATMENTS, PRIORS, Learning())
        .effects(case.world.today)
        .added,
        "no priors, the logs of all, loose weights": departures[
            [loose.arms.index(name) - 1 for name in TREATMENTS]
        ],
    }
    return {name: allocated(case, case.values(each)) for name, each in effects.items()}


class LooselyWeighed(Evidence):
    """Less bias, more noise."""

    @property
    def weight(self) -> np.ndarray:
        return np.minimum(1 / self.probability, 100.0)


def by_quadrant(case: Case, effects: np.ndarray) -> np.ndarray:
    quadrant, found = case.world.today["quadrant"].to_pandas(), np.zeros_like(effects)
    for name in quadrant.unique():
        inside = (quadrant == name).to_numpy()
        found[:, inside] = effects[:, inside].mean(axis=1, keepdims=True)
    return found


# What they are worth


@dataclass(frozen=True)
class Oracle:
    """Net and gross worth of choosing by the truth.

    ``fair`` chooses on seven repetitions of the truth and is valued on the eighth, in turn;
    ``hasty`` chooses on one and is valued on the others; ``flattered`` is valued on the one it chose on.
    """

    fair: np.ndarray
    hasty: np.ndarray
    flattered: np.ndarray

    @classmethod
    def of(cls, case: Case) -> Oracle:
        effects = case.world.effects
        worths = []
        for held in range(REPETITIONS):
            others = np.delete(effects, held, axis=0).mean(axis=0)
            wise, hasty = (allocated(case, case.values(e)) for e in (others, effects[held]))
            worths.append(
                [
                    case.worth(wise, effects[held]),
                    case.worth(hasty, others),
                    case.worth(hasty, effects[held]),
                ]
            )
        return cls(*np.mean(worths, axis=0))


def shares(case: Case, choices: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Net and gross share of the oracle's that every choice recovers."""
    oracle, truth = Oracle.of(case), case.world.effects.mean(axis=0)
    found = {name: case.worth(choice, truth) / oracle.fair for name, choice in choices.items()}
    found["an oracle of 32 futures, valued on others"] = oracle.hasty / oracle.fair
    found["the same, valued on its own"] = oracle.flattered / oracle.fair
    return found


def measured(case: Case, others: list[Case]) -> dict[str, np.ndarray]:
    choices = {f"{rule}: {variant}": choice for rule, variant, choice in simple_rules(case)}
    choices |= dict(ours(case)) | dict(ablations(case))
    if others:
        choices |= with_others(case, others)
    return shares(case, choices)


# What is printed

Figures = Mapping[str, np.ndarray]


def best_variants(found: Figures) -> dict[str, str]:
    """Of every simple rule the variant that did best over all seeds: it is given the benefit of hindsight."""
    best: dict[str, str] = {}
    for name in found:
        rule, colon, _ = name.partition(": ")
        if colon and (rule not in best or mean(found, name) > mean(found, best[rule])):
            best[rule] = name
    return best


def mean(found: Figures, name: str) -> float:
    return float(found[name][:, 0].mean())


def interval(values: np.ndarray) -> str:
    error = 1.96 * values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan
    return f"{values.mean():+.3f} +- {error:.3f}"


def report(title: str, found: Figures) -> None:
    variants = best_variants(found)
    beside = max(variants.values(), key=lambda name: mean(found, name))
    rules = [*variants.values()]
    others = [name for name in found if ": " not in name]
    print(f"\n{title}\n\nBest simple rule: {beside}\n")
    print("| | net | net, less the best simple rule | gross |\n|---|---|---|---|")
    for name in rules + others:
        net, gross = found[name].T
        less = interval(net - found[beside][:, 0]) if name != beside else ""
        print(f"| {name} | {interval(net)} | {less} | {interval(gross)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(10)))
    parser.add_argument("--customers", type=int, default=20_000)
    chosen = parser.parse_args()
    views: dict[str, Callable[[Case], Case]] = {
        "Money": lambda case: case,
        "Amounts aside": Case.amounts_aside,
    }
    cases = [Case.of(open_world(chosen.work, seed, chosen.customers)) for seed in chosen.seeds]
    print(f"accounts: {', '.join(str(len(case.known)) for case in cases)}", flush=True)
    found: dict[str, list[dict[str, np.ndarray]]] = {view: [] for view in views}
    for case in cases:
        others = [other for other in cases if other is not case]
        for view, seen in views.items():
            found[view].append(measured(seen(case), others))
    for view, rows in found.items():
        report(view, {name: np.array([row[name] for row in rows]) for name in rows[0]})


if __name__ == "__main__":
    main()
