"""Ability and willingness beside the simulator's truth, by every way of telling them.

    .venv/bin/python benchmarks/axes.py --seeds 1 2 3 4 5 --customers 20000

Prints Markdown for docs/benchmarks.md: rank correlation of each axis with its truth (and, in brackets,
with the other one's), accuracy and Cohen's kappa of the quadrants at the medians, the accuracy of
those outside the dead zone, and of the likely causes.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from scipy.stats import rankdata, spearmanr
from sklearn.metrics import cohen_kappa_score

from propension.config import Settings
from propension.explain import AXES, axis_groups, explainer_of, margin_of
from propension.features import catalogue, write_features
from propension.model import assemble, build_training_data, split_in_time
from propension.model.fitting import fit_bundle
from propension.simulate import simulate_portfolio
from propension.snapshots import choose_as_of, open_streams, prepare_streams
from propension.sources import extract

FEATURES = catalogue()
NUMBERS = [feature.name for feature in FEATURES if not feature.is_category]
DEAD_ZONE = 0.05
HEAD = "| | ability (other) | willingness (other) | accuracy | kappa | accuracy, surer 81% |\n|---|---|---|---|---|---|"


def portfolio(folder: Path, seed: int, customers: int):
    """A trained bundle, the accounts of the last day, and their truth."""
    simulate_portfolio(folder / "data", customers, 24, seed=seed, truth=folder / "truth")
    settings = Settings.model_validate(
        {"portfolio": {"name": "axes"}, "source": {"path": str(folder / "data")}}
    )
    extraction = extract(settings, folder / "canonical", dt.date(2027, 1, 1))
    streams = prepare_streams(extraction, settings.resources, "CO")
    build_training_data(settings, extraction, streams, None, folder / "snapshots")
    rows = assemble(folder / "snapshots", settings.target)
    windows = split_in_time(rows.dates, settings.target.horizon_days, settings.model)
    bundle = fit_bundle(settings, FEATURES, rows, windows, "overdue")
    day = choose_as_of(None, extraction)
    engine = open_streams(streams, settings.resources)
    write_features(engine, day, FEATURES, 0, folder / "today.parquet")
    engine.close()
    today = pq.read_table(folder / "today.parquet")
    truth = pq.read_table(folder / "truth" / "propensity.parquet").to_pandas()
    truth = truth[truth.as_of == day].set_index("customer_id")
    causes = pq.read_table(folder / "truth" / "customers.parquet").to_pandas()
    truth["likely_cause"] = causes.set_index("customer_id")["likely_cause"]
    accounts = today["account_id"].to_pandas()
    known = accounts.isin(truth.index).to_numpy()
    return bundle, today.filter(known), truth.loc[accounts[known]].reset_index()


def hand_rules(facts: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """What a collections manager would add up without a model."""
    told = facts.fillna(0)
    ability = -(
        2 * told.partial_payment_share
        + 0.5 * told.bounced_count_180d
        + 0.3 * told.reversal_count_365d
        + 0.2 * np.log1p(told.balance_to_usual)
    )
    willingness = -(
        told.refusal_count_180d
        - 0.3 * told.promise_count_180d
        - 0.3 * told.inbound_count_90d
        + 0.01 * facts.payment_days_since.fillna(365)
    )
    return ability.to_numpy(), willingness.to_numpy()


def ways(found, others):
    """Every way of telling the axes of one portfolio."""
    bundle, today, _ = found
    matrix = bundle.encoding.matrix(today)
    facts = today.to_pandas()
    propensity = bundle.propensity(matrix)
    sums = explainer_of(bundle.booster).top(matrix, 0, groups=axis_groups(FEATURES)).groups
    learnt = [margin_of(bundle.axes[axis], matrix) for axis in AXES]
    numbers = facts[NUMBERS].astype(float)
    seen = pd.concat([rows.to_pandas()[NUMBERS].astype(float) for _, rows, _ in others])
    options = {
        "num_leaves": 15,
        "learning_rate": 0.05,
        "min_data_in_leaf": 50,
        "verbosity": -1,
        "num_threads": 1,
    }

    def ceiling(axis):
        hidden = np.concatenate([truth[axis] for _, _, truth in others])
        return lgb.train(options, lgb.Dataset(seen, hidden), 150).predict(numbers)

    return {
        "propensity alone": (propensity, propensity),
        "hand rules": hand_rules(facts),
        "SHAP values summed by tag": (sums[:, 0], sums[:, 1]),
        "**evidence of their own**": (learnt[0], learnt[1]),
        "ceiling: learnt from the hidden truth": (ceiling("ability"), ceiling("willingness")),
    }


def share_below(values: np.ndarray) -> np.ndarray:
    return (rankdata(values) - 0.5) / len(values)


def judge(ability: np.ndarray, willingness: np.ndarray, truth: pd.DataFrame) -> list[float]:
    can, wants = share_below(ability), share_below(willingness)
    said = np.where(can >= 0.5, "can", "cannot") + np.where(wants >= 0.5, "_wants", "_wont").astype(
        object
    )
    true = truth.quadrant.to_numpy()
    sure = (np.abs(can - 0.5) >= DEAD_ZONE) & (np.abs(wants - 0.5) >= DEAD_ZONE)

    def likeness(axis, hidden):
        return spearmanr(axis, truth[hidden])[0]

    return [
        likeness(ability, "ability"), likeness(ability, "willingness"),
        likeness(willingness, "willingness"), likeness(willingness, "ability"),
        (said == true).mean(), cohen_kappa_score(said, true), (said == true)[sure].mean(),
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--customers", type=int, default=20_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        found = [
            portfolio(Path(scratch) / str(seed), seed, chosen.customers) for seed in chosen.seeds
        ]
    results: dict[str, list[list[float]]] = {}
    for place, one in enumerate(found):
        others = [other for at, other in enumerate(found) if at != place]
        for name, axes in ways(one, others).items():
            results.setdefault(name, []).append(judge(*axes, one[2]))
    print(
        f"{len(found)} portfolios of {chosen.customers:,} customers, {sum(len(t) for *_, t in found):,} accounts\n"
    )
    print(HEAD)
    for name, rows in results.items():
        mean, spread = np.mean(rows, axis=0), np.std(rows, axis=0, ddof=1)
        print(
            f"| {name} | {mean[0]:.2f} ({mean[1]:.2f}) | {mean[2]:.2f} ({mean[3]:.2f}) | {mean[4]:.3f} | "
            f"{mean[5]:.3f} ± {spread[5]:.3f} | {mean[6]:.3f} |"
        )


if __name__ == "__main__":
    main()
