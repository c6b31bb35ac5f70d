"""What the commands of feedback print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from pipelines.console import Console, longest_word

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
        header = ["no.", "when", "who", "account", "what", "why"]
        rows = [_row(one) for one in found]
        *codes, what, why = map(longest_word, zip(header, *rows, strict=True))
        # The last two share what room there is.
        if sum(codes) + 2 * max(what, why) + 3 * len(header) < self._out.width:
            self._table("What people said", header, rows)
            return
        for row in rows:
            self._block(f"What people said, {row[0]}", list(zip(header[1:], row[1:], strict=True)))


def _row(said: Feedback) -> tuple[str, ...]:
    what = {
        "override": f"{said.treatment} until {said.until}",
        "postpone": f"no contact before {said.until}",
        "wrong_reason": f"wrong: {said.feature}",
        "withdraw": f"takes back {said.withdraws}",
    }[said.kind]
    why = ": ".join(part for part in (said.reason, said.note) if part)
    return str(said.number), said.written_at[:10], said.author, said.account_id, what, why
