"""What the monitoring command prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.console import Console

_HEADS = ["kpi", "month", "value", "before"]


class MonitoringConsole(Console):
    """Prints KPIs and the forecast."""

    def monitoring(self, told: Mapping[str, Any]) -> None:
        """Print the last month's figures and the cash to expect."""
        if self._json(dict(told)):
            return
        rows = [tuple(f[name] for name in ("label", *_HEADS[1:])) for f in told["figures"]]
        self._table(f"KPIs as known on {told['as_of']}", _HEADS, rows)
        if told["forecast"]:
            total, weeks = told["forecast"]["total"], told["forecast"]["weeks"]
            between = ""
            if total["low"] is not None:
                share = f"{told['forecast']['level']:.0%}"
                between = f" ({share} between {total['low']:,.0f} and {total['high']:,.0f})"
            self._out.print(
                f"Expected in the next {len(weeks)} weeks: {total['value']:,.0f}{between}",
                soft_wrap=True,
            )
        else:
            self._out.print(told["forecast_missing"], style="yellow", soft_wrap=True)
        for finding in told["findings"]:
            self._out.print(finding["message"], style="yellow", soft_wrap=True)
        self._out.print(f"Written to {told['folder']}", soft_wrap=True)
