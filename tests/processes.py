"""Real processes of the product that tests start, watch and kill, forked from one that has imported it."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from typing import Any


def forking(*modules: str) -> ForkServerContext:
    """Return a way to start processes that have imported ``modules`` already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["processes", *modules])
    return context


def hold_lock(final: Any, start: Any, answers: Any) -> None:
    """Take the lock of a list once it is time, say how that went, and hold it until killed."""
    from propension.errors import OutputError
    from propension.outputs import list_lock

    start.wait()
    try:
        with list_lock(final, 6, "run 1") as dead:
            answers.put("free" if dead is None else "taken over")
            time.sleep(600)
    except OutputError as error:
        answers.put(str(error))


def score(
    config: Any,
    api_url: str,
    answers: Any,
    pause: tuple[str, Any] = ("", None),
    file_bytes: int | None = None,
) -> None:
    """Score, saying how that went; with a pause, say when its stage is made and wait there.

    Nothing may write a file of more than ``file_bytes``: a disk that is full.
    """
    from prefect.settings import PREFECT_API_URL, temporary_settings

    from pipelines import scoring as flow
    from pipelines import tasks
    from pipelines.stages import Stages

    stage, event = pause
    finished, write_outputs = Stages.finished, tasks.write_outputs

    def pausing(name: str, make: Callable[..., Any]) -> Callable[..., Any]:
        def made(*arguments: Any) -> Any:
            result = make(*arguments)
            if name == stage:
                answers.put(name)
                event.wait()
            return result

        return made

    Stages.finished = lambda self, name, made_from, make: finished(  # type: ignore[method-assign]
        self, name, made_from, pausing(name, make)
    )
    tasks.write_outputs = pausing("decide and write", write_outputs)
    if file_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, resource.RLIM_INFINITY))
    try:
        with temporary_settings({PREFECT_API_URL: api_url}):
            answers.put(flow.scoring(config)["resumed"])
    except Exception as error:
        answers.put(f"{type(error).__name__}: {error}")
        raise SystemExit(getattr(error, "exit_code", 1)) from None
