"""`propension experiment`: size it, read it, try a policy on its log."""

# Click keeps a paragraph as it is written after the character \b, which a raw docstring lacks.
# ruff: noqa: D301

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from pipelines.cli_options import DATE, as_of_option, config_option, json_option

_SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)


def _window_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--window", type=click.IntRange(1, 365), default=30, show_default=True, metavar="DAYS",
        help="Days after which what came of a list is read.",
    )(command)  # fmt: skip


def _since_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--since", type=DATE, callback=lambda _context, _option, value: value.date() if value else dt.date.min,
        help="Read no list from before this day, such as the one on which shares or the salt changed.",
    )(command)  # fmt: skip


@click.group()
def experiment() -> None:
    """Size the experiment, read it, and try a policy on its log.

    \b
    Example:
      propension experiment power
      propension experiment report
      propension experiment evaluate candidate.yaml
    """


@experiment.command()
@config_option
@click.option(
    "--base-rate",
    type=_SHARE,
    help="Share that pays by itself; when left out, the mean propensity of the last list.",
)
@click.option(
    "--lift",
    type=click.FloatRange(-1, 1),
    default=0.02,
    show_default=True,
    help="Difference to be seen: .02 is two points.",
)
@click.option(
    "--control-share",
    type=_SHARE,
    help="Share left alone; when left out, the policy's own, or .05.",
)
@click.option(
    "--power",
    type=_SHARE,
    default=0.8,
    show_default=True,
    help="Chance of seeing a lift that is there.",
)
@click.option("--accounts", type=click.IntRange(min=2), help="Say what so many accounts can show.")
@click.option(
    "--score-r2",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.0,
    show_default=True,
    help="Share of the outcome's variance that the score explains.",
)
@click.option(
    "--amounts", is_flag=True, help="Size it in money too, by what came of the portfolio's lists."
)
@_window_option
@json_option
def power(config: Path, amounts: bool, window: int, as_json: bool, **asked: Any) -> None:
    """Say how many accounts show a lift, and what the portfolio's own accounts can show.

    With --base-rate it is a calculation that needs no portfolio.

    \b
    Example:
      propension experiment power --base-rate .3 --lift .02
      propension experiment power --base-rate .3 --lift .02 --accounts 20000 --score-r2 .2
      propension experiment power -c cartera/propension.yaml --amounts
    """
    from pipelines.console_experiment import ExperimentConsole
    from pipelines.experiments import Question, plan_experiment

    console = ExperimentConsole(as_json)
    plan = plan_experiment(config, Question(**asked), window if amounts else None)
    console.plan(plan)


@experiment.command()
@config_option
@as_of_option
@_since_option
@_window_option
@json_option
def report(config: Path, as_of: dt.date | None, since: dt.date, window: int, as_json: bool) -> None:
    """Read the experiment so far: arms, checks, what strategy and treatments added, whether to stop.

    Only lists whose windows are over count. Nothing is written.

    \b
    Example:
      propension experiment report
      propension experiment report --window 60 --since 2026-01-01
    """
    from pipelines.console_experiment import ExperimentConsole
    from pipelines.experiments import report_experiment

    console = ExperimentConsole(as_json)
    with console.working("following up past lists"):
        found, followed = report_experiment(config, as_of, window, since)
    console.reading(found, followed)


@experiment.command()
@click.argument("candidate", type=click.Path(path_type=Path, dir_okay=False))
@config_option
@as_of_option
@_since_option
@_window_option
@json_option
def evaluate(
    candidate: Path, config: Path, as_of: dt.date | None, as_json: bool, **read: Any
) -> None:
    """Say what the policy file CANDIDATE would have got on past lists, before it is tried.

    It decides again about every list as it was; nobody is contacted. What it does where the lists never
    did the same cannot be known, and is said.

    \b
    Example:
      propension experiment evaluate candidate.yaml
    """
    from pipelines.console_experiment import ExperimentConsole
    from pipelines.experiments import evaluate_policy_file

    console = ExperimentConsole(as_json)
    with console.working("trying the policy on past lists"):
        values, followed = evaluate_policy_file(config, candidate, as_of, **read)
    console.policy_values(values, followed)
