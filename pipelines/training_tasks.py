"""Prefect tasks of training and tuning: each calls one stage of the library and hands on a path."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from prefect import task

from pipelines.tasks import occasion_of
from propension.config import Stage, load_policy, load_settings
from propension.explain import explanation_pictures, score_features
from propension.features import catalogue
from propension.model import (
    AUDIT_FILE,
    FEATURES_FOLDER,
    Bundle,
    Registry,
    ReportReader,
    Tuned,
    assemble,
    build_training_data,
    load_evaluation,
    read_champions,
    recalibrate_model,
    report_training,
    split_in_time,
    train_model,
    tune_model,
)
from propension.outputs import SCORED_NAME, StageFiles, write_scored
from propension.snapshots import open_streams, write_facts
from propension.sources import Extraction
from propension.treatments import audit_pressure


@task(name="build training data")
def build_snapshots(
    config: Path, canonical: Path, streams: Path, as_of: dt.date | None, stage: Stage
) -> Path:
    """Write features and labels of every mature as-of date; return their folder."""
    folder = canonical.parent / f"snapshots_{stage}"
    shutil.rmtree(folder, ignore_errors=True)
    extraction = Extraction.load(canonical)
    build_training_data(load_settings(config), extraction, streams, as_of, folder, stage)
    return folder


@task(name="train model")
def fit_model(config: Path, data: Path, stage: Stage) -> Path:
    """Train and test a model beside the champion; return the bundle's folder."""
    settings = load_settings(config)
    champion = Registry(settings, stage).champion()
    folder = data.parent / f"bundle_{stage}"
    features = catalogue(settings.features)
    train_model(settings, features, data, champion[1] if champion else None, folder, stage)
    return folder


@task(name="recalibrate model")
def recalibrate_champion(config: Path, data: Path, stage: Stage) -> Path:
    """Fit the champion's level anew, and test it beside the champion; return the bundle's folder."""
    settings = load_settings(config)
    features, folder = catalogue(settings.features), data.parent / f"bundle_{stage}"
    _, champion = read_champions(settings, features)[stage]
    recalibrate_model(settings, features, data, champion, folder, stage)
    return folder


@task(name="audit decisions")
def audit_decisions(config: Path, streams: Path, data: Path, bundle: Path) -> dict[str, Any]:
    """Say whom a trained model's decisions on the last tested day would press; empty where nothing is audited."""
    audit = data / AUDIT_FILE
    if not audit.exists():
        return {}
    settings = load_settings(config)
    features = catalogue(settings.features)
    day = dt.date.fromisoformat(load_evaluation(bundle).windows["test"]["last"])
    folder = data / "decisions"
    folder.mkdir()
    rows = data / FEATURES_FOLDER / f"as_of={day}.parquet"
    files = StageFiles(folder / "facts.parquet", rows, folder / "scores.parquet")
    engine = open_streams(streams, settings.resources)
    policy = load_policy(settings.resolve(settings.policy))
    try:
        write_facts(engine, day, settings.target, settings.outputs, files.facts)
        occasion = occasion_of(settings, policy, engine, day)
    finally:
        engine.close()
    score_features(Bundle.load(bundle), rows, features, settings, files.scores)
    identity = {"currency": settings.portfolio.currency, "policy_version": "", "run_id": ""}
    write_scored([files], policy, occasion, identity, settings, folder)
    return audit_pressure(folder / SCORED_NAME, audit, settings.resources)


@task(name="report model")
def report_model(config: Path, data: Path, bundle: Path, pressure: dict[str, Any]) -> Path:
    """Write a trained model's report: its test, what moves it, whom it would press."""
    settings = load_settings(config)
    features = catalogue(settings.features)
    day = load_evaluation(bundle).windows["test"]["last"]
    rows = pq.read_table(data / FEATURES_FOLDER / f"as_of={day}.parquet")
    reader = ReportReader(settings.portfolio.language)
    pictures = explanation_pictures(Bundle.load(bundle), rows, features, reader)
    return report_training(settings, features, bundle, pressure, pictures)


@task(name="tune model")
def search_settings(config: Path, data: Path, minutes: float, stage: Stage) -> Tuned:
    """Search the estimator's settings; return what was found so far."""
    settings = load_settings(config)
    rows = assemble(data, settings.target, stage)
    windows = split_in_time(rows.dates, settings.target.outcome_days(stage), settings.model)
    return tune_model(settings, catalogue(settings.features), (rows, windows), minutes, stage)


@task(name="register model")
def register_model(config: Path, bundle: Path, stage: Stage) -> int:
    """Log and register a trained bundle; return its version number."""
    number, _ = Registry(load_settings(config), stage).register(bundle)
    return number
