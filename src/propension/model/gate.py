"""Whether a trained model may become the champion: every check, with its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from propension.config import Language
from propension.config.training import Gate
from propension.model.alarms import Alarm
from propension.model.bootstrap import Paired
from propension.model.sentences import tell

FIRST, BETTER, NOT_BETTER, LEAK = "first", "better", "not_better", "leak"
PROMOTED = (FIRST, BETTER)


@dataclass(frozen=True)
class Check:
    """One condition of the gate.

    Attributes
    ----------
    name : str
    passed : bool
    texts : dict of language to str
        The figures and the bound.
    """

    name: str
    passed: bool
    texts: dict[Language, str]


@dataclass(frozen=True)
class Verdict:
    """What becomes of a trained model.

    Attributes
    ----------
    kind : {"first", "better", "not_better", "leak"}
    checks : tuple of Check
    """

    kind: str
    checks: tuple[Check, ...]

    @property
    def reason(self) -> str:
        """The figures of what decided: the failed checks, or all of them."""
        failed = [check.texts["en"] for check in self.checks if not check.passed]
        return "; ".join(failed or [check.texts["en"] for check in self.checks])


def judge(
    honesty: Sequence[Check],
    alarms: Sequence[Alarm],
    paired: Mapping[str, Paired] | None,
    has_champion: bool,
    bounds: Gate,
) -> Verdict:
    """Return the verdict on a model.

    Parameters
    ----------
    honesty : sequence of Check
        Of calibration and fairness.
    alarms : sequence of Alarm
        One open alarm is enough to stop.
    paired : dict of str to Paired, or None
        ``log_loss`` and ``auc`` of the model against the champion, on the same rows and draws; None
        where there is no champion that can score them.
    has_champion : bool
    bounds : Gate
    """
    if alarms:
        return Verdict(LEAK, tuple(Check(alarm.name, False, alarm.texts) for alarm in alarms))
    silent = Check("alarms", True, tell("no_alarm"))
    if paired is None:
        sentence = "unusable_champion" if has_champion else "first"
        kind = BETTER if has_champion else FIRST
        return Verdict(kind, (Check("champion", True, tell(sentence)), silent))
    checks = (*_not_worse(paired, bounds), *honesty, silent)
    passed = all(check.passed for check in checks)
    return Verdict(BETTER if passed else NOT_BETTER, checks)


def _not_worse(paired: Mapping[str, Paired], bounds: Gate) -> list[Check]:
    margins = {"log_loss": bounds.log_loss_margin, "auc": bounds.auc_margin}
    checks = []
    for name, margin in margins.items():
        found = paired[name]
        low, high = found.interval
        said = tell(name, difference=found.difference, low=low, high=high, bound=margin)
        checks.append(Check(name, found.is_not_worse(margin), said))
    return checks


def calibration_checks(
    bias: tuple[float, float, float], slope: tuple[float, float, float], bounds: Gate
) -> list[Check]:
    """Return whether probabilities mean what they say, chance allowed for.

    Parameters
    ----------
    bias : (value, low, high)
        Mean propensity minus the share that paid, with its 95% interval.
    slope : (value, low, high)
        Of paying on the log-odds of the propensity; 1 is honest, below it is too sure.
    bounds : Gate
    """
    value, low, high = bias
    least, most = bounds.slope
    said = tell("bias", difference=value, low=low, high=high, bound=bounds.max_bias)
    honest = low <= bounds.max_bias and high >= -bounds.max_bias
    checks = [Check("bias", honest, said)]
    # NaN where it cannot be told: nothing speaks against the model then.
    if not np.isnan(slope[0]):
        said = tell(
            "slope", slope=slope[0], least=slope[1], most=slope[2], bound_low=least, bound_high=most
        )
        checks.append(Check("slope", slope[1] <= most and slope[2] >= least, said))
    return checks


def fairness_checks(
    model: Mapping[str, Any], champion: Mapping[str, Any] | None, bounds: Gate
) -> list[Check]:
    """Return whether no gap between groups grew beyond the margin.

    Parameters
    ----------
    model, champion : dict of str to dict
        By audited column: ``calibration_gap`` and ``likely_gap``, differences between the groups
        furthest apart. Nothing is asked where the champion was not audited.
    bounds : Gate
    """
    checks = []
    for column, gaps in model.items():
        before = (champion or {}).get(column)
        if before is None:
            continue
        for name in ("calibration_gap", "likely_gap"):
            grown = gaps[name] - before[name]
            bound = bounds.fairness_margin
            said = tell(name, column=column, value=gaps[name], before=before[name], bound=bound)
            checks.append(Check(f"{column} {name}", grown <= bound, said))
    return checks
