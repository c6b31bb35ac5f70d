"""``manifest.json``: what a run did, with the size and hash of every file it wrote."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from propension.errors import OutputError
from propension.outputs.dated import dated_folders, list_date

MANIFEST_NAME = "manifest.json"


class StageTimer:
    """Collects how long each stage of a run took and the memory the process had needed by then.

    ``stages`` goes into the manifest under that name: one mapping per stage, in the order they
    ended, with ``name``, ``wall_seconds``, ``cpu_seconds`` and ``peak_memory_mb`` (None where the
    system does not tell; the peak is the process's, so it never falls from one stage to the next).

    Examples
    --------
    >>> timer = StageTimer()
    >>> with timer.stage("features"):
    ...     pass
    >>> timer.stages[0]["name"]
    'features'
    """

    def __init__(self) -> None:
        self.stages: list[dict[str, Any]] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time what runs inside; a stage that fails is recorded too."""
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            self.stages.append(
                {
                    "name": name,
                    "wall_seconds": round(time.perf_counter() - wall, 3),
                    "cpu_seconds": round(time.process_time() - cpu, 3),
                    "peak_memory_mb": _peak_memory_mb(),
                }
            )


def write_manifest(folder: Path, facts: Mapping[str, Any]) -> Path:
    """Write ``manifest.json`` over everything else in ``folder`` and return its path.

    Parameters
    ----------
    folder : Path
        A run's folder, complete but for the manifest.
    facts : mapping
        What to tell. ``facts["rows"]``, rows by file name, is told under ``outputs`` instead,
        which holds the bytes and SHA-256 of every file.

    Raises
    ------
    OutputError
        If a fact cannot be written as JSON, rows are given for a file that is not there, or the
        disk refuses.
    """
    told = {key: value for key, value in facts.items() if key != "rows"}
    rows: Mapping[str, int] = facts.get("rows", {})
    path = folder / MANIFEST_NAME
    if "outputs" in told:
        raise OutputError(f"{path}: 'outputs' is filled in from the folder. Give counts in 'rows'.")
    try:
        outputs = {
            file.relative_to(folder).as_posix(): _file_facts(file)
            for file in sorted(folder.rglob("*"))
            if file.is_file() and file != path
        }
        _add_rows(path, outputs, rows)
        plain = _plain({**told, "outputs": outputs}, path, "")
        text = json.dumps(plain, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
        path.write_text(text + "\n", encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written ({error}). Check the folder and the room on the disk.",
            path=path,
        ) from error
    return path


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a run's folder; dates come back as ISO texts.

    Raises
    ------
    OutputError
        If there is none or it is not a JSON object.
    """
    path = folder / MANIFEST_NAME
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be read ({error}). Give the folder of a finished run.", path=path
        ) from error
    except ValueError as error:
        raise OutputError(
            f"{path}: is not valid JSON ({error}). Run the scoring again to replace it.", path=path
        ) from error
    if not isinstance(manifest, dict):
        raise OutputError(
            f"{path}: holds a {type(manifest).__name__}, not an object. "
            "Run the scoring again to replace it.",
            path=path,
        )
    return manifest


def list_digests(outputs: Path, before: dt.date) -> list[str]:
    """Return a hash of every list before a day, oldest first: its manifest has those of its files."""
    return [
        hashlib.sha256((folder / MANIFEST_NAME).read_bytes()).hexdigest()
        for folder in dated_folders(outputs, MANIFEST_NAME)
        if list_date(folder) < before
    ]


def _file_facts(file: Path) -> dict[str, Any]:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"bytes": file.stat().st_size, "sha256": digest}


def _add_rows(path: Path, outputs: dict[str, dict[str, Any]], rows: Mapping[str, int]) -> None:
    absent = sorted(set(rows) - set(outputs))
    if absent:
        raise OutputError(
            f"{path}: rows are given for files that are not in the folder ({', '.join(absent)}). "
            "Write the files before the manifest.",
            absent=absent,
        )
    for name, count in rows.items():
        outputs[name]["rows"] = count


def _plain(value: Any, path: Path, at: str) -> Any:
    """``value`` in JSON's own types; what has none is refused, never turned into text."""
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise _not_json(path, at, value)
        return {key: _plain(part, path, f"{at}.{key}".lstrip(".")) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part, path, f"{at}.{n}".lstrip(".")) for n, part in enumerate(value)]
    if isinstance(value, dt.date):
        return value.isoformat()
    if value is None or type(value) in (str, int, bool):
        return value
    if type(value) is float and math.isfinite(value):
        return value
    raise _not_json(path, at, value)


def _not_json(path: Path, at: str, value: Any) -> OutputError:
    return OutputError(
        f"{path}: {at or 'a key'} holds {value!r:.60}, a {type(value).__name__} that JSON cannot "
        "hold. Give text, finite numbers, dates, lists or mappings with text keys.",
        at=at,
    )


def _peak_memory_mb() -> float | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)
