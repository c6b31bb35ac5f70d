"""One call of the command, and what it left behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """What one call of the command left behind."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> str:
        """The error in one line, without a traceback."""
        lines = self.err.strip().splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("Error: ")
        assert "Traceback" not in self.out + self.err
        return lines[0].removeprefix("Error: ")


Run = Callable[..., Outcome]
