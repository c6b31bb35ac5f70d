"""What people use without a model, fitted and judged on the same rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from propension.arrays import Floats
from propension.config import Stage
from propension.features import Feature
from propension.model.dataset import TrainingSet

# What lists are ordered by where there is no model.
BY_HAND: dict[Stage, str] = {"overdue": "days_past_due", "upcoming": "late_share"}


def reference_probabilities(
    features: Sequence[Feature], fit: TrainingSet, judge: TrainingSet, stage: Stage = "overdue"
) -> dict[str, Floats]:
    """Return the propensities of two references for the rows of ``judge``.

    ``days_past_due`` (``late_share`` for what is not due yet): a logistic curve over that one
    feature, which is how lists are ordered by hand. ``logistic_regression``: a scorecard over
    every feature.

    Parameters
    ----------
    features : sequence of Feature
    fit, judge : TrainingSet
        Rows the references learn from, and rows they are judged on.
    stage : Stage
    """
    return {
        BY_HAND[stage]: _one_feature(BY_HAND[stage], fit, judge),
        "logistic_regression": _logistic_regression(features, fit, judge),
    }


def _one_feature(name: str, fit: TrainingSet, judge: TrainingSet) -> Floats:
    def column(rows: TrainingSet) -> Floats:
        return np.asarray(rows.rows[name].to_numpy(), dtype=np.float64).reshape(-1, 1)

    model = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        FunctionTransformer(np.log1p),
        LogisticRegression(C=np.inf),
    )
    model.fit(column(fit), fit.is_paid)
    return np.asarray(model.predict_proba(column(judge))[:, 1], dtype=np.float64)


def _logistic_regression(
    features: Sequence[Feature], fit: TrainingSet, judge: TrainingSet
) -> Floats:
    seen = [f for f in features if fit.rows[f.name].null_count < len(fit)]
    numbers = [feature.name for feature in seen if not feature.is_category]
    names = [feature.name for feature in seen if feature.is_category]
    model = Pipeline(
        [("columns", _columns(numbers, names)), ("fit", LogisticRegression(C=0.3, max_iter=2000))]
    )
    model.fit(_frame(fit, numbers, names), fit.is_paid)
    return np.asarray(model.predict_proba(_frame(judge, numbers, names))[:, 1], dtype=np.float64)


def _columns(numbers: list[str], names: list[str]) -> ColumnTransformer:
    number = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True),
        FunctionTransformer(_signed_logarithm),
        StandardScaler(),
    )
    name = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=30)
    return ColumnTransformer([("number", number, numbers), ("name", name, names)])


def _signed_logarithm(values: Floats) -> Floats:
    return np.asarray(np.sign(values) * np.log1p(np.abs(values)))


def _frame(rows: TrainingSet, numbers: list[str], names: list[str]) -> pd.DataFrame:
    frame: pd.DataFrame = rows.rows.select([*numbers, *names]).to_pandas()
    frame[names] = frame[names].astype(object).where(frame[names].notna(), "missing")
    return frame
