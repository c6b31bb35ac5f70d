"""What checks find: facts with counts, samples and a remedy; the caller decides what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from propension.errors import DataError

Severity = Literal["fatal", "refused", "kept", "note"]
SEVERITIES: tuple[Severity, ...] = ("fatal", "refused", "kept", "note")


@dataclass(frozen=True)
class Finding:
    """One kind of fault in one table.

    Attributes
    ----------
    table : str
        Canonical table, or the source's own table before mapping.
    rule : str
        Name of the check.
    severity : Severity
        fatal refuses the run; refused sets the rows aside; kept keeps the rows (a bad
        optional value is ignored); note changes nothing.
    column : str
    rows : int
        Rows concerned.
    message : str
        Place, fact and remedy.
    sample : tuple of str
        At most three of the rows' keys.
    """

    table: str
    rule: str
    severity: Severity
    column: str
    rows: int
    message: str
    sample: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as plain values."""
        return {**asdict(self), "sample": list(self.sample)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Finding:
        """Return the finding that ``as_dict`` told."""
        return cls(**{**values, "sample": tuple(values["sample"])})


def refuse_if_fatal(findings: Iterable[Finding]) -> None:
    """Stop where a finding is fatal.

    Raises
    ------
    DataError
        With every fatal finding in one message.
    """
    fatal = [finding for finding in findings if finding.severity == "fatal"]
    if fatal:
        raise DataError(" ".join(finding.message for finding in fatal), findings=fatal)
