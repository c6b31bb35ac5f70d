"""Settings of one portfolio (``propension.yaml``): typed, bounded, frozen."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import unicodedata
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from cronsim import CronSim, CronSimError
from pydantic import (
    AfterValidator,
    Field,
    PrivateAttr,
    StringConstraints,
    model_validator,
)

from propension.config.base import Amount, Model, Name
from propension.config.board import Board
from propension.config.monitoring import Monitoring
from propension.config.places import Database, Source
from propension.config.spark import Spark

Language = Literal["es", "pt", "en"]
Stage = Literal["overdue", "upcoming"]
# Days the curve of a list shows, whatever the target's own horizon is.
HORIZONS = (7, 15, 30, 60, 90)
Share = Annotated[float, Field(ge=0, le=1)]


class Texts(Model):
    """One text in the three languages of the product."""

    es: str
    pt: str
    en: str

    def in_language(self, language: Language) -> str:
        """Return the text in ``language``."""
        return str(getattr(self, language))


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("write an IANA time zone, for example America/Bogota")
    return name


class Portfolio(Model):
    """Whose debts these are, and how their readers write numbers and dates."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "CO"
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "COP"
    language: Language = "es"
    timezone: Annotated[str, AfterValidator(_known_zone)] | None = Field(
        default=None,
        description="the clock on which lists show times of customers whose own is not known",
    )


class Target(Model):
    """What is predicted: paying ``paid_share`` of the overdue balance in ``horizon_days``."""

    horizon_days: Annotated[int, Field(gt=0, le=365)] = 30
    paid_share: Annotated[float, Field(gt=0, le=1)] = 0.8
    recording_lag_days: Annotated[int, Field(ge=0, le=90)] = 0
    min_overdue_amount: Amount = 0
    horizons: tuple[Annotated[int, Field(gt=0, le=365)], ...] = HORIZONS
    upcoming_days: Annotated[int, Field(gt=0, le=120)] = 15
    grace_days: Annotated[int, Field(ge=0, le=60)] = 3
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)] = ("overdue", "upcoming")

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
    history_days: Annotated[int, Field(ge=0, le=3650)] = 90
    max_count: Annotated[int, Field(ge=4, le=600)] = 104


class ExtraFeature(Model):
    """A feature of the portfolio's own, with the words that explain it.

    By default a column of ``attributes``; with ``stream`` and ``sql``, an expression over the
    rows of a stream known by the as-of date, or over other features (``derived``).
    """

    name: Name
    kind: Literal["number", "category"] = "number"
    text: Texts
    stream: Literal[
        "attributes", "debts", "payments", "bounces", "contacts", "promises", "disputes", "groups",
        "profile", "derived",
    ] = "attributes"  # fmt: skip
    sql: str | None = None

    @model_validator(mode="after")
    def _has_expression(self) -> ExtraFeature:
        if (self.sql is None) != (self.stream == "attributes"):
            raise ValueError("give stream and sql together, or neither for a column of attributes")
        return self


class Features(Model):
    """Features beyond the catalogue."""

    extra: tuple[ExtraFeature, ...] = ()
    plugins: tuple[str, ...] = Field(
        default=(),
        description="entry points of the group propension.features: functions that return features",
    )


class Gate(Model):
    """What a challenger must show to replace the champion, on the same rows."""

    log_loss_margin: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.005, description="nats it may be worse by, chance included"
    )
    auc_margin: Annotated[float, Field(ge=0, le=1)] = 0.01
    max_bias: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.05, description="mean propensity minus the share that paid, beyond chance"
    )
    slope: tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0)]] = Field(
        default=(0.7, 1.4), description="of paying on the log-odds; 1 is honest"
    )
    fairness_margin: Share = Field(
        default=0.03, description="how much a gap between groups may grow"
    )
    draws: Annotated[int, Field(ge=50, le=5000)] = 200


class Alarms(Model):
    """When a test is too good to be true."""

    auc: Annotated[float, Field(gt=0.5, le=1)] = 0.95
    gain_share: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.8, description="of all that the trees gained, carried by one feature"
    )
    stale_auc_loss: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.05, description="AUC lost when one feature is known a day later"
    )


class ModelSettings(Model):
    """The estimator and the honest test in time."""

    test_from: dt.date | None = None
    test_share: Annotated[float, Field(gt=0, lt=0.6)] = 0.2
    validation_share: Annotated[float, Field(gt=0, lt=0.4)] = 0.1
    calibration_share: Annotated[float, Field(gt=0, lt=0.4)] = 0.1
    calibration: Literal["auto", "none", "platt", "beta", "isotonic"] = "auto"
    half_life_days: Annotated[int, Field(ge=1, le=3650)] | None = Field(
        default=None,
        description="a snapshot this much older weighs half; all weigh the same when empty",
    )
    learning_rate: Annotated[float, Field(gt=0, le=1)] = 0.03
    num_leaves: Annotated[int, Field(ge=2, le=255)] = 15
    max_depth: Annotated[int, Field(ge=1, le=12)] = 6
    min_rows_per_leaf: Annotated[int, Field(ge=1, le=1_000_000)] = 50
    feature_share: Annotated[float, Field(gt=0, le=1)] = 0.5
    row_share: Annotated[float, Field(gt=0, le=1)] = 0.8
    l2: Annotated[float, Field(ge=0, le=1e6)] = 10.0
    max_trees: Annotated[int, Field(ge=1, le=5000)] = 1000
    early_stopping_rounds: Annotated[int, Field(ge=1, le=5000)] = 40
    alarms: Alarms = Alarms()
    gate: Gate = Gate()
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 7


class Registry(Model):
    """Where models are logged and registered."""

    path: Path = Path("models")
    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$")] | None = None
    tracking_uri: str | None = Field(
        default=None, description="an MLflow server; a local sqlite file under path when empty"
    )


class Outputs(Model):
    """Where lists are written and what they may show."""

    path: Path = Path("outputs")
    personal_data: Literal["none", "masked", "full"] = "masked"
    excel_rows: Annotated[int, Field(ge=1, le=1_000_000)] = 50_000
    column_names: Literal["localised", "machine"] | None = Field(
        default=None,
        description="heads of every CSV file and of the workbook; when empty, scored.csv has machine names and the others words",
    )
    reasons: Annotated[int, Field(ge=1, le=20)] = 5
    keep_decisions_days: Annotated[int, Field(ge=1, le=36_500)] | None = Field(
        default=3650, description="how long the log of decisions is kept; for ever when empty"
    )
    database: Database | None = Field(
        default=None, description="where each list is written besides; no database when empty"
    )
    lock_hours: Annotated[float, Field(gt=0, le=168)] = Field(
        default=6, description="how long the lock of a run on another host counts"
    )
    stage_hours: Annotated[float, Field(gt=0, le=8760)] = Field(
        default=48, description="how long the finished stages of a run that did not end are kept"
    )


class Resources(Model):
    """What a run may use of the machine."""

    threads: Annotated[int, Field(ge=1, le=256)] = 2
    memory_gb: Annotated[float, Field(gt=0.2, le=100_000)] = 4
    batch_rows: Annotated[int, Field(ge=100, le=1_000_000)] = 20_000


def _schedule(text: str) -> str:
    hint = "write minute, hour, day, month and weekday, for example 0 6 * * 1-6"
    if len(text.split()) != 5:
        raise ValueError(hint)
    try:
        CronSim(text, dt.datetime(2000, 1, 1))  # noqa: DTZ001 - any day serves
    except CronSimError as error:
        raise ValueError(f"{hint} ({error})") from None
    return text


class Schedules(Model):
    """When the flows run by themselves, as cron says it, on the portfolio's clock; never where empty."""

    training: Annotated[str, AfterValidator(_schedule)] | None = "0 5 1 * *"
    scoring: Annotated[str, AfterValidator(_schedule)] | None = "0 6 * * 1-6"
    monitoring: Annotated[str, AfterValidator(_schedule)] | None = "0 7 * * 1"


class Notify(Model):
    """Who is told when a run fails."""

    webhook_env: Annotated[str, StringConstraints(pattern=r"^[A-Z_][A-Z0-9_]*$")] | None = Field(
        default=None, description="the environment variable that holds the address to post to"
    )


class Settings(Model):
    """The effective settings of one portfolio.

    Relative paths are read from the folder of the configuration file.
    """

    portfolio: Portfolio
    source: Source
    policy: Path = Path("policy.yaml")
    target: Target = Target()
    snapshots: Snapshots = Snapshots()
    features: Features = Features()
    model: ModelSettings = ModelSettings()
    registry: Registry = Registry()
    outputs: Outputs = Outputs()
    resources: Resources = Resources()
    spark: Spark | None = Field(
        default=None, description="scoring beyond one machine; the embedded engine when empty"
    )
    monitoring: Monitoring = Monitoring()
    schedules: Schedules = Schedules()
    notify: Notify = Notify()
    board: Board = Board()

    _folder: Path = PrivateAttr(default=Path())

    def resolve(self, path: Path) -> Path:
        """Return ``path`` as seen from the configuration's folder."""
        # A link that leads to itself is told by whoever reads it; Path.resolve would stop at it.
        return Path(os.path.realpath(self._folder / path))

    @property
    def outputs_folder(self) -> Path:
        """Folder that holds ``as_of=...`` lists."""
        return self.resolve(self.outputs.path)

    @property
    def board_folder(self) -> Path:
        """Folder of what the board keeps: its users, what people saved and said."""
        return self.outputs_folder / "board"

    @property
    def board_scratch(self) -> Path:
        """Folder of what the board can make again: copies of lists, files to hand out."""
        return self.outputs_folder / ".board"

    @property
    def work_folder(self) -> Path:
        """Folder of what a run leaves between its stages, which every worker reaches."""
        shared = self.spark and self.spark.work
        return self.resolve(shared) if shared else self.outputs_folder / ".work"

    @property
    def model_name(self) -> str:
        """Name of the registered model."""
        # The registry takes neither accents nor signs.
        plain = (
            unicodedata.normalize("NFKD", self.portfolio.name).encode("ascii", "ignore").decode()
        )
        return self.registry.name or f"propension_{re.sub(r'[^A-Za-z0-9_.-]+', '_', plain)}"

    def digest(self) -> str:
        """Return a hash of what decides the results; where files lie, when and how fast do not."""
        deciding = self.model_dump_json(
            exclude={
                "source": {"path", "uri_env", "uri_block"},
                "policy": True,
                "registry": True,
                "resources": True,
                "spark": {"master", "work", "partitions"},
                "monitoring": True,
                "schedules": True,
                "notify": True,
                "board": True,
                "outputs": {"path", "keep_decisions_days", "database", "lock_hours", "stage_hours"},
            }
        )
        return hashlib.sha256(deciding.encode()).hexdigest()[:16]
