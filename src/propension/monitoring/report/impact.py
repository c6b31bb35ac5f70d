"""The report's part on what the strategy added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from propension.monitoring.report.naming import name_of
from propension.monitoring.report.pictures import course_picture, impacts_picture
from propension.writing import Reader

Impact = Mapping[str, Any]


def view(told: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    """Return what the template shows of the experiment."""
    found = told["impact"]
    overall, *groups = found["strategy"]
    has_control = overall["rate"]["value"] is not None
    tables = {
        "": [overall, found["entry"]],
        "segments": groups,
        "treatments": found["treatments"],
        "challengers": found["challengers"],
    }
    shown = [
        (_label(one, told, reader), one["rate"])
        for one in (overall, *groups)
        if one["rate"]["low"] is not None
    ]
    course = found["course"]
    pictures = {
        "groups": impacts_picture(shown, reader) if shown else "",
        "course": course_picture(course, reader) if len(course) > 1 else "",
    }
    said = found["told"]
    return {
        "has_control": has_control,
        "lists": found["lists"],
        "window": found["window"],
        "alarms": [one[reader.language] for one in said["alarms"]],
        "said": [
            one[reader.language]
            for one in (said["balance"], said["strategy"], said["verdict"])
            if one
        ],
        "tables": {
            name: [_line(one, told, reader) for one in rows]
            for name, rows in tables.items()
            if rows
        },
        "course": [_standing(one, reader) for one in course],
        "pictures": {name: Markup(svg) for name, svg in pictures.items() if svg},  # noqa: S704
    }


def _label(impact: Impact, told: Mapping[str, Any], reader: Reader) -> str:
    kind, _, code = impact["group"].partition("=")
    return name_of(told, kind, code, reader) if code else reader.say(kind)


def _line(impact: Impact, told: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    rate, amount = impact["rate"], impact["amount"]
    return {
        "label": _label(impact, told, reader),
        "treated": reader.count(rate["treated_accounts"]),
        "beside": reader.count(rate["control_accounts"]),
        "points": _between(rate, 100, 1, reader),
        "amount": _between(amount, 1, 0, reader),
    }


def _between(figure: Mapping[str, Any], scale: int, decimals: int, reader: Reader) -> Sequence[str]:
    """The figure and its interval; without one, that there is too little to go by."""
    if figure["low"] is None:
        return reader.number(None), reader.say("few")
    scaled = {name: scale * figure[name] for name in ("value", "low", "high")}
    return reader.number(scaled["value"], decimals), reader.interval(scaled, decimals)


def _standing(standing: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    return {
        "label": reader.date(standing["as_of"]),
        "accounts": reader.count(standing["accounts"]),
        "points": _between(standing["impact"]["rate"], 100, 1, reader),
        "amount": _between(standing["impact"]["amount"], 1, 0, reader),
    }
