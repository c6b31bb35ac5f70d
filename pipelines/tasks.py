"""Prefect tasks: each calls one stage of the library and hands on a path."""

from __future__ import annotations

import dataclasses
import datetime as dt
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
from propension.explain import score_features
from propension.features import catalogue, write_features
from propension.model import (
    Registry,
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
from propension.treatments import Occasion, rulebook_of


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
        occasion = occasion_of(settings, policy, engine, as_of)
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


def occasion_of(settings: Settings, policy: Policy, engine: Any, as_of: dt.date) -> Occasion:
    """Return for whom and after which contacts decisions are made, nothing of past lists."""
    history = contact_history(engine, as_of, rulebook_of(policy).memory_days)
    shows_names = settings.outputs.personal_data == "full"
    days = settings.target.horizon_days
    return Occasion(settings.portfolio, as_of, shows_names, history, horizon_days=days)
