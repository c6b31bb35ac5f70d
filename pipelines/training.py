"""The training flow: from the company's tables to a tested, registered model."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.artifacts import create_markdown_artifact

from pipelines.tasks import (
    build_snapshots,
    extract_tables,
    fit_model,
    prepare_known_streams,
    register_model,
)
from pipelines.workspace import run_folder
from propension.config import Settings, load_settings
from propension.model import load_evaluation, refuse_leak
from propension.sources import Extraction, keep_quarantine


@flow(name="training", flow_run_name="training {config}", validate_parameters=False)
def training(config: Path, as_of: dt.date | None = None) -> dict[str, Any]:
    """Train, test and register a model; it becomes champion when it is the first or better.

    Parameters
    ----------
    config : Path
        ``propension.yaml``.
    as_of : date or None
        Nothing recorded after it is used; the last day of the data when None.
    """
    config = Path(config)
    settings = load_settings(config)
    with run_folder(settings.outputs_folder, "training") as work:
        return _train(config, settings, as_of, work)


def _train(config: Path, settings: Settings, as_of: dt.date | None, work: Path) -> dict[str, Any]:
    canonical = extract_tables(config, work)
    keep_quarantine(canonical, settings.outputs_folder)
    streams = prepare_known_streams(config, canonical)
    data = build_snapshots(config, canonical, streams, as_of)
    bundle = fit_model(config, data)
    evaluation = load_evaluation(bundle)
    refuse_leak(evaluation)
    version = register_model(config, bundle)
    create_markdown_artifact(
        key="training-summary", markdown=(bundle / "model_card.md").read_text(encoding="utf-8")
    )
    findings = [finding.as_dict() for finding in Extraction.load(canonical).findings]
    return {
        "model": settings.model_name,
        "version": version,
        "findings": findings,
        **asdict(evaluation),
    }
