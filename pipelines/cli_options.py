"""Options that several commands have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from propension.config import load_settings
from propension.errors import PropensionError


class _Day(click.DateTime):
    """A day, asked for as people write it and not as a program's pattern."""

    def __init__(self) -> None:
        super().__init__(formats=["%Y-%m-%d"])

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click asks by name
        """Return what help shows in a day's place."""
        return "YYYY-MM-DD"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.datetime:
        """Read a day, or say how one is written."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(
                f"{value!r} is not a day. Write it as YYYY-MM-DD, such as 2026-07-20.", param, ctx
            )


DATE = _Day()


def config_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--config``, the settings of the portfolio."""
    return click.option(
        "-c", "--config", type=click.Path(path_type=Path, dir_okay=False), default=Path("propension.yaml"),
        show_default=True, callback=_in_its_country, help="Settings of the portfolio.",
    )(command)  # fmt: skip


def _in_its_country(context: click.Context, _option: click.Parameter, config: Path) -> Path:
    """Write figures as the portfolio's country does, as long as the command runs."""
    from propension.writing import written_in

    # What is wrong with the settings is for the command to say.
    with suppress(PropensionError, OSError):
        context.with_resource(written_in(load_settings(config).portfolio.country))
    return config


def as_of_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--as-of``, a day."""
    return click.option(
        "--as-of", type=DATE, callback=lambda _context, _option, value: value and value.date(),
        help="Day to look from; the last day of the data when left out.",
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
