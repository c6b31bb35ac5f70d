"""What a policy does to the accounts of the last list, before it is used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from propension.config import Policy, Settings
from propension.config.settings import Resources
from propension.outputs.assemble import HISTORY_NAME, INPUTS_NAME, LOG_NAME, SCORED_NAME
from propension.outputs.capacity import allocation_facts
from propension.outputs.feedback import read_wishes
from propension.segments import named_rules
from propension.sources import text_literal
from propension.treatments import Decision, Occasion, choose, decide

_CHANGES = """
SELECT b.{column}, d.{column}, count(*) FROM decided d JOIN read_parquet({before}) b USING (account_id)
WHERE b.{column} IS DISTINCT FROM d.{column} GROUP BY ALL ORDER BY 3 DESC, 1, 2
"""


# The column in which a kind of rule leaves its name.
_DECIDES = {"segment": "segment", "suppression": "suppression", "cause": "likely_cause", "flag": ""}


@dataclass(frozen=True)
class RuleUse:
    """How many accounts a rule holds for, and how many it takes.

    Attributes
    ----------
    kind : {"segment", "flag", "suppression", "cause"}
    name : str
    holds : int
        Accounts for which the rule is true.
    takes : int
        Accounts it decides: those that no earlier rule of its kind took.
    taken_before : str
        Which segment takes most of the others; empty where it takes them all itself.
    """

    kind: str
    name: str
    holds: int
    takes: int
    taken_before: str = ""

    @property
    def note(self) -> str:
        """What is odd about it, in words; empty where nothing is."""
        if not self.holds:
            return "takes no account: its rule holds for none"
        if not self.takes:
            return f"takes no account: all {self.holds:,} are taken before it, most by {self.taken_before}"
        return ""


@dataclass(frozen=True)
class Review:
    """A policy on the accounts of one list.

    Attributes
    ----------
    accounts : int
    rules : tuple of RuleUse
    treatments : mapping of str to int
        Accounts by treatment, most first.
    limits : list of dict
        What is used of every capacity, budget and limit of pressure: see ``allocation_facts``.
    segment_changes, treatment_changes : tuple of (before, now, accounts)
        Against the list as it was published.
    """

    accounts: int
    rules: tuple[RuleUse, ...]
    treatments: Mapping[str, int]
    limits: list[dict[str, Any]]
    segment_changes: tuple[tuple[str | None, str | None, int], ...]
    treatment_changes: tuple[tuple[str | None, str | None, int], ...]


def review_policy(policy: Policy, settings: Settings, folder: Path, as_of: dt.date) -> Review:
    """Decide again about the accounts of a published list, and say what each rule does.

    Parameters
    ----------
    policy : Policy
    settings : Settings
    folder : Path
        Of the list.
    as_of : date
        Of the list.

    Raises
    ------
    PolicyError
        If a rule, a template or a cap of the policy is refused.
    """
    with _opened_inputs(folder, settings.resources) as engine:
        decision = decide(engine, policy, "accounts", _occasion(settings, folder, as_of))
        before = text_literal(folder / SCORED_NAME)

        def changes(column: str) -> tuple[tuple[str | None, str | None, int], ...]:
            return tuple(engine.execute(_CHANGES.format(column=column, before=before)).fetchall())

        counted = engine.execute(
            "SELECT treatment, count(*) FROM decided GROUP BY 1 ORDER BY 2 DESC, 1"
        )
        treatments = dict(counted.fetchall())
        return Review(
            accounts=sum(treatments.values()),
            rules=_rule_uses(engine, policy),
            treatments=treatments,
            limits=allocation_facts(decision)["limits"],
            segment_changes=changes("segment"),
            treatment_changes=changes("treatment"),
        )


@contextmanager
def _opened_inputs(folder: Path, resources: Resources) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give an engine with the table ``accounts``: what a published list was decided from."""
    limits: dict[str, Any] = {
        "threads": resources.threads,
        "memory_limit": f"{resources.memory_gb}GB",
    }
    with duckdb.connect(config=limits) as engine:
        inputs = text_literal(folder / INPUTS_NAME)
        engine.execute(f"CREATE TABLE accounts AS SELECT * FROM read_parquet({inputs})")
        yield engine


def chosen_again(policy: Policy, settings: Settings, folder: Path, as_of: dt.date) -> Decision:
    """Return what a policy would choose for the accounts of a published list, as they were known then.

    Raises
    ------
    PolicyError
        If a rule, a cap or a limit of the policy is refused.
    """
    with _opened_inputs(folder, settings.resources) as engine:
        return choose(engine, policy, "accounts", _occasion(settings, folder, as_of))


def _occasion(settings: Settings, folder: Path, as_of: dt.date) -> Occasion:
    history, log = folder / HISTORY_NAME, folder / LOG_NAME
    return Occasion(
        settings.portfolio,
        as_of,
        history=pq.read_table(history),
        log=pq.read_table(log) if log.exists() else None,
        horizon_days=settings.target.horizon_days,
        wishes=read_wishes(folder),
    )


def _rule_uses(engine: duckdb.DuckDBPyConnection, policy: Policy) -> tuple[RuleUse, ...]:
    uses = []
    for kind, name, holds in named_rules(policy):
        column = _DECIDES[kind]
        takes = f"{column} = {text_literal(name)}" if column else "TRUE"
        other = (
            f"mode({column}) FILTER (WHERE {holds} AND NOT coalesce({takes}, FALSE))"
            if column
            else "NULL"
        )
        found = engine.execute(
            f"SELECT count(*) FILTER (WHERE {holds}), count(*) FILTER (WHERE {holds} AND {takes}), {other} FROM decided"
        ).fetchall()
        [(held, taken, most)] = found
        uses.append(RuleUse(kind, name, held, taken, most or ""))
    return tuple(uses)
