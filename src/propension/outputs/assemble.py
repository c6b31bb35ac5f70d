"""Facts, scores and policy become the scored list, in the output contract's shape."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from propension.config import Policy
from propension.config.settings import Resources
from propension.errors import PolicyError
from propension.outputs.columns import SCORED_COLUMNS, SCORED_SCHEMA
from propension.segments import segment_sql
from propension.sources import open_engine, text_literal
from propension.treatments import treatment_sql

SCORED_NAME = "scored.parquet"
_ROW_GROUP = 100_000

# A row with a value in every column rules may use: a rule that fails on it fails on any list.
_PROBE = """
SELECT DATE '2026-01-31' AS as_of, 'A' AS account_id, 'overdue' AS stage, 12::BIGINT AS days_past_due,
       '1-30' AS dpd_bucket, 10::DECIMAL(18,2) AS overdue_amount, 10::DECIMAL(18,2) AS open_amount,
       10::BIGINT AS tenure_days, 1::BIGINT AS late_debts_90d, 1::BIGINT AS attempts_90d,
       1::BIGINT AS right_party_90d, 0.5::DOUBLE AS contactability, TRUE AS has_phone, TRUE AS has_email,
       FALSE AS vulnerable, 'known' AS solvency, FALSE AS promise_open, FALSE AS disputed, FALSE AS deceased,
       FALSE AS insolvent, FALSE AS litigation, FALSE AS hardship, FALSE AS do_not_contact, ['visit'] AS opt_outs,
       0.5::DOUBLE AS propensity, 5::DECIMAL(18,2) AS expected_recovery
"""


def check_policy(policy: Policy) -> None:
    """Make sure every rule of the policy can run, before anything long is started.

    Raises
    ------
    PolicyError
        With the place of the first rule that cannot.
    """
    engine = duckdb.connect(config={"threads": 1})
    try:
        engine.execute(f"CREATE TABLE probe AS {_PROBE}")
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
    inputs: tuple[Path, Path],
    policy: Policy,
    identity: Mapping[str, str],
    resources: Resources,
    folder: Path,
) -> int:
    """Write ``scored.parquet``: one row per account, by priority; return the rows.

    The same inputs give the same bytes.

    Parameters
    ----------
    inputs : (Path, Path)
        Facts (see ``write_facts``) and scores (see ``score_features``), one row per account each.
    policy : Policy
    identity : mapping
        currency, model_name, model_version, policy_version, run_id.
    resources : Resources
    folder : Path
        Receives the file.
    """
    facts, scores = (f"read_parquet({text_literal(path)})" for path in inputs)
    engine = open_engine(resources, folder)
    try:
        engine.execute(
            "CREATE TABLE scored_facts AS SELECT f.*, s.* EXCLUDE (account_id, recovery_share), "
            "(f.overdue_amount * s.recovery_share::DECIMAL(9,6))::DECIMAL(18,2) AS expected_recovery "
            f"FROM {facts} f JOIN {scores} s USING (account_id)"
        )
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


def _contract_column(name: str, held: set[str], identity: Mapping[str, str]) -> str:
    if name in identity:
        return f"{text_literal(identity[name])} AS {name}"
    return name if name in held else f"NULL AS {name}"
