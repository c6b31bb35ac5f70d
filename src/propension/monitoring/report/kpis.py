"""The report's part on KPIs: key figures, their course, and by group."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from markupsafe import Markup

from propension.monitoring.headline import KEY_KPIS
from propension.monitoring.kpis.wording import write_figure
from propension.monitoring.report.naming import name_of
from propension.monitoring.report.pictures import (
    buckets_picture,
    kpis_picture,
    vintages_picture,
)
from propension.snapshots import BUCKETS
from propension.writing import Reader

# As wide as a page.
MONTHS_SHOWN = 6
DRAWN = (
    "overdue_balance", "collected", "recovery_rate", "cure_rate", "right_party_contact", "promises_kept",
)  # fmt: skip
GROUPED = ("overdue_balance", "recovery_rate", "cure_rate", "right_party_contact", "promises_kept")
DIMENSIONS = {"dpd_bucket": "dpd_bucket", "segment": "by_segment", "product_line": "product_line"}

Kpi = Mapping[str, Any]


def view(told: Mapping[str, Any], reader: Reader) -> dict[str, Any]:
    """Return what the template shows of the KPIs."""
    found: dict[str, Kpi] = {kpi["name"]: kpi for kpi in told["kpis"]}
    currency = told["portfolio"]["currency"]
    monthly = [kpi for kpi in found.values() if kpi["name"] != "vintage" and _total(kpi)]
    months = sorted({row["month"] for kpi in monthly for row in _total(kpi)})[-MONTHS_SHOWN:]
    vintages = _cohorts(found["vintage"])
    buckets = {
        name_of(told, "dpd_bucket", bucket, reader): rows
        for bucket in BUCKETS
        if (rows := _rows(found["balance"], "dpd_bucket", bucket))
    }
    drawn = [
        (found[name]["label"][reader.language], _total(found[name]), _short(found[name], reader))
        for name in DRAWN
        if _total(found[name])
    ]
    pictures = {
        "kpis": kpis_picture(drawn, reader) if drawn else "",
        "buckets": buckets_picture(buckets, reader) if buckets else "",
        "vintages": vintages_picture(vintages, reader) if vintages else "",
    }
    return {
        "cards": [_card(one, currency, reader) for one in told["figures"] if one["name"] in KEY_KPIS],
        "months": months,
        "table": [_line(kpi, months, reader) for kpi in monthly],
        "vintages": _vintage_table(vintages, reader),
        "groups": list(_groups(told, found, reader)),
        "definitions": list(_definitions(told["kpis"], reader)),
        "pictures": {name: Markup(svg) for name, svg in pictures.items() if svg},  # noqa: S704
    }  # fmt: skip


def _definitions(kpis: Sequence[Kpi], reader: Reader) -> Iterator[tuple[str, str]]:
    """What every KPI is; those of one definition together."""
    said: dict[str, list[str]] = {}
    for kpi in kpis:
        text = kpi["definition"][reader.language]
        if kpi["absent"]:
            text += f" {reader.say('not_computed', why=kpi['absent'][reader.language])}."
        said.setdefault(text, []).append(kpi["label"][reader.language])
    yield from (("; ".join(labels), text) for text, labels in said.items())


def _rows(kpi: Kpi, dimension: str, group: str) -> list[Mapping[str, Any]]:
    rows = (row for row in kpi["rows"] if row["dimension"] == dimension and row["group"] == group)
    return sorted(rows, key=lambda row: row["month"])


def _total(kpi: Kpi) -> list[Mapping[str, Any]]:
    return _rows(kpi, "all", "all")


def _short(kpi: Kpi, reader: Reader) -> Callable[[float], str]:
    """How a tick of an axis is written."""
    if kpi["unit"] == "share":
        return lambda value: reader.share(value, 0)
    return reader.amount


def _card(one: Mapping[str, Any], currency: str, reader: Reader) -> dict[str, Any]:
    write = partial(write_figure, one["unit"], currency=currency, language=reader.language)
    judged = {True: "better", False: "worse", None: ""}[one["is_better"]]
    return {
        "label": one["label"][reader.language],
        "value": write(one["value"]),
        "before": write(one["before"]),
        "judged": judged,
        "month": reader.date(one["month"], "MMMM y"),
    }


def _line(kpi: Kpi, months: Sequence[str], reader: Reader) -> dict[str, Any]:
    by_month = {row["month"]: row for row in _total(kpi)}
    cells = []
    for month in months:
        row = by_month.get(month)
        value = write_figure(kpi["unit"], row["value"] if row else None, "", reader.language)
        cells.append(value + ("" if row is None or row["is_mature"] else " *"))
    return {"label": kpi["label"][reader.language], "cells": cells}


def _cohorts(kpi: Kpi) -> dict[str, list[Mapping[str, Any]]]:
    """Rows of every cohort by age; those of a single age draw no line."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in sorted(kpi["rows"], key=lambda row: (row["month"], int(row["group"]))):
        found.setdefault(row["month"], []).append(row)
    return found


def _vintage_table(
    cohorts: Mapping[str, Sequence[Mapping[str, Any]]], reader: Reader
) -> dict[str, Any]:
    ages = range(MONTHS_SHOWN + 1)
    lines = []
    for month, rows in cohorts.items():
        by_age = {int(row["group"]): row["value"] for row in rows}
        cells = [reader.share(by_age[age]) if age in by_age else "" for age in ages]
        lines.append({"label": reader.date(month, "MMM y"), "cells": cells})
    return {"ages": list(ages), "lines": lines}


def _groups(
    told: Mapping[str, Any], found: Mapping[str, Kpi], reader: Reader
) -> Iterator[dict[str, Any]]:
    """The last month that is over, by bucket, segment and product."""
    kpis = [found[name] for name in GROUPED]
    over = [row["month"] for kpi in kpis for row in _total(kpi) if row["is_mature"]]
    for dimension, words in DIMENSIONS.items():
        cells: dict[str, dict[str, str]] = {}
        for kpi in kpis:
            for row in kpi["rows"]:
                if row["dimension"] == dimension and over and row["month"] == max(over):
                    cells.setdefault(row["group"], {})[kpi["name"]] = write_figure(
                        kpi["unit"], row["value"], "", reader.language
                    )
        if len(cells) > 1:
            order = sorted(
                cells, key=lambda name: (BUCKETS.index(name) if name in BUCKETS else 0, name)
            )
            yield {
                "caption": reader.say(
                    "by_group", month=reader.date(max(over), "MMMM y"), dimension=reader.say(words)
                ),
                "heads": [kpi["label"][reader.language] for kpi in kpis],
                "lines": [
                    {
                        "label": name_of(told, dimension, name, reader),
                        "cells": [cells[name].get(kpi["name"], "–") for kpi in kpis],
                    }
                    for name in order
                ],
            }  # fmt: skip
