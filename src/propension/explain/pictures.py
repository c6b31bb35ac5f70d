"""Pictures of what moves the score: of a portfolio, and of one account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import pyarrow as pa
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import MaxNLocator
from scipy.special import expit, logit
from scipy.stats import rankdata

from propension.arrays import Floats
from propension.explain.contributions import explainer_of
from propension.features import Feature
from propension.model import Bundle
from propension.writing import Reader
from propension.writing.drawing import BLUE, GREY, INK, ORANGE, drawing, shortened, written

SHOWN_FEATURES, SHOWN_SHAPES, MAX_ACCOUNTS = 12, 6, 2000
_LOW_TO_HIGH = LinearSegmentedColormap.from_list("low to high", [BLUE, "#b9a7c9", ORANGE])
# Points are drawn as an image inside the SVG: thousands of shapes would choke a browser.
_DPI = 160
_LEFT_OUT = (0.01, 0.99)

Picture = tuple[str, str]


@dataclass(frozen=True)
class Overview:
    """Effects and values of the features that weigh most, largest mean effect first.

    Attributes
    ----------
    features : sequence of Feature
    effects, values : arrays of shape (n_accounts, n_features)
        Log-odds; values are NaN where there are none, and for categories.
    """

    features: Sequence[Feature]
    effects: Floats
    values: Floats


def survey(bundle: Bundle, rows: pa.Table, features: Sequence[Feature]) -> Overview:
    """Explain the accounts of a table, evenly chosen when there are many."""
    step = max(1, -(-rows.num_rows // MAX_ACCOUNTS))
    matrix = bundle.encoding.matrix(rows.take(pa.array(range(0, rows.num_rows, step))))
    effects = explainer_of(bundle.booster).matrix(matrix)
    order = np.argsort(-np.abs(effects).mean(axis=0), kind="stable")[:SHOWN_FEATURES]
    values = matrix[:, order].copy()
    values[:, [features[at].is_category for at in order]] = np.nan
    return Overview([features[at] for at in order], effects[:, order], values)


def explanation_pictures(
    bundle: Bundle, rows: pa.Table, features: Sequence[Feature], reader: Reader
) -> dict[str, Any]:
    """Return what the report shows of what moves the score.

    ``explanation``: importance, beeswarm and dependence, each as SVG and its words;
    ``explained_accounts``: how many.
    """
    found = survey(bundle, rows, features)
    drawn = {
        "importance": importance_picture(found, reader),
        "beeswarm": beeswarm_picture(found, reader),
        "dependence": dependence_picture(found, reader),
    }
    shown = {name: picture for name, picture in drawn.items() if picture[0]}
    return {"explanation": shown, "explained_accounts": len(found.effects)}


def importance_picture(found: Overview, reader: Reader) -> Picture:
    """Draw the mean size of the effect of every feature."""
    sizes = np.abs(found.effects).mean(axis=0)
    names = _names(found, reader)
    with drawing("importance", 9.4, 0.9 + 0.27 * len(names)) as (figure, svg):
        axes = figure.subplots()
        bars = axes.barh(names[::-1], sizes[::-1], 0.62, color=BLUE)
        axes.bar_label(
            bars, [reader.number(size, 2) for size in sizes[::-1]], padding=4, fontsize=8
        )
        axes.set(xlim=(0, sizes.max(initial=0.01) * 1.12), xlabel=reader.say("mean_effect"))
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_formatter(written(lambda value: reader.number(value, 2)))
    alt = reader.say(
        "importance_alt",
        count=reader.count(len(names)),
        first=names[0],
        effect=reader.number(sizes[0], 2),
    )
    return svg(), alt


def beeswarm_picture(found: Overview, reader: Reader) -> Picture:
    """Draw every account's effects as points, coloured by the rank of the value."""
    names = _names(found, reader)
    with drawing("beeswarm", 9.4, 0.9 + 0.42 * len(names)) as (figure, svg):
        axes = figure.subplots()
        axes.axvline(0, color=GREY, linewidth=1, zorder=0.5)
        for place in range(len(names)):
            effects, values = found.effects[:, place], found.values[:, place]
            height = len(names) - 1 - place + _spread_out(effects)
            known = ~np.isnan(values)
            points: dict[str, Any] = {"s": 7, "linewidths": 0, "rasterized": True}
            axes.scatter(effects[~known], height[~known], color="#a7adb5", **points)
            ranks = rankdata(values[known]) / max(known.sum(), 1)
            axes.scatter(effects[known], height[known], c=ranks, cmap=_LOW_TO_HIGH, **points)
        axes.set_yticks(range(len(names)), names[::-1])
        axes.set(xlabel=reader.say("effect"), ylim=(-0.6, len(names) - 0.4))
        axes.grid(visible=False, axis="y")
        axes.xaxis.set_major_formatter(written(lambda value: reader.number(value, 2)))
        figure.set_dpi(_DPI)
    low, high = (reader.number(float(end), 1) for end in (found.effects.min(), found.effects.max()))
    return svg(), reader.say("beeswarm_alt", count=reader.count(len(names)), low=low, high=high)


def dependence_picture(found: Overview, reader: Reader) -> Picture:
    """Draw effect against value for the numbers that weigh most; nothing where there are none."""
    enough = [
        place
        for place in range(len(found.features))
        if len(np.unique(found.values[~np.isnan(found.values[:, place]), place])) > 2
    ][:SHOWN_SHAPES]
    if not enough:
        return "", ""
    rows = -(-len(enough) // 3)
    with drawing("dependence", 9.4, 2.5 * rows) as (figure, svg):
        frames = figure.subplots(rows, 3, squeeze=False).ravel()
        for axes, place in zip(frames, enough, strict=False):
            values, effects = found.values[:, place], found.effects[:, place]
            low, high = np.nanquantile(values, _LEFT_OUT)
            shown = (values >= low) & (values <= high)
            axes.axhline(0, color=GREY, linewidth=1, zorder=0.5)
            axes.scatter(
                values[shown],
                effects[shown],
                s=6,
                color=BLUE,
                alpha=0.4,
                linewidths=0,
                rasterized=True,
            )
            axes.set_title(_wrapped(_names(found, reader)[place]), loc="left", fontsize=8.5)
            axes.yaxis.set_major_formatter(written(lambda value: reader.number(value, 1)))
            _number_ticks(axes.xaxis, found.features[place], reader)
        for axes in frames[len(enough) :]:
            axes.set_visible(False)
        figure.supylabel(reader.say("effect"), fontsize=9)
        figure.set_dpi(_DPI)
    names = "; ".join(_names(found, reader)[place] for place in enough)
    return svg(), reader.say("dependence_alt", count=reader.count(len(enough)), names=names)


def waterfall_picture(
    reasons: Sequence[Mapping[str, Any]], base: float, margin: float, reader: Reader
) -> Picture:
    """Draw how an account comes to its score: from a usual one, reason by reason, in points.

    Parameters
    ----------
    reasons : sequence of mapping
        effect (log-odds) and text, as on the list.
    base, margin : float
        Log-odds of a usual account (``base_margin``) and of this one.
    reader : Reader
    """
    effects = [float(reason["effect"]) for reason in reasons]
    rest = margin - base - sum(effects)
    texts = [str(reason["text"]) for reason in reasons]
    names = [*texts, reader.say("waterfall_rest")]
    steps = np.array([*effects, rest])
    starts = base + np.concatenate([[0.0], np.cumsum(steps)[:-1]])
    points = [100 * float(gain) for gain in expit(starts + steps) - expit(starts)]
    with drawing("waterfall", 9.4, 1.0 + 0.42 * (len(names) + 2)) as (figure, svg):
        axes = figure.subplots()
        rows = np.arange(len(names), 0, -1)
        colours = [BLUE if step >= 0 else ORANGE for step in steps]
        axes.barh(rows, steps, 0.58, left=starts, color=colours)
        for row, end, gain in zip(rows.tolist(), starts + steps, points, strict=True):
            side = 1 if gain >= 0 else -1
            axes.annotate(
                _signed(gain, reader), (end, row), xytext=(4 * side, 0), textcoords="offset points",
                va="center", ha="left" if side > 0 else "right", fontsize=8,
            )  # fmt: skip
        axes.plot([base, margin], [len(names) + 1, 0], "D", color=INK, markersize=6, linewidth=0)
        ends = reader.say("waterfall_start"), reader.say("waterfall_end")
        _label_rows(axes, [ends[0], *names, ends[1]])
        axes.set(xlabel=reader.say("waterfall_axis"))
        axes.use_sticky_edges = False
        axes.margins(x=0.12)
        axes.grid(visible=False, axis="y")
        _share_ticks(axes, reader)
    said = "; ".join(
        f"{name} {_signed(gain, reader)}" for name, gain in zip(names, points, strict=True)
    )
    return svg(), reader.say("waterfall_alt", steps=said)


def base_margin(booster: lgb.Booster) -> float:
    """Return the log-odds that explanations start from: the mean over the training rows."""
    nobody = np.zeros((1, booster.num_feature()))
    return float(np.asarray(booster.predict(nobody, pred_contrib=True))[0, -1])


def _names(found: Overview, reader: Reader) -> list[str]:
    return [shortened(feature.text.in_language(reader.language)) for feature in found.features]


def _signed(points: float, reader: Reader) -> str:
    written_points = reader.number(points, 1)
    return written_points if written_points.startswith("-") else f"+{written_points}"


def _label_rows(axes: Axes, labels: Sequence[str]) -> None:
    """Write every row's label from the top, line by line: fonts differ, so lines align by themselves."""
    axes.set_yticks(range(len(labels)), [""] * len(labels))
    for row, label in enumerate(reversed(labels)):
        lines = _wrapped(label).split("\n")
        for line, text in enumerate(lines):
            up = 5.5 * (len(lines) - 1) - 11 * line
            axes.annotate(
                text, (0, row), xycoords=("axes fraction", "data"), xytext=(-8, up),
                textcoords="offset points", va="center", ha="right", fontsize=9,
            )  # fmt: skip


def _share_ticks(axes: Axes, reader: Reader) -> None:
    """Mark log-odds by the probabilities they stand for."""
    low, high = axes.get_xlim()
    shares = np.array(
        [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99]
    )
    shown = shares[(logit(shares) >= low) & (logit(shares) <= high)]
    axes.set_xticks(logit(shown), [reader.share(float(share), 0) for share in shown])


def _wrapped(label: str, width: int = 42) -> str:
    words, lines = label.split(), [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def _spread_out(effects: Floats, bins: int = 60, reach: float = 0.4) -> Floats:
    """Return heights that let points of like effect lie beside each other, the same every time."""
    edges = np.linspace(effects.min(), effects.max() + 1e-12, bins + 1)
    bin_of = np.digitize(effects, edges) - 1
    order = np.argsort(bin_of, kind="stable")
    counts = np.bincount(bin_of, minlength=bins + 1)
    within = np.arange(len(effects)) - np.repeat(np.cumsum(counts) - counts, counts)
    # Up and down in turn from the middle.
    offset = np.empty(len(effects))
    offset[order] = np.where(within % 2 == 0, within, -within - 1) / counts.max()
    return np.asarray(offset * reach)


def _number_ticks(side: Axis, feature: Feature, reader: Reader) -> None:
    side.set_major_locator(MaxNLocator(5, integer=feature.unit in ("count", "days", "number")))
    if feature.unit == "share":
        side.set_major_formatter(written(lambda value: reader.share(value, 0)))
    elif feature.unit == "amount":
        side.set_major_formatter(written(reader.amount))
    else:
        decimals = 1 if feature.unit == "ratio" else 0
        side.set_major_formatter(written(lambda value: reader.number(value, decimals)))
