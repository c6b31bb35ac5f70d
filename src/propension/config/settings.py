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
from pydantic import AfterValidator, Field, PrivateAttr, StringConstraints

from propension.config.base import Language, Model
from propension.config.board import Board
from propension.config.monitoring import Monitoring
from propension.config.places import Database, Source
from propension.config.spark import Spark
from propension.config.training import Features, ModelSettings, Snapshots, Target


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("write an IANA time zone, for example America/Bogota")
    return name


class Portfolio(Model):
    """Whose debts these are, and how their readers write numbers and dates."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    """What the portfolio is called in lists, messages and the registry."""
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "CO"
    """ISO 3166-1 code: how numbers are written, and whose holidays and contact rules hold for customers without a country."""
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "COP"
    """ISO 4217 code of all amounts; debts in another currency are refused."""
    language: Language = "es"
    """What managers read, and customers who have not said theirs."""
    timezone: Annotated[str, AfterValidator(_known_zone)] | None = None
    """IANA name of the clock of teams and schedules, and of the times shown for customers whose own is not known; the country's when empty."""


class Registry(Model):
    """Where models are logged and registered."""

    path: Path = Path("models")
    """Folder of models and of their log."""
    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$")] | None = None
    """Name under which models are registered; made of the portfolio's name when empty."""
    tracking_uri: str | None = None
    """An MLflow server; a local sqlite file under `path` when empty."""


class Outputs(Model):
    """Where lists are written and what they may show."""

    path: Path = Path("outputs")
    """Folder of the lists."""
    personal_data: Literal["none", "masked", "full"] = "masked"
    """What lists show of people: nothing, masked names, or names and telephones in full."""
    excel_rows: Annotated[int, Field(ge=1, le=1_000_000)] = 50_000
    """Most rows of the workbook's list, the first by priority, and of its teams' sheets together; other files hold all."""
    column_names: Literal["localised", "machine"] | None = None
    """Heads of every CSV file and of the workbook: words or machine names; when empty, scored.csv has machine names and the others words."""
    reasons: Annotated[int, Field(ge=1, le=20)] = 5
    """Most reasons told of an account."""
    keep_decisions_days: Annotated[int, Field(ge=1, le=36_500)] | None = 3650
    """Days for which the log of decisions is kept; for ever when empty."""
    database: Database | None = None
    """Where each list is written besides; no database when empty."""
    lock_hours: Annotated[float, Field(gt=0, le=168)] = 6
    """Hours for which the lock of a run on another host counts."""
    stage_hours: Annotated[float, Field(gt=0, le=8760)] = 48
    """Hours for which the finished stages of a run that did not end are kept."""


class Resources(Model):
    """What a run may use of the machine."""

    threads: Annotated[int, Field(ge=1, le=256)] = 2
    """Processor threads of a run."""
    memory_gb: Annotated[float, Field(gt=0.2, le=100_000)] = 4
    """Gigabytes that the embedded engine may hold before it goes on on disk."""
    batch_rows: Annotated[int, Field(ge=100, le=1_000_000)] = 20_000
    """Accounts that are scored at a time."""


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
    """When `propension train` runs; by default on the 1st of every month at 05:00."""
    scoring: Annotated[str, AfterValidator(_schedule)] | None = "0 6 * * 1-6"
    """When `propension score` runs; by default from Monday to Saturday at 06:00."""
    monitoring: Annotated[str, AfterValidator(_schedule)] | None = "0 7 * * 1"
    """When `propension monitor` runs; by default on Mondays at 07:00."""


class Notify(Model):
    """Who is told when a run fails."""

    webhook_env: Annotated[str, StringConstraints(pattern=r"^[A-Z_][A-Z0-9_]*$")] | None = None
    """The environment variable that holds the address to post to; nobody is told when empty."""


class Settings(Model):
    """The effective settings of one portfolio.

    Relative paths are read from the folder of the configuration file.
    """

    portfolio: Portfolio
    source: Source
    policy: Path = Path("policy.yaml")
    """The policy file."""
    target: Target = Target()
    snapshots: Snapshots = Snapshots()
    features: Features = Features()
    model: ModelSettings = ModelSettings()
    registry: Registry = Registry()
    outputs: Outputs = Outputs()
    resources: Resources = Resources()
    spark: Spark | None = None
    """Scoring beyond one machine; the embedded engine when empty."""
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
