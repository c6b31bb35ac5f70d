"""A run has its list to itself, and says of a killed one what that could not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from prefect import get_client, get_run_logger
from prefect.exceptions import ObjectNotFound
from prefect.runtime import flow_run
from prefect.states import Crashed

from propension.config import Settings
from propension.outputs import Holder, dated_folder, list_lock


@contextmanager
def lock(settings: Settings, day: str) -> Iterator[None]:
    """Make sure that no other run writes a list meanwhile; the run of a lock left behind is marked crashed.

    Raises
    ------
    OutputError
        If another run is writing it.
    """
    final = dated_folder(settings.outputs_folder, day)
    with list_lock(final, settings.outputs.lock_hours, str(flow_run.id or "")) as dead:
        if dead is not None:
            get_run_logger().warning(
                "%s: the lock of %s, is taken over: it has ended.", final.name, dead
            )
            _mark_crashed(dead)
        yield


def _mark_crashed(dead: Holder) -> None:
    """Tell of a killed run what it could not tell itself; it would be running for ever."""
    if dead.run:
        with suppress(ObjectNotFound), get_client(sync_client=True) as client:
            client.set_flow_run_state(
                dead.run, Crashed(message=f"{dead}, ended without a word."), force=True
            )
