"""What was measured of a portfolio as one page to read, print and file: no scripts, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from propension.config import Language
from propension.monitoring.report import health, impact, kpis
from propension.monitoring.report.pictures import forecast_picture
from propension.monitoring.report.texts import TEXTS
from propension.writing import Reader, page_template

TEMPLATE = "monitoring.html.j2"


def render_monitoring(told: Mapping[str, Any], language: Language) -> str:
    """Return the report as HTML; what could not be told is said with the reason.

    Parameters
    ----------
    told : mapping
        From ``measure_portfolio``, or ``monitoring.json`` read back. The same facts give the same bytes.
    language : {"es", "pt", "en"}
    """
    reader = Reader(language, TEXTS)
    facts = {
        "kpis": kpis.view(told, reader) if told["kpis"] else None,
        "forecast": _forecast(told["forecast"], reader) if told["forecast"] else None,
        "impact": impact.view(told, reader) if told["impact"] else None,
        "health": health.view(told, reader) if told["health"] else None,
    }
    return page_template(TEMPLATE, "propension.monitoring", "report").render(
        reader=reader, told=told, currency=told["portfolio"]["currency"], **facts
    )


def _forecast(forecast: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    return {
        **forecast,
        "svg": Markup(forecast_picture(forecast, reader)),  # noqa: S704  (our own drawing)
    }
