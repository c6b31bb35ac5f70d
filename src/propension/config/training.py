"""Settings of what is predicted and learnt: the target, as-of dates, features, estimator, alarms and gate."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, model_validator

from propension.config.base import Amount, Model, Name, Share, Stage, Texts

# Days the curve of a list shows, whatever the target's own horizon is.
HORIZONS = (7, 15, 30, 60, 90)
# The rows that a feature can aggregate; ``derived`` are other features.
Stream = Literal[
    "attributes", "debts", "payments", "bounces", "contacts", "promises", "disputes", "groups",
    "profile", "derived",
]  # fmt: skip


class Target(Model):
    """What is predicted: paying ``paid_share`` of the overdue balance in ``horizon_days``."""

    horizon_days: Annotated[int, Field(gt=0, le=365)] = 30
    """An account pays when it does so within this many days."""
    paid_share: Annotated[float, Field(gt=0, le=1)] = 0.8
    """Share of its overdue balance that an account must pay to count as paying; 1 is all of it."""
    recording_lag_days: Annotated[int, Field(ge=0, le=90)] = 0
    """Days until a payment is surely recorded: outcomes are judged so much later."""
    min_overdue_amount: Amount = 0
    """Accounts that owe less, overdue, are not scored; in the portfolio's currency."""
    horizons: tuple[Annotated[int, Field(gt=0, le=365)], ...] = HORIZONS
    """Days of the curve that says by when an account pays."""
    upcoming_days: Annotated[int, Field(gt=0, le=120)] = 15
    """Days ahead in which a debt falls due for its account to be upcoming."""
    grace_days: Annotated[int, Field(ge=0, le=60)] = 3
    """Days after its due date on which an upcoming debt still is paid in time."""
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)] = ("overdue", "upcoming")
    """What models are trained for and accounts scored in."""

    @property
    def curve(self) -> tuple[int, ...]:
        """Every horizon that is looked at, the target's own among them, shortest first."""
        return tuple(sorted({*self.horizons, self.horizon_days}))

    def population(self, stage: Stage) -> tuple[float, int | None]:
        """Return the least overdue amount, and the days ahead, that make a stage's population."""
        return (self.min_overdue_amount, None) if stage == "overdue" else (0, self.upcoming_days)

    def outcome_days(self, stage: Stage) -> int:
        """Return how many days after an as-of date the outcome of a stage is over."""
        return self.horizon_days if stage == "overdue" else self.upcoming_days + self.grace_days


class Snapshots(Model):
    """Which as-of dates a model learns from."""

    every: Literal["week", "month"] = "month"
    """The ends of weeks (Sundays) or of months."""
    history_days: Annotated[int, Field(ge=0, le=3650)] = 90
    """Days of data that are needed before the first as-of date."""
    max_count: Annotated[int, Field(ge=4, le=600)] = 104
    """At most so many as-of dates, the newest."""


class ExtraFeature(Model):
    """A feature of the portfolio's own, with the words that explain it.

    By default a column of ``attributes``; with ``stream`` and ``sql``, an expression over the
    rows of a stream known by the as-of date, or over other features (``derived``).
    """

    name: Name
    """A column of `attributes`, or what the expression is to be called."""
    kind: Literal["number", "category"] = "number"
    """Whether it is a number or one of some words."""
    text: Texts
    """What reasons call it."""
    stream: Stream = "attributes"
    """The rows that the expression is over; a column of `attributes` needs none."""
    sql: str | None = None
    """An expression over the stream's columns, in DuckDB's SQL, that makes one value an account; none for a column of `attributes`."""

    @model_validator(mode="after")
    def _has_expression(self) -> ExtraFeature:
        if (self.sql is None) != (self.stream == "attributes"):
            raise ValueError("give stream and sql together, or neither for a column of attributes")
        return self


class Features(Model):
    """Features beyond the catalogue."""

    extra: tuple[ExtraFeature, ...] = ()
    """Features of the portfolio's own; none when empty."""
    plugins: tuple[str, ...] = ()
    """Entry points of the group propension.features: functions that return features; none when empty."""


class Gate(Model):
    """What a challenger must show to replace the champion, on the same rows."""

    log_loss_margin: Annotated[float, Field(ge=0, le=1)] = 0.005
    """Nats by which its log loss may be worse than the champion's, chance included."""
    auc_margin: Annotated[float, Field(ge=0, le=1)] = 0.01
    """By how much its AUC may be lower than the champion's, chance included."""
    max_bias: Annotated[float, Field(gt=0, le=1)] = 0.05
    """Mean propensity minus the share that paid, beyond chance, either way."""
    slope: tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]] = (0.7, 1.4)
    """Least and largest slope of paying on the log-odds, beyond chance; 1 is honest."""
    fairness_margin: Share = 0.03
    """How much a gap between groups may grow, as a share."""
    draws: Annotated[int, Field(ge=50, le=5000)] = 200
    """Resamplings of the accounts, from which chance is judged."""

    @model_validator(mode="after")
    def _rising(self) -> Gate:
        if not self.slope[0] < self.slope[1]:
            raise ValueError("slope must rise")
        return self


class Alarms(Model):
    """When a test is too good to be true."""

    auc: Annotated[float, Field(gt=0.5, le=1)] = 0.95
    """Largest AUC that is believed."""
    gain_share: Annotated[float, Field(gt=0, le=1)] = 0.8
    """Largest share of all that the trees gained that one feature may carry."""
    stale_auc_loss: Annotated[float, Field(gt=0, le=1)] = 0.05
    """Largest loss of AUC when one feature is known a day later."""


class ModelSettings(Model):
    """The estimator and the honest test in time."""

    test_from: dt.date | None = None
    """As-of dates from this day on are only for the test; `test_share` decides when empty."""
    test_share: Annotated[float, Field(gt=0, lt=0.6)] = 0.2
    """Share of the as-of dates, the newest, that are only for the test."""
    validation_share: Annotated[float, Field(gt=0, lt=0.4)] = 0.1
    """Share of the as-of dates, those before calibration, on which training is stopped in time."""
    calibration_share: Annotated[float, Field(gt=0, lt=0.4)] = 0.1
    """Share of the as-of dates, those before the test, on which probabilities are calibrated."""
    calibration: Literal["auto", "none", "platt", "beta", "isotonic"] = "auto"
    """How scores become probabilities; `auto` takes what does best on rows it has not seen."""
    half_life_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """A snapshot this much older weighs half; all weigh the same when empty."""
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.03
    """How much each tree adds; smaller needs more trees."""
    num_leaves: Annotated[int, Field(ge=2, le=255)] = 15
    """Most leaves of a tree."""
    max_depth: Annotated[int, Field(ge=1, le=12)] = 6
    """Most questions that a tree asks of an account."""
    min_rows_per_leaf: Annotated[int, Field(ge=1, le=1_000_000)] = 50
    """Least rows of a leaf."""
    feature_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Share of the features drawn for each tree."""
    row_share: Annotated[float, Field(gt=0, le=1)] = 0.8
    """Share of the rows drawn for each tree."""
    l2: Annotated[float, Field(ge=0, le=1e6)] = 10.0
    """Penalty on large leaf values."""
    max_trees: Annotated[int, Field(ge=1, le=5000)] = 1000
    """Most trees of a model."""
    early_stopping_rounds: Annotated[int, Field(ge=1, le=5000)] = 40
    """Trees in a row without an improvement after which training stops."""
    alarms: Alarms = Alarms()
    gate: Gate = Gate()
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 7
    """From which everything random in training is drawn."""
