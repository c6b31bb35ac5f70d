"""How the workbook looks: colours and cell formats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from propension.config import Language

INK = "#1F3A4D"
BAND_COLOURS = {"A": "#3E8E6E", "B": "#8DBB7F", "C": "#E9C46A", "D": "#E79A5B", "E": "#C8553D"}
OVERDUE_COLOUR = "#B8C4CC"
RECOVERY_COLOUR = "#2A7F9E"
BAR_COLOUR = "#7DB8CC"
RULE_COLOUR = "#DDE3E7"
LOW_COLOUR, MIDDLE_COLOUR, HIGH_COLOUR = "#F4B6A6", "#FBEFC4", "#A9D8B8"

DATA_BAR = {"type": "data_bar", "bar_color": BAR_COLOUR, "min_type": "num", "min_value": 0}

DATE_FORMATS: dict[Language, str] = {"es": "dd/mm/yyyy", "pt": "dd/mm/yyyy", "en": "d mmm yyyy"}


@dataclass(frozen=True)
class Styles:
    """The cell formats of one workbook, by role and by column kind."""

    title: Any
    heading: Any
    label: Any
    header: Any
    header_number: Any
    notice: Any
    total: dict[str, Any]
    cell: dict[str, Any]
    fact: dict[str, Any]


def add_styles(workbook: Any, language: Language, has_cents: bool) -> Styles:
    """Declare the formats in ``workbook``; amounts show cents only where ``has_cents``."""
    numbers = _number_formats(language, has_cents).items()
    middle: dict[str, Any] = {"valign": "vcenter"}
    header = {"bold": True, "font_color": "white", "bg_color": INK, "text_wrap": True, "indent": 1}
    header |= middle
    plain: dict[str, dict[str, Any]] = {
        "text": {"indent": 1, **middle},
        "wrapped": {"indent": 1, "text_wrap": True, **middle},
        "centred": {"align": "center", **middle},
    }
    right = {"align": "right", "indent": 1, **middle}
    coded = {kind: {"num_format": number, **right} for kind, number in numbers}
    rule = {"bottom": 1, "bottom_color": RULE_COLOUR}
    big = {"bold": True, "font_size": 14, "font_color": INK, "bottom": 1, "bottom_color": INK}
    return Styles(
        title=workbook.add_format({"bold": True, "font_size": 20, "font_color": INK, "indent": 1}),
        heading=workbook.add_format(
            {"bold": True, "font_size": 13, "font_color": INK, "indent": 1}
        ),
        label=workbook.add_format({"font_color": "#5B6B76", "indent": 1, **middle}),
        header=workbook.add_format(header),
        header_number=workbook.add_format({**header, "align": "right"}),
        notice=workbook.add_format(
            {"bold": True, "font_color": "#8A4B08", "bg_color": "#FDF3DC", "indent": 1}
        ),
        total={k: workbook.add_format({**v, **big}) for k, v in (plain | coded).items()},
        cell={k: workbook.add_format({**v, **rule}) for k, v in (plain | coded).items()},
        fact={
            k: workbook.add_format({**v, "align": "left", "indent": 1})
            for k, v in (plain | coded).items()
        },
    )


def _number_formats(language: Language, has_cents: bool) -> dict[str, str]:
    day = DATE_FORMATS[language]
    return {
        "integer": "#,##0",
        "amount": "#,##0.00" if has_cents else "#,##0",
        "share": "0.0%",
        "number": "0.00",
        "date": day,
        "datetime": f"{day} hh:mm",
        "time": "hh:mm",
    }
