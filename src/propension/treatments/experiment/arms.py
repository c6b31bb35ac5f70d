"""The permanent random control group: a function of the account and the salt alone."""

from __future__ import annotations

from propension.config import Experiment

_BUCKETS = 16**12


def arm_sql(experiment: Experiment, account: str) -> str:
    """Return SQL for the arm of an account: control or treatment.

    Parameters
    ----------
    experiment : Experiment
    account : str
        SQL of the account's id.
    """
    salt = experiment.salt.replace("'", "''")
    number = f"('0x' || substr(md5('{salt}|' || {account}), 1, 12))::BIGINT"
    limit = round(experiment.control_share * _BUCKETS)
    return f"CASE WHEN {number} < {limit} THEN 'control' ELSE 'treatment' END"


def probability_sql(experiment: Experiment, arm: str) -> str:
    """Return SQL for the probability with which an account got its arm."""
    share = experiment.control_share
    return f"CASE WHEN {arm} = 'control' THEN {share}::DOUBLE ELSE {1 - share}::DOUBLE END"
