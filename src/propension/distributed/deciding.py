"""Segments, treatments, offers and messages on every worker: the engine itself, on some customers at a time."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb
import pyarrow as pa

from propension.config import Policy, Settings
from propension.distributed.ranks import Ranks
from propension.distributed.translate import to_spark
from propension.errors import DataError
from propension.outputs import SCORED_SCHEMA, StageFiles, contract_sql, scored_facts_sql
from propension.segments import AXES, Standing, find_standing, worth_sql
from propension.sources import open_engine
from propension.treatments import (
    HISTORY_SCHEMA,
    Occasion,
    Whole,
    decide,
    learn_policy_effects,
    pressed_groups,
    weigh,
)
from propension.treatments.choice import Part, Settled, groups_sql, kept_groups, settle

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

T = TypeVar("T")
PART, WORTH, _BEFORE = "_part", "worth", "_before"
# What the list is in order of besides what it shows.
ORDERED_BY = "expected_value"
_PART_SCHEMA = f"{PART} long, accounts long, content binary"


@dataclass(frozen=True, eq=False)
class Deciders:
    """What every worker decides with.

    Attributes
    ----------
    policy : Policy
    occasion : Occasion
        Without history and previous list, which come with the accounts.
    settings : Settings
    identity : dict of str to str
        Columns of the list that are the same in every row.
    previous : Path or None
        The list before.
    """

    policy: Policy
    occasion: Occasion
    settings: Settings
    identity: dict[str, str]
    previous: Path | None = None


def gather_inputs(
    spark: SparkSession,
    stages: Sequence[StageFiles],
    deciders: Deciders,
    path: Path,
) -> Standing:
    """Write what is known of every account, with its worth and its part; return where thresholds lie.

    All accounts of a customer are in one part.
    """
    from pyspark.sql import functions as f

    # Written, since ranks read a few of its columns again and again.
    known = str(path.with_name("known"))
    _accounts(spark, stages).write.mode("overwrite").parquet(known)
    accounts = spark.read.parquet(known)
    with _worths(accounts, deciders.policy) as worths:
        if not worths.rows:
            raise DataError(
                "no account is overdue, or falls due soon, on this day: there is no list."
            )
        standing = find_standing(deciders.policy, worths)
        size = deciders.settings.spark.group_accounts if deciders.settings.spark else worths.rows
        parts = max(1, -(-worths.rows // size))
        inputs = accounts.join(worths.frame.select("account_id", WORTH), "account_id")
        if deciders.previous is not None:
            before = spark.read.parquet(str(deciders.previous))
            segments = before.select("account_id", f.col("segment").alias(_BEFORE))
            inputs = inputs.join(segments, "account_id", "left")
        part = f.pmod(f.xxhash64("customer_id"), f.lit(parts)).alias(PART)
        inputs.select("*", part).write.mode("overwrite").parquet(str(path))
    return standing


def _accounts(spark: SparkSession, stages: Sequence[StageFiles]) -> DataFrame:
    """What decisions are made from, of all stages."""
    found: DataFrame | None = None
    for place, files in enumerate(stages):
        names = tuple(f"stage_{place}_{kind}" for kind in ("facts", "features", "scores"))
        for name, file in zip(names, files[:3], strict=True):
            spark.read.parquet(str(file)).createOrReplaceTempView(name)
        sql = scored_facts_sql(names, (files.model_name, files.model_version))
        frame = spark.sql(to_spark(sql))
        found = frame if found is None else found.unionByName(frame)
    if found is None:
        raise DataError("no stage of the portfolio was scored. Train a model: propension train")
    return found


@contextmanager
def _worths(accounts: DataFrame, policy: Policy) -> Iterator[Ranks]:
    """Every account's worth and axes, in order."""
    from pyspark.sql import functions as f

    measures = list(policy.value_tiers.by)
    numbers = [f.col(name).cast("double").alias(name) for name in (*measures, *AXES)]
    with Ranks(accounts.select("account_id", *numbers), measures) as ranks:
        shown = [ranks.percent_rank(name).alias(name) for name in measures]
        ranked = ranks.frame.select("account_id", *AXES, *shown)
        sql = worth_sql(policy.value_tiers, {name: name for name in measures})
        worth = f.expr(to_spark(f"SELECT {sql}").removeprefix("SELECT ")).alias(WORTH)
        with Ranks(ranked.select("account_id", *AXES, worth), [WORTH, *AXES]) as worths:
            yield worths


def learn_whole(spark: SparkSession, inputs: Path, deciders: Deciders, standing: Standing) -> Whole:
    """Return what the portfolio settles before anybody chooses."""
    stages = deciders.settings.target.stages
    effects = learn_policy_effects(deciders.policy, deciders.occasion, stages)
    accounts = spark.read.parquet(str(inputs))
    accounts.createOrReplaceTempView("inputs")
    # What decisions make of an account has few values.
    groups = [name for name in pressed_groups(deciders.policy) if name in accounts.columns]
    found = {name: spark.sql(to_spark(groups_sql(name, "inputs"))).collect() for name in groups}
    return Whole(standing, effects, largest=kept_groups(found))


def weigh_parts(
    spark: SparkSession, inputs: Path, history: Path, deciders: Deciders, whole: Whole, path: Path
) -> None:
    """Write what is open for the accounts of every part, and what it is worth."""

    def weighed(engine: duckdb.DuckDBPyConnection, occasion: Occasion, part: int) -> pa.Table:
        found, _ = weigh(engine, deciders.policy, "accounts", occasion, whole)
        content, count = found.to_bytes(), len(found.slate.accounts)
        return pa.table({PART: [part], "accounts": [count], "content": [content]})

    frame = _by_part(spark, inputs, history, deciders, weighed, _PART_SCHEMA)
    frame.write.mode("overwrite").parquet(str(path))


def settle_parts(spark: SparkSession, parts: Path, policy: Policy, sample_accounts: int) -> Settled:
    """Return the terms of a portfolio whose parts are weighed; the first prices come from a sample of parts."""
    rows = spark.read.parquet(str(parts))
    sizes = {row[PART]: row["accounts"] for row in rows.select(PART, "accounts").collect()}
    chosen, accounts = [], 0
    for part in sorted(sizes):
        if accounts >= sample_accounts:
            break
        chosen.append(part)
        accounts += sizes[part]
    some = rows.where(rows[PART].isin(chosen)).orderBy(PART).collect()
    sample = [Part.from_bytes(bytes(row["content"])) for row in some]

    def ask(question: Callable[[Part], T]) -> list[T]:
        answers = rows.mapInArrow(_answers(question), f"{PART} long, answer string").collect()
        return [json.loads(row["answer"]) for row in sorted(answers, key=lambda row: row[PART])]

    return settle(policy, ask, sample)


def _answers(
    question: Callable[[Part], Any],
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def answered(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for rows in batches:
            for part, content in zip(rows[PART], rows["content"], strict=True):
                answer = json.dumps(question(Part.from_bytes(content.as_py())))
                yield pa.RecordBatch.from_pydict({PART: [part.as_py()], "answer": [answer]})

    return answered


def decide_parts(
    spark: SparkSession, inputs: Path, history: Path, deciders: Deciders, whole: Whole
) -> DataFrame:
    """Return the list's rows, with ``ORDERED_BY`` besides; priorities count within a part."""
    from pyspark.sql.pandas.types import from_arrow_schema

    schema = SCORED_SCHEMA.append(pa.field(ORDERED_BY, pa.float64()))

    def decided(engine: duckdb.DuckDBPyConnection, occasion: Occasion, _: int) -> pa.Table:
        decide(engine, deciders.policy, "accounts", occasion, whole)
        held = {row[0] for row in engine.execute("DESCRIBE decided").fetchall()}
        sql = f"SELECT {contract_sql(held, deciders.identity, occasion.portfolio)}, {ORDERED_BY} FROM decided"
        return engine.sql(sql).to_arrow_table().cast(schema)

    return _by_part(spark, inputs, history, deciders, decided, from_arrow_schema(schema))


def _by_part(
    spark: SparkSession,
    inputs: Path,
    history: Path,
    deciders: Deciders,
    work: Callable[[duckdb.DuckDBPyConnection, Occasion, int], pa.Table],
    schema: Any,
) -> DataFrame:
    """Run something on every part: an engine with its accounts, and an occasion with their past contacts."""
    from pyspark.sql import functions as f

    accounts = spark.read.parquet(str(inputs))
    customers = spark.read.parquet(str(inputs)).select("customer_id", PART).distinct()
    contacts = spark.read.parquet(str(history)).join(customers, "customer_id")
    count = int(accounts.agg(f.max(PART)).collect()[0][0]) + 1
    resources, occasion = deciders.settings.resources, deciders.occasion

    def run(left: pa.Table, right: pa.Table) -> pa.Table:
        number = left[PART][0].as_py()
        known = right.select(HISTORY_SCHEMA.names).cast(HISTORY_SCHEMA)
        ours = replace(occasion, history=known, previous=_before(left))
        with tempfile.TemporaryDirectory() as folder:
            engine = open_engine(resources.model_copy(update={"threads": 1}), Path(folder))
            try:
                engine.register("given", left)
                engine.execute(f"CREATE TABLE accounts AS SELECT * EXCLUDE ({PART}) FROM given")
                return work(engine, ours, number)
            finally:
                engine.close()

    # One part a task: Spark does not know what a part costs.
    left, right = (frame.repartition(count, PART) for frame in (accounts, contacts))
    return left.groupBy(PART).cogroup(right.groupBy(PART)).applyInArrow(run, schema)


def _before(accounts: pa.Table) -> pa.Table | None:
    if _BEFORE not in accounts.column_names:
        return None
    return accounts.select(["account_id", _BEFORE]).rename_columns(["account_id", "segment"])
