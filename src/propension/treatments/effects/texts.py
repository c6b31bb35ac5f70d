"""What readers of estimated effects are told, in the three languages."""

from __future__ import annotations

from propension.config import Language, Texts
from propension.writing.figures import Figure, fill

_SENTENCES = {
    "confounded": Texts(
        es="estos efectos vienen de registros sin probabilidad de asignación: en ellos, quien no paga recibe más gestión, y el "
        "efecto puede tener el signo equivocado",
        pt="estes efeitos vêm de registros sem probabilidade de atribuição: neles, quem não paga recebe mais cobrança, e o "
        "efeito pode ter o sinal errado",
        en="these effects come from logs without assignment probabilities: in logs, contact goes with not paying, and an "
        "effect may have the wrong sign",
    ),
    "no_log": Texts(
        es="no hay registro de asignaciones: los efectos son los esperados de la política",
        pt="não há registro de atribuições: os efeitos são os esperados da política",
        en="there is no log of assignments: effects are those the policy expects",
    ),
    "few_rows": Texts(
        es="{outcome}: hay muy pocas filas maduras con y sin gestión; los efectos son los esperados de la política",
        pt="{outcome}: há poucas linhas maduras com e sem cobrança; os efeitos são os esperados da política",
        en="{outcome}: too few mature rows with and without a treatment; effects are those the policy expects",
    ),
}


def tell(sentence: str, **figures: Figure | str) -> dict[Language, str]:
    """Return a sentence in every language, with its figures in place."""
    return fill(_SENTENCES[sentence], **figures)
