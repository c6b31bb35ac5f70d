"""`propension board`: the pages in which managers work with the list, and who may see them."""

# Click keeps a paragraph as it is written after the character \b, which a raw docstring lacks.
# ruff: noqa: D301

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pipelines.cli_options import config_option


@click.group(invoke_without_command=True)
@config_option
@click.option("--host", help="Where to listen, instead of board.host.")
@click.option("--port", type=int, help="Where to listen, instead of board.port.")
@click.pass_context
def board(context: click.Context, config: Path, host: str | None, port: int | None) -> None:
    """Serve the pages in which managers work with the list, until stopped.

    Whoever sits at this machine may use them, unless board.access in propension.yaml says otherwise.

    \b
    Example:
      propension board
      propension board --port 9000
    """
    context.obj = config
    if context.invoked_subcommand is not None:
        return
    from propension.board import serve_board

    settings = _settings(config, {"host": host, "port": port})
    click.echo(f"The board is at {_address(settings)} - stop it with Ctrl+C.")
    serve_board(settings)


def _settings(config: Path, changes: dict[str, Any]) -> Any:
    """Return the settings with what the command was told, checked again."""
    from pydantic import ValidationError

    from propension.config import Board, load_settings
    from propension.errors import ConfigurationError

    settings = load_settings(config)
    given = {name: value for name, value in changes.items() if value is not None}
    try:
        checked = Board.model_validate(settings.board.model_dump() | given)
    except ValidationError as error:
        faults = "; ".join(fault["msg"].removeprefix("Value error, ") for fault in error.errors())
        raise ConfigurationError(f"{config.name}: board: {faults}.") from None
    return settings.model_copy(update={"board": checked})


def _address(settings: Any) -> str:
    board = settings.board
    host = f"[{board.host}]" if ":" in board.host else board.host
    return str(board.public_url or f"http://{host}:{board.port}")
