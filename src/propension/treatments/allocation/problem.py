"""What is to be allocated: values, resources, and what a choice of treatments uses of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from propension.errors import PolicyError, sample_text

Floats: TypeAlias = NDArray[np.float64]
Values: TypeAlias = NDArray[np.float32]
Choice: TypeAlias = NDArray[np.int16]
Ids: TypeAlias = NDArray[np.int64]
Weight: TypeAlias = NDArray[np.float32]

# Accounts looked at together: their row of values fits a core's cache.
BLOCK_ACCOUNTS = 1 << 16
_MIN_BLOCKS = 16
# A hundred times seven cents is a little more than seven in binary: what is used up to the cent fits.
ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Resource:
    """Something of which there is only so much: minutes, slots, letters, money, pressure.

    Parameters
    ----------
    name : str
    capacity : float
        What all accounts together may use.
    use : array of shape (n_treatments,)
        What one account uses of it under each treatment; 0 under the first, doing nothing.
    weight : array of shape (n_accounts,) or (n_treatments, n_accounts), optional
        Multiplies ``use`` where it depends on the account: the money of a discount, the length of a
        call. Ones and zeros confine the resource to a group.
    """

    name: str
    capacity: float
    use: ArrayLike
    weight: ArrayLike | None = None


@dataclass(frozen=True, eq=False)
class Problem:
    """Checked values and resources, accounts in columns.

    Attributes
    ----------
    values : array of float32, shape (n_treatments, n_accounts)
    amounts : array of shape (n_resources, n_treatments)
    weights : tuple of array or None, one per resource
        Of shape (n_accounts,) or (n_treatments, n_accounts).
    capacities : array of shape (n_resources,)
        With ``ROUNDING``.
    """

    values: Values
    amounts: Floats
    weights: tuple[Weight | None, ...]
    capacities: Floats

    @property
    def n_treatments(self) -> int:
        """Treatments, doing nothing among them."""
        return int(self.values.shape[0])

    @property
    def n_accounts(self) -> int:
        """Accounts to treat."""
        return int(self.values.shape[1])

    @property
    def idle_value(self) -> float:
        """What doing nothing with everybody is worth."""
        return float(self.values[0].sum(dtype=np.float64))

    def take(self, accounts: slice | Ids) -> Problem:
        """Return the same for some accounts, with the capacities of all."""
        return replace(
            self,
            values=self.values[:, accounts],
            weights=tuple(None if w is None else w[..., accounts] for w in self.weights),
        )

    def parts(self) -> Iterator[slice]:
        """Yield the accounts in blocks, of a size that depends on their number alone."""
        n_blocks = max(_MIN_BLOCKS, -(-self.n_accounts // BLOCK_ACCOUNTS))
        edges = np.linspace(0, self.n_accounts, n_blocks + 1).astype(int).tolist()
        for start, stop in pairwise(edges):
            yield slice(start, stop)

    def weight(self, resource: int, treatment: int) -> Weight | None:
        """Return the weights of a resource under a treatment, by account."""
        weight = self.weights[resource]
        return weight[treatment] if weight is not None and weight.ndim == 2 else weight

    def use_of(
        self, resource: int, treatments: Choice | Ids, accounts: Ids | None = None
    ) -> Floats:
        """Return what accounts, all when left out, use of a resource under a treatment each."""
        used: Floats = self.amounts[resource][treatments]
        weight = self.weights[resource]
        if weight is None:
            return used
        if weight.ndim == 1:
            used *= weight if accounts is None else weight[accounts]
        else:
            used *= weight[treatments, np.arange(len(used)) if accounts is None else accounts]
        return used

    def use(self, choice: Choice) -> Floats:
        """Return what a choice uses of each resource, added up in double precision."""
        counts = np.bincount(choice, minlength=self.n_treatments)
        return np.array(
            [
                self.amounts[r] @ counts if weight is None else self.use_of(r, choice).sum()
                for r, weight in enumerate(self.weights)
            ]
        )

    def value(self, choice: Choice) -> float:
        """Return what a choice is worth."""
        return float(self.values[choice, np.arange(self.n_accounts)].sum(dtype=np.float64))


def check_problem(values: ArrayLike, resources: Sequence[Resource]) -> Problem:
    """Return values and resources as arrays that fit each other.

    Raises
    ------
    PolicyError
        If a shape does not fit, a number is missing, negative or infinite where it may not be,
        two resources share a name, or doing nothing uses something or is not allowed.
    """
    checked = np.asarray(values, np.float32)
    if checked.ndim != 2 or not len(checked):
        raise _refused("values", f"have shape {checked.shape}", "Give treatments by accounts.")
    if np.isnan(checked).any() or np.isposinf(checked).any():
        raise _refused("values", "hold NaN or infinity", "Use -inf for what is not allowed.")
    if not np.isfinite(checked[0]).all():
        raise _refused("values", "do not allow doing nothing", "Give the first row numbers.")
    names = [resource.name for resource in resources]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise _refused(sample_text(repeated), "is named twice", "Name every resource once.")
    parts = [_check_resource(resource, *checked.shape) for resource in resources]
    return Problem(
        checked,
        np.array([amounts for amounts, _ in parts]).reshape(len(parts), len(checked)),
        tuple(weight for _, weight in parts),
        np.array([resource.capacity * (1 + ROUNDING) for resource in resources]),
    )


def _check_resource(
    resource: Resource, n_treatments: int, n_accounts: int
) -> tuple[Floats, Weight | None]:
    name, amounts = resource.name, np.asarray(resource.use, np.float64)
    if not (np.isfinite(resource.capacity) and resource.capacity >= 0):
        raise _refused(name, f"has a capacity of {resource.capacity}", "Give 0 or more.")
    if amounts.shape != (n_treatments,):
        raise _refused(
            name, f"has use of shape {amounts.shape}", f"Give {n_treatments} amounts, one each."
        )
    _refuse_bad(name, "use", amounts)
    if amounts[0] != 0:
        raise _refused(name, f"has {amounts[0]:g} used by doing nothing", "The first use is 0.")
    if resource.weight is None:
        return amounts, None
    weight = np.ascontiguousarray(resource.weight, np.float32)
    if weight.shape not in {(n_accounts,), (n_treatments, n_accounts)}:
        raise _refused(
            name,
            f"has weights of shape {weight.shape}",
            f"Give one for each of {n_accounts} accounts.",
        )
    _refuse_bad(name, "weights", weight)
    return amounts, weight


def _refuse_bad(name: str, what: str, numbers: NDArray[Any]) -> None:
    bad = ~(np.isfinite(numbers) & (numbers >= 0))
    if bad.any():
        found = sample_text(f"{number:g}" for number in numbers[bad][:4])
        raise _refused(name, f"has {what} of {found}", "Give finite numbers of 0 or more.")


def _refused(place: str, fact: str, remedy: str) -> PolicyError:
    return PolicyError(f"allocation: {place} {fact}. {remedy}", place=place)
