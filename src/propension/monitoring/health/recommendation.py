"""Keep, recalibrate or retrain: the first rule that applies, with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from propension.config import Texts
from propension.monitoring.health.alerts import Alert

Action = Literal["keep", "recalibrate", "retrain"]
# A fault of the source from the first list on; slow, they may be the business: whoever pays less is called more.
_JUMPS = ("feature_shift", "missing_change", "row_growth")
# Payments that are missing, or not yet there, look like customers who do not pay.
_LIKE_NOT_PAYING = ("row_loss", "late_days")


@dataclass(frozen=True)
class Recommendation:
    """What to do with the model of a stage.

    Attributes
    ----------
    stage : str
    action : {"keep", "recalibrate", "retrain"}
    rule : str
        Of those in docs/monitoring.md.
    reason : Texts
    because : tuple of Alert
        What the rule rests on.
    """

    stage: str
    action: Action
    rule: str
    reason: Texts
    because: tuple[Alert, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values that JSON holds."""
        return {
            "stage": self.stage,
            "action": self.action,
            "rule": self.rule,
            "reason": self.reason.model_dump(),
            "because": [alert.as_dict() for alert in self.because],
        }


class _Case(NamedTuple):
    """Alerts that ask for action, those that are watched, and the newest list of the stage whose outcome is known."""

    acting: Sequence[Alert]
    watched: Sequence[Alert]
    matured: dt.date | None


@dataclass(frozen=True)
class _Rule:
    name: str
    action: Action
    rests_on: Callable[[_Case], list[Alert]]
    reason: Texts


def _named(*names: str) -> Callable[[_Case], list[Alert]]:
    return lambda case: [alert for alert in case.acting if alert.signal.name in names]


def _source(case: _Case) -> list[Alert]:
    """The tables themselves, and jumps from one list to the next, which customers do not make."""
    found = [
        alert
        for alert in case.acting
        if (alert.is_sudden if alert.signal.name in _JUMPS else alert.signal.kind == "data")
    ]
    if any(alert.signal.kind == "health" for alert in case.acting):
        found += [
            alert
            for alert in case.watched
            if alert.signal.name in _LIKE_NOT_PAYING and alert.subject == "payments"
        ]
    return found


def _drifting(case: _Case) -> list[Alert]:
    return _named("score_shift", "feature_shift", "missing_change")(case)


def _proved(case: _Case) -> list[Alert]:
    """Drift since before the newest list whose outcome is known, and which was right; harmless only if all of it is."""
    drifting = _drifting(case)
    is_known = [case.matured is not None and alert.since <= case.matured for alert in drifting]
    return drifting if all(is_known) else []


RULES: tuple[_Rule, ...] = (
    _Rule(
        "source",
        "keep",
        _source,
        Texts(
            es="Primero hay que reparar los datos: ningún modelo debe aprender de ellos así, ni ser juzgado por ellos.",
            pt="Primeiro é preciso reparar os dados: nenhum modelo deve aprender deles assim, nem ser julgado por eles.",
            en="The data must be repaired first: no model should learn from them as they are, nor be judged by them.",
        ),
    ),
    _Rule(
        "ranking",
        "retrain",
        _named("auc_loss"),
        Texts(
            es="El modelo ya no ordena como en su prueba.",
            pt="O modelo já não ordena como no seu teste.",
            en="The model no longer ranks as in its test.",
        ),
    ),
    _Rule(
        "level",
        "recalibrate",
        _named("bias", "slope"),
        Texts(
            es="El modelo ordena como en su prueba, pero su nivel ya no es el que dice.",
            pt="O modelo ordena como no seu teste, mas o nível já não é o que diz.",
            en="The model ranks as in its test, but its level is no longer what it says.",
        ),
    ),
    _Rule(
        "drift_proved_harmless",
        "keep",
        _proved,
        Texts(
            es="La cartera cambió, pero las listas maduras desde entonces acertaron.",
            pt="A carteira mudou, mas as listas maduras desde então acertaram.",
            en="The portfolio has changed, but lists matured since then were right.",
        ),
    ),
    _Rule(
        "drift",
        "retrain",
        _drifting,
        Texts(
            es="La cartera ya no es aquella de la que aprendió, y ningún resultado lo desmiente aún.",
            pt="A carteira já não é aquela da qual aprendeu, e nenhum resultado o desmente ainda.",
            en="The portfolio is not the one it learnt from, and no outcome says yet that it does not matter.",
        ),
    ),
)
_NOTHING = Texts(
    es="Nada pide otro modelo.", pt="Nada pede outro modelo.", en="Nothing asks for another model."
)  # fmt: skip


def recommend(stage: str, alerts: Sequence[Alert], matured: dt.date | None) -> Recommendation:
    """Return what to do with the model of a stage.

    Parameters
    ----------
    stage : str
    alerts : sequence of Alert
        Those of other stages do not count; those of none do.
    matured : date or None
        The newest list of the stage whose outcome is known.
    """
    own = [one for one in alerts if one.stage in ("", stage)]
    acting = [one for one in own if one.level == "act"]
    case = _Case(acting, [one for one in own if one.level == "watch"], matured)
    for rule in RULES:
        found = rule.rests_on(case)
        if found:
            return Recommendation(stage, rule.action, rule.name, rule.reason, tuple(found))
    return Recommendation(stage, "keep", "quiet", _NOTHING, ())
