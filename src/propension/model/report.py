"""The evaluation as one page to read, print and file: no scripts, nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from propension.config import Language
from propension.model.metrics import METRICS
from propension.model.pictures import (
    calibration_picture,
    gains_picture,
    snapshots_picture,
    stability_picture,
)
from propension.model.reader import ReportReader
from propension.model.stability import CHANGED, WATCH
from propension.writing import page_template

TEMPLATE = "report.html.j2"
MAX_FEATURES = 15
CARES = ("care_strategy", "care_intervals", "care_groups", "care_use")
REFERENCE_METRIC = "log_loss"
CHAMPION = "champion"
_MAY_LACK = (
    "portfolio", "currency", "model", "verdict", "contenders", "differences", "rows", "snapshots",
    "groups", "calibration_curve", "gains", "curve", "stability", "alarms", "fairness",
    "explanation", "explained_accounts",
)  # fmt: skip


def write_report(evaluation: Mapping[str, Any], path: Path, language: Language) -> Path:
    """Write the report of one evaluation; return its path.

    Sections whose facts are missing are left out; the same evaluation gives the same bytes.

    Parameters
    ----------
    evaluation : mapping
        What ``evaluate_contenders`` returned, and optionally: portfolio, currency, model
        (version, target, windows), verdict (code, reasons), stability (score, features),
        alarms, fairness, and explanation (pictures drawn elsewhere: name, then SVG and words).
        Texts are strings, or mappings from language to string.
    path : Path
        The HTML file; its folder exists.
    language : {"es", "pt", "en"}
    """
    path.write_text(render_report(evaluation, language), encoding="utf-8", newline="\n")
    return path


def render_report(evaluation: Mapping[str, Any], language: Language) -> str:
    """Return the report as HTML."""
    reader = ReportReader(language)
    model = dict.fromkeys(("version", "target", "windows")) | (evaluation.get("model") or {})
    facts = dict.fromkeys(_MAY_LACK) | {**evaluation, "model": model}
    return page_template(TEMPLATE, "propension.model").render(
        reader=reader,
        evaluation=facts,
        metrics=list(METRICS),
        cares=CARES,
        findings=_findings(facts, reader),
        pictures=_pictures(facts, reader),
    )


def _findings(evaluation: Mapping[str, Any], reader: ReportReader) -> list[str]:
    """Say of every other contender whether the model beats it beyond chance."""
    found = []
    others = evaluation["differences"] or {}
    for other in sorted(others, key=lambda name: name != CHAMPION):
        gap = others[other][REFERENCE_METRIC]
        verdict = "better" if gap["is_better"] else "worse" if gap["is_worse"] else "even"
        figure = reader.figure(gap, 4)
        found.append(reader.say(f"found_{verdict}", other=reader.name(other), figure=figure))
    return found


def _pictures(evaluation: Mapping[str, Any], reader: ReportReader) -> dict[str, dict[str, Any]]:
    """Draw what there are facts for: the SVG, and its words for those who do not see it."""
    drawers: dict[str, Callable[[Any, ReportReader], tuple[str, str]]] = {
        "calibration_curve": _calibration,
        "gains": _gains,
        "snapshots": _snapshots,
        "stability": _stability,
    }
    drawn = {
        name: draw(evaluation[name], reader) for name, draw in drawers.items() if evaluation[name]
    } | dict(evaluation["explanation"] or {})
    return {
        name: {"svg": Markup(svg), "alt": alt}  # noqa: S704 - drawn here; matplotlib escapes
        for name, (svg, alt) in drawn.items()
        if svg
    }


def _calibration(curve: list[dict[str, Any]], reader: ReportReader) -> tuple[str, str]:
    low, high = curve[0], curve[-1]
    alt = reader.say(
        "calibration_alt",
        bins=reader.count(len(curve)),
        said_low=reader.share(low["mean_propensity"]),
        paid_low=reader.share(low["paid_share"]["value"]),
        said_high=reader.share(high["mean_propensity"]),
        paid_high=reader.share(high["paid_share"]["value"]),
    )
    return calibration_picture(curve, reader), alt


def _gains(gains: list[dict[str, float]], reader: ReportReader) -> tuple[str, str]:
    third = gains[min(2, len(gains) - 1)]
    worked = sum(tenth["accounts"] for tenth in gains[:3]) / sum(t["accounts"] for t in gains)
    alt = reader.say(
        "gains_alt",
        first_share=reader.share(worked, 0),
        payers=reader.share(third["cumulative_paid_share"]),
        money=reader.share(third.get("cumulative_collected_share")),
    )
    return gains_picture(gains, reader), alt


def _snapshots(snapshots: list[dict[str, Any]], reader: ReportReader) -> tuple[str, str]:
    known = [part["auc"]["value"] for part in snapshots if part["auc"]]
    if not known:
        return "", ""
    low, high = (reader.number(end(known)) for end in (min, max))
    return snapshots_picture(snapshots, reader), reader.say("snapshots_alt", low=low, high=high)


def _stability(stability: Mapping[str, Any], reader: ReportReader) -> tuple[str, str]:
    rows = [
        {**row, "label": reader.given(row.get("label", row["name"]))}
        for row in stability.get("features", [])
        if row["psi"] is not None
    ][:MAX_FEATURES]
    if not rows:
        return "", ""
    alt = reader.say(
        "stability_alt",
        count=reader.count(len(rows)),
        first=rows[0]["label"],
        psi=reader.number(rows[0]["psi"]),
    )
    return stability_picture(rows, (WATCH, CHANGED), reader), alt
