"""What the experiment's commands print."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from pipelines.console import Console
from pipelines.experiments import Followed, Plan
from propension.monitoring import Estimate, ExperimentReading, Impact, PolicyValue, plain_values
from propension.outputs import list_date


class ExperimentConsole(Console):
    """Prints sizes, readings and values."""

    def plan(self, plan: Plan) -> None:
        """Print how many accounts a lift takes, and what some accounts show."""
        if self._json(plain_values(asdict(plan))):
            return
        if plan.traffic is not None:
            traffic = plan.traffic
            self._out.print(
                f"Lists of {traffic.first} to {traffic.last}; mean propensity of the last {plan.base_rate:.1%}."
            )
        for size in filter(None, (plan.size, plan.money)):
            self._out.print(f"{size.told()['en']}.")
        rows = [
            (
                name,
                f"{found.accounts:,}",
                f"{found.power:.1%}",
                "none" if found.detectable is None else f"{100 * found.detectable:.1f}",
            )
            for name, found in plan.prospects.items()
        ]
        if rows:
            title = (
                f"Chance of seeing {100 * plan.size.lift:+.1f} points, and the least rise that is seen "
                f"with a chance of {plan.size.design.power:.0%}"
            )
            self._table(title, ["", "accounts", "chance", "least rise (points)"], rows)

    def reading(self, found: ExperimentReading, followed: Followed) -> None:
        """Print whether an experiment may be read, and what it says."""
        if self._json(found.as_dict() | _notes(followed)):
            return
        self._past_lists(followed)
        lists = found.lists
        self._out.print(
            f"Lists by {found.as_of}: {lists.mature} mature, {lists.partial} partially mature, {lists.young} too young."
        )
        if found.lost_rows:
            self._out.print(
                f"{found.lost_rows:,} rows have no outcome: their debts are no longer in the tables.", style="yellow"
            )  # fmt: skip
        self._checks(found)
        overall, *groups = found.strategy
        self._impacts(
            f"The strategy against control, {found.window} days after each list", [overall, found.entry, *groups]
        )  # fmt: skip
        self._out.print(
            "Of twenty groups one is beyond zero by luck alone: read those that were named beforehand."
        )
        self._impacts("Treatments against doing nothing", found.treatments)
        self._impacts("Challengers against the champion", found.challengers)
        if not math.isnan(overall.self_cure_rate):
            self._out.print(
                f"Self-cure: {overall.self_cure_rate:.1%} of the control paid by itself, "
                f"{overall.self_cure_amount:,.0f} per account and list."
            )
        for impact in (overall, *found.challengers):
            self._out.print(f"{impact.told()['en']}.")
        if found.verdict is not None:
            self._out.print(f"{found.verdict.told()['en']}.")

    def policy_values(self, values: Mapping[str, PolicyValue], followed: Followed) -> None:
        """Print what a candidate policy would have got on the log."""
        if self._json(
            plain_values({name: asdict(one) for name, one in values.items()} | _notes(followed))
        ):
            return
        self._past_lists(followed)
        rows = [
            (
                name,
                *(
                    _interval(value.value, value.low, value.high)
                    for value in (one.logged, one.ips, one.self_normalised, one.doubly_robust, one.gain)
                ),
            )
            for name, one in values.items()
        ]  # fmt: skip
        header = ["per account and list", "log", "IPS", "self-normalised", "doubly robust", "gain"]
        self._table("The candidate on past lists", header, rows)
        money = next(iter(values.values()))
        self._out.print(
            f"Mean weight {money.mean_weight:.2f}: at 1, the lists cover what the candidate would do."
        )
        self._out.print(f"{money.told()['en']}.")

    def _checks(self, found: ExperimentReading) -> None:
        """Whether anything else may be read."""
        arms = [(arm, f"{count:,}") for arm, count in found.accounts.items()]
        self._table("Accounts by arm", ["arm", "accounts"], arms)
        for ratio in found.ratios:
            self._out.print(ratio.told()["en"], style="red" if ratio.is_alarm else None)
        if found.balance is not None:
            alike = not found.balance.findings
            self._out.print(found.balance.told()["en"], style=None if alike else "yellow")

    def _past_lists(self, followed: Followed) -> None:
        for finding in followed.findings:
            self._out.print(finding.message, style="yellow")

    def _impacts(self, title: str, impacts: Sequence[Impact]) -> None:
        rows = [
            (
                impact.group,
                f"{impact.rate.treated_accounts:,}",
                f"{impact.rate.control_accounts:,}",
                _interval(*(100 * x for x in _bounds(impact.rate))),
                _interval(*_bounds(impact.amount)),
                "" if impact.rate.is_distinguishable else "not yet distinguishable from zero",
            )
            for impact in impacts
        ]
        if rows:
            header = ["", "accounts", "beside", "points that pay", "amount", "points"]
            self._table(title, header, rows)


def _notes(followed: Followed) -> dict[str, Any]:
    return {
        "lists_read": [list_date(folder).isoformat() for folder in followed.lists],
        "findings": [finding.as_dict() for finding in followed.findings],
    }


def _bounds(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.value, estimate.low, estimate.high


def _interval(value: float, low: float, high: float) -> str:
    if math.isnan(value):
        return "-"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 1 else 3
    shown = f"{value:,.{digits}f}"
    return shown if math.isnan(low) else f"{shown} ({low:,.{digits}f} to {high:,.{digits}f})"
