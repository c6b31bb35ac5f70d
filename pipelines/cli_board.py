"""`propension board`: the pages in which managers work with the list, and who may see them."""

# Click keeps a paragraph as it is written after the character \b, which a raw docstring lacks.
# ruff: noqa: D301

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.cli_options import config_option
from pipelines.console import Console

if TYPE_CHECKING:
    from propension.board import Role, Users
    from propension.config import Settings


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
    settings = _settings(config, {"host": host, "port": port})
    with Console().working("opening the list"):
        from propension.board import open_board, serve_board

        app = open_board(settings)
    click.echo(f"The board is at {_address(settings)} - stop it with Ctrl+C.")
    serve_board(app, settings.board)


def _settings(config: Path, changes: dict[str, Any]) -> Settings:
    """Return the settings with what the command was told, checked again."""
    from pydantic import ValidationError

    from propension.config import Board, load_settings
    from propension.errors import ConfigurationError

    settings = load_settings(config)
    given = {name: value for name, value in changes.items() if value is not None}
    try:
        checked = Board.model_validate(settings.board.model_dump() | given)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(('board', *map(str, fault['loc'])))}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        )
        raise ConfigurationError(f"{config.name}: {faults}.") from None
    return settings.model_copy(update={"board": checked})


def _address(settings: Settings) -> str:
    board = settings.board
    host = f"[{board.host}]" if ":" in board.host else board.host
    return str(board.public_url or f"http://{host}:{board.port}")


@board.group()
def users() -> None:
    """Say who may use the board, where board.access is login or header.

    \b
    Example:
      propension board users add ana --role manager
      propension board users list
      propension board users remove ana
    """


@users.command("add")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(["viewer", "manager", "admin"]),
    default="manager",
    show_default=True,
    help="What they may do: look, with personal data hidden; decide; say who may enter.",
)
@click.pass_obj
def add_user(config: Path, name: str, role: Role) -> None:
    """Add NAME, or give them another role and password; asks for the password where people log in.

    \b
    Example:
      propension board users add ana --role admin
    """
    found, with_password = _users(config)
    password = None
    if with_password:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    found.put(name, role, password)
    click.echo(f"{name} may enter as {role}.")


@users.command("list")
@click.pass_obj
def list_users(config: Path) -> None:
    """List who may use the board.

    \b
    Example:
      propension board users list
    """
    for name, entry in sorted(_users(config)[0].all().items()):
        click.echo(f"{name}\t{entry.role}")


@users.command("remove")
@click.argument("name")
@click.pass_obj
def remove_user(config: Path, name: str) -> None:
    """Remove NAME; where they are logged in, they are not any more.

    \b
    Example:
      propension board users remove ana
    """
    _users(config)[0].remove(name)
    click.echo(f"{name} may not use the board any more.")


def _users(config: Path) -> tuple[Users, bool]:
    """Return the users, and whether they have passwords."""
    from propension.board import Users
    from propension.config import load_settings

    settings = load_settings(config)
    return Users(settings.board_folder), settings.board.access != "header"
