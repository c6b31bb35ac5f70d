"""The `propension` command: it runs the flows; nothing is orchestrated twice."""

# Click keeps a paragraph as it is written after the character \b, which a raw docstring lacks.
# ruff: noqa: D301

from __future__ import annotations

import datetime as dt
import os
import sys
import traceback
from pathlib import Path
from typing import Any

import click

from pipelines.cli_audit import audit
from pipelines.cli_board import board
from pipelines.cli_experiment import experiment
from pipelines.cli_feedback import feedback
from pipelines.cli_flows import demo, monitor, score, serve, train, tune
from pipelines.cli_models import models
from pipelines.cli_options import as_of_option, config_option, json_option
from pipelines.cli_policy import allocate, policy
from pipelines.console import Console
from pipelines.environment import prepare_environment
from propension import __version__
from propension.errors import PropensionError

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, prog_name="propension")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def cli(context: click.Context, debug: bool) -> None:
    """How likely every account is to pay, why, and what to do about it.

    \b
    Start here:
      propension demo            the whole job on a simulated portfolio
      propension init my-cartera a folder for your own

    \b
    Exit codes: 0 done, 2 settings or usage, 3 data refused, 4 model, 1 anything else.
    """
    context.obj = debug
    if not debug and context.invoked_subcommand != "serve":
        # The command tells errors itself; Prefect would print a traceback before it.
        os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
    prepare_environment()


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--country",
    default="CO",
    show_default=True,
    help="CO, MX, PE, CL, AR, BR, EC, US or ES: its money, language and law.",
)
def init(folder: Path, country: str) -> None:
    """Create a portfolio folder: settings and policy, commented.

    \b
    Example:
      propension init cartera --country MX
      propension simulate cartera/data && cd cartera && propension train && propension score
    """
    from pipelines.portfolio import create_portfolio

    files = create_portfolio(folder, country)
    Console().files(f"Portfolio created in {folder}", files)
    click.echo(
        f"Next: put customers, debts and payments (.csv or .parquet) into {folder / 'data'}, or map your own "
        f"files in {folder / 'propension.yaml'}; then: cd {folder} && propension check\n"
        f"Costs, budgets, hours and the phone for customers in {folder / 'policy.yaml'} are examples: put in your "
        "own. Messages are signed with portfolio.name."
    )


@cli.command()
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--accounts", type=int, default=5000, show_default=True, help="Customers to simulate."
)
@click.option("--months", type=int, default=24, show_default=True, help="Months of history.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=7,
    show_default=True,
    help="Same seed, same portfolio.",
)
@click.option(
    "--country", default="CO", show_default=True, help="CO, MX, PE, CL, AR, BR, EC, US or ES."
)
@click.option(
    "--truth",
    type=click.Path(path_type=Path, file_okay=False),
    is_flag=False,
    flag_value="OUT-truth",
    help="Write the hidden truth too, into this folder; OUT-truth, beside OUT, when none is named.",
)
@click.option(
    "--faults",
    type=float,
    default=0.0,
    metavar="SHARE",
    help="Plant faults that `check` must find in this share of the rows.",
)
@click.option(
    "--fault-kind",
    metavar="NAME",
    help="Spoil one table as a whole: missing_table, missing_column, empty_table, mixed_currency or unreadable_line.",
)
@json_option
def simulate(
    out: Path, accounts: int, months: int, seed: int, country: str, as_json: bool, **extras: Any
) -> None:
    """Write a simulated portfolio as Parquet, to try things on.

    \b
    Example:
      propension simulate cartera/data --accounts 2000 --months 18 --country MX
      propension simulate cartera/data --truth --faults 0.01
    """
    from propension.simulate import simulate_portfolio

    if extras["truth"] == Path("OUT-truth"):
        extras["truth"] = out.with_name(f"{out.resolve().name}-truth")
    rows = simulate_portfolio(out, accounts, months, seed, country.upper(), **extras)
    Console(as_json).counts(f"Simulated into {out}", rows)


@cli.command()
@config_option
@json_option
def check(config: Path, as_json: bool) -> None:
    """Check the input tables against the data contract.

    Rows at fault are listed in OUTPUTS/quarantine, with the reason beside each. Exit code 3 when
    rows are refused, or the data cannot be used.

    \b
    Example:
      propension check -c cartera/propension.yaml
    """
    from pipelines.portfolio import check_data

    extraction = check_data(config)
    Console(as_json).findings(extraction)
    severities = {finding.severity for finding in extraction.findings}
    if severities & {"fatal", "refused"}:
        raise SystemExit(3)


@cli.command()
@click.argument("account")
@config_option
@as_of_option
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw how the account comes to its score, as SVG, into this file.",
)
@json_option
def explain(
    account: str, config: Path, as_of: dt.date | None, picture: Path | None, as_json: bool
) -> None:
    """Explain one account of a list: score, reasons, plan, and what was refused.

    \b
    Example:
      propension explain C004844
      propension explain C004844 --picture why.svg
    """
    from pipelines.portfolio import account_of_list, draw_account

    row = account_of_list(config, account, as_of)
    console = Console(as_json)
    console.account(row)
    if picture is not None:
        written = draw_account(config, row, picture)
        if not as_json:
            console.files("Picture", [written])


_COMMANDS = (
    train, tune, score, monitor, serve, board, demo, models, allocate, audit, experiment, feedback, policy,
)  # fmt: skip
for command in _COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Run the command; an error is one clear message and an exit code."""
    debug = "--debug" in sys.argv
    # Wherever it was written: people add it at the end of the command that failed.
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    code = _run(["--debug", *arguments] if debug else arguments, debug)
    if code:
        sys.exit(code)


def _run(arguments: list[str], debug: bool) -> int:
    try:
        cli(arguments, standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except PropensionError as error:
        _tell(str(error), debug)
        _let_go(error)
        return error.exit_code
    except Exception as error:
        _tell(_unexpected(error), debug)
        _let_go(error)
        return 1
    return 0


def _let_go(error: BaseException | None) -> None:
    # Prefect keeps the error of a failed run until the process ends; its frames would keep the
    # engine as long, and the engine's library complains about that on the way out.
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__context__


def _unexpected(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}. Check the path, its permissions and the free space."
    if "ephemeral Prefect API server" in str(error):
        seconds = os.environ["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"]
        return (
            f"the flows' own server was not ready after {seconds} seconds: the machine is too busy. Nothing was changed. "
            "Run again, or give it longer: PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS=600."
        )
    return f"unexpected {type(error).__name__}: {error}. Run again with --debug for the traceback."


def _tell(message: str, debug: bool) -> None:
    if debug:
        traceback.print_exc()
    click.echo(click.style("Error: ", fg="red", bold=True) + message, err=True)
