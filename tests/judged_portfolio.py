"""A portfolio whose outcomes are known: accounts on several dates, and four contenders."""

import numpy as np
from scipy.special import expit

from propension.model.evaluation import Judged

DATES = np.array(["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"], dtype="datetime64[D]")


def judged_portfolio(accounts=250, seed=4):
    """Rows, and contenders from nearly right to knowing nothing."""
    rng = np.random.default_rng(seed)
    ids = np.repeat([f"A{index:05d}" for index in range(accounts)], len(DATES))
    as_of = np.tile(DATES, accounts)
    seen = rng.normal(size=len(ids))
    days = rng.gamma(1.4, 40, len(ids))
    amount = rng.lognormal(7, 1, len(ids)).round(2)
    unseen = np.repeat(rng.normal(scale=0.6, size=accounts), len(DATES))
    margin = 0.8 + seen - days / 50
    paid = (rng.random(len(ids)) < expit(margin + unseen)).astype(np.int8)
    bucket = np.select([days <= 30, days <= 60, days <= 90], ["1-30", "31-60", "61-90"], "121+")
    kind = np.where(np.arange(len(ids)) < 8, "cooperative", "person")
    judged = Judged(
        ids,
        as_of,
        paid,
        amount,
        amount * np.where(paid == 1, 0.95, 0.1),
        {"dpd_bucket": bucket, "customer_kind": kind},
    )
    contenders = {
        "model": expit(0.9 * margin),
        "days_past_due": expit(0.8 - days / 50),
        "champion": expit(0.8 * margin + 0.6),
        "coin": np.full(len(ids), 0.5),
    }
    return judged, contenders
