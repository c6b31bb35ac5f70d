"""The monitoring flow: the KPIs of the last months and the cash to expect, from the ledger that lists are made from."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact

from pipelines.notifying import notify_failure
from pipelines.tasks import extract_tables, prepare_known_streams
from pipelines.workspace import explained, run_folder
from propension.config import Settings, load_policy, load_settings
from propension.errors import DataError
from propension.monitoring import (
    KPIS,
    Kpi,
    KpiReport,
    forecast_cash,
    lists_to_read,
    measure_feedback,
    measure_kpis,
)
from propension.outputs import (
    format_amount,
    format_number,
    format_share,
    publish,
    recover,
    staging_folder,
)
from propension.snapshots import choose_as_of, open_streams
from propension.sources import Extraction

MONITORING_FOLDER, MONITORING_FILE = "monitoring", "monitoring.json"


@flow(
    name="monitoring",
    flow_run_name="monitoring {config}",
    validate_parameters=False,
    on_failure=[notify_failure],
    on_crashed=[notify_failure],
)
def monitoring(config: Path, as_of: dt.date | None = None) -> dict[str, Any]:
    """Measure the KPIs of the last months and forecast the cash of the next weeks; keep both beside the lists.

    Parameters
    ----------
    config : Path
        ``propension.yaml``.
    as_of : date or None
        The last day of the data when None.
    """
    config = Path(config)
    settings = load_settings(config)
    outputs = settings.outputs_folder
    with explained(outputs), run_folder(outputs, "monitoring") as work:
        canonical = extract_tables(config, work / "canonical")
        streams = prepare_known_streams(config, canonical)
        day = choose_as_of(as_of, Extraction.load(canonical))
        told = measure_portfolio(config, streams, day, work)
        final = outputs / MONITORING_FOLDER / f"as_of={day}"
        recover(final)
        staging = staging_folder(final, "monitoring")
        text = json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False)
        (staging / MONITORING_FILE).write_text(text + "\n", encoding="utf-8")
        publish(staging, final)
    create_markdown_artifact(key="monitoring-summary", markdown=_artifact(settings, told))
    return {**told, "folder": str(final)}


@task(name="measure portfolio")
def measure_portfolio(config: Path, streams: Path, as_of: dt.date, work: Path) -> dict[str, Any]:
    """Return KPIs, forecast and feedback as plain values; of what cannot be told, why."""
    settings = load_settings(config)
    policy = load_policy(settings.resolve(settings.policy))
    # The list of the very day tells what is expected of what is overdue.
    until = as_of + dt.timedelta(days=1)
    lists, findings = lists_to_read(settings.outputs_folder, until, policy.experiment.redraw)
    engine = open_streams(streams, settings.resources)
    try:
        kpis = measure_kpis(engine, as_of, lists)
        feedback = measure_feedback(engine, settings.outputs_folder, as_of, settings.target, work)
        forecast, missing = None, ""
        try:
            forecast = forecast_cash(engine, as_of, lists).as_dict()
        except DataError as error:
            missing = str(error)
    finally:
        engine.close()
    return {
        **kpis.as_dict(),
        "figures": _figures(settings, kpis),
        "forecast": forecast,
        "forecast_missing": missing,
        "feedback": feedback.as_dict(),
        "findings": [finding.as_dict() for finding in findings],
    }


def _figures(settings: Settings, report: KpiReport) -> list[dict[str, str]]:
    """The last month that is over beside the one before, in words, for who reads only that."""
    found = []
    for kpi in KPIS:
        rows = [row for row in report.of(kpi.name).to_pylist() if row["is_mature"]][-2:]
        if rows:
            before = rows[0]["value"] if len(rows) > 1 else None
            found.append(
                {
                    "kpi": kpi.name,
                    "label": kpi.label.in_language(settings.portfolio.language),
                    "month": f"{rows[-1]['month']:%Y-%m}",
                    "value": _written(settings, kpi, rows[-1]["value"]),
                    "before": _written(settings, kpi, before),
                }
            )
    return found


def _written(settings: Settings, kpi: Kpi, value: float | None) -> str:
    language = settings.portfolio.language
    if value is None:
        return ""
    if kpi.unit == "amount":
        return format_amount(round(value), settings.portfolio.currency, language)
    if kpi.unit == "share":
        return format_share(value, language)
    return format_number(round(value, 2), language)


def _artifact(settings: Settings, told: dict[str, Any]) -> str:
    lines = [f"# {settings.portfolio.name}, {told['as_of']}", "", "| | month | value | before |"]
    lines += ["|---|---|---|---|"]
    lines += [_row(figure) for figure in told["figures"]]
    if told["forecast"]:
        total = told["forecast"]["total"]["value"]
        amount = format_amount(
            round(total), settings.portfolio.currency, settings.portfolio.language
        )
        lines += ["", f"Expected in {len(told['forecast']['weeks'])} weeks: {amount}"]
    return "\n".join(lines)


def _row(figure: dict[str, str]) -> str:
    return "| " + " | ".join(figure[name] for name in ("label", "month", "value", "before")) + " |"
