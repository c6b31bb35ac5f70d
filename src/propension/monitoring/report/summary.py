"""What was measured of a portfolio in a few lines, for orchestrators and mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from propension.config import Language
from propension.monitoring.kpis.wording import write_figure
from propension.monitoring.report.texts import TEXTS
from propension.writing import Reader


def summarise_monitoring(told: Mapping[str, Any], language: Language) -> str:
    """Return what changed, what to do and the figures as Markdown."""
    reader, currency = Reader(language, TEXTS), told["portfolio"]["currency"]
    lines = [f"# {told['portfolio']['name']}, {reader.date(told['as_of'])}"]
    for part in ("changed", "to_do"):
        lines += ["", f"## {reader.say(part)}", ""]
        lines += [f"- {said[language]}" for said in told[part]]
    if told["forecast"]:
        total, weeks = told["forecast"]["total"], told["forecast"]["weeks"]
        amount = reader.amount(total["value"], currency)
        said = reader.say("expected_total", weeks=reader.count(len(weeks)), total=amount)
        lines += ["", f"## {reader.say('forecast')}", "", said]
    if told["figures"]:
        lines += ["", f"| {reader.say('indicator')} | | | |", "|---|---|--:|--:|"]
        for one in told["figures"]:
            value, before = (
                write_figure(one["unit"], one[name], currency, language)
                for name in ("value", "before")
            )
            month = reader.date(one["month"], "MMM y")
            lines.append(f"| {one['label'][language]} | {month} | {value} | {before} |")
    return "\n".join(lines) + "\n"
