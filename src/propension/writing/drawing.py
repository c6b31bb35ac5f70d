"""The house style of pictures: SVG text, the same bytes for the same figures."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

BLUE, ORANGE, GREY, INK = "#1f5fa8", "#b4500a", "#6b7280", "#1f2933"
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "propension",
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": "#9aa5b1",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e4e7eb",
    "grid.linewidth": 0.7,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    # A currency's sign is not the start of a formula.
    "text.parse_math": False,
}
_FONTS = "'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"


@contextmanager
def drawing(name: str, width: float, height: float) -> Iterator[tuple[Figure, Callable[[], str]]]:
    """Hand out a figure in the house style, and what returns its SVG once it is drawn."""
    found: list[str] = []
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(figure)
        yield figure, lambda: found[0]
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        found.append(_inline(buffer.getvalue(), name))


def _inline(svg: str, name: str) -> str:
    """Fit an SVG file into a page: ids of its own, the page's fonts, no words beside the picture's."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'\bid="', f'id="{name}-', body)
    body = re.sub(r'(href="|url\()#', rf"\1#{name}-", body)
    body = body.replace("'DejaVu Sans'", _FONTS)
    return body.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def written(write: Callable[[float], str]) -> Callable[[float, float], str]:
    """Return a formatter of ticks."""
    return lambda value, _: write(value)


def shortened(label: str, length: int = 60) -> str:
    """Return a label that leaves room for what it names."""
    return label if len(label) <= length else label[: length - 1] + "…"
