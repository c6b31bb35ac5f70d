"""Prices of resources: the least bound on what any allocation can be worth, by cutting planes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import highspy
import numpy as np
from numpy.typing import NDArray

from propension.arrays import Floats
from propension.treatments.allocation.problem import Choice, Problem, Values

_SAMPLE_SHARE = 0.1
_MIN_SAMPLE = 20_000
# Of what is at stake. Near its least the bound is flat in the prices, while use is not: a tenth of
# this precision leaves capacities that equal accounts compete for several percent off.
_SAMPLE_TOLERANCE = 2e-5
_TOLERANCE = 5e-7
_MAX_PASSES = 100
# How far prices of all accounts are looked for around those of a sample, in shares of the price
# and of the highest price.
_TRUST, _TRUST_FLOOR = 0.06, 0.002


def price_out(problem: Problem, prices: Floats) -> tuple[Values, Choice]:
    """Return for every account the best value after paying for what it uses, and the treatment."""
    best = problem.values[0].copy()
    choice = np.zeros(len(best), np.int16)
    better = np.empty(len(best), bool)
    for treatment in range(1, problem.n_treatments):
        priced = priced_value(problem, prices, treatment, np.float32)
        np.greater(priced, best, out=better)
        np.copyto(choice, treatment, where=better)
        np.maximum(priced, best, out=best)
    return best, choice


def priced_value(
    problem: Problem, prices: Floats, treatment: int, dtype: type[np.floating] = np.float64
) -> NDArray[np.floating]:
    """Return the value of a treatment less the price of what it uses, by account."""
    costs = prices * problem.amounts[:, treatment]
    flat = sum(cost for cost, w in zip(costs, problem.weights, strict=True) if w is None)
    priced: NDArray[np.floating] = np.subtract(problem.values[treatment], float(flat), dtype=dtype)
    for resource in np.flatnonzero(costs).tolist():
        weight = problem.weight(resource, treatment)
        if weight is not None:
            priced -= weight * dtype(costs[resource])
    return priced


class _Master:
    """The cutting-plane model of the dual: for each block, the best of all choices met so far.

    Its unknowns are the prices, in shares of ``scale``, and what each block is worth at them, in
    shares of ``unit``; every cut holds at any prices.
    """

    def __init__(self, capacities: Floats, scale: Floats, unit: float, n_blocks: int) -> None:
        self._scale, self._unit = scale, unit
        self._solver = quiet_solver()
        for tolerance in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
            self._solver.setOptionValue(tolerance, 1e-9)
        costs = np.append(capacities * scale / unit, np.ones(n_blocks))
        free = np.full(n_blocks, highspy.kHighsInf)
        self._solver.addVars(len(costs), np.append(0 * scale, -free), np.append(0 * scale, free))
        columns = np.arange(len(costs), dtype=np.int32)
        self._solver.changeColsCost(len(costs), columns, costs)

    def cut(self, values: Floats, uses: Floats) -> None:
        """Add that every block is worth at least the value of a choice less its priced use."""
        n_blocks, n = uses.shape[0], len(self._scale)
        entries = np.column_stack([uses * self._scale / self._unit, np.ones(n_blocks)])
        columns = np.column_stack([np.tile(np.arange(n), (n_blocks, 1)), n + np.arange(n_blocks)])
        self._solver.addRows(
            n_blocks,
            values / self._unit,
            np.full(n_blocks, highspy.kHighsInf),
            entries.size,
            np.arange(0, entries.size, n + 1, dtype=np.int32),
            columns.ravel().astype(np.int32),
            entries.ravel(),
        )

    def solve(self, low: Floats, high: Floats) -> tuple[Floats, float]:
        """Return the prices between ``low`` and ``high`` where the model is least, and its value."""
        n = len(low)
        self._solver.changeColsBounds(
            n, np.arange(n, dtype=np.int32), low / self._scale, high / self._scale
        )
        self._solver.run()
        prices = np.array(self._solver.getSolution().col_value[:n]) * self._scale
        value = self._solver.getInfo().objective_function_value * self._unit
        return np.clip(prices, low, high), value


def quiet_solver() -> highspy.Highs:
    """Return a solver that prints nothing and does the same every time."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    return solver


def search_prices(problem: Problem, seed: int, start: Floats | None = None) -> Floats:
    """Return the prices at which the bound is least, to a millionth of what is at stake.

    Parameters
    ----------
    problem : Problem
    seed : int
        Draws the sample that first prices come from.
    start : array of shape (n_resources,), optional
        Prices to begin with instead.
    """
    none = np.zeros(len(problem.capacities))
    _, choice = price_out(problem, none)
    if (problem.use(choice) <= problem.capacities).all():
        return none
    size = max(_MIN_SAMPLE, int(_SAMPLE_SHARE * problem.n_accounts))
    all_accounts = _Here(problem)
    if size >= problem.n_accounts:
        highest = highest_prices(problem)
        begin = start if start is not None else 0.1 * highest
        return _minimise(all_accounts, highest, begin, highest).prices
    drawn = np.random.default_rng(seed).choice(problem.n_accounts, size, replace=False)
    sample = problem.take(np.sort(drawn))
    sample = replace(sample, capacities=sample.capacities * (size / problem.n_accounts))
    highest = highest_prices(sample)
    if start is None:
        precision = (_SAMPLE_TOLERANCE, _MAX_PASSES)
        start = _minimise(_Here(sample), highest, 0.1 * highest, highest, precision).prices
    return refine_prices(all_accounts, highest, start).prices


class Market(Protocol):
    """Accounts, wherever they are, that say what they would take at given prices.

    Attributes
    ----------
    capacities : array of shape (n_resources,)
    idle_value : float
        What doing nothing with everybody is worth.
    """

    @property
    def capacities(self) -> Floats: ...  # noqa: D102
    @property
    def idle_value(self) -> float: ...  # noqa: D102
    def demand(self, prices: Floats) -> tuple[Floats, Floats]:
        """Return, for every block of accounts, value and use of its best choice."""
        ...


@dataclass(frozen=True, eq=False)
class Bound:
    """Prices, and what no allocation can be worth more than because of them."""

    prices: Floats
    value: float


def refine_prices(market: Market, scale: Floats, start: Floats, passes: int = _MAX_PASSES) -> Bound:
    """Return the prices near those of a sample at which the bound on all accounts is least.

    Parameters
    ----------
    market : Market
    scale : array of shape (n_resources,)
        ``highest_prices`` of the sample.
    start : array of shape (n_resources,)
    passes : int
        Over all accounts, at most.
    """
    trust = np.maximum(_TRUST * start, _TRUST_FLOOR * scale)
    return _minimise(market, scale, start, trust, (_TOLERANCE, passes))


def highest_prices(problem: Problem) -> Floats:
    """Return prices above which hardly anything would be bought."""
    highest = np.zeros(len(problem.capacities))
    for treatment in range(1, problem.n_treatments):
        gain = problem.values[treatment] - problem.values[0]
        for resource in np.flatnonzero(problem.amounts[:, treatment]).tolist():
            weight = problem.weight(resource, treatment)
            buys = gain > 0 if weight is None else (gain > 0) & (weight > 0)
            if buys.any():
                use = problem.amounts[resource, treatment]
                use = use if weight is None else use * weight[buys]
                price = np.quantile(gain[buys] / use, 0.999)
                highest[resource] = max(highest[resource], price)
    # What nobody would buy still needs a scale.
    return np.where(highest > 0, highest, 1.0)


def _minimise(
    market: Market,
    scale: Floats,
    start: Floats,
    width: Floats,
    precision: tuple[float, int] = (_TOLERANCE, _MAX_PASSES),
) -> Bound:
    """Return the prices with the least bound, by cutting planes in a box that grows where it binds."""
    (tolerance, passes), capacities = precision, market.capacities
    low, high = np.maximum(0, start - width), start + width
    best, least, floor = start, np.inf, -np.inf
    prices, master = start, None
    for step in range(passes):
        values, uses = market.demand(prices)
        bound = float((values - uses @ prices).sum() + capacities @ prices)
        if bound < least:
            best, least = prices, bound
        stake = least - market.idle_value
        if master is None:
            master = _Master(capacities, scale, stake or 1.0, len(values))
        master.cut(values, uses)
        if least - floor <= tolerance * stake:
            edge = ((best <= low) & (low > 0)) | (best >= high)
            if not edge.any():
                break
            width = np.where(edge, 3 * width, width)
            low, high = np.maximum(0, best - width), best + width
        target, floor = master.solve(low, high)
        share = 0.5 if step < 3 else 0.7
        prices = np.where(target == low, low, share * target + (1 - share) * best)
    return Bound(best, least)


@dataclass(frozen=True, eq=False)
class _Here:
    """The accounts of a problem, in blocks."""

    problem: Problem

    @property
    def capacities(self) -> Floats:
        return self.problem.capacities

    @property
    def idle_value(self) -> float:
        return self.problem.idle_value

    def demand(self, prices: Floats) -> tuple[Floats, Floats]:
        values, uses = [], []
        for part in self.problem.parts():
            block = self.problem.take(part)
            best, choice = price_out(block, prices)
            use = block.use(choice)
            values.append(best.sum(dtype=np.float64) + use @ prices)
            uses.append(use)
        return np.array(values), np.array(uses)
