"""The LightGBM estimator: deterministic for a seed, stopped by a later snapshot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from propension.arrays import Outcomes
from propension.config import ModelSettings
from propension.features import Feature
from propension.model.encoding import Matrix

Callback = Callable[[lgb.callback.CallbackEnv], None]


@dataclass(frozen=True)
class Sample:
    """Rows to learn from or to stop by.

    Attributes
    ----------
    matrix : array of shape (n_rows, n_features)
    is_paid : array of shape (n_rows,), 0 or 1
    weight : array of shape (n_rows,), positive, or None where all weigh the same
    """

    matrix: Matrix
    is_paid: Outcomes
    weight: NDArray[np.float64] | None = None


def train_booster(
    features: Sequence[Feature],
    train: Sample,
    validation: Sample,
    settings: ModelSettings,
    threads: int,
    callbacks: Sequence[Callback] = (),
) -> lgb.Booster:
    """Grow trees on ``train`` until log-loss on ``validation`` stops falling.

    Parameters
    ----------
    features : sequence of Feature
        Columns of the matrices, in order; their monotone directions are kept.
    train, validation : Sample
    settings : ModelSettings
    threads : int
    callbacks : sequence of callable
        Called after every tree, besides the early stopping.
    """
    names = [feature.name for feature in features]
    options = {"feature_pre_filter": False, "min_data_in_leaf": settings.min_rows_per_leaf}
    learn = lgb.Dataset(
        train.matrix,
        train.is_paid,
        weight=train.weight,
        feature_name=names,
        categorical_feature=[f.name for f in features if f.is_category],
        params=options,
    )
    judge = learn.create_valid(validation.matrix, validation.is_paid, params=options)
    with tqdm(total=settings.max_trees, desc="growing trees", disable=None, leave=False) as bar:
        return lgb.train(
            _parameters(features, settings, threads),
            learn,
            num_boost_round=settings.max_trees,
            valid_sets=[judge],
            callbacks=[
                lgb.early_stopping(settings.early_stopping_rounds, verbose=False),
                _advance(bar),
                *callbacks,
            ],
        )


def _parameters(
    features: Sequence[Feature], settings: ModelSettings, threads: int
) -> dict[str, object]:
    return {
        "objective": "binary",
        "metric": "binary_logloss",
        "learning_rate": settings.learning_rate,
        "num_leaves": settings.num_leaves,
        "max_depth": settings.max_depth,
        "min_data_in_leaf": settings.min_rows_per_leaf,
        "feature_fraction": settings.feature_share,
        "bagging_fraction": settings.row_share,
        "bagging_freq": 1,
        "lambda_l2": settings.l2,
        "monotone_constraints": [feature.monotone for feature in features],
        "seed": settings.seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": threads,
        "verbosity": -1,
    }


def _advance(bar: tqdm) -> Callback:  # type: ignore[type-arg]
    def callback(_: lgb.callback.CallbackEnv) -> None:
        bar.update()

    return callback
