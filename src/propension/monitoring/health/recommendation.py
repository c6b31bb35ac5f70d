"""Keep, recalibrate or retrain: the first rule that applies, with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from propension.config import Texts
from propension.monitoring.health.alerts import Alert

Action = Literal["keep", "recalibrate", "retrain"]
# Alerts that ask for action, and the newest list of the stage whose outcome is known.
_Case = tuple[Sequence[Alert], dt.date | None]


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


@dataclass(frozen=True)
class _Rule:
    name: str
    action: Action
    rests_on: Callable[[_Case], list[Alert]]
    reason: Texts


def _named(*names: str) -> Callable[[_Case], list[Alert]]:
    return lambda case: [alert for alert in case[0] if alert.signal.name in names]


def _source(case: _Case) -> list[Alert]:
    """The tables themselves, and jumps from one list to the next, which customers do not make."""
    jumps = ("feature_shift", "missing_change")
    return [
        alert
        for alert in case[0]
        if alert.signal.kind == "data" or (alert.signal.name in jumps and alert.is_sudden)
    ]


def _drifting(case: _Case) -> list[Alert]:
    return _named("score_shift", "feature_shift", "missing_change")(case)


def _proved(case: _Case) -> list[Alert]:
    """Drift since before the newest list whose outcome is known, and which was right."""
    newest = case[1]
    return [alert for alert in _drifting(case) if newest is not None and alert.since <= newest]


RULES: tuple[_Rule, ...] = (
    _Rule(
        "source",
        "keep",
        _source,
        Texts(
            es="Primero hay que reparar los datos: un modelo no debe aprender de ellos así.",
            pt="Primeiro é preciso reparar os dados: um modelo não deve aprender deles assim.",
            en="The data must be repaired first: no model should learn from them as they are.",
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
    acting = [one for one in alerts if one.level == "act" and one.stage in ("", stage)]
    for rule in RULES:
        found = rule.rests_on((acting, matured))
        # Harmless only if all of it is.
        if found and (
            rule.name != "drift_proved_harmless" or found == _drifting((acting, matured))
        ):
            return Recommendation(stage, rule.action, rule.name, rule.reason, tuple(found))
    return Recommendation(stage, "keep", "quiet", _NOTHING, ())
