"""Small models and feature rows for tests, trained in a moment."""

import datetime as dt

import lightgbm as lgb
import numpy as np
import pyarrow as pa

from propension.features import Feature, catalogue
from propension.model import Bundle, Encoding
from propension.model.calibration import Calibration
from propension.model.curve import Curve
from propension.model.recovery import Recovery

TARGET = {
    "stage": "overdue",
    "horizon_days": 30,
    "paid_share": 0.8,
    "min_overdue_amount": 0.0,
}


def feature_rows(
    count: int, seed: int = 1, features: tuple[Feature, ...] | None = None
) -> pa.Table:
    """Rows with plausible, partly missing values of every feature."""
    rng = np.random.default_rng(seed)
    columns: dict[str, pa.Array] = {
        "as_of": pa.array([dt.date(2026, 3, 31)] * count, pa.date32()),
        "account_id": pa.array([f"A{index:06d}" for index in range(count)]),
    }
    for feature in features or catalogue():
        missing = rng.random(count) < 0.1
        if feature.is_category:
            names = rng.choice(["north", "south", "west"], count)
            columns[feature.name] = pa.array(names, pa.string(), mask=missing)
        else:
            values = np.round(rng.lognormal(2, 1, count), 2)
            columns[feature.name] = pa.array(values, mask=missing)
    return pa.table(columns)


def small_bundle(rows: pa.Table, seed: int = 1, trees: int = 30) -> Bundle:
    """A bundle trained on random outcomes that depend on days past due and the region."""
    features = catalogue()
    encoding = Encoding.learn(features, rows)
    matrix = encoding.matrix(rows)
    rng = np.random.default_rng(seed)
    days = np.nan_to_num(matrix[:, encoding.names.index("days_past_due")])
    region = np.nan_to_num(matrix[:, encoding.names.index("customer_region")])
    margin = 1 - days / 10 + 0.8 * (region == 1)
    paid = (rng.random(len(margin)) < 1 / (1 + np.exp(-margin))).astype(int)
    booster = lgb.train(
        {
            "objective": "binary", "num_leaves": 12, "max_depth": 6, "min_data_in_leaf": 20,
            "verbosity": -1, "num_threads": 1, "deterministic": True, "seed": seed,
        },
        lgb.Dataset(
            matrix, paid, feature_name=list(encoding.names),
            categorical_feature=list(encoding.categories),
        ),
        num_boost_round=trees,
    )  # fmt: skip
    return Bundle(
        booster,
        encoding,
        dict(TARGET),
        {"trees": trees},
        Calibration("platt", 0.9, 0.9, 0.1, rows=500),
        Curve(30, {7: Calibration("platt", 1.1, 1.1, -1.0, rows=500)}),
        Recovery(0.05, 0.8),
    )
