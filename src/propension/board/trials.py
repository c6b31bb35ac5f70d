"""What other capacities would bring, tried in a process of its own, one at a time."""

from __future__ import annotations

import datetime as dt
import json
import logging
import multiprocessing
import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

from propension import clock
from propension.board.open_list import OpenList
from propension.board.refused import RefusedError
from propension.config import Policy, Settings
from propension.outputs import INPUTS_NAME, chosen_again, try_capacities
from propension.writing import written_in

_LOG = logging.getLogger(__name__)


@dataclass
class Trial:
    """A question about other capacities, and what is known of its answer.

    Attributes
    ----------
    run_id : str
        Of the list it is asked of.
    changes : dict of str to float
        New capacities and budgets by name.
    author : str
    started : datetime
    state : {"running", "done", "failed", "stopped"}
    found : dict
        See ``try_capacities``; empty until it is done.
    """

    run_id: str
    changes: dict[str, float]
    author: str
    started: dt.datetime
    state: Literal["running", "done", "failed", "stopped"] = "running"
    found: dict[str, Any] = field(default_factory=dict)

    @property
    def seconds(self) -> int:
        """How long it has been running."""
        return int((clock.now_utc() - self.started).total_seconds())


class Trials:
    """The trial that runs or ran last; the list it is about is read, and never written."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._last: tuple[Trial, Any, Connection] | None = None

    def start(self, opened: OpenList, changes: dict[str, float], author: str) -> Trial:
        """Begin to try other capacities on a list.

        Raises
        ------
        RefusedError
            If another trial is running, or the list was made without what decides.
        """
        with self._lock:
            self._look()
            if self._last and self._last[0].state == "running":
                raise RefusedError(409, "whatif.one_at_a_time", author=self._last[0].author)
            if not (opened.folder / INPUTS_NAME).exists():
                raise RefusedError(404, "whatif.no_inputs")
            # What it takes of memory goes when it ends, and nobody's page waits for it meanwhile.
            context = multiprocessing.get_context("spawn")
            answer, told = context.Pipe(duplex=False)
            asked = [f"{name}={value:f}" for name, value in changes.items()]
            work = (told, self._settings, opened.policy, opened.folder, opened.as_of, asked)
            process = context.Process(target=_try, args=work, daemon=True)
            process.start()
            told.close()
            trial = Trial(opened.run_id, changes, author, clock.now_utc())
            self._last = trial, process, answer
            return trial

    def last(self) -> Trial | None:
        """Return the trial that runs, or ran last."""
        with self._lock:
            self._look()
            return self._last[0] if self._last else None

    def stop(self) -> None:
        """End the trial that runs."""
        with self._lock:
            self._look()
            if self._last and self._last[0].state == "running":
                self._last[1].terminate()
                self._last[0].state = "stopped"

    def _look(self) -> None:
        """Take the answer, where there is one."""
        if self._last is None or self._last[0].state != "running":
            return
        trial, process, answer = self._last
        try:
            if answer.poll():
                trial.found, trial.state = json.loads(answer.recv_bytes()), "done"
                process.join(5)
        except (EOFError, OSError):
            trial.state = "failed"


def _try(
    told: Connection,
    settings: Settings,
    policy: Policy,
    folder: Path,
    as_of: dt.date,
    changes: Sequence[str],
) -> None:
    """Answer in a process of its own; without an answer it failed, and the log says why."""
    # Whoever stops the board means the board, which ends this with itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with written_in(settings.portfolio.country):
        found = try_capacities(chosen_again(policy, settings, folder, as_of), changes)
    told.send_bytes(json.dumps(found).encode())
