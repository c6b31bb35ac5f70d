"""A part of a portfolio as bytes, and what it says when the whole is settled.

Answers are few numbers of JSON's own types: they travel.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from propension.arrays import Floats
from propension.config import CHAMPION, Policy
from propension.treatments.allocation import Resource
from propension.treatments.choice.exploring import expected_uses, open_to_drawing
from propension.treatments.choice.limits import Limit
from propension.treatments.choice.sharing import Sharing, draw
from propension.treatments.choice.slate import Slate
from propension.treatments.choice.terms import Terms, worth_of_use

# By limit.
Use = dict[str, float]
LOTS = 128
_TEXTS = ("arm", "strategy", "wish")


@dataclass(frozen=True, eq=False)
class Part:
    """What is open for some accounts of a portfolio, all accounts of each customer among them.

    Attributes
    ----------
    slate : Slate
    limits : list of Limit
        Those that the part's accounts can use; their capacities are the whole's, but for those of
        groups, which are not known from a part.
    """

    slate: Slate
    limits: list[Limit]

    def to_bytes(self) -> bytes:
        """Return the part as arrays in a zip; what is not needed to settle is left out."""
        slate = self.slate
        arrays: dict[str, Any] = {
            "treatments": np.array(slate.treatments),
            "drawn": slate.accounts["drawn"].to_numpy(),
            "service": slate.service,
            "explored": slate.explored,
            "values": slate.values,
        }
        for name in _TEXTS:
            coded = slate.accounts[name].combine_chunks().dictionary_encode()
            arrays[f"{name}_codes"] = coded.indices.to_numpy().astype(np.int16)
            arrays[f"{name}_names"] = np.array(coded.dictionary.to_pylist(), np.str_)
        for name, positions in slate.positions.items():
            arrays[f"positions/{name}"] = positions
        for place, limit in enumerate(self.limits):
            resource = limit.resource
            told = (limit.name, limit.group or "", limit.unit, resource.name)
            arrays[f"limit/{place}"] = np.array([*told, str(limit.group is not None)])
            arrays[f"use/{place}"] = np.append(np.asarray(resource.use), resource.capacity)
            if resource.weight is not None:
                arrays[f"weight/{place}"] = np.asarray(resource.weight)
        file = io.BytesIO()
        np.savez(file, **arrays)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Part:
        """Read what ``to_bytes`` returned; what the treatments add is not told from what they are worth."""
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        texts = {
            name: pa.array(arrays[f"{name}_names"].tolist(), pa.string()).take(
                pa.array(arrays[f"{name}_codes"])
            )
            for name in _TEXTS
        }
        positions = {
            name.removeprefix("positions/"): array
            for name, array in arrays.items()
            if name.startswith("positions/")
        }
        slate = Slate(
            tuple(arrays["treatments"].tolist()),
            pa.table({**texts, "drawn": arrays["drawn"]}),
            positions,
            arrays["service"],
            arrays["explored"],
            arrays["values"],
            arrays["values"],
        )
        count = sum(name.startswith("limit/") for name in arrays)
        return cls(slate, [_limit(arrays, place) for place in range(count)])


def _limit(arrays: dict[str, NDArray[Any]], place: int) -> Limit:
    name, group, unit, resource, has_group = arrays[f"limit/{place}"].tolist()
    use = arrays[f"use/{place}"]
    weight = arrays.get(f"weight/{place}")
    found = Resource(resource, float(use[-1]), use[:-1], weight)
    return Limit(name, group if has_group == "True" else None, unit, found)


def take_census(part: Part, policy: Policy) -> dict[str, Any]:
    """Return who there is in a part.

    ``members``: accounts by strategy that do not draw; ``arms``: accounts by arm; ``groups``: by
    the limits that hold in one, its accounts; ``expected``: what drawing evenly would use of every limit;
    ``limits``: the part's.
    """
    slate = part.slate
    drawing = draw(policy, slate, part.limits, Terms())
    sharing = Sharing.of(policy, slate, drawing)
    expected = expected_uses(drawing.whole, open_to_drawing(slate), drawing.arms.exploring)
    strategies = (CHAMPION, *policy.experiment.challengers)
    arms = slate.accounts["arm"].value_counts().to_pylist()
    return {
        "members": {name: len(sharing.members(name)) for name in strategies},
        "arms": {entry["values"]: entry["counts"] for entry in arms},
        "groups": {
            limit.resource.name: int(np.asarray(limit.resource.weight).sum())
            for limit in part.limits
            if limit.group is not None
        },
        "expected": dict(zip(_names(part), expected.tolist(), strict=True)),
        "limits": [
            {
                "name": limit.name,
                "group": limit.group,
                "unit": limit.unit,
                "resource": limit.resource.name,
                "capacity": float(limit.resource.capacity),
                "use": np.asarray(limit.resource.use).tolist(),
            }
            for limit in part.limits
        ],
    }


def drawn_use(part: Part, policy: Policy, terms: Terms) -> Use:
    """Return what a part's draws use."""
    drawing = draw(policy, part.slate, part.limits, terms)
    return dict(zip(_names(part), drawing.whole.use(drawing.drawn).tolist(), strict=True))


def draw_lots(part: Part, policy: Policy, terms: Terms, limit: str) -> list[float]:
    """Return what a part's draws use of a limit, by their number: in as many even steps as there are ``LOTS``."""
    drawing = draw(policy, part.slate, part.limits, terms)
    found = np.zeros(LOTS)
    if limit in _names(part):
        used = drawing.whole.use_of(_names(part).index(limit), drawing.drawn)
        np.add.at(found, _lots(part), used)
    return list(found.tolist())


def demand(part: Part, policy: Policy, terms: Terms, strategy: str) -> tuple[float, Use]:
    """Return the value of what a strategy's accounts take at these terms, and what it uses."""
    sharing = _sharing(part, policy, terms)
    chosen, problem = sharing.take_at(strategy, terms).chosen, sharing.pool(strategy)
    use = problem.use(chosen).tolist()
    return problem.value(chosen), dict(zip(_names(part), use, strict=True))


def keen_use(
    part: Part, policy: Policy, terms: Terms, asked: tuple[str, str], edges: Floats
) -> list[list[float]]:
    """Return what a strategy's accounts use of a limit, by what a unit is worth to them and by their lot.

    Parameters
    ----------
    part : Part
    policy : Policy
    terms : Terms
    asked : (str, str)
        The strategy and the limit.
    edges : array of shape (n_edges,)
        Ascending.

    Returns
    -------
    list of n_edges + 1 lists of ``LOTS``
    """
    found = np.zeros((len(edges) + 1, LOTS))
    worth, used, lots = keen(part, policy, terms, asked)
    np.add.at(found, (np.searchsorted(edges, worth, side="right"), lots), used)
    return list(found.tolist())


def keen(
    part: Part, policy: Policy, terms: Terms, asked: tuple[str, str]
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Return, of a strategy's accounts that use a limit, what a unit is worth to them, their use and lot."""
    strategy, limit = asked
    if limit not in _names(part):
        return np.zeros(0), np.zeros(0), np.zeros(0, np.int64)
    sharing = _sharing(part, policy, terms)
    taken, place = sharing.take_at(strategy, terms), sharing.names.index(limit)
    problem = sharing.pool(strategy)
    worth = worth_of_use(problem, taken.prices, taken.chosen, place)
    uses = np.flatnonzero(~np.isnan(worth))
    used = problem.use_of(place, taken.chosen)[uses]
    return worth[uses], used, _lots(part)[taken.members[uses]]


def _sharing(part: Part, policy: Policy, terms: Terms) -> Sharing:
    return Sharing.of(policy, part.slate, draw(policy, part.slate, part.limits, terms))


def _names(part: Part) -> list[str]:
    return [limit.resource.name for limit in part.limits]


def _lots(part: Part) -> NDArray[np.int64]:
    number = part.slate.accounts["drawn"].to_numpy()
    lots: NDArray[np.int64] = (number * LOTS).astype(np.int64)
    return lots
