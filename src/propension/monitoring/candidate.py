"""Another policy file on past lists: what it would have done, and what that would have got."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from propension.arrays import Floats
from propension.config import NO_TREATMENT, Policy, Settings
from propension.errors import DataError
from propension.monitoring.off_policy import PolicyValue, evaluate_policy
from propension.outputs import chosen_again, list_date
from propension.sources import text_literal

# Newest lists first; within one, an order that has nothing to do with the account.
_LOG = """
SELECT o.*, c.treatment AS candidate
FROM (
    SELECT * FROM read_parquet({outcomes}) WHERE {outcome} IS NOT NULL
    ORDER BY as_of DESC, md5(account_id) LIMIT {most}
) o JOIN choices c USING (as_of, account_id)
ORDER BY o.as_of, o.account_id
"""


def evaluate_candidate(
    outcomes: Path,
    lists: Sequence[Path],
    policy: Policy,
    settings: Settings,
    measures: Sequence[str],
) -> dict[str, PolicyValue]:
    """Return what a candidate policy would have got on past lists, by measure.

    The candidate decides about every list as if nothing were drawn, so that its choice depends on what was
    known of the account alone; then its own control share is left alone. What its exploration would
    cost is not counted.

    Parameters
    ----------
    outcomes : Path
        From ``write_outcomes``.
    lists : sequence of Path
        The folders the outcomes were made from.
    policy : Policy
        The candidate.
    settings : Settings
    measures : sequence of str
        Columns of the outcomes over one window, such as ``recovered_amount_30``.

    Raises
    ------
    DataError
        If no outcome is mature, or the candidate does what the lists never did.
    PolicyError
        If the candidate is refused.
    """
    log = _decided_log(outcomes, lists, policy, settings, measures[0])
    treatments = list(policy.treatments)
    chances = _chances(log["candidate"], treatments, policy)
    return {name: evaluate_policy(log, treatments, chances, name) for name in measures}


def _decided_log(
    outcomes: Path, lists: Sequence[Path], policy: Policy, settings: Settings, outcome: str
) -> pa.Table:
    """Mature rows with the candidate's choice."""
    undrawn = {"control_share": 0.0, "explore_share": 0.0, "challengers": {}}
    experiment = policy.experiment.model_copy(update=undrawn)
    candidate = policy.model_copy(update={"experiment": experiment})
    file = text_literal(outcomes)
    with duckdb.connect() as engine:
        days = engine.execute(
            f"SELECT DISTINCT as_of FROM read_parquet({file}) WHERE {outcome} IS NOT NULL"
        ).fetchall()
        mature = {day for (day,) in days}
        if not mature:
            raise DataError(
                f"off-policy: no row has a mature {outcome}. Wait until its window is over."
            )
        engine.execute("CREATE TABLE choices (as_of DATE, account_id VARCHAR, treatment VARCHAR)")
        for folder in (one for one in lists if list_date(one) in mature):
            day = list_date(folder)
            decision = chosen_again(candidate, settings, folder, day)
            engine.register("chosen", decision.chosen())
            engine.execute(
                f"INSERT INTO choices SELECT DATE '{day}', account_id, treatment FROM chosen"
            )
            engine.unregister("chosen")
        most = policy.learning.max_rows
        log = _LOG.format(outcomes=file, outcome=outcome, most=most)
        return engine.sql(log).to_arrow_table()


def _chances(chosen: pa.ChunkedArray, treatments: Sequence[str], policy: Policy) -> Floats:
    """Chance of every treatment: the one chosen, but for the control, who get only what is owed to them."""
    place = np.asarray(pc.index_in(chosen, pa.array(treatments, chosen.type)), dtype=np.intp)
    is_owed = np.array([policy.treatments[name].service for name in treatments])
    control = np.where(is_owed, 0.0, policy.experiment.control_share)[place]
    rows, chances = np.arange(len(place)), np.zeros((len(place), len(treatments)))
    chances[rows, place] = 1 - control
    chances[rows, treatments.index(NO_TREATMENT)] += control
    return chances
