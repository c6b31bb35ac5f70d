"""What an exact explanation of a row costs, beside its peers on the same rows and models.

    .venv/bin/python benchmarks/explain.py                        # 300x31 and 600x63 leaves, depth 6
    .venv/bin/python benchmarks/explain.py --model 300x31x-1      # trees, leaves, depth

CPU time of one thread. Prints Markdown for docs/benchmarks.md. The first run ever also compiles;
set-up is timed after that.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable

os.environ.update(OMP_NUM_THREADS="1", OMP_WAIT_POLICY="passive")

import lightgbm as lgb
import numpy as np
import shap

from propension.explain import Explainer

LEVELS = (3, 5, 8, 12, 20, 30, 40, 60)
TOP, FAMILIES = 5, 12


def make_rows(n_rows: int, n_features: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of skewed, rounded and normal numbers and eight categories, a tenth missing; and outcomes."""
    rng = np.random.default_rng(seed)
    rows = np.asfortranarray(rng.normal(size=(n_rows, n_features)))
    rows[:, :15] = np.round(np.exp(rows[:, :15]), 1)
    for position, levels in enumerate(LEVELS, n_features - len(LEVELS)):
        rows[:, position] = rng.integers(0, levels, n_rows)
    margin = (
        rows[:, 0] - rows[:, 1] * rows[:, 16] + np.sin(2 * rows[:, 17]) + rows[:, 20] * rows[:, 21]
    )
    margin += 0.3 * rows[:, 22:45].sum(axis=1) + (rows[:, -1] % 3 == 1) - (rows[:, -4] % 4 == 2)
    outcome = margin + 2 * rng.normal(size=n_rows) > 0.5
    rows[rng.random(rows.shape) < 0.1] = np.nan
    return rows, outcome


def train(n_features: int, trees: int, leaves: int, depth: int) -> lgb.Booster:
    rows, outcome = make_rows(60_000, n_features, seed=1)
    categorical = list(range(n_features - len(LEVELS), n_features))
    return lgb.train(
        {
            "objective": "binary", "num_leaves": leaves, "max_depth": depth, "learning_rate": 0.05,
            "min_data_in_leaf": 20, "verbosity": -1, "num_threads": 1,
        },
        lgb.Dataset(rows, outcome, categorical_feature=categorical),
        num_boost_round=trees,
    )  # fmt: skip


def cpu_seconds(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def measure(booster: lgb.Booster, rows: np.ndarray, few: int) -> None:
    """Print one table: ours on all rows, the slow peers on a few."""
    Explainer(booster)
    setup = cpu_seconds(lambda: Explainer(booster))
    explainer = Explainer(booster)
    explainer.top(rows[:100], TOP)
    judge = shap.TreeExplainer(booster, feature_perturbation="tree_path_dependent")
    head = np.ascontiguousarray(rows[:few])
    families = np.arange(rows.shape[1]) % FAMILIES
    explainer.top(rows[:100], TOP, families, families % 3 - 1)
    work: dict[str, tuple[int, Callable[[], object]]] = {
        f"propension, top {TOP} and margin": (len(rows), lambda: explainer.top(rows, TOP)),
        f"propension, top {TOP} of {FAMILIES} families, two axes and margin": (
            len(rows), lambda: explainer.top(rows, TOP, families, families % 3 - 1),
        ),
        "LightGBM predict": (len(rows), lambda: booster.predict(rows, num_threads=1)),
        "LightGBM pred_contrib": (
            few, lambda: booster.predict(head, pred_contrib=True, num_threads=1),
        ),
        "shap.TreeExplainer": (few, lambda: judge.shap_values(head)),
    }  # fmt: skip
    micros = {name: 1e6 * cpu_seconds(run) / count for name, (count, run) in work.items()}
    print("| what | CPU µs a row | rows/s a core | times pred_contrib |\n|---|---|---|---|")
    for name, micro in micros.items():
        ratio = micros["LightGBM pred_contrib"] / micro
        print(f"| {name} | {micro:,.1f} | {1e6 / micro:,.0f} | {ratio:,.1f} |")
    expected = booster.predict(head, pred_contrib=True, num_threads=1)
    worst = np.abs(explainer.matrix(head) - expected[:, :-1]).max()
    margins = np.abs(explainer.top(head, 1).margin - booster.predict(head, raw_score=True)).max()
    print(
        f"\nSet-up {setup:.2f} s, tables {explainer.table_bytes / 1e6:.1f} MB ({explainer.method}); "
        f"largest difference {worst:.1e} (effects), {margins:.1e} (margin).\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", action="append", help="trees x leaves x depth")
    parser.add_argument("--features", type=int, default=80)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--few", type=int, default=1_500, help="rows for the slow peers")
    chosen = parser.parse_args()
    rows, _ = make_rows(chosen.rows, chosen.features, seed=2)
    for model in chosen.model or ["300x31x6", "600x63x6"]:
        trees, leaves, depth = map(int, model.split("x"))
        print(f"{trees} trees of {leaves} leaves, max_depth {depth}, {chosen.features} features:\n")
        measure(train(chosen.features, trees, leaves, depth), rows, chosen.few)


if __name__ == "__main__":
    main()
