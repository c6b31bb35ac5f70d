"""What there is only so much of: the capacities, budgets and limits of pressure of a policy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from propension.config import Budget, Policy
from propension.config.settings import Portfolio
from propension.treatments.allocation import Resource
from propension.treatments.offers import offer_sql

Unit = Literal["minutes", "accounts", "money"]
# Each is a resource over all accounts; the smallest of more are kept level together.
MOST_GROUPS, OTHERS = 40, "…"


@dataclass(frozen=True, eq=False)
class Limit:
    """A resource, and how people speak of it.

    Attributes
    ----------
    name : str
        Of the capacity, budget or limit of pressure.
    group : str or None
        The group a limit of pressure holds in.
    unit : {"minutes", "accounts", "money"}
    resource : Resource
    """

    name: str
    group: str | None
    unit: Unit
    resource: Resource


def read_limits(
    engine: duckdb.DuckDBPyConnection,
    policy: Policy,
    accounts: pa.Table,
    treatments: tuple[str, ...],
    occasion: tuple[Portfolio, dt.date],
) -> list[Limit]:
    """Return every limit of the policy over the accounts of the table ``suppressed``.

    Parameters
    ----------
    engine : connection
    policy : Policy
    accounts : pa.Table
        By place, with a column ``group_<name>`` for every column that pressure is limited within.
    treatments : tuple of str
        Rows of ``Resource.use``.
    occasion : (Portfolio, date)
    """

    def use(names: tuple[str, ...], of: dict[str, float] | None = None) -> NDArray[np.float64]:
        return np.array([(of[t] if of else 1.0) if t in names else 0.0 for t in treatments])

    minutes = {name: treatment.minutes for name, treatment in policy.treatments.items()}
    costs = {name: treatment.cost for name, treatment in policy.treatments.items()}
    found: list[Limit] = []
    for name, capacity in policy.capacities.items():
        if capacity.minutes is not None:
            used = use(capacity.treatments, minutes)
            resource = Resource(name, capacity.minutes, used)
            found.append(Limit(name, None, "minutes", resource))
        else:
            resource = Resource(name, float(capacity.accounts or 0), use(capacity.treatments))
            found.append(Limit(name, None, "accounts", resource))
    for name, budget in policy.budgets.items():
        if budget.of == "cost":
            resource = Resource(name, budget.amount, use(budget.treatments, costs))
        else:
            resource = _discounts(engine, policy, (name, budget), treatments, occasion)
        found.append(Limit(name, None, "money", resource))
    for name, limit in policy.pressure.items():
        groups = pc.fill_null(accounts[f"group_{limit.within}"], "?")
        for value in sorted(pc.unique(groups).to_pylist()):
            inside = np.asarray(pc.equal(groups, value), dtype=np.float32)
            most = most_of_group(limit.at_most, int(inside.sum(dtype=np.float64)))
            resource = Resource(f"{name}: {value}", most, use(limit.treatments), inside)
            found.append(Limit(name, value, "accounts", resource))
    return found


def most_of_group(share: float, accounts: int) -> float:
    """Return how many accounts of a group a share of them is, at most."""
    return float(np.floor(share * accounts + 1e-9))


def largest_groups(
    engine: duckdb.DuckDBPyConnection, source: str, columns: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """Return, for columns of more groups than can each be kept level, the largest of them.

    Parameters
    ----------
    engine : connection
    source : str
        Table with the columns that pressure is limited within.
    columns : tuple of str

    Returns
    -------
    dict of column to groups
        The others of these columns are kept level together, as ``OTHERS``.
    """
    return kept_groups({name: engine.sql(groups_sql(name, source)).fetchall() for name in columns})


def groups_sql(column: str, source: str) -> str:
    """Return the SELECT of a column's largest groups, one more than can be kept level."""
    return (
        f"SELECT {column}::VARCHAR AS kind FROM {source} WHERE {column} IS NOT NULL "
        f"GROUP BY {column} ORDER BY count(*) DESC, kind LIMIT {MOST_GROUPS + 1}"
    )


def kept_groups(found: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, tuple[str, ...]]:
    """Return what is kept of the rows of ``groups_sql``, by column; all is where there are few."""
    return {
        name: tuple(row[0] for row in rows[: MOST_GROUPS - 1])
        for name, rows in found.items()
        if len(rows) > MOST_GROUPS
    }


def _discounts(
    engine: duckdb.DuckDBPyConnection,
    policy: Policy,
    budget: tuple[str, Budget],
    treatments: tuple[str, ...],
    occasion: tuple[Portfolio, dt.date],
) -> Resource:
    """What offers forgo, were they made to everybody for whom they are open."""
    name, limit = budget
    portfolio, as_of = occasion
    n_accounts = int(engine.execute("SELECT count(*) FROM suppressed").fetchall()[0][0])
    made = [t for t in treatments if t in limit.treatments and policy.treatments[t].offer]
    weight = np.zeros((len(treatments), n_accounts), np.float32)
    for treatment in made:
        offer = policy.offers[str(policy.treatments[treatment].offer)]
        accounts = (
            f"(SELECT s.*, '{treatment}' AS treatment FROM suppressed s WHERE EXISTS "
            f"(FROM judged j WHERE j.place = s.place AND j.treatment = '{treatment}' AND j.rule IS NULL))"
        )
        offered = offer_sql({treatment: offer}, accounts, as_of, portfolio)
        rows = engine.sql(
            f"SELECT place, offer_discount::DOUBLE AS forgone FROM ({offered}) WHERE offer_discount > 0"
        ).to_arrow_table()
        weight[treatments.index(treatment), rows["place"].to_numpy()] = rows["forgone"].to_numpy()
    use = np.array([float(t in made) for t in treatments])
    return Resource(name, limit.amount, use, weight)
