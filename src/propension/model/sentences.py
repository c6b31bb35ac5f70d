"""What the gate and the alarms say, in the three languages, with the figures of the case."""

from __future__ import annotations

from typing import get_args

from babel.numbers import format_decimal, format_percent

from propension.config import Language, Texts
from propension.writing import locale_of

_SIGNED = "+0.0000;-0.0000"
# How each figure is written; any other is a plain number.
_PATTERNS = {
    "difference": _SIGNED,
    "low": _SIGNED,
    "high": _SIGNED,
    "slope": "0.00",
    "least": "0.00",
    "most": "0.00",
}
_SHARES = {"share", "share_bound"}

_SENTENCES = {
    "first": Texts(
        es="es el primer modelo de esta cartera",
        pt="é o primeiro modelo desta carteira",
        en="the first model of this portfolio",
    ),
    "unusable_champion": Texts(
        es="el campeón no puede calificar las variables o la meta de hoy; este modelo lo reemplaza",
        pt="o campeão não consegue pontuar as variáveis ou a meta de hoje; este modelo o substitui",
        en="the champion cannot score today's features or target; this model replaces it",
    ),
    "same": Texts(
        es="califica igual que el campeón: no hay nada que cambiar",
        pt="pontua igual ao campeão: não há nada a mudar",
        en="it scores exactly as the champion does: there is nothing to change",
    ),
    "champion_saw": Texts(
        es="el campeón aprendió de cortes hasta {last} y la prueba empieza el {first}: no se pueden comparar; "
        "entrene con una fecha de corte posterior",
        pt="o campeão aprendeu de datas até {last} e o teste começa em {first}: não dá para comparar; "
        "treine com uma data-base posterior",
        en="the champion learnt from dates until {last} and the test begins on {first}: they cannot be compared; "
        "train as of a later date",
    ),
    "no_alarm": Texts(
        es="ninguna alarma abierta", pt="nenhum alarme aberto", en="no alarm is open"
    ),
    "log_loss": Texts(
        es="log-loss {difference} frente al campeón (95%: {low} a {high}; puede empeorar {bound})",
        pt="log-loss {difference} em relação ao campeão (95%: {low} a {high}; pode piorar {bound})",
        en="log-loss {difference} against the champion (95%: {low} to {high}; may be {bound} worse)",
    ),
    "auc": Texts(
        es="AUC {difference} frente al campeón (95%: {low} a {high}; puede empeorar {bound})",
        pt="AUC {difference} em relação ao campeão (95%: {low} a {high}; pode piorar {bound})",
        en="AUC {difference} against the champion (95%: {low} to {high}; may be {bound} worse)",
    ),
    "bias": Texts(
        es="propensión media a {difference} de la parte que pagó (95%: {low} a {high}; a lo sumo {bound})",
        pt="propensão média a {difference} da parte que pagou (95%: {low} a {high}; no máximo {bound})",
        en="mean propensity {difference} from the share that paid (95%: {low} to {high}; at most {bound})",
    ),
    "slope": Texts(
        es="pendiente de calibración {slope} (95%: {least} a {most}; entre {bound_low} y {bound_high})",
        pt="inclinação da calibração {slope} (95%: {least} a {most}; entre {bound_low} e {bound_high})",
        en="calibration slope {slope} (95%: {least} to {most}; between {bound_low} and {bound_high})",
    ),
    "calibration_gap": Texts(
        es="{column}: brecha de calibración entre grupos {value}, la del campeón {before} (puede crecer {bound})",
        pt="{column}: diferença de calibração entre grupos {value}, a do campeão {before} (pode crescer {bound})",
        en="{column}: calibration gap between groups {value}, the champion's {before} (may grow {bound})",
    ),
    "likely_gap": Texts(
        es="{column}: brecha entre grupos en la parte vista como probable pagadora {value}, la del campeón "
        "{before} (puede crecer {bound})",
        pt="{column}: diferença entre grupos na parte vista como provável pagadora {value}, a do campeão "
        "{before} (pode crescer {bound})",
        en="{column}: gap between groups in the share seen as likely payers {value}, the champion's {before} "
        "(may grow {bound})",
    ),
    "too_good": Texts(
        es="un AUC de {value} supera model.alarms.auc ({bound}): algo revela el futuro. Las variables que más "
        "pesan son {carrying}; revise cuándo se conocieron sus filas. Si es por deudas viejas que ya nadie "
        "paga, déjelas fuera o suba esa cota.",
        pt="um AUC de {value} supera model.alarms.auc ({bound}): algo revela o futuro. As variáveis que mais "
        "pesam são {carrying}; verifique quando suas linhas foram conhecidas. Se for por dívidas antigas que "
        "ninguém mais paga, deixe-as de fora ou eleve esse limite.",
        en="an AUC of {value} is above model.alarms.auc ({bound}): something tells the future. The features "
        "that carry most are {carrying}; check when their rows became known. If it is old debts that nobody pays "
        "any more, leave those out or raise that bound.",
    ),
    "one_feature": Texts(
        es="{feature} lleva {share} de lo que ganaron los árboles, más que model.alarms.gain_share "
        "({share_bound}). Revise que se conozca ese día.",
        pt="{feature} carrega {share} do que as árvores ganharam, mais que model.alarms.gain_share "
        "({share_bound}). Verifique se é conhecida naquele dia.",
        en="{feature} carries {share} of what the trees gained, more than model.alarms.gain_share "
        "({share_bound}). Check that it is known on the day.",
    ),
    "known_too_early": Texts(
        es="{feature}: tal como se conocía un día antes, el AUC cae {value} (model.alarms.stale_auc_loss es "
        "{bound}). Lo que cambia tanto en un día se supo quizá después de la fecha de corte; revise sus fechas.",
        pt="{feature}: como era conhecida um dia antes, o AUC cai {value} (model.alarms.stale_auc_loss é "
        "{bound}). O que muda tanto em um dia talvez tenha sido sabido depois da data de corte; verifique as datas.",
        en="{feature}: as it was known a day earlier, the AUC falls by {value} (model.alarms.stale_auc_loss is "
        "{bound}). What changes so much in a day was perhaps learnt after the as-of date; check its dates.",
    ),
}


def tell(sentence: str, **figures: float | str) -> dict[Language, str]:
    """Return a sentence in every language, its numbers as readers of that language write them.

    >>> tell("auc", difference=0.01, low=-0.002, high=0.0221, bound=0.005)["en"]
    'AUC +0.0100 against the champion (95%: -0.0020 to +0.0221; may be 0.005 worse)'
    """
    return {
        language: _SENTENCES[sentence]
        .in_language(language)
        .format(**{name: _written(name, value, language) for name, value in figures.items()})
        for language in get_args(Language)
    }


def _written(name: str, value: float | str, language: Language) -> str:
    if isinstance(value, str):
        return value
    locale = locale_of(language)
    if name in _SHARES:
        return str(format_percent(value, locale=locale))
    return str(format_decimal(value, _PATTERNS.get(name, "0.0###"), locale=locale))
