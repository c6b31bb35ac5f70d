"""What it costs to allocate treatments, how close to the best, and what simpler ways would leave.

    .venv/bin/python benchmarks/allocation.py                                  # ours and simple rules
    .venv/bin/python benchmarks/allocation.py --highs --accounts 10000 100000  # HiGHS' own bound

Random instances: 15 treatments, 8 resources, three of them used by account and one confined to a
group. ``--profiles 12`` gives accounts one of twelve sets of values. CPU time of one thread; one
process per instance, its peak memory with that of the instance alone beside it. Prints Markdown for
docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import highspy
import numpy as np
import scipy.sparse as sp

from propension.treatments.allocation import Resource, allocate

# By treatment: the share of the balance it adds with the undecided, the same with the unlikely, its
# cost, and how often it is not allowed.
LIFT = (0, 0.02, 0.025, 0.015, 0.025, 0.018, 0.06, 0.05, 0.09, 0.10, 0.08, 0.07, 0.11, 0.13, 0.17)
HARD = (0, 0, 0, 0, 0, 0, 0.2, 0.2, 0.4, 0.3, 0.1, 0.1, 0.2, 1, 1.3)
COST = (0, 0.06, 0.08, 0.01, 1.1, 0.15, 3, 3, 7, 5.5, 1, 1, 2, 35, 60)
BANNED = (0, 0.1, 0.3, 0.2, 0.02, 0.05, 0.08, 0.08, 0.08, 0.05, 0.3, 0.3, 0.3, 0.3, 0.6)
HEADER = "| accounts | what | CPU s | peak GB (instance) | value / bound | gap |\n|---|---|---|---|---|---|"


def use(**amounts: float) -> np.ndarray:
    """Amounts by treatment: ``t6=5`` is five units of the sixth."""
    found = np.zeros(len(LIFT))
    for name, amount in amounts.items():
        found[int(name[1:])] = amount
    return found


def make_instance(
    n: int, profiles: int, seed: int
) -> tuple[np.ndarray, list[Resource], np.ndarray]:
    """Values, resources and propensities; row by row, so that the peak is that of the values."""
    rng = np.random.default_rng(seed)
    balance, propensity = np.exp(rng.normal(5.6, 1.1, n)), rng.beta(1.4, 2.2, n)
    values = np.zeros((len(LIFT), n), np.float32)
    for row in range(1, len(LIFT)):
        lift = LIFT[row] * (
            3.2 * propensity * (1 - propensity) + 0.6 * HARD[row] * (1 - propensity)
        )
        lift = np.minimum(lift * np.exp(rng.normal(0, 0.6, n)), 1 - 0.9 * propensity)
        values[row] = balance * lift - COST[row]
        values[row, rng.random(n) < BANNED[row]] = -np.inf
    if profiles:
        values = np.ascontiguousarray(values[:, rng.integers(0, profiles, n)])
    length = np.clip(rng.lognormal(0, 0.35, n), 0.4, 3).astype(np.float32)
    group = rng.random(n) < 0.2
    resources = [
        Resource("junior minutes", 0.6 * n, use(t6=6, t7=5, t9=8), length),
        Resource("senior minutes", 0.5 * n, use(t8=11, t12=9, t14=5), length),
        Resource("sms", n // 4, use(t1=1, t2=1)),
        Resource("letters", n // 12, use(t4=1, t9=1, t14=1)),
        Resource("visits", n // 250, use(t13=1)),
        Resource("legal slots", n // 160, use(t14=1)),
        Resource("discounts", 0.5 * n, use(t10=0.05, t11=0.1, t12=0.15), np.float32(balance)),
        Resource("pressed in group", 0.05 * group.sum(), use(t8=1, t13=1, t14=1), group),
    ]
    return values, resources, propensity


def uses_by_treatment(resources: list[Resource], choice: np.ndarray) -> np.ndarray:
    """What every account uses of every resource under its choice."""
    return np.stack(
        [np.asarray(r.use)[choice] * (1 if r.weight is None else r.weight) for r in resources]
    )


def greedy(values: np.ndarray, resources: list[Resource], order: np.ndarray | None) -> float:
    """Value of giving accounts their best treatment in order (of value if none) while it fits.

    When a resource runs out, the treatments that need it are no longer offered.
    """
    accounts = np.arange(values.shape[1])
    left = np.array([float(r.capacity) for r in resources])
    open_treatments, choice = np.ones(len(values), bool), np.zeros(len(accounts), int)
    waiting = np.ones(len(accounts), bool)
    while True:
        offered = np.where(open_treatments[:, None], values, -np.inf)
        best = offered.argmax(axis=0)
        worth = offered[best, accounts]
        who = np.flatnonzero(waiting & (best > 0))
        who = who[np.argsort(-(worth if order is None else order)[who], kind="stable")]
        used = uses_by_treatment(resources, best)[:, who]
        fits = (np.cumsum(used, axis=1) <= left[:, None]).all(axis=0)
        count = len(who) if fits.all() else int(np.argmin(fits))
        choice[who[:count]], waiting[who[:count]] = best[who[:count]], False
        left -= used[:, :count].sum(axis=1)
        if count == len(who):
            return float(values[choice, accounts].sum(dtype=np.float64))
        open_treatments[best[who[count]]] = False


def highs_bound(values: np.ndarray, resources: list[Resource], seconds: float) -> tuple[str, float]:
    """The linear relaxation of the whole instance by HiGHS' interior point, without crossover."""
    accounts, treatments = np.nonzero(np.isfinite(values).T)
    n_pairs, n_accounts = len(accounts), values.shape[1]
    one_each = sp.csr_matrix(
        (np.ones(n_pairs), (accounts, np.arange(n_pairs))), (n_accounts, n_pairs)
    )
    uses = [
        np.asarray(r.use)[treatments]
        * (1 if r.weight is None else np.asarray(r.weight, float)[accounts])
        for r in resources
    ]
    rows = sp.vstack([one_each, sp.csr_matrix(np.stack(uses))]).tocsc()
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = rows.shape
    model.col_cost_ = -values[treatments, accounts].astype(float)
    model.col_lower_, model.col_upper_ = np.zeros(n_pairs), np.full(n_pairs, highspy.kHighsInf)
    model.row_lower_ = np.append(np.ones(n_accounts), np.full(len(resources), -highspy.kHighsInf))
    model.row_upper_ = np.append(np.ones(n_accounts), [float(r.capacity) for r in resources])
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = rows.indptr, rows.indices
    model.a_matrix_.value_ = rows.data
    solver = highspy.Highs()
    for option, value in (
        ("output_flag", False), ("threads", 1), ("solver", "ipm"), ("run_crossover", "off"),
        ("time_limit", seconds),
    ):  # fmt: skip
        solver.setOptionValue(option, value)
    solver.passModel(model)
    solver.run()
    return solver.modelStatusToString(solver.getModelStatus()), -solver.getObjectiveValue()


def peak_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def measure(n: int, asked: argparse.Namespace) -> None:
    """Print the rows of one instance."""
    values, resources, propensity = make_instance(n, asked.profiles, asked.seed)
    alone, begin = peak_gb(), time.process_time()
    found = allocate(values, resources, seed=asked.seed)
    seconds, peak = time.process_time() - begin, peak_gb()
    used = np.array([found.used[r.name] for r in resources])
    if (used > [r.capacity for r in resources]).any():
        raise SystemExit(f"a capacity is exceeded: {found.used}")
    share = found.value / found.bound
    print(
        f"| {n:,} | propension | {seconds:.1f} | {peak:.2f} ({alone:.2f}) | {share:.4%} | {found.gap:.4%} |"
    )
    for name, order in (("greedy by value", None), ("greedy by propensity", propensity)):
        begin = time.process_time()
        value = greedy(values, resources, order)
        print(
            f"| {n:,} | {name} | {time.process_time() - begin:.1f} | | {value / found.bound:.1%} | |"
        )
    if asked.highs:
        begin = time.process_time()
        status, bound = highs_bound(values, resources, asked.seconds)
        seconds = time.process_time() - begin
        proven = status == "Optimal"
        figures = f"bound {bound:,.1f}, ours {found.bound:,.1f}" if proven else status
        share = f"{found.value / bound:.4%}" if proven else ""
        print(
            f"| {n:,} | HiGHS interior point: {figures} | {seconds:.1f} | {peak_gb():.2f} | {share} | |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--profiles", type=int, default=0, help="distinct sets of values; 0: all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--highs", action="store_true")
    parser.add_argument("--seconds", type=float, default=150, help="that HiGHS may take")
    asked = parser.parse_args()
    if len(asked.accounts) == 1:
        measure(asked.accounts[0], asked)
        return
    print(HEADER, flush=True)
    rest = ["--profiles", str(asked.profiles), "--seed", str(asked.seed)]
    rest += ["--seconds", str(asked.seconds), *(["--highs"] if asked.highs else [])]
    for n in asked.accounts:
        subprocess.run([sys.executable, __file__, "--accounts", str(n), *rest], check=True)


if __name__ == "__main__":
    main()
