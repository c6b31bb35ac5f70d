"""The monitoring flow: what is known since the lists, as one document and a report for managers."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_link_artifact, create_markdown_artifact

from pipelines.tasks import AGAIN, FLOW, extract_tables, prepare_known_streams
from pipelines.workspace import explained, run_folder
from propension.config import Language, load_policy, load_settings
from propension.model import Registry
from propension.monitoring import (
    MONITORING_FILE,
    MONITORING_FOLDER,
    flat_figures,
    measure_portfolio,
    render_monitoring,
    summarise_monitoring,
)
from propension.outputs import dated_folder, publish, recover, staging_folder
from propension.snapshots import choose_as_of, open_streams
from propension.sources import Extraction
from propension.writing import written_in

REPORT_FILE = "report.html"


@flow(name="monitoring", flow_run_name="monitoring {config}", **FLOW)
def monitoring(
    config: Path, as_of: dt.date | None = None, language: Language | None = None
) -> dict[str, Any]:
    """Say what changed, what to do, what cash to expect and what the strategy added; keep it beside the lists.

    Parameters
    ----------
    config : Path
        ``propension.yaml``.
    as_of : date or None
        The last day of the data when None.
    language : {"es", "pt", "en"} or None
        Of the report; the portfolio's when None.
    """
    config = Path(config)
    settings = load_settings(config)
    outputs = settings.outputs_folder
    country = settings.portfolio.country
    with explained(outputs), written_in(country), run_folder(outputs, "monitoring") as work:
        canonical = extract_tables(config, work / "canonical")
        streams = prepare_known_streams(config, canonical)
        day = choose_as_of(as_of, Extraction.load(canonical))
        told = measure(config, streams, day, work)
        final = dated_folder(outputs / MONITORING_FOLDER, day)
        write_report(told, language or settings.portfolio.language, final)
        summary = summarise_monitoring(told, settings.portfolio.language)
    keep_figures(config, told, final / REPORT_FILE)
    create_markdown_artifact(key="monitoring-summary", markdown=summary)
    create_link_artifact(key="monitoring-report", link=(final / REPORT_FILE).resolve().as_uri())
    return {**told, "folder": str(final)}


@task(name="measure portfolio")
def measure(config: Path, streams: Path, as_of: dt.date, work: Path) -> dict[str, Any]:
    """Return everything that is known as plain values; of what cannot be told, why."""
    settings = load_settings(config)
    policy = load_policy(settings.resolve(settings.policy))
    engine = open_streams(streams, settings.resources)
    try:
        return measure_portfolio(engine, settings, policy, as_of, work)
    finally:
        engine.close()


@task(name="write report")
def write_report(told: dict[str, Any], language: Language, final: Path) -> None:
    """Replace document and report of an as-of date, both or neither."""
    recover(final)
    staging = staging_folder(final, "monitoring")
    text = json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False)
    (staging / MONITORING_FILE).write_text(text + "\n", encoding="utf-8")
    page = render_monitoring(told, language)
    (staging / REPORT_FILE).write_text(page, encoding="utf-8", newline="\n")
    publish(staging, final)


@task(name="keep figures", **AGAIN)
def keep_figures(config: Path, told: dict[str, Any], report: Path) -> None:
    """Log the figures and the report to the registry's MLflow."""
    Registry(load_settings(config)).log_monitoring(told["as_of"], flat_figures(told), report)
