"""Prefect tasks: each calls one stage of the library and hands on a path."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from prefect import task

from pipelines.credentials import provide_connections
from pipelines.following import LOG_FILE, write_followed
from pipelines.notifying import notify_failure
from propension import clock
from propension.config import Policy, Settings, Stage, load_policy, load_settings
from propension.errors import PropensionError
from propension.explain import explanation_pictures, score_features
from propension.features import catalogue, write_features
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
from propension.monitoring import write_assignment_log
from propension.outputs import (
    SCORED_NAME,
    TIMELINE_NAME,
    Besides,
    StageFiles,
    find_moves,
    prepare_database,
    previous_list,
    publish_list,
    read_allocation,
    read_wishes,
    write_lists,
    write_scored,
)
from propension.schema import refuse_if_fatal
from propension.snapshots import (
    contact_history,
    open_streams,
    prepare_streams,
    write_facts,
    write_timeline,
)
from propension.sources import Extraction, extract, source_digest
from propension.treatments import Occasion, audit_pressure, rulebook_of


def _may_pass(_task: Any, _run: Any, state: Any) -> bool:
    """Try again what a moment can mend; what the data or the settings cause stays."""
    try:
        state.result()
    except PropensionError as error:
        return bool(error.facts.get("may_pass"))
    except Exception:
        return True
    return False


AGAIN: Any = {
    "retries": 2, "retry_delay_seconds": [2, 10], "retry_condition_fn": _may_pass,
}  # fmt: skip
# Of every flow: paths and days are given as they are, and somebody is told of a failure.
FLOW: Any = {
    "validate_parameters": False, "on_failure": [notify_failure], "on_crashed": [notify_failure],
}  # fmt: skip


@task(name="look at source", **AGAIN)
def look_at_source(config: Path) -> str:
    """Return a hash of what the source holds."""
    settings = load_settings(config)
    provide_connections(settings)
    return source_digest(settings)


@task(name="extract tables", **AGAIN)
def extract_tables(config: Path, folder: Path) -> Path:
    """Read, check and write the canonical tables into a folder; return it."""
    settings = load_settings(config)
    provide_connections(settings)
    extraction = extract(settings, folder, clock.today_utc())
    refuse_if_fatal(extraction.findings)
    return extraction.folder


@task(name="prepare streams")
def prepare_known_streams(config: Path, canonical: Path, path: Path | None = None) -> Path:
    """Build the ledger and the other known-at streams; return their database file."""
    settings = load_settings(config)
    return prepare_streams(
        Extraction.load(canonical), settings.resources, settings.portfolio.country, path
    )


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
        occasion = _occasion(settings, policy, engine, day)
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


@task(name="build features")
def build_features(
    config: Path, streams: Path, as_of: dt.date, path: Path, stage: Stage = "overdue"
) -> None:
    """Write the features of a stage's population on the as-of date."""
    settings = load_settings(config)
    target, features = settings.target, catalogue(settings.features)
    engine = open_streams(streams, settings.resources)
    floor, days = target.population(stage)
    try:
        write_features(engine, as_of, features, floor, path, days)
    finally:
        engine.close()


@task(name="gather facts")
def gather_facts(
    config: Path, streams: Path, as_of: dt.date, path: Path, stage: Stage = "overdue"
) -> None:
    """Write what decides and is shown about every account of a stage."""
    settings = load_settings(config)
    engine = open_streams(streams, settings.resources)
    try:
        write_facts(engine, as_of, settings.target, settings.outputs, path, stage)
    finally:
        engine.close()


@task(name="score and explain")
def score_accounts(
    config: Path, version: int, features: Path, path: Path, stage: Stage = "overdue"
) -> None:
    """Score every account of a stage with its reasons."""
    settings = load_settings(config)
    bundle = Registry(settings, stage).load(version)
    score_features(bundle, features, catalogue(settings.features), settings, path)


@task(name="follow up lists")
def follow_up_lists(config: Path, streams: Path, as_of: dt.date, folder: Path) -> None:
    """Join past lists to what came of them, where that is known by now, for ``FollowUp.load``."""
    settings = load_settings(config)
    policy = load_policy(settings.resolve(settings.policy))
    engine = open_streams(streams, settings.resources)
    folder.mkdir()
    try:
        lists, findings = write_assignment_log(
            engine, settings.outputs_folder, as_of, policy, settings.target, folder / LOG_FILE
        )
    finally:
        engine.close()
    write_followed(folder, lists, findings)


@task(name="decide and write")
def write_outputs(
    config: Path,
    streams: Path,
    as_of: dt.date,
    stages: Sequence[StageFiles],
    identity: dict[str, str],
    folders: tuple[Path | None, Path],
) -> dict[str, int]:
    """Write the scored list in every format into a folder, by the log of past lists and what people ask; return rows by file."""
    log, folder = folders
    settings = load_settings(config)
    policy = load_policy(settings.resolve(settings.policy))
    engine = open_streams(streams, settings.resources)
    try:
        occasion = _occasion(settings, policy, engine, as_of)
        write_timeline(engine, as_of, folder / TIMELINE_NAME)
    finally:
        engine.close()
    previous = previous_list(settings.outputs_folder, as_of, SCORED_NAME)
    read = pq.read_table(log) if log else None
    wishes = read_wishes(folder)
    occasion = dataclasses.replace(occasion, previous=previous, log=read, wishes=wishes)
    rows = write_scored(stages, policy, occasion, identity, settings, folder)
    return {**rows, **write_files(settings, policy, folder, previous)}


def write_files(
    settings: Settings, policy: Policy, folder: Path, previous: Path | None
) -> dict[str, int]:
    """Write a scored list for people; return rows by file."""
    scored = folder / SCORED_NAME
    besides = Besides(find_moves(scored, previous), read_allocation(folder)["limits"])
    return write_lists(scored, folder, policy, settings.portfolio, settings.outputs, besides)


@task(name="prepare database", **AGAIN)
def prepare_list_database(config: Path) -> list[str]:
    """Make sure the lists' database can be written; return the as-of dates it was behind with."""
    settings = load_settings(config)
    provide_connections(settings)
    return prepare_database(settings)


@task(name="publish", **AGAIN)
def publish_outputs(config: Path, staging: Path, final: Path) -> None:
    """Replace the list of an as-of date in the files and the database."""
    settings = load_settings(config)
    provide_connections(settings)
    publish_list(staging, final, settings)


def _occasion(settings: Settings, policy: Policy, engine: Any, as_of: dt.date) -> Occasion:
    history = contact_history(engine, as_of, rulebook_of(policy).memory_days)
    shows_names = settings.outputs.personal_data == "full"
    days = settings.target.horizon_days
    return Occasion(settings.portfolio, as_of, shows_names, history, horizon_days=days)
