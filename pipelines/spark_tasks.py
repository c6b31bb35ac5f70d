"""The tasks of the scoring flow on Spark, by the names of those of one machine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from prefect import task

from pipelines.following import write_followed
from pipelines.tasks import AGAIN, write_files
from propension import clock
from propension.config import Settings, Stage, load_policy, load_settings
from propension.distributed import open_spark
from propension.distributed.deciding import Deciders
from propension.distributed.lists import write_scored
from propension.distributed.queries import open_streams, write_history, write_query, write_streams
from propension.distributed.scoring import write_scores
from propension.distributed.tables import open_tables, read_tables, source_listing
from propension.features import catalogue, feature_sql
from propension.model import Registry
from propension.outputs import SCORED_NAME, StageFiles, previous_list, read_wishes
from propension.schema import Finding, refuse_if_fatal
from propension.snapshots import facts_sql
from propension.sources import Extraction
from propension.treatments import Occasion, rulebook_of

NO_AGENDA = Finding(
    "agenda", "not_on_spark", "note", "starts_at", 0,
    "agenda: on Spark nobody is given a team and a time. Plan the days from the list's priorities.",
)  # fmt: skip
NOT_LEARNT = Finding(
    "lists", "not_on_spark", "note", "", 0,
    "lists: on Spark nothing is learnt from past lists: treatments are worth what the policy says.",
)  # fmt: skip


@task(name="look at source", **AGAIN)
def look_at_source(config: Path) -> str:
    """Return a hash of what the source holds."""
    return source_listing(load_settings(config))


@task(name="extract tables", **AGAIN)
def extract_tables(config: Path, folder: Path) -> Path:
    """Check the tables, which stay where they are; return the folder that says what they hold."""
    settings = load_settings(config)
    with open_spark(settings) as spark:
        extraction = read_tables(spark, settings, folder, clock.today_utc())
    refuse_if_fatal(extraction.findings)
    return extraction.folder


@task(name="prepare streams")
def prepare_known_streams(config: Path, canonical: Path, path: Path) -> Path:
    """Build the known-at streams; return their folder."""
    settings = load_settings(config)
    with open_spark(settings) as spark:
        open_tables(spark, settings)
        write_streams(spark, Extraction.load(canonical), settings.portfolio.country, path)
    return path


@task(name="build features")
def build_features(
    config: Path, streams: Path, as_of: dt.date, path: Path, stage: Stage = "overdue"
) -> None:
    """Write the features of a stage's population on the as-of date."""
    settings = load_settings(config)
    floor, days = settings.target.population(stage)
    with open_spark(settings) as spark:
        names = open_streams(spark, streams)
        sql = feature_sql(as_of, catalogue(settings.features), names, floor, days)
        write_query(spark, sql, path)


@task(name="gather facts")
def gather_facts(
    config: Path, streams: Path, as_of: dt.date, path: Path, stage: Stage = "overdue"
) -> None:
    """Write what decides and is shown about every account of a stage."""
    settings = load_settings(config)
    with open_spark(settings) as spark:
        names = open_streams(spark, streams)
        sql = facts_sql(as_of, names, settings.target, settings.outputs, stage)
        write_query(spark, sql, path)


@task(name="score and explain")
def score_accounts(
    config: Path, version: int, features: Path, path: Path, stage: Stage = "overdue"
) -> None:
    """Score every account of a stage with its reasons."""
    settings = load_settings(config)
    bundle = Registry(settings, stage).load(version)
    with open_spark(settings) as spark:
        write_scores(spark, bundle, settings, features, path)


@task(name="follow up lists")
def follow_up_lists(config: Path, streams: Path, as_of: dt.date, folder: Path) -> None:
    """Say what is not done on Spark, for ``FollowUp.load``."""
    settings = load_settings(config)
    folder.mkdir()
    past = previous_list(settings.outputs_folder, as_of, SCORED_NAME)
    write_followed(folder, [], [NO_AGENDA, NOT_LEARNT] if past else [NO_AGENDA])


@task(name="decide and write")
def write_outputs(
    config: Path,
    streams: Path,
    as_of: dt.date,
    stages: Sequence[StageFiles],
    identity: dict[str, str],
    folders: tuple[Path | None, Path],
) -> dict[str, int]:
    """Write the scored list in every format into a folder; return rows by file."""
    settings, (_, folder) = load_settings(config), folders
    policy = load_policy(settings.resolve(settings.policy))
    previous = previous_list(settings.outputs_folder, as_of, SCORED_NAME)
    occasion = replace(_occasion(settings, as_of), wishes=read_wishes(folder))
    deciders = Deciders(policy, occasion, settings, identity, previous)
    work = streams.parent / "deciding"
    with open_spark(settings) as spark:
        names = open_streams(spark, streams)
        write_history(spark, names, as_of, rulebook_of(policy).memory_days, work)
        rows = write_scored(spark, stages, deciders, work, folder)
    return {SCORED_NAME: rows, **write_files(settings, policy, folder, previous)}


def _occasion(settings: Settings, as_of: dt.date) -> Occasion:
    shows_names = settings.outputs.personal_data == "full"
    days = settings.target.horizon_days
    return Occasion(settings.portfolio, as_of, shows_names, horizon_days=days)
