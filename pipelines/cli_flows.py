"""Commands that run the flows, each with what it prints."""

# Click keeps a paragraph as it is written after the character \b, which a raw docstring lacks.
# ruff: noqa: D301

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.cli_options import as_of_option, config_option, json_option, stage_option
from pipelines.console import Console
from pipelines.console_models import ModelsConsole

if TYPE_CHECKING:
    from propension.config import Language, Stage

# The model learns until the first; lists are made on all.
DEMO_DAYS = (dt.date(2026, 4, 30), dt.date(2026, 5, 31), dt.date(2026, 6, 30))


@click.command()
@config_option
@as_of_option
@click.option(
    "--recalibrate",
    is_flag=True,
    help="Keep the champion's trees; fit its level to the newest months.",
)
@json_option
def train(config: Path, as_of: dt.date | None, recalibrate: bool, as_json: bool) -> None:
    """Train, test and register a model for every stage; the gate decides who is champion.

    \b
    Example:
      propension train --as-of 2026-05-31
      propension train --recalibrate
    """
    console = ModelsConsole(as_json)
    console.training(_run_training(console, config, as_of, recalibrate))


@click.command()
@config_option
@as_of_option
@click.option(
    "--minutes",
    type=click.FloatRange(min=0.01),
    default=10.0,
    show_default=True,
    help="How long to search; run it again to go on.",
)
@stage_option
@json_option
def tune(config: Path, as_of: dt.date | None, minutes: float, stage: Stage, as_json: bool) -> None:
    """Search better settings for the model, and print the lines to put into propension.yaml.

    Optional: the defaults are good. What was tried is kept beside the models.

    \b
    Example:
      propension tune --minutes 30
    """
    console = ModelsConsole(as_json)
    _check_configuration(config)
    with console.working("starting the tuning flow"):
        from pipelines.training import tuning
    console.tuning(tuning(config, minutes, as_of, stage))


@click.command()
@config_option
@as_of_option
@json_option
def score(config: Path, as_of: dt.date | None, as_json: bool) -> None:
    """Score the portfolio with the champion and write the list.

    \b
    Example:
      propension score
      propension score --as-of 2026-06-15 --json
    """
    console = Console(as_json)
    console.scoring(_run_scoring(console, config, as_of))


@click.command()
@config_option
@as_of_option
@click.option(
    "--language",
    type=click.Choice(["es", "pt", "en"]),
    help="Of the report. [default: the portfolio's]",
)
@json_option
def monitor(config: Path, as_of: dt.date | None, language: Language | None, as_json: bool) -> None:
    """Say what changed, what to do, what cash to expect, and what the strategy added.

    Kept beside the lists, in monitoring/as_of=...: report.html to read or print, monitoring.json for programs.

    \b
    Example:
      propension monitor
      propension monitor --as-of 2026-06-30 --language en
    """
    from pipelines.console_monitoring import MonitoringConsole
    from propension.config import load_settings

    console = MonitoringConsole(as_json)
    monitored = _run_monitoring(console, config, as_of, language)
    console.monitoring(monitored, language or load_settings(config).portfolio.language)


@click.command()
@config_option
def serve(config: Path) -> None:
    """Run the flows on their schedules, one at a time, until stopped.

    When: schedules in propension.yaml, on the portfolio's clock. See docs/operations.md for other ways.

    \b
    Example:
      propension serve -c cartera/propension.yaml
    """
    _check_configuration(config)
    with Console().working("starting"):
        from pipelines.serving import serve_portfolio
    serve_portfolio(config)


@click.command()
@click.argument(
    "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("propension-demo")
)
@click.option(
    "--accounts", type=int, default=5000, show_default=True, help="Customers to simulate."
)
@json_option
def demo(folder: Path, accounts: int, as_json: bool) -> None:
    """Simulate a portfolio, train on it, score it three months in a row, and see whether it worked.

    \b
    Example:
      propension demo /tmp/demo --accounts 2000
    """
    from pipelines.console_monitoring import MonitoringConsole
    from pipelines.portfolio import create_portfolio
    from propension.simulate import simulate_portfolio

    console = MonitoringConsole(as_json)
    config = folder / "propension.yaml"
    if not config.exists():
        create_portfolio(folder)
    with console.working("simulating a portfolio"):
        rows = simulate_portfolio(folder / "data", accounts, 24, seed=7, until=DEMO_DAYS[-1])
    if not as_json:
        console.counts(f"Simulated into {folder / 'data'}", rows)
    # Of lists whose outcome is known, monitoring has something to tell.
    trained = _run_training(console, config, DEMO_DAYS[0])
    if not as_json:
        ModelsConsole().training(trained)
    *_, scored = [_run_scoring(console, config, day) for day in DEMO_DAYS]
    console.scoring(scored)
    monitored = _run_monitoring(console, config, None)
    if not as_json:
        console.monitoring(monitored, "en")


def _run_training(
    console: Console, config: Path, as_of: dt.date | None, recalibrate: bool = False
) -> dict[str, Any]:
    _check_configuration(config)
    with console.working("starting the training flow"):
        from pipelines.training import training
    return training(config, as_of, recalibrate)


def _run_scoring(console: Console, config: Path, as_of: dt.date | None) -> dict[str, Any]:
    _check_configuration(config)
    with console.working("starting the scoring flow"):
        from pipelines.scoring import scoring
    return scoring(config, as_of)


def _run_monitoring(
    console: Console, config: Path, as_of: dt.date | None, language: Language | None = None
) -> dict[str, Any]:
    _check_configuration(config)
    with console.working("starting the monitoring flow"):
        from pipelines.monitoring import monitoring
    return monitoring(config, as_of, language)


def _check_configuration(config: Path) -> None:
    """Refuse faulty settings before anything slow is started."""
    from pipelines.portfolio import check_configuration

    check_configuration(config)
