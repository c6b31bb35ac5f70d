"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from propension.config import load_settings
from propension.errors import PropensionError
from propension.writing import written_in

DATE = click.DateTime(formats=["%Y-%m-%d"])


def config_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--config``, the settings of the portfolio."""
    return click.option(
        "-c", "--config", type=click.Path(path_type=Path, dir_okay=False), default=Path("propension.yaml"),
        show_default=True, callback=_in_its_country, help="Settings of the portfolio.",
    )(command)  # fmt: skip


def _in_its_country(context: click.Context, _option: click.Parameter, config: Path) -> Path:
    """Write figures as the portfolio's country does, as long as the command runs."""
    # What is wrong with the settings is for the command to say.
    with suppress(PropensionError, OSError):
        context.with_resource(written_in(load_settings(config).portfolio.country))
    return config


def as_of_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--as-of``, a day."""
    return click.option(
        "--as-of", type=DATE, callback=lambda _context, _option, value: value and value.date(),
        help="Day to look from, YYYY-MM-DD; the last day of the data when left out.",
    )(command)  # fmt: skip


def stage_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--stage``."""
    return click.option(
        "--stage", type=click.Choice(["overdue", "upcoming"]), default="overdue", show_default=True,
        help="Which model: of what is overdue, or of what falls due soon.",
    )(command)  # fmt: skip


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")(
        command
    )
