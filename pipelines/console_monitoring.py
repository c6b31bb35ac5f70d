"""What the monitoring command prints."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.console import Console
from propension.config import Language
from propension.monitoring import write_figure

_TITLES = {"changed": "What changed", "to_do": "What to do"}
_PARTS = {"kpis": "KPIs", "forecast": "forecast", "health": "health", "impact": "impact"}


class MonitoringConsole(Console):
    """Prints what changed, what to do, the KPIs and the forecast; sentences in the portfolio's language."""

    def monitoring(self, told: Mapping[str, Any], language: Language) -> None:
        """Print what a manager reads first, and where the rest is."""
        if self._json(dict(told)):
            return
        currency = told["portfolio"]["currency"]
        rows = [
            (
                one["label"][language],
                one["month"][:7],
                *(write_figure(one["unit"], one[at], "", language) for at in ("value", "before")),
            )
            for one in told["figures"]
        ]
        self._table(
            f"KPIs as known on {told['as_of']}, {currency}", ["", "month", "value", "before"], rows
        )
        for part, title in _TITLES.items():
            self._out.print(f"{title}:", style="bold")
            for said in told[part]:
                self._out.print(f"  {said[language]}", soft_wrap=True)
        self._forecast(told)
        for part, reason in told["missing"].items():
            self._out.print(f"No {_PARTS[part]}: {reason}", style="yellow", soft_wrap=True)
        for finding in told["findings"]:
            self._out.print(finding["message"], style="yellow", soft_wrap=True)
        self._out.print(f"Report: {Path(told['folder']) / 'report.html'}", soft_wrap=True)

    def _forecast(self, told: Mapping[str, Any]) -> None:
        if not told["forecast"]:
            return
        total, weeks = told["forecast"]["total"], told["forecast"]["weeks"]
        between = ""
        if total["low"] is not None:
            share = f"{told['forecast']['level']:.0%}"
            between = f" ({share} between {total['low']:,.0f} and {total['high']:,.0f})"
        self._out.print(
            f"Expected in the next {len(weeks)} weeks: {total['value']:,.0f}{between}",
            soft_wrap=True,
        )
