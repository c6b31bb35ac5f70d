"""The scoring flow: from the company's tables to the list managers work from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
import lightgbm
from prefect import flow
from prefect.artifacts import create_markdown_artifact

import propension
from pipelines.tasks import (
    build_features,
    extract_tables,
    follow_up_lists,
    gather_facts,
    prepare_known_streams,
    prepare_list_database,
    publish_outputs,
    score_accounts,
    write_outputs,
)
from pipelines.workspace import run_folder
from propension import clock
from propension.config import Settings, Stage, load_policy, load_settings
from propension.errors import ModelError
from propension.explain import base_margin
from propension.features import catalogue
from propension.model import Bundle, Registry, target_facts
from propension.outputs import (
    HEAD,
    SCORED_NAME,
    DecisionLog,
    ListSummary,
    StageFiles,
    StageTimer,
    check_policy,
    find_moves,
    previous_list,
    read_allocation,
    read_manifest,
    recover,
    run_id,
    staging_folder,
    summarise,
    write_manifest,
)
from propension.snapshots import choose_as_of, is_old
from propension.sources import Extraction, keep_quarantine


@flow(name="scoring", flow_run_name="scoring {config}", validate_parameters=False)
def scoring(config: Path, as_of: dt.date | None = None) -> dict[str, Any]:
    """Score the portfolio with the champion and publish the list of ``as_of``, whole.

    Parameters
    ----------
    config : Path
        ``propension.yaml``.
    as_of : date or None
        The last day of the data when None.
    """
    config = Path(config)
    settings = load_settings(config)
    with run_folder(settings.outputs_folder, "scoring") as work:
        return _score(config, settings, as_of, work)


def _score(config: Path, settings: Settings, as_of: dt.date | None, work: Path) -> dict[str, Any]:
    started, timer = clock.now_utc(), StageTimer()
    policy = load_policy(settings.resolve(settings.policy))
    check_policy(policy, settings.portfolio)
    champions = _champions(settings)
    with timer.stage("database"):
        prepare_list_database(config)
    with timer.stage("extract"):
        canonical = extract_tables(config, work)
    extraction = Extraction.load(canonical)
    day = choose_as_of(as_of, extraction)
    with timer.stage("streams"):
        streams = prepare_known_streams(config, canonical)
    files = []
    for stage, (version, _) in champions.items():
        with timer.stage(f"{stage}: features"):
            features = build_features(config, streams, day, work, stage)
        with timer.stage(f"{stage}: facts"):
            facts = gather_facts(config, streams, day, work, stage)
        with timer.stage(f"{stage}: score and explain"):
            scores = score_accounts(config, version, features, stage)
        model = Registry(settings, stage).name
        files.append(StageFiles(facts, features, scores, model, str(version)))
    with timer.stage("follow up"):
        followed = follow_up_lists(config, streams, day, work)
    previous = previous_list(settings.outputs_folder, day, SCORED_NAME)
    used = [bundle.digest for _, bundle in champions.values()]
    used += [read_manifest(previous.parent)["run_id"]] if previous else []
    used += [read_manifest(folder)["run_id"] for folder in followed.lists]
    run = run_id(settings, policy, extraction, "+".join(used), day)
    identity = {
        "currency": settings.portfolio.currency,
        "policy_version": policy.version,
        "run_id": run,
    }
    final = settings.outputs_folder / f"as_of={day}"
    recover(final)
    staging = staging_folder(final, run)
    with timer.stage("decide and write"):
        rows = write_outputs(config, streams, day, files, identity, (followed.log, staging))
    keep_quarantine(canonical, staging)
    summary = summarise(staging / SCORED_NAME)
    manifest = {
        **identity,
        "as_of": day,
        "started": started,
        "finished": clock.now_utc(),
        "versions": {
            "propension": propension.__version__,
            "duckdb": duckdb.__version__,
            "lightgbm": lightgbm.__version__,
        },
        "settings": settings.digest(),
        "policy": policy.digest(),
        "models": {
            stage: {
                "name": Registry(settings, stage).name,
                "version": str(version),
                "digest": bundle.digest,
                "axes": sorted(bundle.axes),
                "base_margin": base_margin(bundle.booster),
            }
            for stage, (version, bundle) in champions.items()
        },
        "inputs": {name: vars(count) for name, count in extraction.tables.items()},
        "findings": [finding.as_dict() for finding in (*extraction.findings, *followed.findings)],
        "learnt_from": [folder.name.removeprefix("as_of=") for folder in followed.lists],
        "allocation": read_allocation(staging),
        "stages": timer.stages,
        "totals": asdict(summary.totals),
        "groups": {
            name: [asdict(group) for group in groups] for name, groups in summary.groups.items()
        },
        "migration": [asdict(move) for move in find_moves(staging / SCORED_NAME, previous)],
        "rows": rows,
    }
    log = DecisionLog(settings.outputs_folder)
    with log.writing():
        with timer.stage("record decisions"):
            manifest[HEAD] = _record(log, settings, staging / SCORED_NAME, manifest)
        write_manifest(staging, manifest)
        publish_outputs(config, staging, final)
    create_markdown_artifact(key="scoring-summary", markdown=_artifact(settings, day, summary))
    return {**manifest, "folder": str(final), "is_old": is_old(day, clock.today_utc())}


def _champions(settings: Settings) -> dict[Stage, tuple[int, Bundle]]:
    """Return the champion of every stage that has one; the first stage needs one."""
    found = {}
    features = catalogue(settings.features)
    for stage in settings.target.stages:
        registry = Registry(settings, stage)
        champion = registry.champion()
        if champion is not None:
            champion[1].require(features, target_facts(settings.target, stage))
            found[stage] = champion
        elif stage == settings.target.stages[0]:
            raise ModelError(f"models: {registry.name} has no champion yet. Run: propension train")
    return found


def _record(log: DecisionLog, settings: Settings, scored: Path, manifest: Mapping[str, Any]) -> str:
    """Make the record of a list's decisions ready; those whose time is over go."""
    now, keep = clock.now_utc(), settings.outputs.keep_decisions_days
    log.retire(keep, now)
    told = ("run_id", "settings", "versions")
    facts = {name: manifest[name] for name in told} | {
        "as_of": manifest["as_of"].isoformat(),
        "policy": {"version": manifest["policy_version"], "digest": manifest["policy"]},
        "models": {
            stage: {name: model[name] for name in ("name", "version", "digest")}
            for stage, model in manifest["models"].items()
        },
    }
    return log.prepare(scored, facts, settings.outputs.personal_data == "full", now)


def _artifact(settings: Settings, day: dt.date, summary: ListSummary) -> str:
    lines = [
        f"# {settings.portfolio.name}, {day}",
        "",
        "| segment | accounts | at stake | expected |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {group.code} | {group.accounts:,} | {group.amount_at_stake:,.0f} | {group.expected_recovery:,.0f} |"
        for group in summary.groups["segment"]
    ]
    return "\n".join(lines)
