"""`propension audit`: whether the decision log is as it was written, and what it says of an account."""

# Click keeps a paragraph as it is written after the character \b, which a raw docstring lacks.
# ruff: noqa: D301

from __future__ import annotations

from pathlib import Path

import click

from pipelines.cli_options import config_option, json_option
from pipelines.console_audit import AuditConsole


@click.group()
def audit() -> None:
    """Check the log of all decisions, and tell an account's story from it.

    \b
    Example:
      propension audit verify
      propension audit account C004844
    """


@audit.command()
@config_option
@click.option(
    "--head",
    metavar="HASH",
    help="A head that a run printed; finds a log whose end was cut off or written anew.",
)
@json_option
def verify(config: Path, head: str | None, as_json: bool) -> None:
    """Look for decisions that were changed, removed or added after they were recorded.

    Exit code 1 when anything is not as it was written.

    \b
    Example:
      propension audit verify
      propension audit verify --head 5d0c...
    """
    from propension.config import load_settings
    from propension.outputs import FeedbackLog, verify_decisions

    console = AuditConsole(as_json)
    outputs = load_settings(config).outputs_folder
    with console.working("reading the decision log"):
        found = verify_decisions(outputs, head)
        # What people said is checked whenever it is read.
        FeedbackLog(outputs).read()
    console.verification(found)
    if found.faults:
        raise SystemExit(1)


@audit.command()
@click.argument("account")
@config_option
@json_option
def account(account: str, config: Path, as_json: bool) -> None:
    """Tell what was decided about ACCOUNT in every run, by whom and why.

    \b
    Example:
      propension audit account C004844
    """
    from propension.config import load_settings
    from propension.errors import ConfigurationError
    from propension.outputs import FeedbackLog, account_story

    outputs = load_settings(config).outputs_folder
    story = account_story(outputs, account)
    said = FeedbackLog(outputs).read(account)
    if not story:
        raise ConfigurationError(
            f"{account}: no decision about it is kept in {outputs / 'decisions'}. Check the id.",
            account=account,
        )
    AuditConsole(as_json).story(story, said)
