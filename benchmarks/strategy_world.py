"""A simulated portfolio as a team meets it: what it logged, whom it decides on today, and the hidden truth.

Half a year of lists is scored by a model that had seen none of it: trained as it could have been on
the last day of 2025, on what had been recorded by then. Kept as Parquet, so that it is made once.
"""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from propension.config import Policy, Settings, load_policy, load_settings
from propension.explain import score_features
from propension.features import catalogue, write_features
from propension.labels import write_labels
from propension.model import assemble, build_training_data, split_in_time
from propension.model.fitting import fit_bundle
from propension.segments.bands import quadrant_sql
from propension.simulate import simulate_portfolio
from propension.simulate.log import Log
from propension.simulate.piece import TRUTH, Plan, live, open_book, seeded
from propension.simulate.timeline import day_number, draw_up_timeline
from propension.simulate.truth import true_outcomes
from propension.snapshots import open_streams, prepare_streams, write_facts
from propension.sources import extract

DEMO = Path(__file__).parents[1] / "conf" / "demo"
POLICY: Policy = load_policy(DEMO / "policy.yaml")
FEATURES = catalogue()
MONTHS = 24
DECISION_DAY = dt.date(2026, 6, 30)
TRAINED_ON = dt.date(2025, 12, 31)
# Month ends whose thirty days are over by the decision day, the latest first.
LOGGED = [
    dt.date(2026, 5, 31), dt.date(2026, 4, 30), dt.date(2026, 3, 31),
    dt.date(2026, 2, 28), dt.date(2026, 1, 31), dt.date(2025, 12, 31),
]  # fmt: skip
TREATMENTS = ("reminder", "soft_call", "firm_call", "instalment_plan", "letter")
# Independent repetitions of the truth, 32 futures each: chosen on some, valued on the others.
REPETITIONS = 8

_SCORED = """
CREATE OR REPLACE TABLE scored AS
SELECT f.*, s.propensity, s.ability, s.willingness, f.overdue_amount::DOUBLE AS amount_at_stake,
       s.recovery_share * f.overdue_amount::DOUBLE AS expected_recovery,
       deceased OR insolvent OR litigation OR do_not_contact OR disputed AS silenced
FROM '{folder}/facts.parquet' f JOIN '{folder}/scores.parquet' s USING (account_id)"""
_LISTED = """
SELECT as_of, account_id, stage, propensity, ability, willingness, {quadrant} AS quadrant, disputed, silenced,
       has_phone, days_past_due, amount_at_stake, expected_recovery
FROM scored"""
_LOGGED = """
SELECT l.*, a.treatment, a.arm, a.assignment_probability,
       o.collected_amount_30d / o.amount AS recovered_share, o.is_paid_30d::DOUBLE AS paid
FROM ({listed}) l JOIN '{folder}/labels.parquet' o USING (account_id)
JOIN '{data}/assignments.parquet' a ON a.account_id = l.account_id AND a.as_of = l.as_of
ORDER BY account_id"""


@dataclass(frozen=True)
class World:
    """What is known, and of every repetition what each treatment would really add (treatment by account)."""

    log: pa.Table
    today: pa.Table
    owed: np.ndarray
    effects: np.ndarray

    def months(self, count: int) -> pa.Table:
        """The log of the last months."""
        return self.log.filter(
            pc.is_in(self.log["as_of"], value_set=pa.array(LOGGED[:count], pa.date32()))
        )


def open_world(work: Path, seed: int, customers: int) -> World:
    folder = work / f"{customers}_{seed}"
    files = [folder / f"{name}.parquet" for name in ("log", "today", "truth")]
    if not all(file.exists() for file in files):
        shutil.rmtree(folder, ignore_errors=True)
        scratch = folder / "scratch"
        scratch.mkdir(parents=True)
        log, today = _lists(scratch, seed, customers)
        pq.write_table(_truth(seed, customers), files[2])
        pq.write_table(log, files[0])
        pq.write_table(today, files[1])
        shutil.rmtree(scratch)
    log, today, truth = map(pq.read_table, files)
    return World(log, today, *_aligned(today, truth))


def _lists(folder: Path, seed: int, customers: int) -> tuple[pa.Table, pa.Table]:
    data = folder / "data"
    simulate_portfolio(data, customers, MONTHS, seed, until=DECISION_DAY)
    demo = load_settings(DEMO / "propension.yaml")
    settings = demo.model_copy(
        update={
            "source": demo.source.model_copy(update={"path": data}),
            "resources": demo.resources.model_copy(update={"threads": 1}),
        }
    )
    extraction = extract(settings, folder / "canonical", dt.date(2027, 1, 1))
    streams = prepare_streams(extraction, settings.resources, settings.portfolio.country)
    build_training_data(settings, extraction, streams, TRAINED_ON, folder / "snapshots")
    rows = assemble(folder / "snapshots", settings.target)
    windows = split_in_time(rows.dates, settings.target.horizon_days, settings.model)
    bundle = fit_bundle(settings, FEATURES, rows, windows, "overdue")
    engine = open_streams(streams, settings.resources)
    score = partial(_scored_list, settings, bundle, engine, folder)
    log = pa.concat_tables([score(day, data) for day in LOGGED])
    today = score(DECISION_DAY, None)
    engine.close()
    return log, today


def _scored_list(
    settings: Settings, bundle, engine, folder: Path, day: dt.date, data: Path | None
) -> pa.Table:
    """The list of a day; with the folder of the tables, what was done and what came of it."""
    target = settings.target
    write_facts(engine, day, target, settings.outputs, folder / "facts.parquet")
    write_features(engine, day, FEATURES, target.min_overdue_amount, folder / "features.parquet")
    score_features(
        bundle, folder / "features.parquet", FEATURES, settings, folder / "scores.parquet"
    )
    with duckdb.connect(config={"threads": 1}) as scores:
        scores.execute(_SCORED.format(folder=folder))
        listed = _LISTED.format(quadrant=quadrant_sql(POLICY.quadrants, "scored"))
        if data is None:
            return scores.sql(f"{listed} ORDER BY account_id").to_arrow_table()
        write_labels(engine, day, target, DECISION_DAY, folder / "labels.parquet")
        return scores.sql(_LOGGED.format(listed=listed, folder=folder, data=data)).to_arrow_table()


def _truth(seed: int, customers: int) -> pa.Table:
    """True effects on the decision day, estimated several times, each with luck of its own."""
    plan = Plan(customers, MONTHS, seed, "CO", DECISION_DAY)
    if plan.pieces > 1:
        raise SystemExit(f"at most {plan.piece_size} customers: the truth is of one piece")
    timeline, last = draw_up_timeline(MONTHS, DECISION_DAY), day_number(DECISION_DAY)
    book = open_book(plan, timeline, 0)
    state = next(state for day, state in live(plan, 0, book, Log(deaf=True)) if day == last)
    found = []
    for repetition in range(REPETITIONS):
        luck = partial(seeded, seed, 0, TRUTH, last + 1_000_000 * (1 + repetition))
        chances, effects = true_outcomes(luck, book, state, last, plan.numbering(0))
        whole = effects.join(chances.select(["customer_id", "overdue_amount"]), "customer_id")
        found.append(whole.append_column("repetition", pa.array([repetition] * whole.num_rows)))
    return pa.concat_tables(found)


def _aligned(today: pa.Table, truth: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """What accounts of the list truly owe, and effects by repetition, treatment and account.

    Who has paid by the event clock, though it is not recorded yet, owes nothing more.
    """
    accounts = today["account_id"].combine_chunks()
    place = pc.index_in(truth["customer_id"].combine_chunks(), accounts)
    known = place.is_valid().to_numpy(zero_copy_only=False)
    at = place.filter(pa.array(known)).to_numpy()
    rows = truth.filter(pa.array(known))
    owed = np.zeros(len(accounts))
    owed[at] = rows["overdue_amount"].to_numpy()
    effects = np.zeros((REPETITIONS, len(TREATMENTS), len(accounts)))
    treatment = pc.index_in(rows["treatment"], pa.array(TREATMENTS)).to_numpy()
    effects[rows["repetition"].to_numpy(), treatment, at] = rows["effect"].to_numpy()
    return owed, effects
