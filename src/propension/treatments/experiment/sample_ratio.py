"""Whether the arms have the sizes they were meant to have: if not, nothing else can be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import chisquare

from propension.config import Language
from propension.errors import ConfigurationError, sample_text
from propension.treatments.experiment.texts import tell
from propension.writing.figures import chance, count, counts

ALARM_BELOW = 0.001
# The approximation needs about five expected in every arm.
MIN_EXPECTED = 5


@dataclass(frozen=True)
class SampleRatio:
    """Accounts found and expected in every arm.

    Attributes
    ----------
    found : dict of str to int
    expected : dict of str to float
    p_value : float
        Chance of arms at least as far from their shares if the draw works; NaN where too few
        accounts are expected in an arm to say.
    """

    found: Mapping[str, int]
    expected: Mapping[str, float]
    p_value: float

    @property
    def is_alarm(self) -> bool:
        """Whether the shares are beyond chance: the experiment must not be read."""
        return self.p_value < ALARM_BELOW

    def told(self) -> dict[Language, str]:
        """Say it in the three languages."""
        if np.isnan(self.p_value):
            return tell("ratio_unknown", accounts=count(sum(self.found.values())))
        sentence = "ratio_alarm" if self.is_alarm else "ratio_fine"
        return tell(
            sentence,
            found=counts(self.found),
            expected=counts(self.expected),
            p=chance(self.p_value),
        )


def check_sample_ratio(found: Mapping[str, int], shares: Mapping[str, float]) -> SampleRatio:
    """Compare the sizes of the arms with their shares.

    Parameters
    ----------
    found : mapping of arm to accounts
        Accounts, not rows: an account that comes back every month is drawn once.
    shares : mapping of arm to share
        As the policy draws them; they must add up to 1.

    Raises
    ------
    ConfigurationError
        If shares do not add up to 1, or an arm has no share.

    Notes
    -----
    Pearson's chi-square. The alarm goes off at p < .001, as is usual: the check is repeated at
    every run, and what it says stops the reading (Fabijan et al., KDD 2019).
    """
    unknown = sorted(set(found) - {arm for arm, share in shares.items() if share > 0})
    if unknown:
        raise ConfigurationError(
            f"experiment: arms without a share: {sample_text(unknown)}. Give every arm its share.",
            arms=unknown,
        )
    if abs(sum(shares.values()) - 1) > 1e-9 or min(shares.values()) < 0:
        raise ConfigurationError(
            f"experiment: the shares of the arms add up to {sum(shares.values()):.4f}, not to 1."
        )
    arms = [arm for arm, share in shares.items() if share > 0]
    sizes = np.array([found.get(arm, 0) for arm in arms], dtype=np.float64)
    expected = np.array([shares[arm] for arm in arms]) * sizes.sum()
    enough = len(arms) > 1 and expected.min() >= MIN_EXPECTED
    p_value = float(chisquare(sizes, expected).pvalue) if enough else float("nan")
    return SampleRatio(
        {arm: found.get(arm, 0) for arm in arms},
        dict(zip(arms, expected.tolist(), strict=True)),
        p_value,
    )
