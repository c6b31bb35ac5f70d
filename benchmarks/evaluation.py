"""How long intervals by account take: ``python benchmarks/evaluation.py [ROWS]``."""

import resource
import sys
import time

import numpy as np

from propension.model.bootstrap import ClusteredBootstrap


def main(rows: int) -> None:
    rng = np.random.default_rng(0)
    accounts = np.array([f"A{index:07d}" for index in rng.integers(0, rows // 4, rows)])
    propensity = rng.beta(2, 3, rows)
    paid = (rng.random(rows) < propensity).astype(np.int8)
    amount = rng.lognormal(0, 1, rows)
    bootstrap = ClusteredBootstrap(accounts)
    every = ("auc", "gini", "ks", "pr_auc", "log_loss", "brier", "calibration_error")
    for names, weights in ((("auc", "log_loss"), None), (every, amount)):
        start = time.process_time()
        bootstrap.draws(names, paid, propensity, weights)
        print(f"{', '.join(names)}: {time.process_time() - start:.1f} CPU s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{rows:,} rows, {bootstrap.n_draws} draws, peak {peak:.2f} GB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
