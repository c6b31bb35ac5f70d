"""Facts, scores and policy become the scored list, in the output contract's shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow.parquet as pq

from propension.config import Policy
from propension.config.settings import Resources
from propension.errors import PolicyError
from propension.outputs.columns import SCORED_COLUMNS, SCORED_SCHEMA
from propension.segments import RULE_COLUMNS, example_row, segment_sql
from propension.sources import open_engine, text_literal
from propension.treatments import treatment_sql

SCORED_NAME = "scored.parquet"
_ROW_GROUP = 100_000


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


def check_policy(policy: Policy) -> None:
    """Make sure every rule of the policy can run, before anything long is started.

    Raises
    ------
    PolicyError
        With the place of the first rule that cannot.
    """
    engine = duckdb.connect(config={"threads": 1})
    try:
        engine.execute(f"CREATE TABLE probe AS {example_row()}")
        engine.execute(decision_sql(policy, "probe")).fetchall()
    except duckdb.Error as error:
        detail = str(error).strip().splitlines()[0]
        raise PolicyError(
            f"policy.yaml: a rule cannot be evaluated ({detail}). Compare like with like."
        ) from None
    finally:
        engine.close()


def decision_sql(policy: Policy, source: str) -> str:
    """Return the SELECT that turns scored facts into decisions.

    Raises
    ------
    PolicyError
        If a rule is refused.
    """
    segmented = segment_sql(policy, source)
    return treatment_sql(policy, f"({segmented})")


def write_scored(
    stages: Sequence[StageFiles],
    policy: Policy,
    identity: Mapping[str, str],
    resources: Resources,
    folder: Path,
) -> int:
    """Write ``scored.parquet``: one row per account, by priority; return the rows.

    The same inputs give the same bytes.

    Parameters
    ----------
    stages : sequence of StageFiles
        No account is in two of them.
    policy : Policy
    identity : mapping
        currency, policy_version and run_id.
    resources : Resources
    folder : Path
        Receives the file.
    """
    engine = open_engine(resources, folder)
    try:
        scored = " UNION ALL BY NAME ".join(map(_scored_facts, stages))
        engine.execute(f"CREATE TABLE scored_facts AS {scored}")
        engine.execute(f"CREATE TABLE decided AS {decision_sql(policy, 'scored_facts')}")
        held = {row[0] for row in engine.execute("DESCRIBE decided").fetchall()}
        columns = ", ".join(_contract_column(c.name, held, identity) for c in SCORED_COLUMNS)
        reader = engine.sql(f"SELECT {columns} FROM decided ORDER BY priority").to_arrow_reader(
            _ROW_GROUP
        )
        rows = 0
        with pq.ParquetWriter(folder / SCORED_NAME, SCORED_SCHEMA) as writer:
            for batch in reader:
                writer.write_batch(batch.cast(SCORED_SCHEMA), row_group_size=_ROW_GROUP)
                rows += batch.num_rows
        return rows
    finally:
        engine.close()


def _scored_facts(files: StageFiles) -> str:
    facts, features, scores = (f"read_parquet({text_literal(path)})" for path in files[:3])
    shown = ", ".join(
        f"x.{column.name}::{column.kind} AS {column.name}"
        for column in RULE_COLUMNS
        if column.origin == "feature"
    )
    # What the model expects to come in of what is at stake: overdue, or about to fall due.
    at_stake = "CASE f.stage WHEN 'upcoming' THEN f.due_amount ELSE f.overdue_amount END"
    return f"""
SELECT f.*, {shown}, s.* EXCLUDE (account_id, recovery_share),
       ({at_stake} * s.recovery_share::DECIMAL(9,6))::DECIMAL(18,2) AS expected_recovery,
       {text_literal(files.model_name)} AS model_name, {text_literal(files.model_version)} AS model_version
FROM {facts} f JOIN {features} x USING (account_id) JOIN {scores} s USING (account_id)"""


def _contract_column(name: str, held: set[str], identity: Mapping[str, str]) -> str:
    if name in identity:
        return f"{text_literal(identity[name])} AS {name}"
    return name if name in held else f"NULL AS {name}"
