"""What a run learnt of past lists, as files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from propension.schema import Finding

LOG_FILE, FOLLOWED_FILE = "assignment_log.parquet", "followed.json"


class FollowUp(NamedTuple):
    """Past lists with what came of them.

    Attributes
    ----------
    log : Path or None
        None where nothing is known yet.
    lists : list of Path
    findings : list of Finding
    """

    log: Path | None
    lists: list[Path]
    findings: list[Finding]

    @classmethod
    def load(cls, folder: Path, outputs: Path) -> FollowUp:
        """Read what ``write_followed`` wrote."""
        told = json.loads((folder / FOLLOWED_FILE).read_text(encoding="utf-8"))
        log = folder / LOG_FILE if told["lists"] else None
        findings = [Finding.from_dict(finding) for finding in told["findings"]]
        return cls(log, [outputs / name for name in told["lists"]], findings)


def write_followed(folder: Path, lists: Sequence[Path], findings: Sequence[Finding]) -> None:
    """Write which lists were read, and what was found, for ``FollowUp.load``."""
    told = {"lists": [path.name for path in lists], "findings": [f.as_dict() for f in findings]}
    (folder / FOLLOWED_FILE).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
