"""The report's pictures: SVG text, the same bytes for the same figures; every one has its table beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from propension.writing import Reader
from propension.writing.drawing import BLUE, GREY, ORANGE, drawing, shortened, written

PART_COLOURS = {"overdue": ORANGE, "not_due": BLUE, "not_billed": "#9db8d6"}
# From paid on time to lost: light to dark.
BUCKET_COLOURS = ("#dbe7f3", "#f3d9b1", "#e9b872", "#d98e3f", "#b4500a", "#6e2c04")
VINTAGES_SHOWN, KPIS_A_ROW = 6, 3
Rows = Sequence[Mapping[str, Any]]


def forecast_picture(forecast: Mapping[str, Any], reader: Reader) -> str:
    """Draw what came in before and what is expected, by part and with its interval."""
    weeks, came = forecast["weeks"], forecast["came"]
    with drawing("forecast", 9.4, 3.4) as (figure, svg):
        axes = figure.subplots()
        axes.bar(range(-len(came), 0), came, color=GREY, alpha=0.55, label=reader.say("came"))
        places = range(len(weeks))
        floor = [0.0] * len(weeks)
        for part, colour in PART_COLOURS.items():
            heights = [week["parts"][part] for week in weeks]
            axes.bar(places, heights, bottom=floor, color=colour, label=reader.say(part))
            floor = [low + height for low, height in zip(floor, heights, strict=True)]
        known = [(at, week) for at, week in enumerate(weeks) if week["low"] is not None]
        axes.vlines(
            [at for at, _ in known], [w["low"] for _, w in known], [w["high"] for _, w in known],
            color="#1f2933", linewidth=1.6,
        )  # fmt: skip
        ends = [*range(-len(came), -2, 4), *range(0, len(weeks), 4)]
        first = _day_of(forecast)
        axes.set_xticks(ends, [reader.date(first(at), "d MMM") for at in ends])
        axes.grid(visible=False, axis="x")
        _money_on(axes, reader)
        axes.set_ylim(0, 1.25 * max(*came, *(week["high"] or week["value"] for week in weeks), 1))
        axes.legend(loc="upper center", ncols=4)
    return svg()


def kpis_picture(series: Sequence[tuple[str, Rows, Callable[[float], str]]], reader: Reader) -> str:
    """Draw a small picture of each figure over the months; what is not final is hollow.

    Parameters
    ----------
    series : sequence of (label, rows, how a value is written)
    reader : Reader
    """
    lines = -(-len(series) // KPIS_A_ROW)
    with drawing("kpis", 9.4, 2.0 * lines) as (figure, svg):
        figure.set_layout_engine("constrained", h_pad=0.12)
        cells = figure.subplots(lines, KPIS_A_ROW, squeeze=False).flatten()
        for axes, (label, rows, write) in zip(cells, series, strict=False):
            known = [(at, row) for at, row in enumerate(rows) if row["value"] is not None]
            places, values = [at for at, _ in known], [row["value"] for _, row in known]
            axes.plot(places, values, "-", color=BLUE, linewidth=1.4)
            for at, row in known:
                face = BLUE if row["is_mature"] else "white"
                axes.plot([at], [row["value"]], "o", color=BLUE, markersize=3.6, mfc=face)
            axes.set_title(shortened(label, 38), loc="left", fontsize=9, fontweight="bold")
            axes.yaxis.set_major_locator(MaxNLocator(3))
            axes.yaxis.set_major_formatter(written(write))
            _months_on(axes, rows, reader, 4)
        for axes in cells[len(series) :]:
            axes.set_axis_off()
    return svg()


def buckets_picture(groups: Mapping[str, Rows], reader: Reader) -> str:
    """Draw balances at every close, one bucket on the other."""
    with drawing("buckets", 9.4, 3.2) as (figure, svg):
        axes = figure.subplots()
        months = sorted({row["month"] for rows in groups.values() for row in rows})
        floor = [0.0] * len(months)
        for (bucket, rows), colour in zip(groups.items(), BUCKET_COLOURS, strict=False):
            found = {row["month"]: row["value"] or 0.0 for row in rows}
            heights = [found.get(month, 0.0) for month in months]
            axes.bar(range(len(months)), heights, bottom=floor, color=colour, label=bucket)
            floor = [low + height for low, height in zip(floor, heights, strict=True)]
        _months_on(axes, [{"month": month} for month in months], reader, 13)
        _money_on(axes, reader)
        axes.grid(visible=False, axis="x")
        axes.set_ylim(0, 1.22 * max(*floor, 1))
        axes.legend(loc="upper center", ncols=6)
    return svg()


def vintages_picture(cohorts: Mapping[str, Rows], reader: Reader) -> str:
    """Draw how much of what fell due in a month is still unpaid, by age; the newest stand out."""
    with drawing("vintages", 9.4, 3.2) as (figure, svg):
        axes = figure.subplots()
        shown = list(cohorts.items())
        newest = {month for month, _ in shown[-VINTAGES_SHOWN:]}
        for month, rows in shown:
            ages = [int(row["group"]) for row in rows]
            values = [row["value"] for row in rows]
            strength = 0.35 + 0.65 * (
                sorted(newest).index(month) / VINTAGES_SHOWN if month in newest else 0
            )
            axes.plot(
                ages, values, "o-" if month in newest else "-", markersize=3, linewidth=1.3,
                color=BLUE if month in newest else "#c5ccd6", alpha=strength if month in newest else 1,
                label=reader.date(month, "MMM y") if month in newest else None,
            )  # fmt: skip
        axes.set_xlabel(reader.say("months_since"))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        axes.yaxis.set_major_formatter(written(lambda value: reader.share(value, 0)))
        axes.set_ylim(bottom=0)
        axes.legend(loc="upper right", ncols=2)
    return svg()


def impacts_picture(rows: Sequence[tuple[str, Mapping[str, Any]]], reader: Reader) -> str:
    """Draw the points that were added in every group, with their intervals; those beyond zero stand out.

    Parameters
    ----------
    rows : sequence of (label, estimate)
        From the top; only those that have an interval.
    reader : Reader
    """
    with drawing("impacts", 9.4, 0.9 + 0.28 * len(rows)) as (figure, svg):
        axes = figure.subplots()
        for at, (_, rate) in enumerate(reversed(rows)):
            beyond = rate["low"] > 0 or rate["high"] < 0
            colour = (BLUE if rate["value"] > 0 else "#9b1c1c") if beyond else GREY
            axes.plot([100 * rate["low"], 100 * rate["high"]], [at, at], "-", color=colour)
            axes.plot([100 * rate["value"]], [at], "o", color=colour, markersize=5)
        axes.axvline(0, color="#1f2933", linewidth=1)
        labels = [shortened(label, 44) for label, _ in reversed(rows)]
        axes.set_yticks(range(len(rows)), labels)
        axes.set_xlabel(reader.say("points"))
        axes.grid(visible=False, axis="y")
    return svg()


def course_picture(course: Sequence[Mapping[str, Any]], reader: Reader) -> str:
    """Draw the strategy's effect as it stood at every month's end."""
    with drawing("course", 9.4, 2.6) as (figure, svg):
        axes = figure.subplots()
        rates = [standing["impact"]["rate"] for standing in course]
        places = range(len(course))
        low, high = ([100 * rate[end] for rate in rates] for end in ("low", "high"))
        axes.fill_between(places, low, high, color=BLUE, alpha=0.15, linewidth=0)
        axes.plot(places, [100 * rate["value"] for rate in rates], "o-", color=BLUE, markersize=4)
        axes.axhline(0, color="#1f2933", linewidth=1)
        _months_on(axes, [{"month": standing["as_of"]} for standing in course], reader, 13)
        axes.set_ylabel(reader.say("points"))
    return svg()


def matured_picture(stages: Mapping[str, Rows], names: Mapping[str, str], reader: Reader) -> str:
    """Draw AUC and bias of matured lists; a dashed line is the test's AUC."""
    with drawing("matured", 9.4, 2.5 * len(stages)) as (figure, svg):
        figure.set_layout_engine("constrained", h_pad=0.12)
        cells = figure.subplots(len(stages), 2, squeeze=False)
        for (ranking, honesty), (stage, rows) in zip(cells, stages.items(), strict=True):
            for axes, name, scale in ((ranking, "auc", 1), (honesty, "bias", 100)):
                judged = [
                    (at, row["figures"][name])
                    for at, row in enumerate(rows)
                    if name in row["figures"]
                ]
                axes.vlines(
                    [at for at, _ in judged], [scale * of["low"] for _, of in judged],
                    [scale * of["high"] for _, of in judged], color=BLUE, alpha=0.6,
                )  # fmt: skip
                values = [scale * of["value"] for _, of in judged]
                axes.plot([at for at, _ in judged], values, "o-", color=BLUE, markersize=4)
                _days_on(axes, [row["as_of"] for row in rows], reader)
            tests = [row["test"]["auc"]["value"] for row in rows if "auc" in row["test"]]
            if tests:
                ranking.axhline(tests[-1], color=GREY, linestyle="--", linewidth=1)
            honesty.axhline(0, color=GREY, linestyle="--", linewidth=1)
            ranking.yaxis.set_major_formatter(written(lambda value: reader.number(value, 2)))
            ranking.set_title(f"AUC, {names[stage]}", loc="left", fontsize=9, fontweight="bold")
            honesty.set_title(reader.say("bias"), loc="left", fontsize=9, fontweight="bold")
    return svg()


def _day_of(forecast: Mapping[str, Any]) -> Callable[[int], str]:
    as_of = dt.date.fromisoformat(forecast["as_of"])
    return lambda week: (as_of + dt.timedelta(days=7 * week + 1)).isoformat()


def _money_on(axes: Axes, reader: Reader) -> None:
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_formatter(written(reader.amount))


def _months_on(axes: Axes, rows: Rows, reader: Reader, most: int) -> None:
    # From the end, so that the newest month is always named.
    places = list(range(len(rows) - 1, -1, -max(1, -(-len(rows) // most))))[::-1]
    axes.set_xticks(places, [reader.date(rows[at]["month"], "MMM yy") for at in places])


def _days_on(axes: Axes, days: Sequence[str], reader: Reader) -> None:
    step = max(1, -(-len(days) // 6))
    places = list(range(len(days) - 1, -1, -step))[::-1]
    axes.set_xticks(places, [reader.date(days[at], "d MMM yy") for at in places])
    axes.set_xlim(-0.5, len(days) - 0.5)
