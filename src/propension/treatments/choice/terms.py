"""What is settled for a whole portfolio, so that every account's treatment follows without the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from propension.arrays import Floats
from propension.treatments.allocation.dual import price_out, priced_value
from propension.treatments.allocation.problem import Choice, Problem


@dataclass(frozen=True)
class Cut:
    """Who goes without something that more accounts would pay for than there is of.

    Attributes
    ----------
    limit : str
    low, high : float
        To whom a unit is worth less than ``low`` beyond its price goes without, to whom it is worth
        ``high`` has it.
    number : float
        Between the two it goes by lot: those whose number is lower have it.
    """

    limit: str
    low: float
    high: float
    number: float


@dataclass(frozen=True)
class Terms:
    """Prices, and who goes without: a few numbers, none of them an account's.

    Attributes
    ----------
    factor : mapping of str to float
        By treatment: how much less than evenly it is drawn, where it is.
    last : mapping of str to float
        By limit, in the order of limits: draws of this number and above are left alone.
    prices : mapping of str to mapping of str to float
        By strategy and limit.
    cuts : mapping of str to tuple of Cut
        By strategy, one after the other.
    """

    factor: Mapping[str, float] = field(default_factory=dict)
    last: Mapping[str, float] = field(default_factory=dict)
    prices: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    cuts: Mapping[str, tuple[Cut, ...]] = field(default_factory=dict)

    def prices_of(self, strategy: str, names: Sequence[str]) -> Floats:
        """Return a strategy's prices of some limits; what has none costs nothing."""
        priced = self.prices.get(strategy, {})
        return np.array([priced.get(name, 0.0) for name in names])

    def with_cut(self, strategy: str, cut: Cut) -> Terms:
        """Return the terms with one more cut."""
        return replace(self, cuts={**self.cuts, strategy: (*self.cuts.get(strategy, ()), cut)})


def worth_of_use(problem: Problem, prices: Floats, choice: Choice, limit: int) -> Floats:
    """Return what a unit of a limit is worth to every account beyond all prices; NaN where it uses none."""
    used = problem.use_of(limit, choice)
    gain = np.zeros(len(choice))
    for treatment in np.flatnonzero(problem.amounts[limit]).tolist():
        taken = choice == treatment
        part = problem.take(np.flatnonzero(taken))
        gain[taken] = priced_value(part, prices, treatment) - part.values[0]
    worth: Floats = np.divide(gain, used, out=np.full(len(choice), np.nan), where=used > 0)
    return worth


def choose_at(
    problem: Problem, names: Sequence[str], prices: Floats, cuts: Sequence[Cut], number: Floats
) -> Choice:
    """Return what every account takes at these prices; who goes without has what is best of the rest.

    Parameters
    ----------
    problem : Problem
    names : sequence of str
        Of its limits.
    prices : array of shape (n_limits,)
    cuts : sequence of Cut
    number : array of shape (n_accounts,)
        Every account's lot, in [0, 1).
    """
    _, choice = price_out(problem, prices)
    closed = np.zeros(problem.n_treatments, bool)
    for cut in cuts:
        if cut.limit not in names:
            continue
        limit = names.index(cut.limit)
        worth = worth_of_use(problem, prices, choice, limit)
        closed |= problem.amounts[limit] > 0
        lost = np.flatnonzero((worth < cut.low) | ((worth < cut.high) & (number >= cut.number)))
        rest = problem.take(lost)
        values = rest.values.copy()
        values[closed] = -np.inf
        _, choice[lost] = price_out(replace(rest, values=values), prices)
    return choice


def drop_late(
    problem: Problem,
    names: Sequence[str],
    choice: Choice,
    number: Floats,
    last: Mapping[str, float],
) -> tuple[Choice, NDArray[np.bool_]]:
    """Return the draws that come before the last that fit, and whose chance is no longer known; see ``trim``."""
    kept, touched = choice.copy(), np.zeros(len(choice), bool)
    for name, reached in last.items():
        if name in names:
            uses = problem.use_of(names.index(name), kept) > 0
            touched |= uses
            kept[uses & (number >= reached)] = 0
    return kept, touched
