"""Who is in which arm, follows which strategy, and draws what: functions of the account and the salt alone."""

from __future__ import annotations

from propension.config import CHAMPION, Experiment
from propension.sources import text_literal

_BUCKETS = 16**12


def arm_sql(experiment: Experiment, account: str) -> str:
    """Return SQL for the arm of an account: control, explore or treatment.

    Parameters
    ----------
    experiment : Experiment
    account : str
        SQL of the account's id.
    """
    drawn = draw_sql(experiment, account)
    control, explore = experiment.control_share, experiment.explore_share
    return (
        f"CASE WHEN {drawn} < {control}::DOUBLE THEN 'control' "
        f"WHEN {drawn} < {control + explore}::DOUBLE THEN 'explore' ELSE 'treatment' END"
    )


def strategy_sql(experiment: Experiment, account: str) -> str:
    """Return SQL for the strategy an account would follow; drawn apart from its arm."""
    drawn, share, cases = draw_sql(experiment, account, "strategy"), 0.0, ""
    for name, challenger in experiment.challengers.items():
        share += challenger.share
        cases += f"WHEN {drawn} < {share}::DOUBLE THEN {text_literal(name)} "
    return f"CASE {cases} ELSE '{CHAMPION}' END" if cases else f"'{CHAMPION}'"


def draw_sql(experiment: Experiment, account: str, *of: str) -> str:
    """Return SQL of a number in [0, 1) that is an account's own; another one for everything else it is drawn for."""
    salted = text_literal("|".join((experiment.salt, *of)) + "|")
    return f"(('0x' || substr(md5({salted} || {account}), 1, 12))::BIGINT / {_BUCKETS}::DOUBLE)"
