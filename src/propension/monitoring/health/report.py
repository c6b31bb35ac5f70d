"""The health of the models of a portfolio as of a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from propension.config import Settings, Stage, Texts
from propension.errors import DataError, ModelError
from propension.features import catalogue
from propension.model import Bundle, Registry
from propension.monitoring.health.alerts import Alert, Level, grade, levels
from propension.monitoring.health.drift import measure_drift
from propension.monitoring.health.matured import models_of
from propension.monitoring.health.measurement import Bundles, Measurement
from propension.monitoring.health.quality import Quality, measure_quality, quality_measurements
from propension.monitoring.health.recommendation import Recommendation, recommend
from propension.monitoring.health.records import measure_records
from propension.monitoring.outcomes import lists_to_read
from propension.outputs import SCORED_COLUMNS, list_date
from propension.schema import Finding

LISTS = 13


@dataclass(frozen=True)
class HealthReport:
    """Whether the models still hold.

    Attributes
    ----------
    as_of : date
    lists : tuple of date
        That were looked at, oldest first.
    quality : tuple of Quality
    measured : tuple of Measurement
    alerts : tuple of Alert
        Action first.
    levels : dict of str to Level
        Worst by signal; signals that could not be measured are absent.
    recommendations : tuple of Recommendation
        One per stage of the newest list.
    findings : tuple of Finding
        Lists that were passed over, and why.
    """

    as_of: dt.date
    lists: tuple[dt.date, ...]
    quality: tuple[Quality, ...]
    measured: tuple[Measurement, ...]
    alerts: tuple[Alert, ...]
    levels: dict[str, Level]
    recommendations: tuple[Recommendation, ...]
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values that JSON holds; what figures were made from, of the newest list alone."""
        newest = self.lists[-1]
        measured = [one if one.as_of == newest else replace(one, facts={}) for one in self.measured]
        return {
            "as_of": self.as_of.isoformat(),
            "lists": [day.isoformat() for day in self.lists],
            "measured": [one.as_dict() for one in measured],
            **{
                name: [one.as_dict() for one in getattr(self, name)]
                for name in ("quality", "alerts", "recommendations", "findings")
            },
            "levels": dict(self.levels),
        }


def check_health(
    engine: duckdb.DuckDBPyConnection,
    settings: Settings,
    as_of: dt.date,
    bundles: Bundles | None = None,
    last: int = LISTS,
) -> HealthReport:
    """Return how the lists up to a date proved, how they drift, what rings, and what to do.

    Parameters
    ----------
    engine : connection
        On the known-at streams.
    settings : Settings
    as_of : date
        Nothing recorded after it counts.
    bundles : Bundles, optional
        The registry's when None.
    last : int
        Lists that are looked at, at most.

    Raises
    ------
    DataError
        If there is no list.
    """
    bundles = bundles or registered_bundles(settings)
    folders, findings = lists_to_read(settings.outputs_folder, as_of + dt.timedelta(days=1), "run")
    lists = lists_apart(folders, settings.monitoring.apart_days)[-last:]
    if not lists:
        raise DataError(
            f"health: there is no list of {as_of} or before. Run: propension score", as_of=as_of
        )
    quality = measure_quality(engine, lists, settings.target, as_of, bundles)
    present = models_of(lists[-1])
    # What a model before it did is told, and says nothing of the one that scores today.
    own = [one for one in quality if one.model_version == present.get(one.horizon.stage)]
    measured = [
        *quality_measurements(own),
        *measure_drift(lists, bundles, settings.monitoring),
        *measure_records(engine, lists, settings.monitoring),
    ]
    words = _words(settings)
    alerts = [
        replace(alert, named=words.get(alert.subject))
        for alert in grade(measured, settings.monitoring)
    ]
    recommendations = [recommend(stage, alerts, _newest_judged(own, stage)) for stage in present]
    return HealthReport(
        as_of,
        tuple(list_date(folder) for folder in lists),
        tuple(quality),
        tuple(measured),
        tuple(alerts),
        levels(measured, alerts),
        tuple(recommendations),
        tuple(findings),
    )


def _words(settings: Settings) -> dict[str, Texts]:
    """Of what may drift: columns of the lists, and features."""
    columns = {column.name: column.label for column in SCORED_COLUMNS}
    return columns | {feature.name: feature.text for feature in catalogue(settings.features)}


def lists_apart(folders: Sequence[Path], days: int) -> list[Path]:
    """Return the newest list and those before it that are at least some days apart, oldest first.

    Lists of neighbouring days say the same of the same accounts: in a row, they would prove nothing.
    """
    kept: list[Path] = []
    for folder in sorted(folders, reverse=True):
        if not kept or (list_date(kept[-1]) - list_date(folder)).days >= days:
            kept.append(folder)
    return kept[::-1]


def registered_bundles(settings: Settings) -> Bundles:
    """Return a reader of the registry's bundles, each read once; None for those that are gone."""

    @cache
    def registry(stage: Stage) -> Registry:
        return Registry(settings, stage)

    @cache
    def find(stage: Stage, version: str) -> Bundle | None:
        try:
            return registry(stage).load(int(version))
        except (ModelError, ValueError):
            return None

    return find


def _newest_judged(quality: Sequence[Quality], stage: str) -> dt.date | None:
    days = [
        one.horizon.as_of
        for one in quality
        if one.figures and one.horizon.is_own and one.horizon.stage == stage
    ]
    return max(days, default=None)
