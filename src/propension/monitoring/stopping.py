"""When to stop: looks at an experiment under way, at a price fixed before it began."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from typing import Literal

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

from propension.arrays import Floats
from propension.config import Language
from propension.errors import ConfigurationError
from propension.monitoring.texts import tell_verdict

# Simpson's rule over the values from which an experiment goes on.
_GRID = 801
_FURTHEST = 8.0

Outcome = Literal["goes_on", "effect", "no_effect_shown"]


@dataclass(frozen=True)
class Look:
    """What was seen at a look.

    Attributes
    ----------
    accounts : int
        Accounts with a mature outcome so far.
    z : float
        The estimate in standard errors.
    """

    accounts: int
    z: float


@dataclass(frozen=True)
class Verdict:
    """What the rule says at the last look.

    Attributes
    ----------
    outcome : {"goes_on", "effect", "no_effect_shown"}
    critical : float
        Standard errors that the estimate must exceed at this look; intervals of this width
        hold at every look together.
    information : float
        Share of the planned accounts seen.
    """

    outcome: Outcome
    critical: float
    information: float

    def told(self) -> dict[Language, str]:
        """Say it in the three languages."""
        return tell_verdict(self.outcome, self.information)


@dataclass(frozen=True)
class StopRule:
    """A plan stated before the first look, for one outcome.

    Attributes
    ----------
    planned_accounts : int
        As the power calculator says; reaching it ends the experiment.
    alpha : float
        Chance of a false alarm over all looks together, either way.

    Notes
    -----
    Lan and DeMets (Biometrika, 1983), spending alpha as O'Brien and Fleming do: next to nothing
    early, nearly all at the end. Neither the number of looks nor their days need be planned;
    looking because of what was seen is not allowed for. One look at the end is the plain test.
    """

    planned_accounts: int
    alpha: float = 0.05

    def __post_init__(self) -> None:
        if self.planned_accounts < 2 or not 0 < self.alpha < 1:
            raise ConfigurationError(
                f"stop rule: {self.planned_accounts} accounts and alpha {self.alpha}; at least 2 accounts are "
                "needed, and an alpha between 0 and 1."
            )

    def judge(self, looks: Sequence[Look]) -> Verdict:
        """Return what the rule says after all looks so far, the last one included.

        Raises
        ------
        ConfigurationError
            If there is no look, accounts do not grow, or a look after the end was taken.
        """
        shares = tuple(self._shares(looks))
        bounds = boundaries(shares, self.alpha)
        crossed = [abs(look.z) >= bound for look, bound in zip(looks, bounds, strict=True)]
        if any(crossed[:-1]):
            raise ConfigurationError(
                f"stop rule: the experiment ended at look {crossed.index(True) + 1}. Later looks cannot change what it said."
            )
        outcome: Outcome = "goes_on"
        if crossed[-1]:
            outcome = "effect"
        elif shares[-1] >= 1:
            outcome = "no_effect_shown"
        return Verdict(outcome, bounds[-1], shares[-1])

    def _shares(self, looks: Sequence[Look]) -> list[float]:
        accounts = [look.accounts for look in looks]
        grows = all(before < after for before, after in pairwise(accounts))
        if not accounts or accounts[0] <= 0 or not grows:
            raise ConfigurationError(
                f"stop rule: looks at {accounts} accounts; every look needs more accounts than the one before."
            )
        if any(count >= self.planned_accounts for count in accounts[:-1]):
            raise ConfigurationError(
                f"stop rule: the experiment ended with {self.planned_accounts} accounts; there is no look after that."
            )
        if not all(np.isfinite(look.z) for look in looks):
            raise ConfigurationError(
                "stop rule: a look has no estimate. Wait until both arms have accounts."
            )
        return [min(count / self.planned_accounts, 1.0) for count in accounts]


@lru_cache(maxsize=256)
def boundaries(shares: tuple[float, ...], alpha: float = 0.05) -> tuple[float, ...]:
    """Return how many standard errors an estimate must exceed at each look.

    Parameters
    ----------
    shares : tuple of float in (0, 1], rising
        Share of the planned information at each look.
    alpha : float
        Over all looks together, two-sided.

    Examples
    --------
    >>> [round(bound, 2) for bound in boundaries((0.2, 0.4, 0.6, 0.8, 1.0))]
    [4.88, 3.36, 2.68, 2.29, 2.03]

    Notes
    -----
    Armitage, McPherson and Rowe (1969): the density of the score of experiments still going
    on is carried from look to look by quadrature.
    """
    found: list[float] = []
    going_on = _GoingOn(np.zeros(1), np.ones(1), 0.0)
    spent = 0.0
    for share in shares:
        target = _spent(share, alpha) - spent
        bound = _FURTHEST
        if going_on.crossing(_FURTHEST, share) < target:
            crossing = partial(going_on.crossing, share=share)
            bound = float(brentq(lambda edge, f=crossing, t=target: f(edge) - t, 0.0, _FURTHEST))
        found.append(bound)
        spent += going_on.crossing(bound, share)
        going_on = going_on.after(bound, share)
    return tuple(found)


@dataclass(frozen=True)
class _GoingOn:
    """Where experiments that still go on stand: points of the score and their mass under no effect."""

    score: Floats
    mass: Floats
    share: float

    def crossing(self, bound: float, share: float) -> float:
        """Chance of exceeding a bound at the next look."""
        edge, sd = bound * np.sqrt(share), np.sqrt(share - self.share)
        beyond = norm.sf((edge - self.score) / sd) + norm.cdf((-edge - self.score) / sd)
        return float(self.mass @ beyond)

    def after(self, bound: float, share: float) -> _GoingOn:
        """Carry those within the bound on to the next look."""
        edge, sd = bound * np.sqrt(share), np.sqrt(share - self.share)
        score = np.linspace(-edge, edge, _GRID)
        density = norm.pdf((score[:, None] - self.score) / sd) / sd
        return _GoingOn(score, _simpson(score) * (density @ self.mass), share)


def _spent(share: float, alpha: float) -> float:
    """Alpha spent by a share of the information, half of it on either side."""
    return float(4 * norm.sf(norm.isf(alpha / 4) / np.sqrt(share)))


def _simpson(grid: Floats) -> Floats:
    weights = np.where(np.arange(len(grid)) % 2, 4.0, 2.0)
    weights[[0, -1]] = 1.0
    scaled: Floats = weights * (grid[1] - grid[0]) / 3
    return scaled
