"""The flows of one portfolio on their schedules, on one machine."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click
from prefect import Flow
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.runner import Runner
from prefect.schedules import Cron
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_SERVER_API_PORT,
    PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS,
    temporary_settings,
)
from prefect.types.entrypoint import EntrypointType

from pipelines.monitoring import monitoring
from pipelines.notifying import webhook_of
from pipelines.scoring import scoring
from pipelines.training import training
from propension.config import load_settings
from propension.errors import ConfigurationError, OutputError
from propension.treatments import portfolio_clock

FLOWS: dict[str, Flow[Any, Any]] = {
    "training": training,
    "scoring": scoring,
    "monitoring": monitoring,
}


def planned_deployments(config: Path) -> list[Any]:
    """Return a deployment of every flow that has a schedule, on the portfolio's clock.

    Raises
    ------
    ConfigurationError
        If no flow has one, or failures are to be told and the address is not there.
    """
    settings = load_settings(config)
    webhook_of(settings)
    crons = {name: getattr(settings.schedules, name) for name in FLOWS}
    if not any(crons.values()):
        raise ConfigurationError(
            "schedules: no flow has a schedule. Set schedules.scoring or schedules.training."
        )
    clock = portfolio_clock(settings.portfolio)
    return [
        FLOWS[name].to_deployment(
            settings.portfolio.name,
            schedule=Cron(cron, timezone=clock),
            parameters={"config": str(config.absolute())},
            concurrency_limit=ConcurrencyLimitConfig(
                limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE
            ),
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        for name, cron in crons.items()
        if cron
    ]


class _Runner(Runner):
    """Ends at SIGTERM as it does at Ctrl+C: Prefect's own way leaves its cleaning up undone, and warns of it."""

    async def start(self, run_once: bool = False, webserver: bool | None = None) -> None:
        """Run until it is stopped."""
        self._serving = asyncio.current_task()
        with suppress(asyncio.CancelledError):
            await super().start(run_once, webserver)

    def handle_sigterm(self, *_args: Any, **_more: Any) -> None:
        """Stop; what was begun is ended by whoever began it."""
        if self._serving is not None:
            # A loop that waits is woken only in this way.
            self._serving.get_loop().call_soon_threadsafe(self._serving.cancel)


def serve_portfolio(config: Path) -> None:
    """Run a portfolio's flows on their schedules, one at a time, until stopped.

    Raises
    ------
    ConfigurationError
        See ``planned_deployments``.
    OutputError
        If no Prefect server is set and none can be started.
    """
    deployments = planned_deployments(config)
    # The server must not outlive whoever is stopped while it starts.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt), prefect_server() as address:
        runner = _Runner(limit=1, pause_on_shutdown=False)
        for deployment in deployments:
            runner.add_deployment(deployment)
        names = ", ".join(str(deployment.flow_name) for deployment in deployments)
        click.echo(
            f"Serving {names} on their schedules; every run is shown at {address.removesuffix('/api')}."
        )
        asyncio.run(runner.start())


@contextmanager
def prefect_server() -> Iterator[str]:
    """Give the address of the Prefect server that is set, or of one that lives as long as the context.

    The one that Prefect starts by itself for a single run plans none: schedules would silently never happen.
    """
    address = PREFECT_API_URL.value()
    if address:
        yield address
        return
    port = PREFECT_SERVER_API_PORT.value()
    address = f"http://127.0.0.1:{port}/api"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1"]
    process = subprocess.Popen([*command, "--port", str(port)])  # noqa: S603 - our own words
    try:
        _wait_for(address, process)
        with temporary_settings({PREFECT_API_URL: address}):
            yield address
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS.value()
    while server.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):  # noqa: S310 - our own
                return
        except OSError:
            time.sleep(0.5)
    raise OutputError(
        f"{address}: the Prefect server does not start. Where its port is taken, set PREFECT_SERVER_API_PORT to "
        "another, or PREFECT_API_URL to the server that has it."
    )
