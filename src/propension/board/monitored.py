"""What the monitoring found last, for the pages that show some of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from propension.monitoring import monitoring_file


def last_monitoring(outputs: Path) -> Mapping[str, Any]:
    """Return what is in the newest ``monitoring.json``; nothing where there is none. Not to be changed."""
    found = monitoring_file(outputs)
    if found is None:
        return {}
    try:
        return _read(found, found.stat().st_mtime_ns)
    except OSError:
        # It is being replaced: without it the page is as true as before.
        return {}


@lru_cache(maxsize=4)
def _read(path: Path, changed: int) -> Mapping[str, Any]:  # noqa: ARG001 - tells it from the one before
    found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
