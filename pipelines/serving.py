"""The flows of one portfolio on their schedules, on one machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import Flow, serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from pipelines.notifying import webhook_of
from pipelines.scoring import scoring
from pipelines.training import training
from propension.config import load_settings
from propension.errors import ConfigurationError
from propension.treatments import portfolio_clock

FLOWS: dict[str, Flow[Any, Any]] = {"training": training, "scoring": scoring}


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
    """Run a portfolio's flows on their schedules, one at a time, until stopped."""
    serve(*planned_deployments(config), limit=1, pause_on_shutdown=False)
