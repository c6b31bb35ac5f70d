"""How good the propensities of past lists proved, beside the test of the model that gave them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from propension.arrays import Floats, Outcomes
from propension.config import Target
from propension.model import Bundle
from propension.model.bootstrap import ClusteredBootstrap, interval_of
from propension.model.breakdown import MIN_ROWS
from propension.model.calibration import MIN_ROWS_PER_CLASS
from propension.model.figure import Figure, figure
from propension.model.honesty import NORMAL_95, bias, recalibration
from propension.model.metrics import METRICS
from propension.monitoring.health.matured import (
    Horizon,
    horizons_of,
    models_of,
    own_target,
    read_matured,
)
from propension.monitoring.health.measurement import Bundles, Measurement
from propension.outputs import SCORED_NAME

MEASURES = ("auc", "ks", "log_loss", "calibration_error")
_LEAST_SLOPE = 0.01


@dataclass(frozen=True)
class Quality:
    """What a list's propensities over one horizon were worth.

    Attributes
    ----------
    horizon : Horizon
    model_version : str
    rows : int
        Accounts that were judged; 0 until the horizon is over.
    lost_rows : int
        Accounts whose debts are no longer in the tables.
    paid_share, mean_propensity : float or None
    figures : mapping of str to Figure
        auc, ks, log_loss, calibration_error, bias and slope with 95% intervals over customers. None until the
        horizon is over; with fewer than 30 who paid, or did not, bias alone, and nothing with fewer than 50 rows.
    test : mapping of str to Figure
        What the training's test of the model showed; empty for other horizons than its own, or where it was not kept.
    """

    horizon: Horizon
    model_version: str
    rows: int = 0
    lost_rows: int = 0
    paid_share: float | None = None
    mean_propensity: float | None = None
    figures: Mapping[str, Figure] | None = None
    test: Mapping[str, Figure] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values that JSON holds."""
        days = {name: getattr(self.horizon, name).isoformat() for name in ("as_of", "known_on")}
        plain = asdict(self)
        return {**plain.pop("horizon"), **days, **plain}


def measure_quality(
    engine: duckdb.DuckDBPyConnection,
    lists: Sequence[Path],
    target: Target,
    known_until: dt.date,
    bundles: Bundles,
) -> list[Quality]:
    """Return one row per list, stage and horizon; what is not over is told, not scored.

    Parameters
    ----------
    engine : connection
        On the known-at streams.
    lists : sequence of Path
    target : Target
        For lists whose bundle is gone.
    known_until : date
        Nothing recorded after it counts.
    bundles : Bundles
    """
    found: list[Quality] = []
    for folder in sorted(lists):
        for stage, version in models_of(folder).items():
            bundle = bundles(stage, version)
            own = own_target(target, bundle.target if bundle else None)
            horizons = horizons_of(folder, stage, own, known_until)
            over = [one for one in horizons if one.elapsed_share == 1]
            rows = read_matured(engine, folder, over, own, known_until) if over else None
            lost = _listed(folder, stage) - rows.num_rows if rows is not None else 0
            for one in horizons:
                if rows is None or one not in over:
                    found.append(Quality(one, version))
                else:
                    found.append(_judged(one, version, rows, lost, bundle))
    return found


def quality_measurements(found: Sequence[Quality]) -> Iterator[Measurement]:
    """Yield how far lists fell behind the test of their model, beyond chance, over its own horizon."""
    for one in found:
        figures, test, horizon = one.figures or {}, one.test or {}, one.horizon
        if not horizon.is_own:
            continue
        behind = {
            "bias": ("bias", _beyond_nothing(figures.get("bias"))),
            "slope": ("slope", _beyond_nothing(figures.get("slope"), _logarithm)),
            "auc_loss": ("auc", _auc_loss(figures.get("auc"), test.get("auc"))),
        }
        for signal, (name, value) in behind.items():
            if value is not None:
                facts = {"list": figures[name], "test": test.get(name)}
                yield Measurement(signal, horizon.stage, "", horizon.as_of, value, facts=facts)


def _judged(
    horizon: Horizon, version: str, rows: pa.Table, lost: int, bundle: Bundle | None
) -> Quality:
    known = rows.filter(rows[horizon.score].is_valid())
    p = np.asarray(known[horizon.score].to_numpy(), dtype=np.float64)
    y = np.asarray(known[horizon.outcome].cast(pa.int8()).to_numpy())
    whole = {"paid_share": float(y.mean()), "mean_propensity": float(p.mean())} if len(y) else {}
    customers = np.asarray(known["customer_id"].to_numpy(zero_copy_only=False))
    figures = _figures(customers, y, p)
    test = _test_of(bundle) if horizon.is_own else {}
    return Quality(horizon, version, len(y), lost, **whole, figures=figures, test=test)


def _figures(customers: NDArray[Any], y: Outcomes, p: Floats) -> dict[str, Figure]:
    found: dict[str, Figure] = {}
    if len(y) >= MIN_ROWS:
        # Where nobody pays any more there is nothing to rank, but much to be wrong about.
        value, low, high = bias(customers, y, p)
        found["bias"] = figure(value, (low, high))
    paid = int(y.sum())
    if min(paid, len(y) - paid) < MIN_ROWS_PER_CLASS:
        return found
    value, low, high = recalibration(customers, y, p)[0]
    found["slope"] = figure(value, (low, high))
    drawn = ClusteredBootstrap(customers).draws(MEASURES, y, p)
    for name in MEASURES:
        value = METRICS[name](y, p, None)
        found[name] = figure(value, interval_of(name, value, drawn[name]))
    return found


def _test_of(bundle: Bundle | None) -> dict[str, Figure]:
    """Figures of the test; bundles from before intervals were kept have the values alone."""
    facts = bundle.facts if bundle else {}
    values: dict[str, float] = facts.get("metrics", {}).get("model", {})
    kept: dict[str, Figure] = facts.get("test", {})
    found = {name: kept.get(name, _bare(values[name])) for name in MEASURES if name in values}
    if "paid_share" in values:
        found["bias"] = _bare(values["mean_propensity"] - values["paid_share"])
    return found


def _bare(value: float) -> Figure:
    return {"value": value, "low": None, "high": None}


def _beyond_nothing(found: Figure | None, scale: Callable[[float], float] = float) -> float | None:
    """The end of an interval that is nearer to nothing, without its sign; 0 where it holds it."""
    low, high = (found["low"], found["high"]) if found else (None, None)
    return None if low is None or high is None else max(0.0, scale(low), -scale(high))


def _logarithm(slope: float) -> float:
    # A slope that falls is as far from honest as one that stands nearly still.
    return math.log(max(slope, _LEAST_SLOPE))


def _auc_loss(now: Figure | None, test: Figure | None) -> float | None:
    """What of the loss the two intervals together do not explain."""
    value, before = (one["value"] if one else None for one in (now, test))
    if value is None or before is None:
        return None
    error = math.hypot(_error(now), _error(test))
    return max(0.0, before - value - NORMAL_95 * error)


def _error(found: Figure | None) -> float:
    if not found or found["low"] is None or found["high"] is None:
        return 0.0
    return (found["high"] - found["low"]) / (2 * NORMAL_95)


def _listed(folder: Path, stage: str) -> int:
    stages = pq.read_table(folder / SCORED_NAME, columns=["stage"], filters=[("stage", "=", stage)])
    return int(stages.num_rows)
