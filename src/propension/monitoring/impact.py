"""Incremental recovery of the strategy, its treatments and segments, against control."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from propension.arrays import Codes, Floats
from propension.config import CHAMPION, NO_TREATMENT, Language
from propension.errors import DataError
from propension.monitoring.contrast import Estimate, contrast
from propension.monitoring.texts import Beside, tell_impact
from propension.treatments.effects.axes import numbers, require_columns

CONTROL, TREATED = "control", "treatment"


@dataclass(frozen=True)
class Reading:
    """How outcomes are read.

    Attributes
    ----------
    paid, recovered : str
        Columns of the outcomes over a window that is over: 0 or 1, and an amount; null until then.
    winsorised_at : float in (0, 1]
        Amounts above this quantile of all count as the quantile; 1 leaves them alone.
    is_adjusted : bool
        Take out what propensity and expected_recovery explain.
    critical : float, optional
        Half the interval in standard errors, from a stop rule.
    """

    paid: str = "paid"
    recovered: str = "recovered_amount"
    winsorised_at: float = 0.99
    is_adjusted: bool = True
    critical: float | None = None


@dataclass(frozen=True)
class Impact:
    """What something added for each account and run it was done to.

    Attributes
    ----------
    group : str
        ``strategy``, ``treatment=soft_call``, ``segment=talk`` or ``challenger=by_order``.
    rate : Estimate
        Added share of accounts that paid.
    amount : Estimate
        Added amount per account, winsorised.
    self_cure_rate, self_cure_amount : float
        What those it is compared with did: of the control, by itself.
    treated_rows : int
        Account-runs it was done to.
    beside : {"control", "nothing", "champion"}
        What it is compared with.
    """

    group: str
    rate: Estimate
    amount: Estimate
    self_cure_rate: float
    self_cure_amount: float
    treated_rows: int
    beside: Beside = "control"

    @property
    def total(self) -> tuple[float, float, float]:
        """The added amount over all it was done to, and its interval."""
        rows, amount = self.treated_rows, self.amount
        return amount.value * rows, amount.low * rows, amount.high * rows

    def told(self) -> dict[Language, str]:
        """Say it in the three languages, no surer than it is."""
        return tell_impact(self.group, self.rate, self.amount, self.beside)


def measure_strategy(
    rows: pa.Table, groups: Sequence[str] = (), reading: Reading | None = None
) -> list[Impact]:
    """Return what the strategy added against control: over all, and in every value of each group.

    Whatever the treated got counts, also nothing: that is what the strategy does. Accounts are
    compared within groups that were known before the draw, such as the segment.

    Parameters
    ----------
    rows : Table
        account_id, arm (``control`` or not), the outcomes, the groups, and for the adjustment
        propensity and expected_recovery. One row per account and run.
    groups : sequence of str
        Columns known before the draw: never the treatment, which the control did not get.
    reading : Reading, optional

    Raises
    ------
    DataError
        If a column is absent, or ``treatment`` is asked for as a group.
    """
    reading = reading or Reading()
    require_columns(rows, ("account_id", "arm", reading.paid, reading.recovered, *groups))
    if "treatment" in groups:
        raise DataError(
            "impact: the control has no treatment to be grouped by. Use measure_treatments."
        )
    rows = _mature(rows, reading)
    view = _View(rows, reading)
    treated = np.asarray(pc.not_equal(rows["arm"], CONTROL), dtype=bool)
    found = [view.impact("strategy", treated, np.ones(len(treated), dtype=bool))]
    for group in groups:
        for value in sorted(pc.unique(rows[group].drop_null()).to_pylist()):
            inside = np.asarray(pc.fill_null(pc.equal(rows[group], value), False), dtype=bool)
            found.append(view.impact(f"{group}={value}", treated, inside))
    return found


def measure_treatments(
    rows: pa.Table, reading: Reading | None = None, within: Sequence[str] = ()
) -> list[Impact]:
    """Return what every treatment added against doing nothing.

    Rows are weighed by one over the chance of what was done to them. It holds for accounts
    that had some chance of both: rows whose treatment was certain are left out.

    Parameters
    ----------
    rows : Table
        As for ``measure_strategy``, with treatment and assignment_probability.
    reading : Reading, optional
    within : sequence of str
        Columns that decide which treatments an account may get, such as the segment: every treatment
        is compared with doing nothing in the groups where it was used, and in the same mix of them.

    Raises
    ------
    DataError
        If a column is absent or a probability is missing or outside (0, 1].
    """
    reading = reading or Reading()
    needed = ("account_id", "treatment", "assignment_probability")
    require_columns(rows, (*needed, reading.paid, reading.recovered))
    rows = _mature(rows, reading)
    probability = require_probabilities(rows)
    rows = rows.filter(pa.array(probability < 1))
    view = _View(rows, reading, 1 / probability[probability < 1])
    treatment = rows["treatment"]
    nothing = np.asarray(pc.equal(treatment, NO_TREATMENT), dtype=bool)
    found = []
    group = _groups(rows, within)
    for name in sorted(set(pc.unique(treatment).to_pylist()) - {NO_TREATMENT}):
        treated = np.asarray(pc.equal(treatment, name), dtype=bool)
        alike = view.alike(treated, nothing, group)
        found.append(alike.impact(f"treatment={name}", treated, treated | nothing, "nothing"))
    return found


def measure_challengers(rows: pa.Table, reading: Reading | None = None) -> list[Impact]:
    """Return what every challenger added against the champion, among accounts that followed either.

    Parameters
    ----------
    rows : Table
        As for ``measure_strategy``, with strategy. Control and exploration follow none.
    reading : Reading, optional

    Raises
    ------
    DataError
        If a column is absent.
    """
    reading = reading or Reading()
    require_columns(rows, ("account_id", "arm", "strategy", reading.paid, reading.recovered))
    rows = _mature(rows_of_strategies(rows), reading)
    view, found = _View(rows, reading), []
    champion = np.asarray(pc.equal(rows["strategy"], CHAMPION), dtype=bool)
    for name in sorted(set(pc.unique(rows["strategy"]).to_pylist()) - {CHAMPION}):
        tried = np.asarray(pc.equal(rows["strategy"], name), dtype=bool)
        found.append(view.impact(f"challenger={name}", tried, tried | champion, "champion"))
    return found


def rows_of_strategies(rows: pa.Table) -> pa.Table:
    """Return the rows that followed a strategy: not the control, and not those drawn."""
    return rows.filter(pc.and_(pc.equal(rows["arm"], TREATED), pc.is_valid(rows["strategy"])))


def require_probabilities(rows: pa.Table) -> Floats:
    """Return the assignment probabilities.

    Raises
    ------
    DataError
        If one is missing or outside (0, 1].
    """
    probability = numbers(rows["assignment_probability"])
    sound = (probability > 0) & (probability <= 1)
    if not sound.all():
        raise DataError(
            f"impact: {int((~sound).sum())} of {len(sound)} rows have no assignment_probability in (0, 1]. Without it a "
            "difference between treatments is not their effect; leave these rows out or log it.",
            rows=int((~sound).sum()),
        )
    return probability


class _View:
    """The columns of mature rows, ready to be compared."""

    def __init__(self, rows: pa.Table, reading: Reading, weight: Floats | None = None) -> None:
        self._account: Codes = np.asarray(
            rows["account_id"].combine_chunks().dictionary_encode().indices, dtype=np.intp
        )
        recovered = numbers(rows[reading.recovered])
        cap = np.quantile(recovered, reading.winsorised_at) if len(recovered) else 0.0
        self._outcomes = (numbers(rows[reading.paid]), np.minimum(recovered, cap))
        scores = ("propensity", "expected_recovery")
        self._scores = [
            numbers(rows[name]) if reading.is_adjusted and name in rows.column_names else None
            for name in scores
        ]
        self._weight = np.ones(len(recovered)) if weight is None else weight
        self._critical = reading.critical

    def alike(self, treated: NDArray[np.bool_], others: NDArray[np.bool_], group: Codes) -> _View:
        """Weigh the others, group by group, as the treated weigh; groups with only one of both do not count."""
        ours, theirs = (
            np.bincount(group, np.where(arm, self._weight, 0.0)) for arm in (treated, others)
        )
        both = (ours > 0) & (theirs > 0)
        scale = np.divide(ours, theirs, out=np.zeros(len(ours)), where=both)
        view = copy(self)
        view._weight = self._weight * np.where(treated, both[group], scale[group])
        return view

    def impact(
        self,
        group: str,
        treated: NDArray[np.bool_],
        inside: NDArray[np.bool_],
        beside: Beside = "control",
    ) -> Impact:
        """Compare the treated inside with the others inside; rows of no weight are neither."""
        inside = inside & (self._weight > 0)
        weight, untreated = self._weight[inside], inside & ~treated
        rate, amount = (
            contrast(
                outcome[inside],
                treated[inside],
                self._account[inside],
                weight=weight,
                covariate=None if score is None else score[inside],
                critical=self._critical,
            )
            for outcome, score in zip(self._outcomes, self._scores, strict=True)
        )
        cure_rate, cure_amount = (
            float(np.average(outcome[untreated], weights=self._weight[untreated]))
            if untreated.any()
            else float("nan")
            for outcome in self._outcomes
        )
        treated_rows = int((inside & treated).sum())
        return Impact(group, rate, amount, cure_rate, cure_amount, treated_rows, beside)


def _groups(rows: pa.Table, within: Sequence[str]) -> Codes:
    """The group of every row by some columns; all are in one where there are none."""
    if not within:
        return np.zeros(rows.num_rows, dtype=np.intp)
    require_columns(rows, tuple(within))
    texts = [pc.fill_null(rows[name].cast(pa.string()), "") for name in within]
    joined = pc.binary_join_element_wise(*texts, "|")
    return np.asarray(joined.combine_chunks().dictionary_encode().indices, dtype=np.intp)


def _mature(rows: pa.Table, reading: Reading) -> pa.Table:
    known = pc.and_(pc.is_valid(rows[reading.paid]), pc.is_valid(rows[reading.recovered]))
    return rows.filter(known)
