"""The workbook's sheet of teams and budgets: what is used, and what one more would be worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from propension.outputs.capacity import TOLD_UNITS, limit_share
from propension.outputs.sheet_styles import DATA_BAR, Styles
from propension.outputs.wording import Wording

_WIDTHS = (30, 22, 16, 16, 12, 34)


def write_capacity(
    workbook: Any, styles: Styles, wording: Wording, limits: Sequence[Mapping[str, Any]]
) -> None:
    """Write a line per capacity, budget and limit of pressure, the scarcest first.

    Parameters
    ----------
    workbook, styles, wording
    limits : sequence of mapping
        See ``allocation_facts``.
    """
    sheet = workbook.add_worksheet(wording.text("capacity"))
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&R{wording.text('page')}")
    sheet.freeze_panes(1, 0)
    for index, width in enumerate(_WIDTHS):
        sheet.set_column(index, index, width)
    for index, key in enumerate(("limit", "unit", "used", "available", "used_share", "one_more")):
        style = styles.header if index < 2 else styles.header_number
        sheet.write_string(0, index, wording.text(key), style)
    ordered = sorted(limits, key=lambda limit: -limit_share(limit))
    for row, limit in enumerate(ordered, start=1):
        sheet.write_string(row, 0, limit_name(limit, wording), styles.cell["text"])
        sheet.write_string(row, 1, wording.text(f"unit_{limit['unit']}"), styles.cell["text"])
        sheet.write_number(row, 2, limit["used"], styles.cell["integer"])
        sheet.write_number(row, 3, limit["capacity"], styles.cell["integer"])
        sheet.write_number(row, 4, limit_share(limit), styles.cell["share"])
        worth = limit["price"] * TOLD_UNITS[limit["unit"]]
        sheet.write_number(row, 5, worth, styles.cell["amount"])
    if ordered:
        whole = DATA_BAR | {"max_type": "num", "max_value": 1}
        sheet.conditional_format(1, 4, len(ordered), 4, whole)
    sheet.write_string(len(ordered) + 2, 0, wording.text("one_more_note"), styles.label)


def limit_name(limit: Mapping[str, Any], wording: Wording) -> str:
    """Return the words for a team, a budget or a limit of pressure on a group."""
    if limit["group"] is None:
        return wording.value("limit", limit["name"])
    name = limit["name"].removesuffix(f": {limit['group']}")
    return f"{wording.value('limit', name)}: {limit['group']}"
