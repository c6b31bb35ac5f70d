"""The two native charts of the summary, over the cells of its tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from propension.outputs.sheet_styles import BAND_COLOURS, INK, OVERDUE_COLOUR, RECOVERY_COLOUR
from propension.outputs.summary import Totals
from propension.outputs.wording import Wording

MOST_BARS = 12
WIDTH = 640

# Reversed categories would carry the amounts' labels to the top: "high" brings them down.
_AMOUNT_AXIS = {
    "name_font": {"bold": False, "color": "#5B6B76"},
    "major_gridlines": {"visible": True, "line": {"color": "#E3E8EB"}},
    "label_position": "high",
    "line": {"none": True},
    "min": 0,
}


@dataclass(frozen=True)
class ChartPlace:
    """Where the charted table stands: its names, then accounts, at stake, propensity, recovery."""

    sheet: str
    first_row: int
    first_column: int
    wording: Wording

    def cells(self, measure: int, rows: int) -> list[str | int]:
        """Return the range of the names (0) or of the n-th measure."""
        column = self.first_column + measure
        return [self.sheet, self.first_row, column, self.first_row + rows - 1, column]


def add_amounts_chart(
    workbook: Any, place: ChartPlace, names: Sequence[str], groups: Sequence[Totals]
) -> Any:
    """Return bars of the amount at stake and expected recovery for the largest groups."""
    rows = min(len(groups), MOST_BARS)
    at_stake = [group.amount_at_stake for group in groups[:rows]]
    recovery = [group.expected_recovery for group in groups[:rows]]
    chart = workbook.add_chart({"type": "bar"})
    for column, measure, values, colour in (
        ("amount_at_stake", 2, at_stake, OVERDUE_COLOUR),
        ("expected_recovery", 4, recovery, RECOVERY_COLOUR),
    ):
        chart.add_series(
            {
                "name": place.wording.label(column),
                "categories": place.cells(0, rows),
                "values": place.cells(measure, rows),
                # Constant memory forgets cells, so the cached values are given.
                "categories_data": list(names[:rows]),
                "values_data": values,
                "fill": {"color": colour},
                "gap": 60,
                "overlap": 0,
            }
        )
    number, unit = _scale(max(at_stake + recovery), place)
    _set_title(chart, place.wording.text("chart_amounts"))
    chart.set_y_axis({"reverse": True, "line": {"none": True}, "major_tick_mark": "none"})
    chart.set_x_axis({**_AMOUNT_AXIS, "num_format": number, "name": unit})
    chart.set_legend({"position": "top"})
    chart.set_size({"width": WIDTH, "height": 130 + 46 * rows})
    return chart


def add_bands_chart(
    workbook: Any, place: ChartPlace, names: Sequence[str], groups: Sequence[Totals]
) -> Any:
    """Return columns of accounts by risk band, best band first."""
    colours = [BAND_COLOURS.get(group.code or "", OVERDUE_COLOUR) for group in groups]
    chart = workbook.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": place.wording.text("accounts"),
            "categories": place.cells(0, len(groups)),
            "values": place.cells(1, len(groups)),
            "categories_data": list(names),
            "values_data": [group.accounts for group in groups],
            "points": [{"fill": {"color": colour}} for colour in colours],
            "data_labels": {"value": True, "num_format": "#,##0"},
            "gap": 50,
        }
    )
    _set_title(chart, place.wording.text("chart_bands"))
    chart.set_x_axis({"major_tick_mark": "none"})
    chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
    chart.set_legend({"none": True})
    chart.set_size({"width": WIDTH, "height": 300})
    return chart


def _set_title(chart: Any, text: str) -> None:
    font = {"size": 13, "bold": True, "color": INK}
    chart.set_title({"name": text, "name_font": font, "overlay": False})
    chart.set_chartarea({"border": {"color": "#D5DCE0"}})


def _scale(largest: float, place: ChartPlace) -> tuple[str, str]:
    """Return the number format and the unit that keep the axis short."""
    if largest >= 10_000_000:
        return "#,##0,,", place.wording.text("millions")
    if largest >= 10_000:
        return "#,##0,", place.wording.text("thousands")
    return "#,##0", ""
