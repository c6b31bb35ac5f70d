"""The report's part on the models: what to do, what rings, how lists proved, what drifts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from propension.monitoring.health import SIGNALS
from propension.monitoring.report.naming import name_of, subject_of
from propension.monitoring.report.pictures import matured_picture
from propension.writing import Reader

MOST_DRIFTED = 8
DRIFTS = ("score_shift", "feature_shift", "mix_shift")


def view(told: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    """Return what the template shows of the health of the models."""
    found = told["health"]
    names = {
        stage: name_of(told, "stage", stage, reader) if stage else reader.say("all_stages")
        for stage in ("", *told["words"]["stage"])
    }
    own = [one for one in found["quality"] if one["is_own"]]
    judged = {
        stage: [one for one in own if one["stage"] == stage and one["figures"]]
        for stage in dict.fromkeys(one["stage"] for one in own)
    }
    judged = {stage: rows for stage, rows in judged.items() if rows}
    pictures = {"matured": matured_picture(judged, names, reader) if judged else ""}
    return {
        "advice": [
            {
                "stage": names[one["stage"]],
                # Of the data; the model is kept until they are.
                "action": "repair" if one["rule"] == "source" else one["action"],
                "reason": one["reason"][reader.language],
            }
            for one in found["recommendations"]
        ],
        "signals": [
            {
                "label": signal.label.in_language(reader.language),
                "level": found["levels"].get(signal.name, "not_measured"),
            }
            for signal in SIGNALS
        ],
        "alerts": [_alert(one, names, reader) for one in found["alerts"]],
        "matured": [{**one, "stage_name": names[one["stage"]]} for one in own],
        "drift": _drift(told, names, reader),
        "bounds": told["bounds"],
        "newest": found["lists"][-1],
        "pictures": {name: Markup(svg) for name, svg in pictures.items() if svg},  # noqa: S704
    }


def _alert(alert: Mapping[str, Any], names: Mapping[str, str], reader: Reader) -> dict[str, Any]:
    return {
        "level": alert["level"],
        "stage": names[alert["stage"]],
        "since": reader.date(alert["since"]),
        "text": alert["told"][reader.language],
    }


def _drift(
    told: Mapping[str, Any], names: Mapping[str, str], reader: Reader
) -> list[dict[str, Any]]:
    """What moved most on the newest list, beyond what is usual first."""
    found = told["health"]
    labels = {signal.name: signal.label.in_language(reader.language) for signal in SIGNALS}
    ringing = {
        (one["signal"], one["stage"], one["subject"]): one["level"] for one in found["alerts"]
    }
    rows = [
        one
        for one in found["measured"]
        if one["signal"] in DRIFTS and one["as_of"] == found["lists"][-1]
    ]
    rows.sort(key=lambda one: one["usual"] - one["value"])
    return [
        {
            "stage": names[one["stage"]],
            "what": subject_of(told, one["subject"], reader),
            "signal": labels[one["signal"]],
            "index": reader.number(one["value"], 2),
            "usual": reader.number(one["usual"], 2),
            "level": ringing.get((one["signal"], one["stage"], one["subject"]), "ok"),
        }
        for one in rows[:MOST_DRIFTED]
    ]
