"""The scoring flow: from the company's tables to the list managers work from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.artifacts import create_markdown_artifact

from pipelines.following import FollowUp
from pipelines.locking import lock
from pipelines.stages import VERSIONS, Stages, open_stages
from pipelines.steps import open_steps
from pipelines.tasks import FLOW, prepare_list_database, publish_outputs
from pipelines.workspace import explained
from propension import clock
from propension.config import Policy, Settings, Stage, load_policy, load_settings
from propension.explain import base_margin
from propension.features import catalogue
from propension.model import Bundle, Registry, read_champions
from propension.monitoring.health import keep_profile
from propension.outputs import (
    HEAD,
    SCORED_NAME,
    DecisionLog,
    FeedbackLog,
    ListSummary,
    StageFiles,
    check_policy,
    dated_folder,
    find_moves,
    keep_wishes,
    list_date,
    list_digests,
    previous_list,
    read_allocation,
    read_manifest,
    recover,
    run_id,
    staging_folder,
    summarise,
    wishes_digest,
    wishes_of,
    write_manifest,
)
from propension.snapshots import choose_as_of, is_old
from propension.sources import Extraction, keep_quarantine
from propension.writing import written_in


@flow(name="scoring", flow_run_name="scoring {config}", **FLOW)
def scoring(config: Path, as_of: dt.date | None = None) -> dict[str, Any]:
    """Score the portfolio with the champion and publish the list of ``as_of``, whole.

    What a run of the same work had finished before it ended early is not done again.

    Parameters
    ----------
    config : Path
        ``propension.yaml``.
    as_of : date or None
        The last day of the data when None.

    Raises
    ------
    OutputError
        If another run is writing the same list.
    """
    config = Path(config)
    settings = load_settings(config)
    outputs, kept = settings.outputs_folder, settings.outputs.stage_hours
    # Which day the data end on is known once they are read.
    work = str(as_of or "newest")
    with (
        explained(outputs),
        written_in(settings.portfolio.country),
        lock(settings, work),
        open_stages(settings.work_folder / "stages" / work, settings.digest(), kept) as stages,
        open_steps(settings) as steps,
    ):
        return _score(Run(config, settings, clock.now_utc(), stages, steps), as_of)


@dataclass(frozen=True)
class Run:
    """What a run works with from its start; ``steps`` are the tasks of one machine, or of Spark."""

    config: Path
    settings: Settings
    started: dt.datetime
    stages: Stages
    steps: Any


@dataclass(frozen=True)
class Inputs:
    """What a list is made from."""

    policy: Policy
    champions: dict[Stage, tuple[int, Bundle]]
    canonical: Path
    streams: Path
    as_of: dt.date

    @property
    def extraction(self) -> Extraction:
        """What the tables hold."""
        return Extraction.load(self.canonical)


def _score(run: Run, as_of: dt.date | None) -> dict[str, Any]:
    settings = run.settings
    policy = load_policy(settings.resolve(settings.policy))
    check_policy(policy, settings.portfolio)
    champions = read_champions(settings, catalogue(settings.features))
    if settings.outputs.database is not None:
        with run.stages.timer.stage("database"):
            prepare_list_database(run.config)
    canonical, streams = _read_tables(run)
    day = choose_as_of(as_of, Extraction.load(canonical))
    with nullcontext() if as_of else lock(settings, str(day)):
        return _write_list(run, Inputs(policy, champions, canonical, streams, day))


def _read_tables(run: Run) -> tuple[Path, Path]:
    today = clock.today_utc().isoformat()
    canonical = run.stages.finished(
        "extract",
        [run.steps.look_at_source(run.config), today],
        lambda path: run.steps.extract_tables(run.config, path),
    )
    streams = run.stages.finished(
        "streams",
        [Extraction.load(canonical).content_digest()],
        lambda path: run.steps.prepare_known_streams(run.config, canonical, path),
    )
    return canonical, streams


def _write_list(run: Run, inputs: Inputs) -> dict[str, Any]:
    settings, day = run.settings, inputs.as_of
    files = [_score_stage(run, inputs, stage) for stage in inputs.champions]
    followed = _follow_up(run, inputs)
    previous = previous_list(settings.outputs_folder, day, SCORED_NAME)
    wishes = wishes_of(FeedbackLog(settings.outputs_folder).read(), inputs.policy, day)
    before = [*([previous.parent] if previous else []), *followed.lists]
    asked = [wishes_digest(wishes)] if wishes.num_rows else []
    identity = _identity(settings, inputs, [*_run_ids(before), *asked])
    final = dated_folder(settings.outputs_folder, day)
    recover(final)
    staging = staging_folder(final, identity["run_id"])
    keep_wishes(wishes, staging)
    with run.stages.timer.stage("decide and write"):
        folders = (followed.log, staging)
        rows = run.steps.write_outputs(run.config, inputs.streams, day, files, identity, folders)
    keep_quarantine(inputs.canonical, staging)
    scored = zip(inputs.champions.items(), files, strict=True)
    keep_profile(staging, {stage: (bundle, file.features) for (stage, (_, bundle)), file in scored})
    summary = summarise(staging / SCORED_NAME)
    found = _told_by(staging, summary, previous)
    manifest = {**identity, **_origin(run, inputs, followed), **found, "rows": rows}
    log = DecisionLog(settings.outputs_folder)
    with log.writing():
        with run.stages.timer.stage("record decisions"):
            manifest[HEAD] = _record(log, settings, staging / SCORED_NAME, manifest)
        write_manifest(staging, manifest)
        publish_outputs(run.config, staging, final)
    create_markdown_artifact(key="scoring-summary", markdown=_artifact(settings, day, summary))
    return {**manifest, "folder": str(final), "is_old": is_old(day, clock.today_utc())}


def _identity(settings: Settings, inputs: Inputs, besides: Sequence[str]) -> dict[str, str]:
    """What makes the list the one it is: data, settings, policy, models, and what else it was made from."""
    used = [bundle.digest for _, bundle in inputs.champions.values()]
    made_of = "+".join([*used, *besides])
    return {
        "currency": settings.portfolio.currency,
        "policy_version": inputs.policy.version,
        "run_id": run_id(settings, inputs.policy, inputs.extraction, made_of, inputs.as_of),
    }


def _run_ids(lists: Sequence[Path]) -> list[str]:
    return [read_manifest(folder)["run_id"] for folder in lists]


def _told_by(staging: Path, summary: ListSummary, previous: Path | None) -> dict[str, Any]:
    """What a list says in a few figures."""
    moves = find_moves(staging / SCORED_NAME, previous)
    return {
        "allocation": read_allocation(staging),
        "totals": asdict(summary.totals),
        "groups": {
            name: [asdict(group) for group in groups] for name, groups in summary.groups.items()
        },
        "migration": [asdict(move) for move in moves],
    }


def _score_stage(run: Run, inputs: Inputs, stage: Stage) -> StageFiles:
    """Gather, score and explain the accounts of a stage."""
    config, day, streams = run.config, inputs.as_of, inputs.streams
    version, bundle = inputs.champions[stage]
    made_from = [streams.name, day.isoformat(), bundle.digest]
    features = run.stages.finished(
        f"{stage}: features",
        made_from,
        lambda path: run.steps.build_features(config, streams, day, path, stage),
    )
    facts = run.stages.finished(
        f"{stage}: facts",
        made_from,
        lambda path: run.steps.gather_facts(config, streams, day, path, stage),
    )
    scores = run.stages.finished(
        f"{stage}: score and explain",
        [features.name, bundle.digest],
        lambda path: run.steps.score_accounts(config, version, features, path, stage),
    )
    name = Registry(run.settings, stage).name
    return StageFiles(facts, features, scores, name, str(version))


def _follow_up(run: Run, inputs: Inputs) -> FollowUp:
    day, outputs = inputs.as_of, run.settings.outputs_folder
    folder = run.stages.finished(
        "follow up",
        [inputs.streams.name, day.isoformat(), inputs.policy.digest(), *list_digests(outputs, day)],
        lambda path: run.steps.follow_up_lists(run.config, inputs.streams, day, path),
    )
    return FollowUp.load(folder, outputs)


def _origin(run: Run, inputs: Inputs, followed: FollowUp) -> dict[str, Any]:
    """What the manifest tells of where a list comes from."""
    return {
        "as_of": inputs.as_of,
        "started": run.started,
        "finished": clock.now_utc(),
        "versions": VERSIONS,
        "settings": run.settings.digest(),
        "policy": inputs.policy.digest(),
        "models": {
            stage: {
                "name": Registry(run.settings, stage).name,
                "version": str(version),
                "digest": bundle.digest,
                "axes": sorted(bundle.axes),
                "base_margin": base_margin(bundle.booster),
            }
            for stage, (version, bundle) in inputs.champions.items()
        },
        "inputs": {name: vars(count) for name, count in inputs.extraction.tables.items()},
        "findings": [
            finding.as_dict() for finding in (*inputs.extraction.findings, *followed.findings)
        ],
        "learnt_from": [list_date(folder).isoformat() for folder in followed.lists],
        "stages": run.stages.timer.stages,
        "resumed": run.stages.resumed,
    }


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
        f"| {group.code or '-'} | {group.accounts:,} | {group.amount_at_stake:,.0f} | {group.expected_recovery:,.0f} |"
        for group in summary.groups["segment"]
    ]
    return "\n".join(lines)
