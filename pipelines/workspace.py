"""A folder of its own for every run."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def run_folder(outputs: Path, name: str) -> Iterator[Path]:
    """Give a run a folder that no other run shares, and remove it however the run ends.

    It holds copies of the company's tables: only their owner can read it.
    """
    parent = outputs / ".work"
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
