"""What a run has finished is not done again by the next run of the same work."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

import propension
from propension import clock
from propension.outputs import StageTimer

VERSIONS = {name: version(name) for name in ("propension", "duckdb", "lightgbm")}


class Stages:
    """The stages of one run, each a file or a folder named by what it was made from.

    Parameters
    ----------
    folder : Path
        Where stages are kept; one run at a time uses it.
    settings : str
        Hash of the settings, which every stage is made from.

    Attributes
    ----------
    timer : StageTimer
    resumed : list of str
        Stages that an earlier run had finished.
    """

    def __init__(self, folder: Path, settings: str) -> None:
        self.timer = StageTimer()
        self.resumed: list[str] = []
        self._folder = folder
        self._common = [_code_digest(), VERSIONS, settings]

    def finished(self, name: str, made_from: list[str], make: Callable[[Path], object]) -> Path:
        """Return what a stage leaves: an earlier run's where it is made from the same, else made now.

        Parameters
        ----------
        name : str
        made_from : list of str
            Hashes of its inputs, or names of the stages before it, which are hashes too.
        make : callable
            Writes a file or a folder at the path it is given; it appears whole or not at all.
        """
        said = json.dumps([*self._common, name, made_from], sort_keys=True)
        key = hashlib.sha256(said.encode()).hexdigest()[:16]
        path = self._folder / f"{name.replace(': ', '-').replace(' ', '-')}-{key}"
        if path.exists():
            self.resumed.append(name)
            return path
        aside = path.with_name(f"{path.name}.tmp")
        with self.timer.stage(name):
            try:
                make(aside)
                aside.rename(path)
            finally:
                _remove(aside)
        return path


@contextmanager
def open_stages(folder: Path, settings: str, hours: float) -> Iterator[Stages]:
    """Give a run the stages that runs of the same work finished before they were killed or failed.

    They hold copies of the company's tables: only their owner can read them. They go when a run succeeds, and
    those of other works once they are older than ``hours``.

    Parameters
    ----------
    folder : Path
        Of a work that one run at a time does, beside those of others. Not named like ``key=value``, which the
        engine would take for a column.
    settings : str
        Hash of the settings.
    hours : float
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.parent.chmod(0o700)
    for half in folder.glob("*.tmp"):
        _remove(half)
    stages = Stages(folder, settings)
    try:
        yield stages
    except Exception:
        # What was resumed may be at fault: after a power cut a file can be less than it seems.
        if stages.resumed:
            _remove(folder)
        raise
    _remove(folder)
    for other in folder.parent.iterdir():
        # Its own run may remove it meanwhile.
        with suppress(FileNotFoundError):
            if clock.now_utc().timestamp() - other.stat().st_mtime > hours * 3600:
                _remove(other)


@cache
def _code_digest() -> str:
    """Return a hash of the product's own files: a stage of other code is another stage."""
    digest = hashlib.sha256()
    for package in (Path(propension.__file__).parent, Path(__file__).parent):
        for file in sorted(package.rglob("*")):
            # What was compiled from the files is beside them, and comes while a run is at work.
            if file.is_file() and file.parent.name != "__pycache__":
                digest.update(file.relative_to(package).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
