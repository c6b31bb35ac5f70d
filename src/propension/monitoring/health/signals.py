"""Every signal that is watched: one declaration, with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from propension.config import Texts

Kind = Literal["health", "drift", "data"]


@dataclass(frozen=True)
class Signal:
    """What is watched, and what to do when it rings.

    Attributes
    ----------
    name : str
        A field of ``config.Monitoring``, where its bounds are.
    kind : {"health", "drift", "data"}
        Told by outcomes, by lists before their outcomes, or by the tables.
    label, advice : Texts
    """

    name: str
    kind: Kind
    label: Texts
    advice: Texts


SIGNALS: tuple[Signal, ...] = (
    Signal(
        "auc_loss",
        "health",
        Texts(es="Pérdida de AUC", pt="Perda de AUC", en="Loss of AUC"),
        Texts(
            es="El modelo ordena peor que en su prueba: reentrenar con datos recientes.",
            pt="O modelo ordena pior que no seu teste: treinar de novo com dados recentes.",
            en="The model ranks worse than in its test: retrain on recent data.",
        ),
    ),
    Signal(
        "bias",
        "health",
        Texts(
            es="Propensión por encima o por debajo de lo pagado",
            pt="Propensão acima ou abaixo do que foi pago",
            en="Propensity above or below what was paid",
        ),
        Texts(
            es="El nivel ya no es el dicho: propension train --recalibrate.",
            pt="O nível já não é o dito: propension train --recalibrate.",
            en="The level is no longer what is said: propension train --recalibrate.",
        ),
    ),
    Signal(
        "slope",
        "health",
        Texts(
            es="Propensiones demasiado seguras o demasiado tímidas",
            pt="Propensões seguras demais ou tímidas demais",
            en="Propensities too sure or too shy",
        ),
        Texts(
            es="Recalibrar con los meses más nuevos: propension train --recalibrate.",
            pt="Recalibrar com os meses mais novos: propension train --recalibrate.",
            en="Recalibrate on the newest months: propension train --recalibrate.",
        ),
    ),
    Signal(
        "score_shift",
        "drift",
        Texts(
            es="Distribución del puntaje", pt="Distribuição do escore", en="Distribution of the score"
        ),
        Texts(
            es="Buscar qué variables la mueven; si no es la fuente y persiste, reentrenar.",
            pt="Procurar que variáveis a movem; se não for a origem e persistir, treinar de novo.",
            en="Find the features that move it; where it is not the source and lasts, retrain.",
        ),
    ),
    Signal(
        "feature_shift",
        "drift",
        Texts(
            es="Distribución de una variable",
            pt="Distribuição de uma variável",
            en="Distribution of a feature",
        ),
        Texts(
            es="Revisar la fuente (unidad, moneda, carga); si el cambio es real y persiste, reentrenar.",
            pt="Conferir a origem (unidade, moeda, carga); se a mudança for real e persistir, treinar de novo.",
            en="Check the source (unit, currency, load); where the change is real and lasts, retrain.",
        ),
    ),
    Signal(
        "missing_change",
        "drift",
        Texts(es="Valores faltantes", pt="Valores ausentes", en="Missing values"),
        Texts(
            es="Revisar por qué la fuente trae más o menos vacíos que antes.",
            pt="Conferir por que a origem traz mais ou menos vazios que antes.",
            en="Check why the source brings more or fewer blanks than before.",
        ),
    ),
    Signal(
        "mix_shift",
        "drift",
        Texts(es="Composición de la cartera", pt="Composição da carteira", en="Mix of the portfolio"),
        Texts(
            es="Confirmar el cambio con el negocio y revisar capacidades y segmentos.",
            pt="Confirmar a mudança com o negócio e rever capacidades e segmentos.",
            en="Confirm the change with the business; review capacities and segments.",
        ),
    ),
    Signal(
        "row_loss",
        "data",
        Texts(
            es="Veces menos filas nuevas por día",
            pt="Vezes menos linhas novas por dia",
            en="Times fewer new rows a day",
        ),
        Texts(
            es="Comprobar que la tabla se cargó entera, y que el canal sigue vivo.",
            pt="Conferir se a tabela foi carregada inteira, e se o canal continua vivo.",
            en="Check that the table was loaded whole, and that the channel is still alive.",
        ),
    ),
    Signal(
        "row_growth",
        "data",
        Texts(
            es="Veces más filas nuevas por día",
            pt="Vezes mais linhas novas por dia",
            en="Times more new rows a day",
        ),
        Texts(
            es="Comprobar que la tabla se cargó una sola vez; si es así, confirmar el cambio con el negocio.",
            pt="Conferir se a tabela foi carregada uma só vez; se foi, confirmar a mudança com o negócio.",
            en="Check that the table was loaded once; where it was, confirm the change with the business.",
        ),
    ),
    Signal(
        "refused_share",
        "data",
        Texts(es="Filas rechazadas", pt="Linhas recusadas", en="Rows set aside"),
        Texts(
            es="Leer quarantine/ y corregir la fuente o su mapeo.",
            pt="Ler quarantine/ e corrigir a origem ou o mapeamento.",
            en="Read quarantine/ and correct the source or its mapping.",
        ),
    ),
    Signal(
        "orphan_share",
        "data",
        Texts(es="Llaves huérfanas", pt="Chaves órfãs", en="Orphan keys"),
        Texts(
            es="Cargar las filas que faltan, o escribir la llave igual en ambas tablas.",
            pt="Carregar as linhas que faltam, ou escrever a chave igual nas duas tabelas.",
            en="Load the missing rows, or write the key alike in both tables.",
        ),
    ),
    Signal(
        "new_finding",
        "data",
        Texts(es="Falla nueva en los datos", pt="Falha nova nos dados", en="New fault in the data"),
        Texts(
            es="Ver `propension check`: esta falla no estaba antes.",
            pt="Ver `propension check`: esta falha não existia antes.",
            en="See `propension check`: this fault was not there before.",
        ),
    ),
    Signal(
        "late_days",
        "data",
        Texts(es="Registro tardío", pt="Registro tardio", en="Late recording"),
        Texts(
            es="Acelerar la carga; mientras tanto, subir target.recording_lag_days.",
            pt="Acelerar a carga; enquanto isso, aumentar target.recording_lag_days.",
            en="Speed up the load; meanwhile, raise target.recording_lag_days.",
        ),
    ),
)  # fmt: skip
SIGNAL = {signal.name: signal for signal in SIGNALS}
