"""What the audit's commands print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pipelines.console import Console
from pipelines.console_feedback import FeedbackConsole

if TYPE_CHECKING:
    from propension.outputs import Feedback, Verification


class AuditConsole(Console):
    """Prints verifications and stories."""

    def verification(self, found: Verification) -> None:
        """Print what was looked at, and what is not as it was written."""
        if self._json(asdict(found)):
            return
        self._out.print(
            f"Decision log: {found.runs:,} runs, {found.rows:,} decisions; {found.retired:,} runs retired."
        )
        if found.pending:
            self._out.print(
                "A run is being recorded, or was killed: the next one settles it.", style="yellow"
            )
        for fault in found.faults:
            self._out.print(f"  {fault.kind}: {fault.message}", style="red", soft_wrap=True)
        if found.faults:
            count = len(found.faults)
            self._out.print(
                f"TAMPERED WITH OR DAMAGED: {count} fault{'' if count == 1 else 's'}. "
                "Keep the folder as it is, and compare it with a backup.",
                style="red",
            )
        else:
            self._out.print("Everything is as it was written.")
        self._out.print(f"Head: {found.head}", soft_wrap=True)

    def story(self, story: Sequence[Mapping[str, Any]], said: Sequence[Feedback]) -> None:
        """Print every decision about an account and what people said of it, oldest first."""
        if self._json({"decisions": list(story), "feedback": [asdict(one) for one in said]}):
            return
        last = story[-1]
        name = f", {last['customer_name']}" if last["customer_name"] else ""
        runs = "1 decision" if len(story) == 1 else f"{len(story):,} decisions"
        self._out.print(f"Account {last['account_id']}{name}: {runs}", style="bold")
        for row in story:
            self._block(_day(row), [*_decision(row), *_decider(row)])
        self._out.print()
        if said:
            FeedbackConsole(as_json=False).said(said)
        self._out.print("Whether any of this was changed since: propension audit verify")


def _decision(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    asked = row["feedback"]
    done = [
        row["treatment"],
        row["channel"],
        row["offer"],
        None if row["arm"] == "treatment" else row["arm"],
        asked and f"asked for by people: {asked}",
    ]
    stake, planned = row["amount_at_stake"], row["scheduled_at"]
    return [
        ("segment", row["segment"] or ""),
        ("score", "" if row["propensity"] is None else f"{row['propensity']:.0%}"),
        ("at stake", "" if stake is None else f"{stake:,.0f}"),
        ("treatment", ", ".join(part for part in done if part and part != "none")),
        ("planned for", "" if planned is None else f"{planned:%Y-%m-%d %H:%M}"),
        ("why", _lines(row["reasons"])),
        ("refused", _lines(row["refusals"])),
    ]


def _decider(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    model = row["models"].get(row["stage"], {})
    policy = row["policy"]
    return [
        ("recorded", row["written_at"]),
        ("run", row["run_id"]),
        ("model", f"{model.get('name', '')} {model.get('version', '')}".strip()),
        ("policy", f"{policy['version']} ({policy['digest']})"),
    ]


def _day(row: Mapping[str, Any]) -> str:
    return str(row["as_of"]) + ("" if row["in_force"] else " (replaced)")


def _lines(joined: str | None) -> str:
    return (joined or "").replace(" | ", "\n")
