"""Whether a trained model may become the champion: every check, with its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from propension.config.settings import Gate
from propension.model.alarms import Alarm
from propension.model.bootstrap import Paired

FIRST, BETTER, NOT_BETTER, LEAK = "first", "promoted", "kept", "leak"


@dataclass(frozen=True)
class Check:
    """One condition of the gate.

    Attributes
    ----------
    name : str
    passed : bool
    text : str
        The figures and the bound.
    """

    name: str
    passed: bool
    text: str


@dataclass(frozen=True)
class Verdict:
    """What becomes of a trained model.

    Attributes
    ----------
    kind : {"first", "promoted", "kept", "leak"}
    checks : tuple of Check
    """

    kind: str
    checks: tuple[Check, ...]

    @property
    def promotes(self) -> bool:
        """Say whether the model should become the champion."""
        return self.kind in (FIRST, BETTER)

    @property
    def reason(self) -> str:
        """The figures of what decided: the failed checks, or all of them."""
        failed = [check.text for check in self.checks if not check.passed]
        return "; ".join(failed or [check.text for check in self.checks])


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
    silent = Check("alarms", not alarms, " ".join(a.text for a in alarms) or "no alarm is open")
    if alarms:
        return Verdict(LEAK, (silent,))
    if paired is None:
        text = (
            "the champion cannot score today's features or target; this model replaces it"
            if has_champion
            else "the first model of this portfolio"
        )
        return Verdict(BETTER if has_champion else FIRST, (Check("champion", True, text), silent))
    checks = (*_not_worse(paired, bounds), *honesty, silent)
    passed = all(check.passed for check in checks)
    return Verdict(BETTER if passed else NOT_BETTER, checks)


def _not_worse(paired: Mapping[str, Paired], bounds: Gate) -> list[Check]:
    margins = {"log_loss": bounds.log_loss_margin, "auc": bounds.auc_margin}
    checks = []
    for name, margin in margins.items():
        found = paired[name]
        low, high = found.interval
        checks.append(
            Check(
                name,
                found.is_not_worse(margin),
                f"{_SAID[name]} {found.difference:+.4f} against the champion (95% {low:+.4f} to {high:+.4f}; "
                f"may be {margin} worse)",
            )
        )
    return checks


_SAID = {"log_loss": "log-loss", "auc": "AUC"}


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
    return [
        Check(
            "bias",
            low <= bounds.max_bias and high >= -bounds.max_bias,
            f"mean propensity {value:+.4f} from the share that paid (95% {low:+.4f} to {high:+.4f}; "
            f"at most {bounds.max_bias})",
        ),
        Check(
            "slope",
            # NaN where it cannot be told: nothing speaks against the model then.
            not (slope[1] > most or slope[2] < least),
            f"calibration slope {slope[0]:.2f} (95% {slope[1]:.2f} to {slope[2]:.2f}; {least} to {most})",
        ),
    ]


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
        for name, said in (
            ("calibration_gap", "calibration"),
            ("likely_gap", "share seen as likely payers"),
        ):
            grown = gaps[name] - before[name]
            checks.append(
                Check(
                    f"fairness_{column}_{name}",
                    grown <= bounds.fairness_margin,
                    f"{column}: gap in {said} {gaps[name]:.3f}, the champion's {before[name]:.3f} "
                    f"(may grow {bounds.fairness_margin})",
                )
            )
    return checks
