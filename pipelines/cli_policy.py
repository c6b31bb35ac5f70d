"""`propension policy` and `propension allocate`: try the policy, and other capacities, on the last list."""

# Click keeps a paragraph as it is written after the character \b, which a raw docstring lacks.
# ruff: noqa: D301

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from pipelines.cli_options import DATE, as_of_option, config_option, json_option
from pipelines.console import Console


@click.group()
def policy() -> None:
    """Look after the policy file.

    \b
    Example:
      propension policy check --against last
    """


@policy.command("check")
@config_option
@click.option(
    "--against",
    metavar="YYYY-MM-DD|last",
    help="Show what changes against the list of a day, or against the `last`.",
)
@json_option
def policy_check(config: Path, against: str | None, as_json: bool) -> None:
    """Validate the policy, and show what each of its rules does to the accounts of the last list.

    Nothing is written and nobody is contacted. Exit code 2 when the policy is refused.

    \b
    Example:
      propension policy check
      propension policy check --against last
      propension policy check --against 2026-06-30
    """
    from pipelines.portfolio import check_policy_file, wordless_treatments

    day = None if against in (None, "last") else DATE.convert(against, None, None).date()
    faults, review, as_of = check_policy_file(config, day)
    Console(as_json).policy(faults, review, as_of, against is not None)
    for name in wordless_treatments(config):
        click.echo(
            f"Warning: treatments.{name}: no template says anything in its channel, so lists leave its message empty. "
            "Add one under messages.templates, or let it say another's (`says`).",
            err=True,
        )
    if faults:
        raise SystemExit(2)


@click.command()
@config_option
@as_of_option
@click.option(
    "--capacity",
    "changes",
    multiple=True,
    required=True,
    metavar="NAME=CHANGE",
    help="A capacity, a budget or a limit of pressure, and what it becomes; may be repeated.",
)
@json_option
def allocate(config: Path, as_of: dt.date | None, changes: tuple[str, ...], as_json: bool) -> None:
    """Say what other capacities and budgets would have added to the last list.

    Nothing is written: the list stays as it is.

    \b
    Example:
      propension allocate --capacity agents=+20%
      propension allocate --capacity agents=-480 --capacity letters=900000
    """
    from pipelines.portfolio import try_on_list

    console = Console(as_json)
    with console.working("allocating again"):
        found = try_on_list(config, changes, as_of)
    console.allocation(found)
