"""Lists of a portfolio whose months are alike, until something is planted in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.special import expit
from scoring_builders import feature_rows, small_bundle

from propension.model import SCORE, Bundle, Profile
from propension.monitoring.health import keep_profile
from propension.outputs import INPUTS_NAME, SCORED_NAME, SCORED_SCHEMA, write_manifest

Columns = dict[str, np.ndarray]
Plant = Callable[[Columns, int], Columns]
# Kept by lists, and told by profile.json alone.
KEPT = ("payment_amount_mean", "late_share", "delay_mean_12")
COUNTED = ("right_party_count_90d", "contact_rate_90d", "days_past_due")
ROWS = 1500


def month_ends(count: int, first: int = 2024 * 12) -> list[dt.date]:
    return [
        dt.date(month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
        for month in range(first + 1, first + 1 + count)
    ]


def draw_month(seed: int, month: int, rows: int = ROWS) -> Columns:
    """Accounts of a quiet month: what features say, and the propensity that follows from them.

    Months differ beyond chance, as real ones do: a common mood moves how late people are.
    """
    rng = np.random.default_rng([seed, 100 + month])
    mood = rng.normal(0, 0.06)
    hidden = rng.normal(mood, 1, rows)
    late = expit(hidden - 0.5)
    delay = np.maximum(0, rng.gamma(2, 8, rows) * (0.4 + late))
    calls = rng.poisson(2.5, rows).astype(float)
    rate = np.where(calls > 0, np.clip(rng.beta(2, 4, rows), 0, 1), np.nan)
    return {
        "payment_amount_mean": rng.lognormal(11, 1, rows),
        "late_share": late,
        "delay_mean_12": np.where(rng.random(rows) < 0.1, np.nan, delay),
        "right_party_count_90d": calls,
        "contact_rate_90d": rate,
        "days_past_due": rng.geometric(0.03, rows).astype(float),
    }


def scored(columns: Columns) -> np.ndarray:
    """Propensities as a model gives them that leans on lateness and on contact."""
    delay = np.nan_to_num(columns["delay_mean_12"], nan=10.0)
    margin = (
        1
        - 2 * columns["late_share"]
        - delay / 40
        + 0.2 * np.minimum(columns["right_party_count_90d"], 5)
    )
    return expit(margin)


def write_month(
    outputs: Path, as_of: dt.date, columns: Columns, bundle: Bundle | None, version: str = "1"
) -> Path:
    """Write a list of one stage as scoring leaves it, without what decides."""
    folder = outputs / f"as_of={as_of}"
    folder.mkdir(parents=True)
    rows = len(columns["late_share"])
    ids = pa.array([f"A{row:06d}" for row in range(rows)])
    told: dict[str, Any] = {
        "as_of": pa.array([as_of] * rows, pa.date32()),
        "account_id": ids,
        "customer_id": ids,
        "stage": pa.array(["overdue"] * rows),
        "dpd_bucket": np.where(columns["days_past_due"] <= 30, "1-30", "31-60"),
        "segment": np.where(columns["late_share"] > 0.5, "talk", "forgot"),
        "propensity": scored(columns),
        "model_version": pa.array([version] * rows),
        "policy_version": pa.array(["1"] * rows),
    }
    table = {f.name: told.get(f.name, pa.nulls(rows, f.type)) for f in SCORED_SCHEMA}
    pq.write_table(pa.table(table, schema=SCORED_SCHEMA), folder / SCORED_NAME)
    inputs = {"account_id": ids, "stage": told["stage"], "propensity": told["propensity"]}
    inputs |= {name: pa.array(columns[name], from_pandas=True) for name in KEPT}
    inputs |= {"disputed": np.zeros(rows, bool), "has_phone": np.ones(rows, bool)}
    pq.write_table(pa.table(inputs), folder / INPUTS_NAME)
    if bundle is not None:
        features = folder / "features.parquet"
        pq.write_table(_table({name: columns[name] for name in (*KEPT, *COUNTED)}), features)
        keep_profile(folder, {"overdue": (bundle, features)})
        features.unlink()
    return folder


def write_run(folder: Path, inputs: Mapping[str, tuple[int, int]], findings: Any = ()) -> None:
    """Write the manifest of a list: rows read and refused, by table."""
    told = {
        table: {"read": read, "kept": read - refused, "refused": refused, "content_hash": ""}
        for table, (read, refused) in inputs.items()
    }
    write_manifest(folder, {"inputs": told, "findings": list(findings)})


@cache
def learnt(seed: int) -> Bundle:
    """A bundle whose profile is of twelve quiet months, and which leans on every column."""
    months = [draw_month(seed, month) for month in range(-12, 0)]
    columns = {name: np.concatenate([month[name] for month in months]) for name in months[0]}
    as_of = np.repeat(np.array(month_ends(12, 2023 * 12), "datetime64[D]"), ROWS)
    profile = Profile.learn(_table(columns | {SCORE: scored(columns)}), as_of)
    bundle = small_bundle(feature_rows(300), trees=2)
    return replace(bundle, profile=profile)


def write_months(
    outputs: Path, seed: int, count: int, bundle: Bundle | None, plant: Plant | None = None
) -> list[Path]:
    """Write the lists of so many months; what is planted changes a month's columns, by its number."""
    found = []
    for number, as_of in enumerate(month_ends(count)):
        columns = draw_month(seed, number)
        columns = plant(columns, number) if plant else columns
        found.append(write_month(outputs, as_of, columns, bundle))
    return found


def _table(columns: Columns) -> pa.Table:
    return pa.table({name: pa.array(values, from_pandas=True) for name, values in columns.items()})
