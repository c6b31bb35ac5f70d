"""From prices to a choice: within every capacity, the nearly indifferent accounts settled by HiGHS."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from propension.arrays import Floats
from propension.treatments.allocation.dual import priced_value, quiet_solver
from propension.treatments.allocation.problem import Choice, Ids, Problem

# Instances with no more allowed pairs of treatment and account than this are settled whole.
EXACT_PAIRS = 4000
# How many accounts are settled again, evenly over the exchanges of a best for a second best
# treatment, each account among its best few treatments.
_POOL = 1500
_TREATMENTS_EACH = 3
# Where settling may stop, in shares of what is at stake.
_GAP = 5e-5
_MAX_NODES = 100


@dataclass(frozen=True, eq=False)
class Ranking:
    """Every account's best treatment at some prices, its second best, and what lies between.

    Attributes
    ----------
    bound : float
        What no allocation can be worth more than, in double precision.
    """

    prices: Floats
    bound: float
    first: Choice
    second: Choice
    margin: Floats


def rank_treatments(problem: Problem, prices: Floats) -> Ranking:
    """Return best and second best treatments at these prices, and the bound they prove."""
    first, second = (np.empty(problem.n_accounts, np.int16) for _ in range(2))
    margin = np.empty(problem.n_accounts)
    bound = float(prices @ problem.capacities)
    for part in problem.parts():
        priced = _priced(problem.take(part), prices)
        columns = np.arange(priced.shape[1])
        first[part] = priced.argmax(axis=0)
        best = priced[first[part], columns]
        bound += float(best.sum())
        priced[first[part], columns] = -np.inf
        second[part] = priced.argmax(axis=0)
        margin[part] = best - priced[second[part], columns]
    return Ranking(prices, bound, first, second, margin)


def _priced(problem: Problem, prices: Floats) -> Floats:
    return np.stack([priced_value(problem, prices, t) for t in range(problem.n_treatments)])


def settle_all(problem: Problem) -> tuple[Choice, float]:
    """Return the best choice of a small instance, and the bound that HiGHS proves for it."""
    gain = problem.values - problem.values[0]
    accounts, treatments = np.nonzero(((gain > 0) & np.isfinite(gain)).T)
    taken, bound = _settle(problem, problem.capacities, treatments, accounts, 0.0)
    choice = np.zeros(problem.n_accounts, np.int16)
    choice[accounts[taken]] = treatments[taken]
    return choice, problem.idle_value + bound


def repair(problem: Problem, ranking: Ranking) -> Choice:
    """Return a choice within every capacity, close to the best treatments of a ranking."""
    choice = shed(problem, ranking.prices, ranking.first)
    pool = _nearly_indifferent(problem.n_treatments, ranking, choice)
    part, given = problem.take(pool), choice[pool]
    left = problem.capacities - (problem.use(choice) - part.use(given))
    priced = _priced(part, ranking.prices)
    worse = max(0, len(priced) - _TREATMENTS_EACH)
    fits = priced >= np.partition(priced, worse, axis=0)[worse]
    fits[given, np.arange(len(pool))] = True
    fits &= part.values > part.values[0]
    accounts, treatments = np.nonzero(fits.T)
    stake = ranking.bound - problem.idle_value
    taken, _ = _settle(part, np.maximum(left, 0), treatments, accounts, _GAP * stake)
    settled = choice.copy()
    settled[pool] = 0
    settled[pool[accounts[taken]]] = treatments[taken]
    settled = shed(problem, ranking.prices, settled)
    return settled if problem.value(settled) > problem.value(choice) else choice


def _nearly_indifferent(n_treatments: int, ranking: Ranking, choice: Choice) -> Ids:
    """Return the accounts that lose least by each exchange of treatments, and those that lost theirs."""
    exchange = ranking.first.astype(np.int32) * n_treatments + ranking.second
    order = np.argsort(exchange, kind="stable")
    starts = np.flatnonzero(np.diff(exchange[order], prepend=-1))
    found = [np.flatnonzero(choice != ranking.first)]
    for same in np.split(order, starts[1:]):
        few = min(-(-_POOL // len(starts)), len(same))
        found.append(same[np.argpartition(ranking.margin[same], few - 1)[:few]])
    return np.unique(np.concatenate(found))


def shed(problem: Problem, prices: Floats, choice: Choice) -> Choice:
    """Return a choice within every capacity: who loses least by it is left alone."""
    kept = choice.copy()
    while True:
        over = problem.use(kept) - problem.capacities
        if (over <= 0).all():
            return kept
        resource = int(np.argmax(over > 0))
        used = problem.use_of(resource, kept)
        users = np.flatnonzero(used)
        part, given = problem.take(users), kept[users]
        loss = part.values[given, np.arange(len(users))].astype(np.float64) - part.values[0]
        for other, price in enumerate(prices):
            loss -= price * part.use_of(other, given)
        order = users[np.argsort(loss / used[users], kind="stable")]
        count = int(np.searchsorted(np.cumsum(used[order]), over[resource])) + 1
        kept[order[:count]] = 0


def _settle(
    problem: Problem, capacities: Floats, treatments: Ids, accounts: Ids, gap: float
) -> tuple[NDArray[np.bool_], float]:
    """Return which pairs of treatment and account to take, and a bound on the gain over doing nothing."""
    if not len(accounts):
        return np.zeros(0, bool), 0.0
    gain = problem.values[treatments, accounts].astype(np.float64) - problem.values[0, accounts]
    unit = float(gain.max())
    solver = quiet_solver()
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", gap / unit)
    # Nodes, not seconds: the same instance ends at the same choice on any machine.
    solver.setOptionValue("mip_max_nodes", _MAX_NODES)
    uses = np.stack([problem.use_of(r, treatments, accounts) for r in range(len(capacities))])
    solver.passModel(_model(gain / unit, uses, capacities, accounts))
    solver.run()
    taken = np.array(solver.getSolution().col_value) > 0.5
    return taken, solver.getInfo().mip_dual_bound * unit


def _model(gain: Floats, uses: Floats, capacities: Floats, accounts: Ids) -> highspy.HighsLp:
    """Return the most gain of at most one pair per account within the capacities; nothing is feasible."""
    n_pairs, n_accounts = len(gain), int(accounts.max()) + 1
    # In units of the largest use, beside which the solver's tolerances are small.
    largest = uses.max(axis=1)
    largest[largest == 0] = 1.0
    one_each = sp.csr_matrix(
        (np.ones(n_pairs), (accounts, np.arange(n_pairs))), (n_accounts, n_pairs)
    )
    rows = sp.vstack([one_each, sp.csr_matrix(uses / largest[:, None])]).tocsc()
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = rows.shape
    model.col_cost_, model.sense_ = gain, highspy.ObjSense.kMaximize
    model.col_lower_, model.col_upper_ = np.zeros(n_pairs), np.ones(n_pairs)
    model.row_lower_ = np.full(len(capacities) + n_accounts, -highspy.kHighsInf)
    model.row_upper_ = np.append(np.ones(n_accounts), capacities / largest)
    model.integrality_ = [highspy.HighsVarType.kInteger] * n_pairs
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = rows.indptr, rows.indices
    model.a_matrix_.value_ = rows.data
    return model
