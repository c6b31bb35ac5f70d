"""All that is known of a portfolio since its lists: one document, which every report is written from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

import duckdb

from propension.config import Language, Policy, Settings
from propension.errors import DataError
from propension.features import catalogue
from propension.monitoring.feedback import measure_feedback
from propension.monitoring.forecast import forecast_cash
from propension.monitoring.headline import key_figures, what_changed, what_to_do
from propension.monitoring.health import check_health
from propension.monitoring.kpis import UNLISTED, UNLISTED_TEXTS, measure_kpis
from propension.monitoring.outcomes import lists_to_read, write_outcomes
from propension.monitoring.plain import plain_values
from propension.monitoring.reading import read_experiment, reading_windows
from propension.outputs import (
    SCORED_COLUMNS,
    dated_folders,
    labels_of_values,
    list_date,
    read_allocation,
)

MONITORING_FOLDER, MONITORING_FILE = "monitoring", "monitoring.json"
_NAMED = ("stage", "dpd_bucket", "segment", "quadrant", "treatment", "arm")


def measure_portfolio(
    engine: duckdb.DuckDBPyConnection,
    settings: Settings,
    policy: Policy,
    as_of: dt.date,
    work: Path,
) -> dict[str, Any]:
    """Return KPIs, forecast, health of the models and impact of the strategy, and what follows from them.

    Parameters
    ----------
    engine : connection
        On the known-at streams.
    settings : Settings
    policy : Policy
        Of the experiment that past lists were drawn by.
    as_of : date
        Nothing recorded after it counts.
    work : Path
        A folder for what is needed on the way.

    Returns
    -------
    dict
        Plain values that JSON holds; texts as one string per language. ``kpis``, ``forecast``, ``health`` and
        ``impact`` are None where they cannot be told, and ``missing`` then says why; ``feedback`` counts what people said.

    Raises
    ------
    DataError
        If nothing can be told.
    """
    # The list of the very day tells what is expected of what is overdue.
    until = as_of + dt.timedelta(days=1)
    lists, findings = lists_to_read(settings.outputs_folder, until, policy.experiment.redraw)
    measures: dict[str, Callable[[], Any]] = {
        "kpis": lambda: measure_kpis(engine, as_of, lists).as_dict()["kpis"],
        "forecast": lambda: forecast_cash(engine, as_of, lists).as_dict(),
        "health": lambda: check_health(engine, settings, as_of).as_dict(),
        "impact": lambda: _impact(engine, lists, (settings, policy), as_of, work),
    }
    said = measure_feedback(engine, settings.outputs_folder, as_of, settings.target, work)
    told: dict[str, Any] = {
        "as_of": as_of.isoformat(),
        "portfolio": settings.portfolio.model_dump(mode="json", include={"name", "currency"}),
    }
    missing: dict[str, str] = {}
    for name, measure in measures.items():
        try:
            told[name] = plain_values(measure())
        except DataError as error:
            told[name], missing[name] = None, str(error)
    if len(missing) == len(measures):
        raise DataError(" ".join(missing.values()), as_of=as_of)
    figures = key_figures(told["kpis"])
    limits = read_allocation(lists[-1])["limits"] if lists else []
    return {
        **told,
        "missing": missing,
        "feedback": said.as_dict(),
        "words": _words(settings, policy),
        "bounds": settings.monitoring.feature_shift.model_dump(),
        "figures": figures,
        "changed": what_changed(figures, settings.portfolio.currency),
        "to_do": what_to_do(told["health"], told["impact"], limits, policy.limit_labels),
        "findings": [finding.as_dict() for finding in findings],
    }


def monitoring_file(outputs: Path) -> Path | None:
    """Return the document that was kept last beside the lists of a portfolio; None where there is none."""
    found = dated_folders(outputs / MONITORING_FOLDER, MONITORING_FILE)
    return found[-1] / MONITORING_FILE if found else None


def _words(settings: Settings, policy: Policy) -> dict[str, dict[str, Any]]:
    """The words for coded values, columns and features, by kind and code."""
    labels = {language: labels_of_values(policy, language) for language in get_args(Language)}
    found: dict[str, dict[str, Any]] = {
        column: {
            code: {language: labels[language][column][code] for language in labels}
            for code in labels["es"][column]
        }
        for column in _NAMED
    }
    columns: dict[str, dict[str, Any]] = {
        "feature": {one.name: one.text.model_dump() for one in catalogue(settings.features)},
        "column": {one.name: one.label.model_dump() for one in SCORED_COLUMNS},
    }
    found["segment"][UNLISTED] = UNLISTED_TEXTS.model_dump()
    return found | columns


def _impact(
    engine: duckdb.DuckDBPyConnection,
    lists: Sequence[Path],
    terms: tuple[Settings, Policy],
    as_of: dt.date,
    work: Path,
) -> dict[str, Any]:
    """The experiment as it stands, over its whole life, judged over the model's own horizon."""
    settings, policy = terms
    window, path = settings.target.horizon_days, work / "outcomes.parquet"
    past = [folder for folder in lists if list_date(folder) < as_of]
    windows = reading_windows(policy, window)
    write_outcomes(engine, past, as_of, windows, settings.target, path)
    return read_experiment(path, policy, settings.target, as_of, window).as_dict()
