"""One run at a time writes a list: a lock file beside it says who, and ends with them."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from propension import clock
from propension.errors import OutputError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

# The system may tell when a process started a moment apart, after its clock was set.
_SAME_START_SECONDS = 2.0


@dataclass(frozen=True)
class Holder:
    """Who holds a lock, since when.

    Attributes
    ----------
    host : str
    pid : int
    process_started : float
        Seconds since 1970: a number of a process is used again, the number and its start are not.
    since : datetime
        UTC.
    run : str
        What the run is called where it is watched.
    """

    host: str
    pid: int
    process_started: float
    since: dt.datetime
    run: str = ""

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, since {self.since:%Y-%m-%d %H:%M} UTC"


@contextmanager
def list_lock(final: Path, hours: float, run: str = "") -> Iterator[Holder | None]:
    """Make sure that no other run writes the list ``final`` meanwhile; released however this ends.

    A lock whose process has ended is taken over. Of a process on another host nobody can tell, so
    its lock counts for ``hours``.

    Parameters
    ----------
    final : Path
        The list's folder; it need not exist.
    hours : float
    run : str
        What this run is called where it is watched.

    Yields
    ------
    Holder or None
        Whose lock was taken over.

    Raises
    ------
    OutputError
        If another run holds it, or it cannot be written.
    """
    lock = final.with_name(f".{final.name}.lock")
    own = Holder(
        socket.gethostname(), os.getpid(), psutil.Process().create_time(), clock.now_utc(), run
    )
    with _explained(lock):
        final.parent.mkdir(parents=True, exist_ok=True)
        with _in_turn(final.parent):
            before = _read(lock)
            if before is not None:
                _refuse_if_held(lock, before, own, hours)
                lock.unlink(missing_ok=True)
            _create(lock, own)
    try:
        yield before
    finally:
        # A run that was held up for hours may have lost it to another.
        if _read(lock) == own:
            lock.unlink(missing_ok=True)


def _refuse_if_held(lock: Path, holder: Holder, own: Holder, hours: float) -> None:
    name = lock.name.removeprefix(".").removesuffix(".lock")
    age = own.since - holder.since
    if holder.host == own.host:
        if _is_running(holder):
            raise OutputError(
                f"{name}: {holder} ({_told(age)}), is writing this list. Wait until it ends; "
                "nothing of it was touched.",
                holder=holder,
            )
    elif age < dt.timedelta(hours=hours):
        until = holder.since + dt.timedelta(hours=hours)
        raise OutputError(
            f"{name}: {holder} ({_told(age)}), is writing this list, and this host ({own.host}) cannot tell whether it "
            f"still runs. Wait until it ends. If it is dead, delete {lock}, or wait until "
            f"{until:%Y-%m-%d %H:%M} UTC, when its lock ends (outputs.lock_hours).",
            holder=holder,
        )


def _is_running(holder: Holder) -> bool:
    try:
        process = psutil.Process(holder.pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        started = float(process.create_time())
        return abs(started - holder.process_started) < _SAME_START_SECONDS
    except psutil.NoSuchProcess:
        return False


def _create(lock: Path, own: Holder) -> None:
    try:
        descriptor = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
    except FileExistsError:
        # Runs of this host wait for their turn.
        raise OutputError(
            f"{lock}: a run on another host took the lock just now. Wait until it ends.",
            place=lock,
        ) from None
    try:
        os.write(descriptor, json.dumps({**asdict(own), "since": own.since.isoformat()}).encode())
    except OSError:
        lock.unlink()
        raise
    finally:
        os.close(descriptor)


def _read(lock: Path) -> Holder | None:
    """Return who holds a lock; a file that does not say is somebody's, somewhere, since its date."""
    try:
        text = lock.read_text(encoding="utf-8")
        written = dt.datetime.fromtimestamp(lock.stat().st_mtime, dt.UTC)
    except FileNotFoundError:
        return None
    try:
        facts = json.loads(text)
        return Holder(**{**facts, "since": dt.datetime.fromisoformat(facts["since"])})
    except (ValueError, TypeError, KeyError):
        return Holder("an unknown host", 0, 0.0, written)


@contextmanager
def _in_turn(folder: Path) -> Iterator[None]:
    """Let the runs of this host look at locks one after another, so that no two take over the same."""
    if fcntl is None:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        # Some network folders cannot; there the creation of the file alone decides.
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _told(age: dt.timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"


@contextmanager
def _explained(lock: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{lock}: the lock of the list cannot be taken ({error}). Check that the disk has room "
            f"and that this user may write in {lock.parent}; then run again.",
            place=lock,
        ) from error
