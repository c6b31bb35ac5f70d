"""What the commands of feedback print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from pipelines.console import Console

if TYPE_CHECKING:
    from propension.outputs import Feedback


class FeedbackConsole(Console):
    """Prints what people said."""

    def said(self, found: Sequence[Feedback]) -> None:
        """Print everything that was said, the oldest first."""
        if self._json([asdict(one) for one in found]):
            return
        if not found:
            self._out.print("Nobody said anything so far.")
            return
        self._table(
            "What people said",
            ["no.", "when", "who", "account", "list", "what", "why"],
            [_row(one) for one in found],
        )


def _row(said: Feedback) -> tuple[str, ...]:
    what = {
        "override": f"{said.treatment} until {said.until}",
        "postpone": f"no contact before {said.until}",
        "wrong_reason": f"wrong: {said.feature}",
        "withdraw": f"takes back {said.withdraws}",
    }[said.kind]
    why = ": ".join(part for part in (said.reason, said.note) if part)
    when = said.written_at[:16].replace("T", " ")
    return str(said.number), when, said.author, said.account_id, str(said.as_of), what, why
