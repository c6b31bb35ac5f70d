"""A model beside what would be used without it, on the very same rows, with intervals.

Everything comes out as one dictionary of plain values (None where a figure does not exist),
for a file, a report and a gate to read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from propension.arrays import Floats, Outcomes
from propension.model.bootstrap import ClusteredBootstrap, Paired, interval_of
from propension.model.breakdown import (
    Scored,
    calibration_curve,
    describe_parts,
    describe_snapshots,
)
from propension.model.figure import figure
from propension.model.metrics import METRICS, evaluate, gains
from propension.resampling import LEVEL

MODEL = "model"


@dataclass(frozen=True)
class Judged:
    """Account-snapshots whose outcome is known, on which contenders are judged.

    Attributes
    ----------
    account_id : array of shape (n_rows,)
    as_of : array of shape (n_rows,), datetime64[D]
    is_paid : array of shape (n_rows,), 0 or 1
    overdue_amount, collected_amount : arrays of shape (n_rows,)
        Account currency.
    groups : dict of str to array of shape (n_rows,) of str
        Values by grouping: dpd_bucket, stage, value_tier, customer_kind...
    """

    account_id: NDArray[Any]
    as_of: NDArray[np.datetime64]
    is_paid: Outcomes
    overdue_amount: Floats
    collected_amount: Floats
    groups: dict[str, NDArray[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.is_paid)


def evaluate_contenders(
    judged: Judged, probabilities: dict[str, Floats], bootstrap: ClusteredBootstrap | None = None
) -> dict[str, Any]:
    """Return how every contender did, how the model differs from each, and where it is weak.

    Parameters
    ----------
    judged : Judged
    probabilities : dict of str to array of shape (n_rows,), in [0, 1]
        Propensities by contender; ``model`` is the one to judge.
    bootstrap : ClusteredBootstrap, optional
        Over ``judged.account_id``; 200 draws when None.

    Returns
    -------
    dict
        rows, accounts, first_as_of, last_as_of, paid_share, overdue_amount, collected_amount,
        n_draws, level; contenders, differences, snapshots, groups, calibration_curve, gains.

    Raises
    ------
    ValueError
        If there are no rows, no contender is called ``model``, or one has another number of rows.
    """
    if not len(judged) or MODEL not in probabilities:
        raise ValueError(f"{len(judged)} rows and contenders {', '.join(probabilities)}")
    bootstrap = bootstrap or ClusteredBootstrap(judged.account_id)
    plain = _Contest(judged.is_paid, probabilities, bootstrap)
    weighted = _Contest(judged.is_paid, probabilities, bootstrap, judged.overdue_amount)
    scored = Scored(judged.is_paid, probabilities[MODEL], judged.overdue_amount, bootstrap)
    amounts = {"overdue": judged.overdue_amount, "collected": judged.collected_amount}
    return {
        **_extent(judged, bootstrap),
        "contenders": {
            name: {"metrics": plain.metrics(name), "amount_weighted": weighted.metrics(name)}
            for name in probabilities
        },
        "differences": {name: plain.differences(name) for name in probabilities if name != MODEL},
        "snapshots": describe_snapshots(scored, judged.as_of),
        "groups": {name: describe_parts(scored, of) for name, of in judged.groups.items()},
        "calibration_curve": calibration_curve(scored),
        "gains": gains(judged.is_paid, probabilities[MODEL], amounts=amounts),
    }


class _Contest:
    """Every contender's measures and draws under one weighing."""

    def __init__(
        self,
        is_paid: Outcomes,
        probabilities: dict[str, Floats],
        bootstrap: ClusteredBootstrap,
        weights: Floats | None = None,
    ) -> None:
        self._values, self._draws = {}, {}
        for name, p in probabilities.items():
            self._draws[name] = bootstrap.draws(tuple(METRICS), is_paid, p, weights)
            self._values[name] = evaluate(is_paid, p, weights)

    def metrics(self, name: str) -> dict[str, Any]:
        """Return one contender's measures with intervals."""
        values, draws = self._values[name], self._draws[name]
        measured = {
            metric: figure(values[metric], interval_of(metric, values[metric], draws[metric]))
            for metric in METRICS
        }
        return {**measured, **{name: values[name] for name in ("paid_share", "mean_propensity")}}

    def differences(self, other: str) -> dict[str, Any]:
        """Return model minus another contender, by measure."""
        return {metric: self._difference(metric, other) for metric in METRICS}

    def _difference(self, metric: str, other: str) -> dict[str, Any]:
        paired = Paired(
            metric,
            self._values[MODEL][metric] - self._values[other][metric],
            self._draws[MODEL][metric] - self._draws[other][metric],
        )
        return {
            **figure(paired.difference, paired.interval),
            "is_better": paired.is_better(),
            "is_worse": paired.is_worse(),
        }


def _extent(judged: Judged, bootstrap: ClusteredBootstrap) -> dict[str, Any]:
    dates = judged.as_of.astype("datetime64[D]")
    return {
        "rows": len(judged),
        "accounts": bootstrap.n_accounts,
        "first_as_of": str(dates.min()),
        "last_as_of": str(dates.max()),
        "paid_share": float(np.mean(judged.is_paid)),
        "overdue_amount": float(judged.overdue_amount.sum()),
        "collected_amount": float(judged.collected_amount.sum()),
        "n_draws": bootstrap.n_draws,
        "level": LEVEL,
    }
