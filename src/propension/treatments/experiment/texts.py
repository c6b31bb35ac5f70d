"""What the experiment's checks say, in the three languages."""

from __future__ import annotations

from propension.config import Language, Texts
from propension.writing.figures import Figure, fill

_SENTENCES = {
    "size_for_rate": Texts(
        es="{control} cuentas de control y {treated} tratadas muestran una diferencia de {lift} puntos con una probabilidad de {power}",
        pt="{control} contas de controle e {treated} tratadas mostram uma diferença de {lift} pontos com probabilidade de {power}",
        en="{control} control accounts and {treated} treated ones show a difference of {lift} points with a chance of {power}",
    ),
    "size_for_amount": Texts(
        es="{control} cuentas de control y {treated} tratadas muestran una diferencia de {lift} por cuenta con una probabilidad de {power}",
        pt="{control} contas de controle e {treated} tratadas mostram uma diferença de {lift} por conta com probabilidade de {power}",
        en="{control} control accounts and {treated} treated ones show a difference of {lift} per account with a chance of {power}",
    ),
    "ratio_alarm": Texts(
        es="los grupos no tienen el tamaño previsto ({found}; previsto: {expected}; p {p}): no lea el experimento hasta "
        "encontrar la causa (cuentas perdidas, filtros después del sorteo, una sal cambiada)",
        pt="os grupos não têm o tamanho previsto ({found}; previsto: {expected}; p {p}): não leia o experimento até "
        "encontrar a causa (contas perdidas, filtros depois do sorteio, um sal trocado)",
        en="the arms do not have their planned sizes ({found}; planned: {expected}; p {p}): do not read the experiment before "
        "the cause is found (accounts lost, filters after the draw, a changed salt)",
    ),
    "ratio_fine": Texts(
        es="los grupos tienen el tamaño previsto ({found}; p {p})",
        pt="os grupos têm o tamanho previsto ({found}; p {p})",
        en="the arms have their planned sizes ({found}; p {p})",
    ),
    "ratio_unknown": Texts(
        es="{accounts} cuentas son muy pocas para comprobar el tamaño de los grupos",
        pt="{accounts} contas são poucas para verificar o tamanho dos grupos",
        en="{accounts} accounts are too few to check the sizes of the arms",
    ),
    "balanced": Texts(
        es="los grupos eran parecidos antes de empezar ({looks} comparaciones)",
        pt="os grupos eram parecidos antes de começar ({looks} comparações)",
        en="the arms were alike before the start ({looks} comparisons)",
    ),
    "unbalanced": Texts(
        es="{findings} diferencias entre grupos de antes de empezar superan el azar; la mayor: {covariate}, {arm} frente a "
        "{reference}, {difference} desviaciones estándar",
        pt="{findings} diferenças entre grupos de antes de começar superam o acaso; a maior: {covariate}, {arm} frente a "
        "{reference}, {difference} desvios-padrão",
        en="{findings} differences between arms from before the start are beyond chance; the largest: {covariate}, {arm} against "
        "{reference}, {difference} standard deviations",
    ),
}


def tell(sentence: str, **figures: Figure | str) -> dict[Language, str]:
    """Return a sentence in every language, with its figures in place."""
    return fill(_SENTENCES[sentence], **figures)
