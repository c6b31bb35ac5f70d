"""The accounts of one strategy in parts: what they take at given terms, and some of them as a problem."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, TypeVar

import numpy as np

from propension.arrays import Floats
from propension.config import Policy
from propension.treatments.allocation.problem import Problem, Weight
from propension.treatments.choice.part import Part, Use, demand
from propension.treatments.choice.sharing import Sharing, draw
from propension.treatments.choice.terms import Terms

T = TypeVar("T")
# Parts that a bound is cut by together.
_BLOCKS = 16


class Ask(Protocol):
    """Puts a question to every part of a portfolio; answers, of JSON's own types, come in the order of parts."""

    def __call__(self, question: Callable[[Part], T]) -> list[T]: ...  # noqa: D102


@dataclass(frozen=True, eq=False)
class Market:
    """The accounts of one strategy, wherever they are, and its share of every limit."""

    policy: Policy
    ask: Ask
    terms: Terms
    strategy: str
    room: Use
    idle_value: float = 0.0

    @property
    def names(self) -> list[str]:
        """Of the limits."""
        return list(self.room)

    @property
    def capacities(self) -> Floats:
        """The room, by limit."""
        return np.array(list(self.room.values()))

    def demand(self, prices: Floats) -> tuple[Floats, Floats]:
        """Value and use at these prices, in blocks of parts."""
        found = self.taken(self.at(prices))
        values, uses = np.zeros(_BLOCKS), np.zeros((_BLOCKS, len(self.room)))
        for place, (value, use) in enumerate(found):
            values[place % _BLOCKS] += value
            uses[place % _BLOCKS] += [use.get(name, 0.0) for name in self.names]
        return values, uses

    def taken(self, terms: Terms) -> list[tuple[float, Use]]:
        """Value and use at these terms, by part."""
        question = partial(demand, policy=self.policy, terms=terms, strategy=self.strategy)
        return self.ask(question)

    def at(self, prices: Floats) -> Terms:
        """The terms with the strategy's prices."""
        priced = dict(zip(self.names, prices.tolist(), strict=True))
        return replace(self.terms, prices={**self.terms.prices, self.strategy: priced})

    def pooled(self, sample: Sequence[Part], accounts: int) -> Problem:
        """The accounts of a sample as one problem, with their share of the room."""
        drawn = [draw(self.policy, part.slate, part.limits, self.terms) for part in sample]
        sharings = [
            Sharing.of(self.policy, part.slate, drawing)
            for part, drawing in zip(sample, drawn, strict=True)
        ]
        pools = [sharing.pool(self.strategy) for sharing in sharings]
        n_treatments = pools[0].n_treatments
        amounts = np.zeros((len(self.room), n_treatments))
        weights: list[Weight | None] = []
        for place, name in enumerate(self.names):
            columns: list[Weight | None] = []
            for sharing, pool in zip(sharings, pools, strict=True):
                if name in sharing.names:
                    index = sharing.names.index(name)
                    amounts[place], weight = pool.amounts[index], pool.weights[index]
                    columns.append(weight)
                else:
                    columns.append(np.zeros(pool.n_accounts, np.float32))
            known = [weight for weight in columns if weight is not None]
            weights.append(np.concatenate(known, axis=-1) if len(known) == len(columns) else None)
        values = np.concatenate([pool.values for pool in pools], axis=1)
        return Problem(
            values, amounts, tuple(weights), self.capacities * (values.shape[1] / accounts)
        )


def added(uses: Sequence[Use], names: Sequence[str]) -> Use:
    """Return the use of all parts."""
    return {name: float(sum(use.get(name, 0.0) for use in uses)) for name in names}
