"""Every account's open options as arrays: treatments in rows, doing nothing first, accounts in columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from propension.arrays import Flags
from propension.config import CHAMPION, NO_TREATMENT, Policy
from propension.sources import text_literal
from propension.treatments.choice.limits import OTHERS
from propension.treatments.effects import EffectModel
from propension.treatments.effects.axes import COLUMNS, numbers

Positions = NDArray[np.int8]
Values = NDArray[np.float32]

CLOSED = -1
# A strategy that goes by order does what comes first, however little it is believed to add.
_LEAST_VALUE = 0.01

_ACCOUNTS = """
SELECT account_id, arm, strategy, coalesce(w.treatment, '') AS wish, {drawn} AS drawn, quadrant, amount_at_stake,
       {columns}, {groups}
FROM suppressed LEFT JOIN (
    SELECT DISTINCT j.place, j.treatment FROM judged j JOIN suppressed s ON s.place = j.place AND s.wish = j.treatment
    WHERE j.rule IS NULL
) w USING (place)
ORDER BY place
"""


@dataclass(frozen=True, eq=False)
class Slate:
    """What is open for every account, and what it is worth.

    Attributes
    ----------
    treatments : tuple of str
        Rows of the arrays.
    accounts : pa.Table
        By place: account_id, arm, strategy, wish (what people chose, where nothing forbids it; else empty),
        drawn, and the columns effects and limits are read from.
    positions : dict of str to array of shape (n_treatments, n_accounts)
        By strategy of ``considered``: how far down its list an option stands; -1 where it is closed.
    service, explored : array of shape (n_treatments,)
        Treatments that everybody is owed, and that may be drawn.
    added : array of float32, shape (n_treatments, n_accounts)
        What is expected to come in because of it, in the portfolio's currency.
    values : array of float32, shape (n_treatments, n_accounts)
        That, and what it is worth besides, less its cost; -inf where no strategy has it open and nobody chose it.
    """

    treatments: tuple[str, ...]
    accounts: pa.Table
    positions: dict[str, Positions]
    service: Flags
    explored: Flags
    added: Values
    values: Values

    def open(self, strategy: str = CHAMPION) -> Flags:
        """Return where a strategy may choose."""
        mask: Flags = self.positions.get(strategy, self.positions[CHAMPION]) != CLOSED
        return mask

    def wished(self) -> NDArray[np.int16]:
        """Return the row of what people chose for every account; -1 where they did not."""
        rows = pc.index_in(self.accounts["wish"], pa.array(self.treatments))
        found: NDArray[np.int16] = pc.fill_null(rows, CLOSED).to_numpy().astype(np.int16)
        return found

    def values_of(self, policy: Policy, strategy: str) -> Values:
        """Return the values by which a strategy chooses; -inf where it does not."""
        champion = policy.strategy
        chooses = policy.experiment.challengers.get(strategy, champion).choose
        if chooses == "value":
            return np.where(self.open(strategy), self.values, np.float32(-np.inf))
        first = self.first(strategy)
        columns = np.arange(len(first))
        values = np.full_like(self.values, -np.inf)
        values[first, columns] = np.maximum(self.values[first, columns], _LEAST_VALUE)
        values[0] = 0.0
        return values

    def first(self, strategy: str) -> NDArray[np.intp]:
        """Return the open option that stands first on every account's list."""
        positions = self.positions.get(strategy, self.positions[CHAMPION])
        last = np.iinfo(np.int8).max
        first: NDArray[np.intp] = np.where(positions == CLOSED, last, positions).argmin(axis=0)
        return first


def catalogue_order(policy: Policy) -> tuple[str, ...]:
    """Return the treatments, doing nothing first."""
    return (NO_TREATMENT, *(name for name in policy.treatments if name != NO_TREATMENT))


def read_accounts(
    engine: duckdb.DuckDBPyConnection,
    drawn: str,
    groups: tuple[str, ...],
    largest: Mapping[str, Sequence[str]],
) -> pa.Table:
    """Return the accounts by place, with SQL's ``drawn`` and the columns that limits are set within.

    Of a column in ``largest`` these groups are kept, the others are one.
    """
    shown = ", ".join(f"{_group(name, largest.get(name))} AS group_{name}" for name in groups)
    columns = ", ".join(COLUMNS)
    sql = _ACCOUNTS.format(
        drawn=drawn, columns=columns, groups=f"stage, {shown}" if shown else "stage"
    )
    return engine.sql(sql).to_arrow_table()


def _group(column: str, kept: Sequence[str] | None) -> str:
    if kept is None:
        return f"{column}::VARCHAR"
    values = ", ".join(text_literal(value) for value in kept)
    return (
        f"CASE WHEN {column} IS NULL OR {column}::VARCHAR IN ({values}) THEN {column}::VARCHAR "
        f"ELSE {text_literal(OTHERS)} END"
    )


def read_positions(
    engine: duckdb.DuckDBPyConnection, treatments: tuple[str, ...], n_accounts: int
) -> dict[str, Positions]:
    """Return how far down its list every open option of ``judged`` stands, by strategy."""
    rows = engine.sql(
        "SELECT strategy, place, treatment, position FROM judged WHERE rule IS NULL AND is_considered"
    ).to_arrow_table()
    strategies = rows["strategy"].combine_chunks().dictionary_encode()
    of = strategies.indices.to_numpy()
    place, position = rows["place"].to_numpy(), rows["position"].to_numpy()
    known = pa.array(treatments)
    treatment = pc.index_in(rows["treatment"], known).to_numpy()
    found = {}
    for code, strategy in enumerate(strategies.dictionary.to_pylist()):
        inside = of == code
        positions = np.full((len(treatments), n_accounts), CLOSED, np.int8)
        positions[treatment[inside], place[inside]] = position[inside]
        found[strategy] = positions
    return found


def make_slate(
    policy: Policy,
    accounts: pa.Table,
    positions: dict[str, Positions],
    models: Mapping[str, EffectModel],
) -> Slate:
    """Return the open options with what each is worth, by the effects known at every stage."""
    treatments = catalogue_order(policy)
    catalogue = [policy.treatments[name] for name in treatments]
    anywhere = np.any([mask != CLOSED for mask in positions.values()], axis=0)
    added = np.zeros(anywhere.shape, np.float32)
    stage = accounts["stage"].combine_chunks().dictionary_encode()
    for code, name in enumerate(stage.dictionary.to_pylist()):
        inside = np.flatnonzero(stage.indices.to_numpy() == code)
        added[:, inside] = models[name].effects(accounts.take(inside)).added
    added[0] = 0.0
    added *= np.nan_to_num(numbers(accounts["amount_at_stake"])).astype(np.float32)
    net = np.array([t.worth - t.cost for t in catalogue], np.float32)
    values = added + net[:, None]
    slate = Slate(
        treatments,
        accounts,
        positions,
        np.array([t.service for t in catalogue]),
        np.array([t.explored for t in catalogue]),
        added,
        values,
    )
    wished = slate.wished()
    chosen = np.flatnonzero(wished != CLOSED)
    anywhere[wished[chosen], chosen] = True
    values[~anywhere] = -np.inf
    values[0] = 0.0
    return slate
