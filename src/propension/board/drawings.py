"""The pictures of the first page: the plane of ability and willingness, and the cash to come."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap, LogNorm

from propension.board.overview import Plane
from propension.board.speech import Speech
from propension.writing import format_short
from propension.writing.drawing import BLUE, GREY, INK, drawing, written

_MONEY = LinearSegmentedColormap.from_list("money", ["#dbe8f6", "#7fb0de", "#1f5fa8", "#0b2c54"])
# Corners: code, whether to the right, whether above.
_CORNERS = (
    ("cannot_wants", False, True),
    ("can_wants", True, True),
    ("cannot_wont", False, False),
    ("can_wont", True, False),
)


def plane_picture(found: Plane, speech: Speech) -> str:
    """Draw where the money lies between ability and willingness, as SVG; grey is where neither is certain."""
    grid = np.full((found.bins, found.bins), np.nan)
    for square in found.squares:
        grid[square["y"], square["x"]] = square["amount"] or np.nan
    ends = found.ends
    sides = np.linspace(*_span(ends["left_end"], ends["right_end"]), found.bins + 1)
    heights = np.linspace(*_span(ends["low_end"], ends["high_end"]), found.bins + 1)
    with drawing("plane", 6.4, 4.6) as (figure, svg):
        axes = figure.subplots()
        for low, high, shade in (
            ("cannot_to", "can_from", axes.axvspan),
            ("wont_to", "wants_from", axes.axhspan),
        ):
            begins, stops = ends[low], ends[high]
            if begins is not None and stops is not None:
                shade(begins, stops, color=GREY, alpha=0.13, linewidth=0)
        smallest, largest = float(np.nanmin(grid)), float(np.nanmax(grid))
        norm = LogNorm(max(smallest, largest / 1e4), max(largest, smallest * 1.01))
        drawn = axes.pcolormesh(sides, heights, grid, cmap=_MONEY, norm=norm, rasterized=True)
        bar = figure.colorbar(drawn, ax=axes, label=speech.label("amount_at_stake"), pad=0.02)
        bar.ax.yaxis.set_major_formatter(
            written(lambda value: format_short(value, speech.language))
        )
        bar.ax.yaxis.set_minor_formatter(written(lambda _: ""))
        for code, is_right, is_above in _CORNERS:
            axes.annotate(
                speech.word("quadrant", code), (float(is_right), float(is_above)), xycoords="axes fraction",
                xytext=(-6 if is_right else 6, -6 if is_above else 6), textcoords="offset points",
                ha="right" if is_right else "left", va="top" if is_above else "bottom", fontsize=9,
                fontweight="bold", color=INK, bbox={"boxstyle": "round", "fc": "white", "ec": "none", "alpha": 0.8},
            )  # fmt: skip
        axes.set(xlabel=speech.label("ability"), ylabel=speech.label("willingness"))
        axes.grid(visible=False)
        for side, edges in ((axes.xaxis, sides), (axes.yaxis, heights)):
            side.set_major_formatter(_numbers(speech, tick_digits(float(edges[-1] - edges[0]))))
    return svg()


def forecast_picture(found: Mapping[str, Any], speech: Speech) -> str:
    """Draw the cash that each week is expected to bring, and between what it lies, as SVG."""
    weeks = found["weeks"]
    values = np.array([week["value"] for week in weeks], float)
    places = np.arange(len(weeks))
    with drawing("forecast", 6.4, 3.2) as (figure, svg):
        axes = figure.subplots()
        axes.bar(places, values, 0.7, color=BLUE)
        known = [place for place in places.tolist() if weeks[place]["low"] is not None]
        reach = np.array(
            [
                [weeks[n]["value"] - weeks[n]["low"], weeks[n]["high"] - weeks[n]["value"]]
                for n in known
            ]
        )
        if known:
            axes.errorbar(
                known,
                values[known],
                yerr=reach.T,
                fmt="none",
                ecolor=INK,
                elinewidth=1.2,
                capsize=3,
            )
        axes.set_xticks(places, [speech.number(week["week"]) for week in weeks])
        axes.set(xlabel=speech.say("portfolio.week"))
        axes.grid(visible=False, axis="x")
        axes.yaxis.set_major_formatter(written(lambda value: format_short(value, speech.language)))
    return svg()


def _numbers(speech: Speech, digits: int) -> Any:
    return written(lambda value: speech.number(value, digits))


def tick_digits(reach: float) -> int:
    """Return with how many decimals the ticks of an axis as long as this differ.

    >>> [tick_digits(reach) for reach in (3.0, 0.12, 0.02, 0.0)]
    [1, 2, 3, 1]
    """
    return max(1, math.ceil(-math.log10(reach / 5))) if reach > 0 else 1


def _span(low: float | None, high: float | None) -> tuple[float, float]:
    """Ends of an axis; where all accounts are in one place, it is in the middle."""
    low, high = low or 0.0, high or 0.0
    return (low, high) if low < high else (low - 0.5, low + 0.5)
