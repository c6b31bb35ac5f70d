"""What was measured, graded: a signal asks for action when it lasts, or when it is large."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, takewhile
from typing import Any, Literal

from scipy.stats import false_discovery_control

from propension.config import Bounds, Language, Monitoring, Texts
from propension.monitoring.health.measurement import Measurement
from propension.monitoring.health.signals import SIGNAL, Signal
from propension.writing import format_number

Level = Literal["ok", "watch", "act"]
LEVELS: tuple[Level, ...] = ("ok", "watch", "act")


@dataclass(frozen=True)
class Alert:
    """A signal that rings.

    Attributes
    ----------
    signal : Signal
    stage, subject : str
    as_of : date
        Of the newest list that tells.
    level : {"watch", "act"}
    value : float
    since : date
        First of the lists in a row that ring.
    is_sudden : bool
        Whether the first of them already was beyond what asks for action at once, and at least
        half of that above the list before.
    named : Texts or None
        The words for the subject, where it has some.
    """

    signal: Signal
    stage: str
    subject: str
    as_of: dt.date
    level: Level
    value: float
    since: dt.date
    is_sudden: bool
    named: Texts | None = None

    @property
    def told(self) -> Texts:
        """What rings, and what to do, in words."""
        said = {language: self._say(language) for language in ("es", "pt", "en")}
        return Texts(**said)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values that JSON holds."""
        return {
            "signal": self.signal.name,
            "kind": self.signal.kind,
            "stage": self.stage,
            "subject": self.subject,
            "as_of": self.as_of.isoformat(),
            "level": self.level,
            "value": self.value,
            "since": self.since.isoformat(),
            "is_sudden": self.is_sudden,
            "told": self.told.model_dump(),
        }

    def _say(self, language: Language) -> str:
        what = self.signal.label.in_language(language)
        subject = self.named.in_language(language) if self.named else self.subject
        of = f" ({subject})" if subject else ""
        value = format_number(round(self.value, 3), language)
        return f"{what}{of}: {value}. {self.signal.advice.in_language(language)}"


def grade(measured: Sequence[Measurement], settings: Monitoring) -> list[Alert]:
    """Return what rings on the newest list that tells, action first.

    Beyond ``watch``, and beyond chance, a signal is watched. It asks for action beyond ``at_once``, or, where it
    weighs, when ``settings.persistence`` lists in a row are beyond ``act``, and goes on asking until it is no longer
    beyond ``watch``. Chance counts everything that was tested on one list (Benjamini and Yekutieli, Annals of
    Statistics, 2001: whatever the dependence among tests).
    """
    series: dict[tuple[str, str, str], list[Measurement]] = defaultdict(list)
    newest: dict[tuple[str, str], dt.date] = {}
    for one in sorted(_corrected(measured), key=lambda one: one.as_of):
        series[one.signal, one.stage, one.subject].append(one)
        newest[one.signal, one.stage] = one.as_of
    found = [
        alert
        for (signal, stage, _), row in series.items()
        if row[-1].as_of == newest[signal, stage] and (alert := _graded(row, settings))
    ]
    return sorted(found, key=lambda one: (one.level != "act", one.signal.name, -one.value))


def levels(measured: Sequence[Measurement], alerts: Sequence[Alert]) -> dict[str, Level]:
    """Return the worst level of every signal that was measured."""
    found: dict[str, Level] = {one.signal: "ok" for one in measured}
    for alert in alerts:
        found[alert.signal.name] = max(found[alert.signal.name], alert.level, key=LEVELS.index)
    return found


def _corrected(measured: Sequence[Measurement]) -> list[Measurement]:
    """Every p-value as it stands among those of its list."""
    found = [one for one in measured if one.p_value is None]
    tested: dict[dt.date, list[tuple[Measurement, float]]] = defaultdict(list)
    for one in measured:
        if one.p_value is not None:
            tested[one.as_of].append((one, one.p_value))
    for pairs in tested.values():
        adjusted = false_discovery_control([p for _, p in pairs], method="by")
        found += [
            replace(one, p_value=float(p)) for (one, _), p in zip(pairs, adjusted, strict=True)
        ]
    return found


def _graded(row: Sequence[Measurement], settings: Monitoring) -> Alert | None:
    bounds: Bounds = getattr(settings, row[0].signal)

    def beyond(one: Measurement, bound: float) -> bool:
        is_chance = one.p_value is not None and one.p_value > settings.false_discovery_rate
        return not is_chance and one.value > max(bound, one.usual)

    backwards = row[::-1]
    ringing = list(takewhile(lambda one: beyond(one, bounds.watch), backwards))
    if not ringing:
        return None
    runs = groupby(ringing, lambda one: beyond(one, bounds.act))
    lasting = max((len(list(run)) for is_beyond, run in runs if is_beyond), default=0)
    now = row[-1]
    is_large = any(beyond(one, bounds.at_once) for one in ringing)
    before = row[-len(ringing) - 1].value if len(row) > len(ringing) else 0.0
    is_sudden = (
        beyond(ringing[-1], bounds.at_once) and ringing[-1].value - before > bounds.at_once / 2
    )
    acts = is_large or (now.weighs and lasting >= settings.persistence)
    return Alert(
        SIGNAL[now.signal], now.stage, now.subject, now.as_of, "act" if acts else "watch",
        now.value, ringing[-1].as_of, is_sudden,
    )  # fmt: skip
