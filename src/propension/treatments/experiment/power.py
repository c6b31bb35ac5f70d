"""How many accounts an experiment takes: for a rate and for money, with the score's help."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.stats import norm

from propension.config import Language
from propension.errors import ConfigurationError
from propension.treatments.experiment.texts import tell
from propension.writing.figures import amount, count, points, share


@dataclass(frozen=True)
class Design:
    """What is asked of an experiment.

    Attributes
    ----------
    control_share : float in (0, 1)
        Share of the accounts that are left alone.
    power : float in (0, 1)
        Chance of seeing a lift that is there.
    alpha : float in (0, 1)
        Chance of seeing one that is not there, either way.
    score_r2 : float in [0, 1)
        Share of the outcome's variance that the score explains; the adjustment removes it.
    """

    control_share: float = 0.5
    power: float = 0.8
    alpha: float = 0.05
    score_r2: float = 0.0

    def __post_init__(self) -> None:
        for name in ("control_share", "power", "alpha"):
            _require(0 < getattr(self, name) < 1, name, getattr(self, name), "between 0 and 1")
        _require(0 <= self.score_r2 < 1, "score_r2", self.score_r2, "at least 0 and below 1")
        _require(self.power > self.alpha, "power", self.power, f"above alpha ({self.alpha})")


@dataclass(frozen=True)
class SampleSize:
    """Accounts needed in either arm; one row per account.

    Attributes
    ----------
    control, treated : int
    lift : float
        The least lift the experiment would see, in the outcome's own unit.
    design : Design
    kept_share : float
        Share of the money that winsorising leaves, and of the lift with it; 1 for a rate.
    is_money : bool
    """

    control: int
    treated: int
    lift: float
    design: Design
    kept_share: float = 1.0
    is_money: bool = False

    @property
    def accounts(self) -> int:
        """Accounts in both arms."""
        return self.control + self.treated

    def told(self) -> dict[Language, str]:
        """Say it in the three languages."""
        return tell(
            "size_for_amount" if self.is_money else "size_for_rate",
            control=count(self.control),
            treated=count(self.treated),
            lift=amount(self.lift) if self.is_money else points(self.lift),
            power=share(self.design.power),
        )


def size_for_rate(base_rate: float, lift: float, design: Design | None = None) -> SampleSize:
    """Return the accounts that show a change of a rate from ``base_rate`` by ``lift``.

    Parameters
    ----------
    base_rate : float in (0, 1)
        Share of the control group that pays by itself.
    lift : float
        Difference to be seen, as a share: .02 is two points; it may be negative.
    design : Design, optional

    Raises
    ------
    ConfigurationError
        If a rate would lie outside (0, 1), or the lift is 0.

    Examples
    --------
    >>> size_for_rate(0.30, 0.02, Design(control_share=0.1)).control
    4596

    Notes
    -----
    Unpooled normal approximation: the variance of either arm is its own.
    """
    design = design or Design()
    _require_rates(base_rate, lift)
    noise = (_binary_variance(base_rate), _binary_variance(base_rate + lift))
    control, treated = _arms(*noise, lift, design)
    return SampleSize(control, treated, lift, design)


def size_for_amount(
    amounts: ArrayLike, lift: float, design: Design | None = None, winsorised_at: float = 0.99
) -> SampleSize:
    """Return the accounts that show a change of mean recovery by ``lift``.

    Parameters
    ----------
    amounts : array of shape (n_accounts,)
        What accounts like these recovered over the same window, untreated if possible; zeros too.
    lift : float
        Difference of the mean amount per account to be seen, before winsorising.
    design : Design, optional
    winsorised_at : float in (0, 1]
        Amounts above this quantile count as the quantile, here and when the experiment is
        read; 1 leaves them alone.

    Raises
    ------
    ConfigurationError
        If there are fewer than two amounts, they do not vary or bring in nothing, or the lift is 0 or would
        take away more than they bring in.

    Notes
    -----
    The lift is taken to come from more accounts that pay amounts like these, so that under the
    cap it shrinks as the mean does. Were everybody to pay more instead, less of it would be left.
    """
    design = design or Design()
    recovered = np.asarray(amounts, dtype=np.float64)
    _require(np.isfinite(recovered).all(), "amounts", "missing values", "complete")
    _require(len(recovered) > 1, "amounts", f"{len(recovered)} accounts", "at least two")
    _require(0 < winsorised_at <= 1, "winsorised_at", winsorised_at, "above 0 and at most 1")
    mean = float(recovered.mean())
    _require(mean > 0, "amounts", f"{mean:g} on average", "above 0 on average")
    _require(lift != 0, "lift", lift, "other than 0")
    _require(lift > -mean, "lift", lift, f"above {-mean:g}, which leaves nothing")
    capped = np.minimum(recovered, np.quantile(recovered, winsorised_at))
    variance = float(capped.var())
    _require(variance > 0, "amounts", "all the same", "varying, for money to be sized")
    rise = 1 + lift / mean
    raised = rise * float((capped**2).mean()) - (rise * float(capped.mean())) ** 2
    kept = float(capped.mean()) / mean
    control, treated = _arms(variance, max(raised, 0.0), lift * kept, design)
    return SampleSize(control, treated, lift, design, kept, is_money=True)


def power_for_rate(
    base_rate: float, lift: float, accounts: int, design: Design | None = None
) -> float:
    """Return the chance that an experiment on ``accounts`` sees a lift of this size."""
    design = design or Design()
    _require(accounts >= 2, "accounts", accounts, "at least 2")
    _require_rates(base_rate, lift)
    noise = (_binary_variance(base_rate), _binary_variance(base_rate + lift))
    expected = abs(lift) / math.sqrt(_unit_variance(*noise, design) / accounts)
    critical = norm.isf(design.alpha / 2)
    return float(norm.sf(critical - expected) + norm.cdf(-critical - expected))


def detectable_rate(base_rate: float, accounts: int, design: Design | None = None) -> float:
    """Return the least rise of a rate that ``accounts`` show with the design's power.

    Raises
    ------
    ConfigurationError
        If no rise at all would be seen.
    """
    design = design or Design()
    most = 1 - base_rate - 1e-9
    _require_rates(base_rate, most)
    if power_for_rate(base_rate, most, accounts, design) < design.power:
        raise ConfigurationError(
            f"experiment: {accounts} accounts show no rise from {base_rate:.0%} with power "
            f"{design.power:.0%}. Run it for longer, or on more accounts.",
            accounts=accounts,
        )
    return float(
        brentq(
            lambda lift: power_for_rate(base_rate, lift, accounts, design) - design.power,
            1e-9,
            most,
        )
    )


def _arms(control: float, treated: float, lift: float, design: Design) -> tuple[int, int]:
    reach = norm.isf(design.alpha / 2) + norm.ppf(design.power)
    accounts = reach**2 * _unit_variance(control, treated, design) / lift**2
    share = design.control_share
    return math.ceil(share * accounts), math.ceil((1 - share) * accounts)


def _unit_variance(control: float, treated: float, design: Design) -> float:
    share = design.control_share
    return (control / share + treated / (1 - share)) * (1 - design.score_r2)


def _binary_variance(rate: float) -> float:
    return rate * (1 - rate)


def _require_rates(base_rate: float, lift: float) -> None:
    _require(0 < base_rate < 1, "base_rate", base_rate, "between 0 and 1")
    _require(lift != 0, "lift", lift, "other than 0")
    _require(0 < base_rate + lift < 1, "base_rate + lift", base_rate + lift, "between 0 and 1")


def _require(holds: bool | np.bool_, name: str, found: object, needed: str) -> None:
    if not holds:
        raise ConfigurationError(
            f"experiment: {name} is {found}; it must be {needed}.", setting=name
        )
