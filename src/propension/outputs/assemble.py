"""Facts, scores and policy become the scored list, in the output contract's shape."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from propension.config import Policy, Settings
from propension.config.settings import Portfolio
from propension.errors import DataError, PolicyError
from propension.outputs.agenda import write_agenda
from propension.outputs.capacity import allocation_facts, write_allocation
from propension.outputs.columns import SCORED_COLUMNS, SCORED_SCHEMA, labels_of_values
from propension.outputs.scored_table import translate
from propension.segments import RULE_COLUMNS, example_row, named_rules
from propension.sources import first_line, open_engine, quoted, text_literal
from propension.treatments import Occasion, decide, message_findings, portfolio_clock

SCORED_NAME = "scored.parquet"
INPUTS_NAME, HISTORY_NAME = "decision_inputs.parquet", "contact_history.parquet"
LOG_NAME, TIMELINE_NAME = "assignment_log.parquet", "timeline.parquet"
_ROW_GROUP = 100_000
_AGENDA = """
SELECT team, agent, starts_at, ends_at, priority, account_id, customer_name, treatment, channel, amount_at_stake,
       offer, message
FROM decided WHERE starts_at IS NOT NULL
"""


class StageFiles(NamedTuple):
    """What is known of the accounts of one stage, one row per account in each file.

    Attributes
    ----------
    facts, features, scores : Path
        See ``write_facts``, ``write_features`` and ``score_features``.
    model_name, model_version : str
        What scored them.
    """

    facts: Path
    features: Path
    scores: Path
    model_name: str = ""
    model_version: str = ""


def check_policy(policy: Policy, portfolio: Portfolio) -> None:
    """Make sure that every rule, offer and message of the policy can be carried out, before anything long is started.

    Raises
    ------
    PolicyError
        With the place of the first that cannot.
    """
    # What comes with propension is checked where it is made.
    if policy.messages.templates:
        _refuse_unlawful(policy, portfolio)
    with duckdb.connect(config={"threads": 1}) as engine:
        _try_rules(engine, policy)
        engine.execute(f"CREATE TABLE probe AS {example_row()}")
        decide(engine, policy, "probe", Occasion(portfolio, dt.date(2026, 1, 31)))


def _try_rules(engine: duckdb.DuckDBPyConnection, policy: Policy) -> None:
    flags = "".join(f", FALSE AS {quoted(name)}" for name in policy.flags)
    example = f"(SELECT *{flags} FROM ({example_row(derived=True)}))"
    for kind, name, rule in named_rules(policy):
        try:
            engine.execute(f"SELECT {rule} FROM {example}").fetchall()
        except duckdb.Error as error:
            raise PolicyError(
                f"policy.yaml: {kind}s.{name}: the rule cannot be evaluated ({first_line(error)}). "
                "Compare like with like.",
                rule=name,
            ) from None


def _refuse_unlawful(policy: Policy, portfolio: Portfolio) -> None:
    found = message_findings(policy, portfolio)
    if found:
        faults = [finding.message for finding in found]
        count = f"{len(faults)} message{'s' if len(faults) > 1 else ''} refused"
        raise PolicyError(f"policy.yaml: {count}: " + " ".join(faults), faults=faults)


def _refuse_nobody(engine: duckdb.DuckDBPyConnection, as_of: dt.date) -> None:
    if engine.execute("SELECT 1 FROM scored_facts LIMIT 1").fetchone() is None:
        raise DataError(
            f"{as_of}: not one account has anything overdue, or due soon, so there is no list to write. "
            "Check due_on, payments and target.min_overdue_amount."
        )


def write_scored(
    stages: Sequence[StageFiles],
    policy: Policy,
    occasion: Occasion,
    identity: Mapping[str, str],
    settings: Settings,
    folder: Path,
) -> dict[str, int]:
    """Write ``scored.parquet``, one row per account by priority, and its agenda; return rows by file.

    The same inputs give the same bytes. What the decisions were made from is kept beside it, for
    ``propension policy check`` and ``propension allocate``, and what they ask of every team.

    Parameters
    ----------
    stages : sequence of StageFiles
        No account is in two of them.
    policy : Policy
    occasion : Occasion
    identity : mapping
        currency, policy_version and run_id.
    settings : Settings
    folder : Path
        Receives the files.

    Raises
    ------
    DataError
        If there is not one account to list.
    """
    engine = open_engine(settings.resources, folder)
    try:
        scored = " UNION ALL BY NAME ".join(map(_scored_facts, stages))
        engine.execute(f"CREATE TABLE scored_facts AS {scored}")
        _refuse_nobody(engine, occasion.as_of)
        decision = decide(engine, policy, "scored_facts", occasion)
        write_allocation(folder, allocation_facts(decision))
        inputs = text_literal(folder / INPUTS_NAME)
        engine.execute(
            f"COPY (SELECT * EXCLUDE (reasons) FROM scored_facts ORDER BY account_id) TO {inputs} (FORMAT parquet)"
        )
        pq.write_table(occasion.history, folder / HISTORY_NAME)
        if occasion.log is not None:
            pq.write_table(occasion.log, folder / LOG_NAME)
        held = {row[0] for row in engine.execute("DESCRIBE decided").fetchall()}
        columns = contract_sql(held, identity, occasion.portfolio)
        reader = engine.sql(f"SELECT {columns} FROM decided ORDER BY priority").to_arrow_reader(
            _ROW_GROUP
        )
        rows = 0
        with pq.ParquetWriter(folder / SCORED_NAME, SCORED_SCHEMA) as writer:
            for batch in reader:
                writer.write_batch(batch.cast(SCORED_SCHEMA), row_group_size=_ROW_GROUP)
                rows += batch.num_rows
        agenda = write_agenda(
            _agenda_rows(engine, policy, occasion),
            folder,
            occasion.portfolio,
            settings.outputs,
            occasion.as_of,
        )
        return {SCORED_NAME: rows, **agenda}
    finally:
        engine.close()


def _agenda_rows(engine: duckdb.DuckDBPyConnection, policy: Policy, occasion: Occasion) -> pa.Table:
    """What has its time, in the words of the portfolio's language."""
    rows = engine.sql(_AGENDA).to_arrow_table()
    words = labels_of_values(policy, occasion.portfolio.language)
    for name in ("team", "treatment", "channel"):
        told = translate(rows[name].combine_chunks(), words[name])
        rows = rows.append_column(f"{name}_label", told)
    return rows


def _scored_facts(files: StageFiles) -> str:
    relations = tuple(f"read_parquet({text_literal(path)})" for path in files[:3])
    return scored_facts_sql(relations, (files.model_name, files.model_version))


def scored_facts_sql(relations: tuple[str, ...], model: tuple[str, str]) -> str:
    """Return a SELECT of what decisions are made from.

    Parameters
    ----------
    relations : (str, str, str)
        Facts, features and scores: see ``StageFiles``.
    model : (str, str)
        Name and version of what scored them.
    """
    facts, features, scores = relations
    shown = ", ".join(
        f"x.{column.name}::{column.kind} AS {column.name}"
        for column in RULE_COLUMNS
        if column.origin == "feature"
    )
    # What the model expects to come in of what is at stake: overdue, or about to fall due.
    at_stake = "CASE f.stage WHEN 'upcoming' THEN f.due_amount ELSE f.overdue_amount END"
    name, version = map(text_literal, model)
    return f"""
SELECT f.*, {shown}, s.* EXCLUDE (account_id, recovery_share),
       ({at_stake}::DECIMAL(28,2) * s.recovery_share::DECIMAL(9,6))::DECIMAL(18,2) AS expected_recovery,
       {name} AS model_name, {version} AS model_version
FROM {facts} f JOIN {features} x USING (account_id) JOIN {scores} s USING (account_id)"""


def contract_sql(held: set[str], identity: Mapping[str, str], portfolio: Portfolio) -> str:
    """Return the list's columns in order, of which some are the same in every row, and some may not be held."""
    clock = text_literal(portfolio_clock(portfolio))
    shown = {name: name for name in held}
    shown |= {name: text_literal(value) for name, value in identity.items()}
    shown["starts_at"] = f"timezone({clock}, starts_at)"
    return ", ".join(f"{shown.get(c.name, 'NULL')} AS {c.name}" for c in SCORED_COLUMNS)
