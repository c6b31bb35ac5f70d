"""The flows of one portfolio on their schedules, on one machine."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prefect import Flow, serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
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
    with prefect_server():
        serve(*deployments, limit=1, pause_on_shutdown=False)


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
