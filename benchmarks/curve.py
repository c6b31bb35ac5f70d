"""The curve over horizons: four formulations on the same rows, tested on later time.

python benchmarks/curve.py [--customers 12000] [--config conf/b2b_brazil/propension.yaml]
"""

import argparse
import datetime as dt
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score

from propension.config import Settings, load_settings
from propension.features import catalogue, write_features
from propension.labels import horizon_label_sql
from propension.model.encoding import Encoding
from propension.model.estimator import Sample, train_booster
from propension.simulate import simulate_portfolio
from propension.snapshots import open_streams, prepare_streams
from propension.snapshots.asof import training_dates
from propension.sources import extract


def snapshots(settings: Settings, work: Path) -> tuple[pa.Table, pa.Table, list[dt.date]]:
    """Features and outcomes over every horizon, of every date whose main outcome is mature."""
    extraction = extract(settings, work / "canonical", dt.date(2027, 1, 1))
    engine = open_streams(prepare_streams(extraction, settings.resources), settings.resources)
    until = extraction.data_until
    dates = training_dates(settings.snapshots, settings.target, extraction, until)
    features, rows, outcomes = catalogue(settings.features), [], []
    for date in dates:
        write_features(engine, date, features, 0, work / "rows.parquet")
        rows.append(pq.read_table(work / "rows.parquet"))
        outcomes.append(
            engine.sql(horizon_label_sql(date, settings.target, until)).to_arrow_table()
        )
    engine.close()
    return pa.concat_tables(rows), pa.concat_tables(outcomes), dates


class Windows:
    """Rows by purpose, and which outcomes were over when the next window began."""

    def __init__(self, settings, rows, outcomes, dates) -> None:
        test_from = settings.model.test_from or dates[-max(2, len(dates) // 5)]
        gap = dt.timedelta(days=settings.target.horizon_days)
        before = [date for date in dates if date + gap <= test_from]
        later = max(1, len(before) // 6)
        validate_from = before[-later]
        self.begins = {"train": validate_from, "later": test_from, "test": dt.date(9999, 1, 1)}
        self.dates = {
            "train": [date for date in before if date + gap <= validate_from],
            "later": before[-later:],
            "test": [date for date in dates if date >= test_from],
        }
        self.as_of = np.array(rows["as_of"].to_pylist())
        self.outcomes = outcomes

    def rows(self, window: str, horizon: int) -> np.ndarray:
        """Positions of rows of a window whose outcome over a horizon was over before the next."""
        known = self.outcomes[f"is_paid_{horizon}d"].is_valid().to_numpy()
        over = np.array(
            [day + dt.timedelta(days=horizon) <= self.begins[window] for day in self.as_of]
        )
        return np.flatnonzero(np.isin(self.as_of, self.dates[window]) & known & over)

    def paid(self, horizon: int) -> np.ndarray:
        return self.outcomes[f"is_paid_{horizon}d"].fill_null(False).to_numpy().astype(np.int8)


def platt(margin, y):
    fit = LogisticRegression(C=np.inf).fit(margin.reshape(-1, 1), y)
    return lambda z: expit(fit.coef_[0, 0] * z + fit.intercept_[0])


def separate(task, horizons):
    """One model a horizon; the curve is their running maximum."""
    found = {}
    for horizon in horizons:
        booster = task.fit(*task.sets(horizon))
        later = task.later(horizon)
        scale = platt(
            booster.predict(task.matrix[later], raw_score=True), task.windows.paid(horizon)[later]
        )
        found[horizon] = scale(booster.predict(task.matrix, raw_score=True))
    return found


def stretched(task, horizons, main):
    """The main model's margin, with a slope and an intercept for every horizon."""
    booster = task.fit(*task.sets(main))
    margin = booster.predict(task.matrix, raw_score=True)
    return {
        horizon: platt(
            margin[task.later(horizon)], task.windows.paid(horizon)[task.later(horizon)]
        )(margin)
        for horizon in horizons
    }


def pooled(task, horizons):
    """One model over rows x horizons; the horizon is a feature that never lowers the score."""
    return task.stacked(horizons, monotone=1)


def hazards(task, horizons):
    """One model of paying in an interval by those who had not paid before it."""
    chances = task.stacked(horizons, monotone=0, at_risk_only=True)
    survived, found = np.ones(len(task.matrix)), {}
    for horizon in horizons:
        survived = survived * (1 - chances[horizon])
        found[horizon] = 1 - survived
    return found


class Task:
    """What the formulations share: matrix, windows, estimator."""

    def __init__(self, settings, rows, windows) -> None:
        self.settings, self.windows = settings, windows
        self.features = catalogue(settings.features)
        seen = rows.take(windows.rows("train", settings.target.horizon_days))
        self.encoding = Encoding.learn(self.features, seen)
        self.matrix = self.encoding.matrix(rows)

    def later(self, horizon):
        """Rows to calibrate on; the last of training where none after it is over."""
        found = self.windows.rows("later", horizon)
        return found if len(found) > 100 else self.windows.rows("train", horizon)

    def sets(self, horizon):
        return [
            Sample(self.matrix[found], self.windows.paid(horizon)[found])
            for found in (self.windows.rows("train", horizon), self.later(horizon))
        ]

    def fit(self, train, judge, features=None):
        return train_booster(
            features or self.features,
            train,
            judge,
            self.settings.model,
            1,
        )

    def stacked(self, horizons, monotone, at_risk_only=False):
        import dataclasses

        days = dataclasses.replace(self.features[0], name="horizon", monotone=monotone)
        sets = []
        for choose in (lambda h: self.windows.rows("train", h), self.later):
            parts, paid, before = [], [], None
            for horizon in horizons:
                found = choose(horizon)
                if at_risk_only and before is not None:
                    found = found[self.windows.paid(before)[found] == 0]
                parts.append(np.column_stack([self.matrix[found], np.full(len(found), horizon)]))
                paid.append(self.windows.paid(horizon)[found])
                before = horizon
            sets.append(Sample(np.vstack(parts), np.concatenate(paid)))
        booster = self.fit(*sets, features=[*self.features, days])
        found = {}
        for horizon in horizons:
            margin = booster.predict(
                np.column_stack([self.matrix, np.full(len(self.matrix), horizon)]), raw_score=True
            )
            found[horizon] = expit(margin)
        return found


def report(name, found, task, horizons, seconds):
    grown, before, crossing = None, None, 0
    for horizon in horizons:
        crossing += int((found[horizon] < before - 1e-12).sum()) if before is not None else 0
        before = found[horizon]
        grown = found[horizon] if grown is None else np.maximum(grown, found[horizon])
        test = task.windows.rows("test", horizon)
        if len(test) == 0:
            continue
        y = task.windows.paid(horizon)[test]
        p = np.clip(grown[test], 1e-6, 1 - 1e-6)
        print(
            f"| {name} | {horizon} | {len(test):,} | {y.mean():.3f} | {roc_auc_score(y, p):.4f} | "
            f"{log_loss(y, p):.4f} | {abs(p.mean() - y.mean()):.4f} | {seconds:.0f} |",
            flush=True,
        )
    print(f"| {name} | crossings | {crossing / len(before) / (len(horizons) - 1):.3f} | | | | | |")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=12_000)
    parser.add_argument("--config", type=Path)
    arguments = parser.parse_args()
    work = Path(tempfile.mkdtemp())
    if arguments.config:
        settings = load_settings(arguments.config)
    else:
        simulate_portfolio(work / "data", arguments.customers, 24, seed=3)
        settings = Settings.model_validate(
            {"portfolio": {"name": "curve"}, "source": {"path": str(work / "data")}}
        )
    rows, outcomes, dates = snapshots(settings, work)
    task = Task(settings, rows, Windows(settings, rows, outcomes, dates))
    horizons, main_horizon = settings.target.horizons, settings.target.horizon_days
    print(
        "| formulation | days | rows | paid | AUC | log-loss | bias | CPU s |\n|---|---|---|---|---|---|---|---|"
    )
    for name, form in {
        "separate": lambda: separate(task, horizons),
        "stretched": lambda: stretched(task, horizons, main_horizon),
        "pooled": lambda: pooled(task, horizons),
        "hazards": lambda: hazards(task, horizons),
    }.items():
        started = time.process_time()
        report(name, form(), task, horizons, time.process_time() - started)


if __name__ == "__main__":
    main()
