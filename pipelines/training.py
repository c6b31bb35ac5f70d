"""The training flow: from the company's tables to a tested, registered model."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.artifacts import create_markdown_artifact

from pipelines.tasks import FLOW, extract_tables, prepare_known_streams
from pipelines.training_tasks import (
    audit_decisions,
    build_snapshots,
    fit_model,
    recalibrate_champion,
    register_model,
    report_model,
    search_settings,
)
from pipelines.workspace import explained, run_folder
from propension.config import Settings, Stage, load_settings
from propension.errors import DataError
from propension.features import catalogue
from propension.model import (
    CARD_FILE,
    Registry,
    keep_report,
    load_evaluation,
    read_champions,
    refuse_leak,
)
from propension.sources import Extraction, keep_quarantine
from propension.writing import written_in


@flow(name="training", flow_run_name="training {config}", **FLOW)
def training(
    config: Path, as_of: dt.date | None = None, recalibrate: bool = False
) -> dict[str, Any]:
    """Train, test and register a model for every stage; it becomes champion when the gate lets it.

    Parameters
    ----------
    config : Path
        ``propension.yaml``.
    as_of : date or None
        Nothing recorded after it is used; the last day of the data when None.
    recalibrate : bool
        Keep the champions' trees, and fit their level to the newest months.
    """
    config = Path(config)
    settings = load_settings(config)
    outputs = settings.outputs_folder
    country = settings.portfolio.country
    with explained(outputs), written_in(country), run_folder(outputs, "training") as work:
        return _train(config, settings, as_of, recalibrate, work)


def _train(
    config: Path, settings: Settings, as_of: dt.date | None, recalibrate: bool, work: Path
) -> dict[str, Any]:
    stages: Iterable[Stage] = settings.target.stages
    if recalibrate:
        stages = read_champions(settings, catalogue(settings.features))
    fit = recalibrate_champion if recalibrate else fit_model
    canonical = extract_tables(config, work / "canonical")
    keep_quarantine(canonical, settings.outputs_folder)
    streams = prepare_known_streams(config, canonical)
    models = [
        _train_stage(config, settings, (canonical, streams), as_of, stage, fit) for stage in stages
    ]
    findings = [finding.as_dict() for finding in Extraction.load(canonical).findings]
    return {"models": models, "findings": findings}


def _train_stage(
    config: Path,
    settings: Settings,
    tables: tuple[Path, Path],
    as_of: dt.date | None,
    stage: Stage,
    fit: Callable[[Path, Path, Stage], Path],
) -> dict[str, Any]:
    name = Registry(settings, stage).name
    try:
        data = build_snapshots(config, *tables, as_of, stage)
        bundle = fit(config, data, stage)
    except DataError as error:
        # Every portfolio has overdue accounts; not every one has something to foresee.
        if stage == settings.target.stages[0]:
            raise
        return {"stage": stage, "model": name, "version": None, "reason": str(error)}
    pressure = audit_decisions(config, tables[1], data, bundle) if stage == "overdue" else {}
    report_model(config, data, bundle, pressure)
    evaluation = load_evaluation(bundle)
    refuse_leak(evaluation)
    version = register_model(config, bundle, stage)
    create_markdown_artifact(
        key=f"training-summary-{stage}",
        markdown=(bundle / CARD_FILE).read_text(encoding="utf-8"),
    )
    report = keep_report(bundle, settings.outputs_folder, name, version)
    return {
        "model": name,
        "version": version,
        "report": str(report),
        "metrics": evaluation.metrics,
        **asdict(evaluation),
    }


@flow(name="tuning", flow_run_name="tuning {config}", validate_parameters=False)
def tuning(
    config: Path, minutes: float, as_of: dt.date | None = None, stage: Stage = "overdue"
) -> dict[str, Any]:
    """Search the estimator's settings on the time before calibration and test.

    Parameters
    ----------
    config : Path
        ``propension.yaml``.
    minutes : float
        A search that was cut off goes on where it stopped.
    as_of : date or None
        Nothing recorded after it is used; the last day of the data when None.
    stage : Stage
    """
    config = Path(config)
    settings = load_settings(config)
    with run_folder(settings.outputs_folder, "tuning") as work:
        canonical = extract_tables(config, work / "canonical")
        streams = prepare_known_streams(config, canonical)
        data = build_snapshots(config, canonical, streams, as_of, stage)
        return asdict(search_settings(config, data, minutes, stage))
