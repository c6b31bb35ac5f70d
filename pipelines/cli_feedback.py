"""`propension feedback`: what people say about the decisions, for the runs that follow and for the record."""

# Click keeps a paragraph as it is written after the character \b, which a raw docstring lacks.
# ruff: noqa: D301

from __future__ import annotations

import datetime as dt
import getpass
from pathlib import Path
from typing import Any

import click

from pipelines.cli_options import DATE, config_option, json_option
from pipelines.console_feedback import FeedbackConsole


def _you() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # In a container whoever runs it may have no name.
        raise click.UsageError("This machine does not know your name. Say it with --by.") from None


_by = click.option("--by", "author", default=_you, show_default="you", help="Who says it.")
_note = click.option("--note", default="", help="In your own words; at most 500 characters.")


@click.group()
def feedback() -> None:
    """Say what the runs that follow should do about an account, where the policy leaves it to people.

    \b
    Example:
      propension feedback override C004844 soft_call --reason knows_customer
      propension feedback postpone C004844 2026-07-20 --reason agreed
      propension feedback list
    """


@feedback.command()
@click.argument("account")
@click.argument("treatment")
@config_option
@click.option("--reason", required=True, help="One of feedback.reasons of the policy.")
@_note
@_by
@json_option
def override(account: str, config: Path, as_json: bool, **said: Any) -> None:
    """Choose TREATMENT for ACCOUNT, from the next run on.

    The law, suppressions, limits and the control group stand: where one of them is in the way, the list says so.

    \b
    Example:
      propension feedback override C004844 soft_call --reason knows_customer
    """
    _say(config, as_json, account, kind="override", **said)


@feedback.command()
@click.argument("account")
@click.argument("until", type=DATE, metavar="UNTIL")
@config_option
@click.option("--reason", required=True, help="One of feedback.reasons of the policy.")
@_note
@_by
@json_option
def postpone(account: str, until: dt.datetime, config: Path, as_json: bool, **said: Any) -> None:
    """Do not contact ACCOUNT's customer before the day UNTIL, as in 2026-07-20.

    \b
    Example:
      propension feedback postpone C004844 2026-07-20 --reason agreed
    """
    _say(config, as_json, account, kind="postpone", until=until.date(), **said)


@feedback.command("wrong-reason")
@click.argument("account")
@click.argument("feature")
@config_option
@_note
@_by
@json_option
def wrong_reason(account: str, config: Path, as_json: bool, **said: Any) -> None:
    """Say that the reason FEATURE of ACCOUNT's score is wrong; it is counted, and changes no score.

    \b
    Example:
      propension feedback wrong-reason C004844 payment_count_90d --note "Paid twice in June"
    """
    _say(config, as_json, account, kind="wrong_reason", **said)


@feedback.command()
@click.argument("account")
@click.argument("number", type=int)
@config_option
@_note
@_by
@json_option
def withdraw(account: str, number: int, config: Path, as_json: bool, **said: Any) -> None:
    """Take back what was said of ACCOUNT under NUMBER.

    \b
    Example:
      propension feedback withdraw C004844 17
    """
    _say(config, as_json, account, kind="withdraw", withdraws=number, **said)


@feedback.command("list")
@config_option
@click.option("--account", help="Only what was said of it.")
@json_option
def list_feedback(config: Path, account: str | None, as_json: bool) -> None:
    """Show everything that was said, the oldest first.

    \b
    Example:
      propension feedback list --account C004844
    """
    from propension.config import load_settings
    from propension.outputs import FeedbackLog

    FeedbackConsole(as_json).said(FeedbackLog(load_settings(config).outputs_folder).read(account))


def _say(config: Path, as_json: bool, account: str, **said: Any) -> None:
    from pipelines.portfolio import say_of_account

    FeedbackConsole(as_json).said([say_of_account(config, account, said)])
