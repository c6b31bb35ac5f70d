"""What the experiment's commands need: past lists, what came of them, and the library's readings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.credentials import provide_connections
from pipelines.workspace import run_folder
from propension import clock
from propension.config import Experiment, Policy, Settings, load_policy, load_settings
from propension.monitoring import (
    ExperimentReading,
    PolicyValue,
    Prospect,
    Traffic,
    evaluate_candidate,
    foresee,
    lists_to_read,
    read_experiment,
    read_traffic,
    reading_windows,
    size_for_money,
    write_outcomes,
)
from propension.outputs import check_policy
from propension.schema import Finding, refuse_if_fatal
from propension.snapshots import choose_as_of, open_streams, prepare_streams
from propension.sources import extract
from propension.treatments.experiment import Design, SampleSize, size_for_rate

# Of an experiment that is no portfolio's.
CONTROL_SHARE = Experiment().control_share


@dataclass(frozen=True)
class Followed:
    """Past lists of a portfolio, and the file of what came of them."""

    settings: Settings
    policy: Policy
    as_of: dt.date
    lists: Sequence[Path]
    outcomes: Path
    findings: Sequence[Finding]


@dataclass(frozen=True)
class Question:
    """What is asked of an experiment; what is left out is the portfolio's own."""

    lift: float
    power: float
    score_r2: float
    base_rate: float | None = None
    accounts: int | None = None
    control_share: float | None = None


@dataclass(frozen=True)
class Plan:
    """What an experiment needs, and what some accounts would show.

    Attributes
    ----------
    base_rate : float
    size : SampleSize
        Of the rate.
    money : SampleSize or None
        Of the amount that comes in, where it was asked for.
    prospects : mapping of name to Prospect
        Of the accounts asked about, or of those that a month and six months bring.
    traffic : Traffic or None
        Where the base rate is the portfolio's own.
    """

    base_rate: float
    size: SampleSize
    money: SampleSize | None
    prospects: dict[str, Prospect]
    traffic: Traffic | None


def plan_experiment(config: Path, question: Question, amounts_after: int | None = None) -> Plan:
    """Size an experiment, and say what the accounts of the portfolio, or those asked about, can show.

    Parameters
    ----------
    config : Path
        Read only where the question leaves the base rate out, or asks for money.
    question : Question
    amounts_after : int or None
        Size it in money too, by what came in within these days of past lists.

    Raises
    ------
    ConfigurationError
        If what is asked makes no sense.
    DataError
        If there is no list to ask.
    """
    control, rate, traffic = question.control_share, question.base_rate, None
    if rate is None:
        settings = load_settings(config)
        policy = load_policy(settings.resolve(settings.policy))
        lists, _ = lists_to_read(settings.outputs_folder, dt.date.max, "run")
        traffic = read_traffic(lists)
        rate = traffic.base_rate
        control = policy.experiment.control_share if control is None else control
    share = CONTROL_SHARE if control is None else control
    design = Design(control_share=share, power=question.power, score_r2=question.score_r2)
    size = size_for_rate(rate, question.lift, design)
    named: dict[str, int] = {}
    if question.accounts is not None:
        named = {"accounts": question.accounts}
    elif traffic is not None:
        named = {"one month": traffic.month_accounts, "six months": traffic.half_year_accounts}
    prospects = {name: foresee(rate, question.lift, count, design) for name, count in named.items()}
    money = None
    if amounts_after is not None:
        with follow_lists(config, None, amounts_after) as followed:
            money = size_for_money(followed.outcomes, amounts_after, rate, question.lift, design)
    return Plan(rate, size, money, prospects, traffic)


def report_experiment(
    config: Path, as_of: dt.date | None, window: int, since: dt.date
) -> tuple[ExperimentReading, Followed]:
    """Read the experiment of a portfolio from its past lists."""
    with follow_lists(config, as_of, window, since) as followed:
        found = read_experiment(
            followed.outcomes, followed.policy, followed.settings.target, followed.as_of, window
        )
    return found, followed


def evaluate_policy_file(
    config: Path, candidate: Path, as_of: dt.date | None, window: int, since: dt.date
) -> tuple[dict[str, PolicyValue], Followed]:
    """Say what another policy file would have got on the past lists.

    Raises
    ------
    ConfigurationError
        If the candidate is refused.
    """
    settings = load_settings(config)
    policy = load_policy(candidate)
    check_policy(policy, settings.portfolio)
    measures = [f"{name}_{window}" for name in ("recovered_amount", "recovered_share", "paid")]
    with follow_lists(config, as_of, window, since) as followed:
        found = evaluate_candidate(followed.outcomes, followed.lists, policy, settings, measures)
    return found, followed


@contextmanager
def follow_lists(
    config: Path, as_of: dt.date | None, window: int, since: dt.date = dt.date.min
) -> Iterator[Followed]:
    """Extract the tables and write what came of the past lists; the file lives as long as the context.

    Raises
    ------
    DataError
        If the data cannot be used, or there is no past list.
    """
    settings = load_settings(config)
    policy = load_policy(settings.resolve(settings.policy))
    provide_connections(settings)
    with run_folder(settings.outputs_folder, "experiment") as work:
        extraction = extract(settings, work / "canonical", clock.today_utc())
        refuse_if_fatal(extraction.findings)
        day = choose_as_of(as_of, extraction)
        redraw = policy.experiment.redraw
        lists, findings = lists_to_read(settings.outputs_folder, day, redraw, since)
        streams = prepare_streams(extraction, settings.resources, settings.portfolio.country)
        outcomes, windows = work / "outcomes.parquet", reading_windows(policy, window)
        engine = open_streams(streams, settings.resources)
        try:
            write_outcomes(engine, lists, day, windows, settings.target, outcomes)
        finally:
            engine.close()
        yield Followed(settings, policy, day, lists, outcomes, findings)
