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
        self._table(
            f"Account {last['account_id']}{name}: {runs}",
            ["list", "segment", "score", "at stake", "treatment", "planned for", "why", "refused"],
            [_decision(row) for row in story],
        )
        self._table(
            "Decided by",
            ["list", "recorded", "run", "model", "policy"],
            [_decider(row) for row in story],
        )
        if said:
            FeedbackConsole(as_json=False).said(said)
        self._out.print("Whether any of this was changed since: propension audit verify")


def _decision(row: Mapping[str, Any]) -> tuple[str, ...]:
    asked = row["feedback"]
    done = [
        row["treatment"],
        row["channel"],
        row["offer"],
        None if row["arm"] == "treatment" else row["arm"],
        asked and f"asked for by people: {asked}",
    ]
    return (
        _day(row),
        row["segment"] or "",
        "" if row["propensity"] is None else f"{row['propensity']:.0%}",
        "" if row["amount_at_stake"] is None else f"{row['amount_at_stake']:,.0f}",
        ", ".join(part for part in done if part and part != "none"),
        "" if row["scheduled_at"] is None else f"{row['scheduled_at']:%Y-%m-%d %H:%M}",
        _lines(row["reasons"]),
        _lines(row["refusals"]),
    )


def _decider(row: Mapping[str, Any]) -> tuple[str, ...]:
    model = row["models"].get(row["stage"], {})
    policy = row["policy"]
    return (
        _day(row),
        row["written_at"],
        row["run_id"],
        f"{model.get('name', '')} {model.get('version', '')}".strip(),
        f"{policy['version']} ({policy['digest']})",
    )


def _day(row: Mapping[str, Any]) -> str:
    return str(row["as_of"]) + ("" if row["in_force"] else " (replaced)")


def _lines(joined: str | None) -> str:
    return (joined or "").replace(" | ", "\n")
