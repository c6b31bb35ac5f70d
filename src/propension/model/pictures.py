"""The report's pictures: SVG text, the same bytes for the same figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from propension.writing import Reader
from propension.writing.drawing import BLUE, GREY, ORANGE, drawing, shortened, written

READING_COLOURS = {"stable": GREY, "watch": ORANGE, "changed": "#9b1c1c"}
MAX_TICKS = 12


def calibration_picture(curve: Sequence[dict[str, Any]], reader: Reader) -> str:
    """Draw what was said against what was paid, with the interval of every bin."""
    with drawing("calibration", 4.6, 4.2) as (figure, svg):
        axes = figure.subplots()
        said = [point["mean_propensity"] for point in curve]
        paid = [point["paid_share"] for point in curve]
        axes.plot([0, 1], [0, 1], "--", color=GREY, linewidth=1, label=reader.say("diagonal"))
        axes.plot(said, [of["value"] for of in paid], "o-", color=BLUE, markersize=4)
        _whiskers(axes, said, paid)
        top = max(*said, *(of["high"] or of["value"] for of in paid)) * 1.05
        axes.set(xlim=(0, top), ylim=(0, top), xlabel=reader.say("said"), ylabel=reader.say("paid"))
        _shares_on(reader, axes.xaxis, axes.yaxis)
        axes.legend(loc="upper left")
    return svg()


def gains_picture(gains: Sequence[dict[str, float]], reader: Reader) -> str:
    """Draw the payers and the money reached as accounts are worked from the most likely on."""
    with drawing("gains", 4.6, 4.2) as (figure, svg):
        axes = figure.subplots()
        total = sum(tenth["accounts"] for tenth in gains)
        worked = [0.0]
        for tenth in gains:
            worked.append(worked[-1] + tenth["accounts"] / total)
        lines = (
            ("cumulative_paid_share", "payers_found", "o-", BLUE),
            ("cumulative_collected_share", "money_found", "s--", ORANGE),
        )
        for column, text, mark, colour in lines:
            if column in gains[0]:
                heights = [0.0, *(tenth[column] for tenth in gains)]
                axes.plot(worked, heights, mark, color=colour, markersize=4, label=reader.say(text))
        axes.plot([0, 1], [0, 1], ":", color=GREY, linewidth=1, label=reader.say("at_random"))
        axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel=reader.say("account_share"))
        _shares_on(reader, axes.xaxis, axes.yaxis)
        axes.legend(loc="lower right")
    return svg()


def snapshots_picture(snapshots: Sequence[dict[str, Any]], reader: Reader) -> str:
    """Draw AUC with its interval, and propensity beside payment, by as-of date."""
    with drawing("snapshots", 9.4, 3.3) as (figure, svg):
        ranking, honesty = figure.subplots(1, 2)
        dates = [part["as_of"] for part in snapshots]
        judged = [(at, part["auc"]) for at, part in enumerate(snapshots) if part["auc"]]
        places = [float(at) for at, _ in judged]
        ranking.plot(places, [of["value"] for _, of in judged], "o-", color=BLUE, markersize=4)
        _whiskers(ranking, places, [of for _, of in judged])
        ranking.set_title("AUC", loc="left", fontweight="bold")
        ranking.yaxis.set_major_formatter(written(lambda value: reader.number(value, 2)))
        lines = (("paid_share", "paid", "o-", BLUE), ("mean_propensity", "said", "s--", ORANGE))
        for column, text, mark, colour in lines:
            heights = [part[column] for part in snapshots]
            honesty.plot(
                range(len(dates)), heights, mark, color=colour, markersize=4, label=reader.say(text)
            )
        honesty.set_ylim(0, 1.25 * max(p[c] for p in snapshots for c, *_ in lines))
        _shares_on(reader, honesty.yaxis)
        honesty.legend(loc="upper center", ncols=2)
        for axes in (ranking, honesty):
            _dates_on(axes, dates, reader)
    return svg()


def stability_picture(
    features: Sequence[dict[str, Any]], bounds: tuple[float, float], reader: Reader
) -> str:
    """Draw the index of the features that changed most, with the usual bounds.

    Parameters
    ----------
    features : sequence of dict
        label, psi and reading, most changed first.
    bounds : (float, float)
        Where an index starts to be watched, and where it has changed.
    reader : Reader
    """
    with drawing("stability", 9.4, 0.9 + 0.27 * len(features)) as (figure, svg):
        axes = figure.subplots()
        shown = list(reversed(features))
        widths = [row["psi"] for row in shown]
        colours = [READING_COLOURS[row["reading"]] for row in shown]
        bars = axes.barh([shortened(row["label"]) for row in shown], widths, 0.62, color=colours)
        words = [f"{reader.number(r['psi'])} {reader.say(r['reading'])}" for r in shown]
        paper = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        axes.bar_label(bars, words, padding=5, fontsize=8, bbox=paper)
        for bound in bounds:
            axes.axvline(bound, color=GREY, linewidth=1, linestyle="--", zorder=0.5)
        axes.set(xlim=(0, max(*widths, bounds[1]) * 1.25), xlabel=reader.say("psi"))
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_formatter(written(lambda value: reader.number(value, 2)))
    return svg()


def _whiskers(axes: Axes, places: Sequence[float], figures: Sequence[dict[str, Any]]) -> None:
    known = [(at, of) for at, of in zip(places, figures, strict=True) if of["low"] is not None]
    axes.vlines(
        [at for at, _ in known],
        [of["low"] for _, of in known],
        [of["high"] for _, of in known],
        color=BLUE,
        linewidth=1.4,
        alpha=0.6,
    )


def _dates_on(axes: Axes, dates: Sequence[str], reader: Reader) -> None:
    step = -(-len(dates) // MAX_TICKS)
    monthly = len({date[:7] for date in dates}) == len(dates)
    written = [reader.date(date, "MMM y" if monthly else None) for date in dates[::step]]
    axes.set_xticks(range(0, len(dates), step), written, rotation=45, ha="right")
    axes.set_xlim(-0.5, len(dates) - 0.5)


def _shares_on(reader: Reader, *sides: Any) -> None:
    for side in sides:
        side.set_major_formatter(written(lambda value: reader.share(value, 0)))
