"""Where a model is weak: by snapshot, by group, by level of propensity."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from propension.arrays import Floats, Outcomes
from propension.model.bootstrap import ClusteredBootstrap, interval_of
from propension.model.calibration import MIN_ROWS_PER_CLASS
from propension.model.figure import Figure, figure
from propension.model.honesty import recalibration
from propension.model.metrics import METRICS, equal_count_bins
from propension.resampling import percentiles

MIN_ROWS, MIN_ACCOUNTS = 50, 20
PART_METRICS = ("auc", "log_loss", "calibration_error")
NO_NAME = "missing"
TIERS = ("high", "medium", "low")


@dataclass(frozen=True)
class Scored:
    """Rows with what was said of them and what they did.

    Attributes
    ----------
    is_paid : array of shape (n_rows,), 0 or 1
    propensity : array of shape (n_rows,), in [0, 1]
    overdue_amount : array of shape (n_rows,)
        Account currency.
    bootstrap : ClusteredBootstrap
        Over the accounts of the rows.
    """

    is_paid: Outcomes
    propensity: Floats
    overdue_amount: Floats
    bootstrap: ClusteredBootstrap

    def only(self, rows: NDArray[np.bool_]) -> Scored:
        """Return some of the rows."""
        return Scored(
            self.is_paid[rows],
            self.propensity[rows],
            self.overdue_amount[rows],
            self.bootstrap.only(rows),
        )


def describe_parts(scored: Scored, values: NDArray[Any]) -> list[dict[str, Any]]:
    """Return how the model does on the rows of every value, in reading order.

    Parameters
    ----------
    scored : Scored
    values : array of shape (n_rows,) of str
        None where missing.

    Returns
    -------
    list of dict
        name, rows, accounts, overdue_amount, paid_share, mean_propensity, not_judged
        (few_rows, few_accounts, one_class or None), and auc, log_loss, calibration_error:
        value, low and high, or None where the part is not judged.
    """
    column = pa.array(values.tolist(), pa.string()).fill_null(NO_NAME).dictionary_encode()
    codes, names = column.indices.to_numpy(), column.dictionary.to_pylist()
    order = sorted(range(len(names)), key=lambda code: _reading_order(names[code]))
    return [{"name": names[code], **_part(scored.only(codes == code))} for code in order]


def describe_snapshots(scored: Scored, as_of: NDArray[np.datetime64]) -> list[dict[str, Any]]:
    """Return how the model does on every as-of date, oldest first.

    Returns
    -------
    list of dict
        As of ``describe_parts``, with as_of for a name and with slope and intercept of the
        logistic recalibration: 1 and 0 where probabilities still mean what they say.
    """
    parts = []
    for date in np.unique(as_of):
        part = scored.only(as_of == date)
        told = {"as_of": str(date.astype("datetime64[D]"))}
        parts.append({**told, **_part(part), **_recalibrated(part)})
    return parts


def calibration_curve(scored: Scored, n_bins: int = 10) -> list[dict[str, Any]]:
    """Return propensity said and share that paid in equal-count bins, the least likely first.

    Returns
    -------
    list of dict
        group (1 = least likely), rows, mean_propensity, paid_share (value, low, high).
    """
    bins = equal_count_bins(scored.propensity, n_bins)
    drawn = scored.bootstrap.shares(bins, scored.is_paid)
    curve = []
    for index, code in enumerate(np.unique(bins)):
        rows = bins == code
        paid = float(np.mean(scored.is_paid[rows]))
        curve.append(
            {
                "group": index + 1,
                "rows": int(rows.sum()),
                "mean_propensity": float(np.mean(scored.propensity[rows])),
                "paid_share": figure(paid, percentiles(drawn[:, code])),
            }
        )
    return curve


def _recalibrated(part: Scored) -> dict[str, Figure | None]:
    """Slope and intercept of one as-of date; None with fewer than 30 rows of a class."""
    paid = int(part.is_paid.sum())
    if min(paid, len(part.is_paid) - paid) < MIN_ROWS_PER_CLASS or np.ptp(part.propensity) == 0:
        return {"slope": None, "intercept": None}
    # On one date every account is one row.
    rows = np.arange(len(part.is_paid))
    found = zip(
        ("slope", "intercept"), recalibration(rows, part.is_paid, part.propensity), strict=True
    )
    return {name: figure(value, (low, high)) for name, (value, low, high) in found}


def _part(part: Scored) -> dict[str, Any]:
    reason = _why_not_judged(part)
    drawn = {} if reason else part.bootstrap.draws(PART_METRICS, part.is_paid, part.propensity)
    return {
        "rows": len(part.is_paid),
        "accounts": part.bootstrap.n_accounts,
        "overdue_amount": float(part.overdue_amount.sum()),
        "paid_share": float(np.mean(part.is_paid)),
        "mean_propensity": float(np.mean(part.propensity)),
        "not_judged": reason,
        **{
            metric: _measured(metric, part, drawn[metric]) if drawn else None
            for metric in PART_METRICS
        },
    }


def _why_not_judged(part: Scored) -> str | None:
    if len(part.is_paid) < MIN_ROWS:
        return "few_rows"
    if part.bootstrap.n_accounts < MIN_ACCOUNTS:
        return "few_accounts"
    return "one_class" if part.is_paid.min() == part.is_paid.max() else None


def _measured(metric: str, part: Scored, draws: Floats) -> Figure:
    value = METRICS[metric](part.is_paid, part.propensity, None)
    return figure(value, interval_of(metric, value, draws))


def _reading_order(name: str) -> tuple[bool, int, str]:
    """Tiers from the top, names by letter, numbers by size ("31-60" before "121+"), missing last."""
    number = re.match(r"\d+", name)
    rank = TIERS.index(name) - len(TIERS) if name in TIERS else 0
    return name == NO_NAME, int(number[0]) if number else rank - 1, name
