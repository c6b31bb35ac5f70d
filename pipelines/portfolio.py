"""What the command needs besides the flows: folders, checks, one account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from pipelines.credentials import provide_connections
from pipelines.workspace import run_folder
from propension import clock
from propension.config import HOME, Stage, load_policy, load_settings, starting_files
from propension.errors import ConfigurationError, OutputError
from propension.explain import waterfall_picture
from propension.features import catalogue
from propension.model import Registry, ReportReader
from propension.outputs import (
    INPUTS_NAME,
    SCORED_NAME,
    Feedback,
    FeedbackLog,
    Review,
    check_policy,
    chosen_again,
    dated_folder,
    dated_folders,
    list_date,
    read_manifest,
    review_policy,
    try_capacities,
)
from propension.sources import Extraction, extract, keep_quarantine
from propension.treatments import message_findings, treatments_without_words


def create_portfolio(folder: Path, country: str = HOME) -> list[Path]:
    """Write settings and policy into a folder, in the money and language of a country; return the files.

    Raises
    ------
    ConfigurationError
        If the folder already holds one of these files, or the country is not known.
    """
    contents = starting_files(folder.resolve().name, country)
    for name in contents:
        if (folder / name).exists():
            raise ConfigurationError(
                f"{folder / name}: already exists. Choose another folder, or move it away."
            )
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8")
    return [folder / name for name in contents]


def check_configuration(config: Path) -> None:
    """Read settings, policy and features; raise what is wrong with any of them."""
    settings = load_settings(config)
    check_policy(load_policy(settings.resolve(settings.policy)), settings.portfolio)
    catalogue(settings.features)


def check_data(config: Path) -> Extraction:
    """Read and check the tables; rows at fault go to OUTPUTS/quarantine."""
    settings = load_settings(config)
    provide_connections(settings)
    with run_folder(settings.outputs_folder, "check") as work:
        extraction = extract(settings, work / "canonical", clock.today_utc())
        keep_quarantine(extraction.folder, settings.outputs_folder)
    return extraction


def open_registry(config: Path, stage: Stage) -> Registry:
    """Open the registry of a portfolio's model of a stage."""
    return Registry(load_settings(config), stage)


def wordless_treatments(config: Path) -> list[str]:
    """Return the treatments of a portfolio's policy that reach a customer without a message or script."""
    settings = load_settings(config)
    return treatments_without_words(load_policy(settings.resolve(settings.policy)))


def check_policy_file(
    config: Path, against: dt.date | None
) -> tuple[list[str], Review | None, dt.date | None]:
    """Check a policy, and try it on the accounts of a list.

    Returns
    -------
    (list of str, Review or None, date or None)
        What is wrong with its messages; what it does to the accounts of the list of ``against``, or
        of the newest, and that list's date; None where there is no list yet.

    Raises
    ------
    ConfigurationError
        If the policy is refused, or there is no list of that date.
    """
    settings = load_settings(config)
    policy = load_policy(settings.resolve(settings.policy))
    check_policy(policy, settings.portfolio)
    faults = [finding.message for finding in message_findings(policy, settings.portfolio)]
    if against is None and not dated_folders(settings.outputs_folder, INPUTS_NAME):
        return faults, None, None
    folder = _list_folder(settings.outputs_folder, against, INPUTS_NAME)
    day = list_date(folder)
    return faults, review_policy(policy, settings, folder, day), day


def try_on_list(config: Path, changes: Sequence[str], as_of: dt.date | None) -> dict[str, Any]:
    """Say what other capacities would have added to the list of ``as_of``, or to the latest; nothing is written.

    Raises
    ------
    ConfigurationError
        If there is no list, or a change cannot be read.
    """
    settings = load_settings(config)
    policy = load_policy(settings.resolve(settings.policy))
    folder = _list_folder(settings.outputs_folder, as_of, INPUTS_NAME)
    day = list_date(folder)
    found = try_capacities(chosen_again(policy, settings, folder, day), changes)
    return {"as_of": day.isoformat(), "currency": settings.portfolio.currency, **found}


def _list_folder(outputs: Path, as_of: dt.date | None, name: str) -> Path:
    """Return the folder of the list of a date, or of the latest, that holds a file."""
    lists = [one for one in dated_folders(outputs, name) if as_of in (None, list_date(one))]
    if not lists:
        when = f" of {as_of}" if as_of else ""
        raise ConfigurationError(f"{outputs}: there is no list{when}. Run: propension score")
    return lists[-1]


def account_of_list(config: Path, account: str, as_of: dt.date | None) -> dict[str, Any]:
    """Return one account's row of the list of ``as_of``, or of the latest list.

    Raises
    ------
    ConfigurationError
        If there is no list, or the account is not on it.
    """
    folder = _list_folder(load_settings(config).outputs_folder, as_of, SCORED_NAME)
    with duckdb.connect() as engine:
        found = engine.execute(
            "SELECT * FROM read_parquet(?) WHERE account_id = ?",
            [str(folder / SCORED_NAME), account],
        )
        names = [column[0] for column in found.description or []]
        row = found.fetchone()
    if row is None:
        raise ConfigurationError(
            f"{account}: not on the list {folder.name}; it holds the accounts with something overdue or falling due. "
            "Check the id, or give another --as-of.",
            account=account,
        )
    return dict(zip(names, row, strict=True))


def say_of_account(config: Path, account: str, said: Mapping[str, Any]) -> Feedback:
    """Keep what somebody says of an account of the latest list; return it with its number.

    Parameters
    ----------
    config : Path
    account : str
    said : mapping
        kind and author, and what ``Feedback`` needs of that kind.

    Raises
    ------
    ConfigurationError
        If the account is not on the list, or the policy does not let people say it.
    """
    settings = load_settings(config)
    row = account_of_list(config, account, None)
    policy = load_policy(settings.resolve(settings.policy))
    told = Feedback(account_id=account, as_of=row["as_of"], run_id=row["run_id"], **said)
    return FeedbackLog(settings.outputs_folder).add(told, policy, clock.now_utc())


def draw_account(config: Path, row: Mapping[str, Any], out: Path) -> Path:
    """Write the picture of how an account of a list comes to its score, as SVG; return the file.

    Raises
    ------
    OutputError
        If the list was written without what the picture starts from, or the file cannot be written.
    """
    settings = load_settings(config)
    manifest = read_manifest(dated_folder(settings.outputs_folder, row["as_of"]))
    model = manifest.get("models", {}).get(row["stage"])
    if model is None or row.get("margin") is None:
        raise OutputError(
            f"as_of={row['as_of']}: the list is of an older version and cannot be drawn. "
            "Run: propension score"
        )
    reader = ReportReader(settings.portfolio.language)
    svg, _ = waterfall_picture(row["reasons"], model["base_margin"], row["margin"], reader)
    try:
        out.write_text(svg, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(
            f"{out}: cannot be written ({error.strerror}). Check the folder."
        ) from None
    return out
