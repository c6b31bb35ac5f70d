"""The command that looks after registered models."""

# Click keeps a paragraph as it is written after the character \b, which a raw docstring lacks.
# ruff: noqa: D301

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli_options import config_option, json_option, stage_option
from pipelines.console_models import ModelsConsole

if TYPE_CHECKING:
    from propension.config import Stage


@click.group(invoke_without_command=True)
@config_option
@stage_option
@json_option
@click.pass_context
def models(context: click.Context, config: Path, stage: Stage, as_json: bool) -> None:
    """List registered model versions; promote one or roll back.

    \b
    Example:
      propension models
      propension models --stage upcoming promote 3
    """
    context.obj = config, stage
    if context.invoked_subcommand is None:
        from pipelines.portfolio import open_registry

        registry = open_registry(config, stage)
        ModelsConsole(as_json).versions(registry.name, registry.versions())


@models.command()
@click.argument("version", type=int)
@click.pass_obj
def promote(model: tuple[Path, Stage], version: int) -> None:
    """Make VERSION the champion.

    \b
    Example:
      propension models promote 3
    """
    from pipelines.portfolio import open_registry

    open_registry(*model).promote(version)
    click.echo(f"Version {version} is the champion.")


@models.command()
@click.pass_obj
def rollback(model: tuple[Path, Stage]) -> None:
    """Make the previous champion the champion again.

    \b
    Example:
      propension models -c cartera/propension.yaml rollback
    """
    from pipelines.portfolio import open_registry

    click.echo(f"Version {open_registry(*model).rollback()} is the champion again.")
