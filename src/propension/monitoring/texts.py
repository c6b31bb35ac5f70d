"""What is said of an impact, in the three languages, and no more than is known."""

from __future__ import annotations

from typing import Literal, Protocol

import numpy as np

from propension.config import Language, Texts
from propension.monitoring.contrast import Estimate
from propension.writing.figures import Figure, amount, count, fill, points, share


class _Interval(Protocol):
    @property
    def value(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


_EMPTY = Texts(
    es="{group}: no se puede medir {beside}; {treated} cuentas gestionadas y {control} con las que comparar",
    pt="{group}: não dá para medir {beside}; {treated} contas acionadas e {control} com que comparar",
    en="{group}: cannot be measured {beside}; {treated} accounts treated and {control} to compare with",
)
_SEEN = Texts(
    es="{group}: {rate} puntos de cuentas que pagan (95%: {rate_low} a {rate_high}; {rate_word}) y {amount} por cuenta "
    "(95%: {amount_low} a {amount_high}; {amount_word}) {beside}",
    pt="{group}: {rate} pontos de contas que pagam (95%: {rate_low} a {rate_high}; {rate_word}) e {amount} por conta "
    "(95%: {amount_low} a {amount_high}; {amount_word}) {beside}",
    en="{group}: {rate} points of accounts that pay (95%: {rate_low} to {rate_high}; {rate_word}) and {amount} per account "
    "(95%: {amount_low} to {amount_high}; {amount_word}) {beside}",
)
_WHOLE = {
    "strategy": Texts(es="la estrategia", pt="a estratégia", en="the strategy"),
    "first list": Texts(
        es="la primera lista de cada cuenta",
        pt="a primeira lista de cada conta",
        en="the first list of every account",
    ),
}
Beside = Literal["control", "nothing", "champion"]
_BESIDE: dict[Beside, Texts] = {
    "control": Texts(es="frente al control", pt="em relação ao controle", en="against control"),
    "nothing": Texts(
        es="frente a no hacer nada", pt="em relação a não fazer nada", en="against doing nothing"
    ),
    "champion": Texts(
        es="frente a la estrategia vigente",
        pt="em relação à estratégia vigente",
        en="against the present strategy",
    ),
}
_UNCLEAR = Texts(
    es="todavía no se distingue de cero",
    pt="ainda não se distingue de zero",
    en="not yet distinguishable from zero",
)
_MORE = Texts(es="por encima de cero", pt="acima de zero", en="above zero")
_LESS = Texts(es="por debajo de cero", pt="abaixo de zero", en="below zero")
_GAIN = Texts(
    es="la política candidata habría cambiado el resultado en {gain} por cuenta (95%: {low} a {high}; {word}); {effective} filas "
    "efectivas de {rows}. Es una estimación sobre registros: pruébela con un grupo antes de adoptarla",
    pt="a política candidata teria mudado o resultado em {gain} por conta (95%: {low} a {high}; {word}); {effective} linhas "
    "efetivas de {rows}. É uma estimativa sobre registros: teste com um grupo antes de adotar",
    en="the candidate policy would have changed the outcome by {gain} per account (95%: {low} to {high}; {word}); {effective} "
    "effective rows of {rows}. It is an estimate on logs: try it on an arm before adopting it",
)
_NOT_COVERED = Texts(
    es="los registros hacen muy poco de lo que haría la política candidata ({effective} filas efectivas de {rows}): no dicen qué "
    "habría logrado",
    pt="os registros fazem muito pouco do que a política candidata faria ({effective} linhas efetivas de {rows}): não dizem o que "
    "ela teria conseguido",
    en="the log does too little of what the candidate policy would do ({effective} effective rows of {rows}): it does not tell "
    "what it would have got",
)
_VERDICTS = {
    "goes_on": Texts(
        es="con {information} de la información prevista todavía no se distingue de cero: el experimento sigue",
        pt="com {information} da informação prevista ainda não se distingue de zero: o experimento continua",
        en="with {information} of the planned information, not yet distinguishable from zero: the experiment goes on",
    ),
    "effect": Texts(
        es="con {information} de la información prevista la diferencia supera el límite fijado: el experimento termina",
        pt="com {information} da informação prevista a diferença supera o limite fixado: o experimento termina",
        en="with {information} of the planned information, the difference exceeds the bound set beforehand: the experiment ends",
    ),
    "no_effect_shown": Texts(
        es="el experimento terminó y la diferencia no se distingue de cero; eso no prueba que no haya ninguna",
        pt="o experimento terminou e a diferença não se distingue de zero; isso não prova que não haja nenhuma",
        en="the experiment has ended and the difference is not distinguishable from zero; that does not prove there is none",
    ),
}


def tell_impact(
    group: str, rate: Estimate, money: Estimate, beside: Beside = "control"
) -> dict[Language, str]:
    """Return the impact of a group in words."""
    named = _WHOLE.get(group, group)
    if np.isnan(rate.standard_error):
        sizes = {"treated": count(rate.treated_accounts), "control": count(rate.control_accounts)}
        return fill(_EMPTY, group=named, beside=_BESIDE[beside], **sizes)
    figures: dict[str, Figure] = {
        "rate": points(rate.value),
        "rate_low": points(rate.low),
        "rate_high": points(rate.high),
        "amount": amount(money.value),
        "amount_low": amount(money.low),
        "amount_high": amount(money.high),
    }
    words = {"rate_word": _word(rate), "amount_word": _word(money), "beside": _BESIDE[beside]}
    return fill(_SEEN, group=named, **words, **figures)


def tell_policy(
    gain: _Interval, is_covered: bool, effective: float, rows: int
) -> dict[Language, str]:
    """Return what a log says of a candidate policy."""
    sizes: dict[str, Figure] = {"effective": count(effective), "rows": count(rows)}
    if not is_covered:
        return fill(_NOT_COVERED, **sizes)
    figures = sizes | {
        "gain": amount(gain.value),
        "low": amount(gain.low),
        "high": amount(gain.high),
    }
    return fill(_GAIN, word=_word(gain), **figures)


def tell_verdict(outcome: str, information: float) -> dict[Language, str]:
    """Return what a stop rule says."""
    return fill(_VERDICTS[outcome], information=share(information))


def _word(interval: _Interval) -> Texts:
    if interval.low > 0:
        return _MORE
    return _LESS if interval.high < 0 else _UNCLEAR
