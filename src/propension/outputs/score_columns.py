"""How likely an account is to pay, and why: the middle columns of the scored list."""

from __future__ import annotations

import pyarrow as pa

from propension.config import HORIZONS, texts
from propension.outputs.column import AMOUNT, SHARE, TEXT, ScoredColumn

REASON = pa.struct(
    [("feature", TEXT), ("value", TEXT), ("effect", pa.float64()), ("text", TEXT)],
)


def _propensity_within(days: int) -> ScoredColumn:
    return ScoredColumn(
        f"propensity_{days}d",
        SHARE,
        "share",
        texts(
            f"Propensión a {days} días",
            f"Propensão em {days} dias",
            f"Propensity in {days} days",
        ),
        texts(
            f"Probabilidad de que la cuenta pague dentro de {days} días.",
            f"Probabilidade de a conta pagar dentro de {days} dias.",
            f"Probability that the account pays within {days} days.",
        ),
        in_list=False,
    )


SCORE_COLUMNS = (
    ScoredColumn(
        "propensity",
        SHARE,
        "share",
        texts("Propensión de pago", "Propensão de pagamento", "Propensity to pay"),
        texts(
            "Probabilidad calibrada de que la cuenta pague en el plazo del modelo: "
            "de 100 cuentas con 70 %, pagan unas 70.",
            "Probabilidade calibrada de a conta pagar no prazo do modelo: "
            "de 100 contas com 70%, cerca de 70 pagam.",
            "Calibrated probability that the account pays within the model's horizon: "
            "of 100 accounts at 70%, about 70 pay.",
        ),
    ),
    ScoredColumn(
        "margin",
        pa.float64(),
        "number",
        texts("Puntaje del modelo", "Pontuação do modelo", "Model's raw score"),
        texts(
            "Puntaje del modelo antes de calibrarlo, en log-odds; los efectos de los motivos suman hasta él.",
            "Pontuação do modelo antes da calibração, em log-odds; os efeitos dos motivos somam até ela.",
            "Score before calibration, in log-odds; the effects of the reasons add up to it.",
        ),
        in_list=False,
    ),
    *(_propensity_within(days) for days in HORIZONS),
    ScoredColumn(
        "expected_recovery",
        AMOUNT,
        "amount",
        texts("Recuperación esperada", "Recuperação esperada", "Expected recovery"),
        texts(
            "Importe que se espera cobrar de la cuenta en el plazo del modelo.",
            "Valor que se espera receber da conta no prazo do modelo.",
            "Amount expected to be collected from the account within the model's horizon.",
        ),
    ),
    ScoredColumn(
        "risk_band",
        TEXT,
        "text",
        texts("Banda de riesgo", "Faixa de risco", "Risk band"),
        texts(
            "De A (la más propensa a pagar) a E (la menos), según los cortes de la política.",
            "De A (a mais propensa a pagar) a E (a menos), conforme os cortes da política.",
            "From A (most likely to pay) to E (least likely), by the policy's cut-offs.",
        ),
    ),
    ScoredColumn(
        "ability",
        pa.float64(),
        "number",
        texts("Capacidad de pago", "Capacidade de pagamento", "Ability to pay"),
        texts(
            "Posición de la cuenta en el eje de capacidad: cuanto mayor, más puede pagar.",
            "Posição da conta no eixo de capacidade: quanto maior, mais pode pagar.",
            "Where the account stands on the ability axis: the higher, the more able to pay.",
        ),
        in_list=False,
    ),
    ScoredColumn(
        "willingness",
        pa.float64(),
        "number",
        texts("Voluntad de pago", "Vontade de pagar", "Willingness to pay"),
        texts(
            "Posición de la cuenta en el eje de voluntad: cuanto mayor, más quiere pagar.",
            "Posição da conta no eixo de vontade: quanto maior, mais quer pagar.",
            "Where the account stands on the willingness axis: the higher, the more willing.",
        ),
        in_list=False,
    ),
    ScoredColumn(
        "quadrant",
        TEXT,
        "text",
        texts("Cuadrante", "Quadrante", "Quadrant"),
        texts(
            "Si la cuenta puede pagar y si quiere pagar, según su capacidad y su voluntad.",
            "Se a conta pode pagar e se quer pagar, segundo sua capacidade e sua vontade.",
            "Whether the account can pay and wants to pay, from its ability and willingness.",
        ),
    ),
    ScoredColumn(
        "contactability",
        SHARE,
        "share",
        texts("Contactabilidad", "Contatabilidade", "Contactability"),
        texts(
            "Parte de los intentos de contacto que terminaron en contacto efectivo.",
            "Parte das tentativas de contato que resultou em contato efetivo.",
            "Share of the contact attempts that ended in an effective contact.",
        ),
    ),
    ScoredColumn(
        "value_tier",
        TEXT,
        "text",
        texts("Nivel de valor", "Nível de valor", "Value tier"),
        texts(
            "Alto, medio o bajo según el saldo total frente al resto de la cartera.",
            "Alto, médio ou baixo conforme o saldo total frente ao resto da carteira.",
            "High, medium or low by open balance against the rest of the portfolio.",
        ),
    ),
    ScoredColumn(
        "likely_cause",
        TEXT,
        "text",
        texts("Causa probable", "Causa provável", "Likely cause"),
        texts(
            "Causa probable del atraso, inferida de los datos y nunca preguntada al cliente.",
            "Causa provável do atraso, inferida dos dados e nunca perguntada ao cliente.",
            "Likely cause of the delay, inferred from the data and never asked of the customer.",
        ),
    ),
    ScoredColumn(
        "segment",
        TEXT,
        "text",
        texts("Segmento", "Segmento", "Segment"),
        texts(
            "Primer segmento de la política cuya regla cumple la cuenta.",
            "Primeiro segmento da política cuja regra a conta atende.",
            "First segment of the policy whose rule the account meets.",
        ),
    ),
    ScoredColumn(
        "previous_segment",
        TEXT,
        "text",
        texts("Segmento anterior", "Segmento anterior", "Segment before"),
        texts(
            "Segmento de la cuenta en la lista anterior; vacío si no estaba.",
            "Segmento da conta na lista anterior; vazio se não estava.",
            "The account's segment on the list before; empty where it was not on it.",
        ),
        in_list=False,
    ),
    ScoredColumn(
        "flags",
        pa.list_(TEXT),
        "list",
        texts("Marcas", "Marcadores", "Flags"),
        texts(
            "Marcas de la política que la cuenta cumple, además de su segmento.",
            "Marcadores da política que a conta atende, além do seu segmento.",
            "Marks of the policy that the account meets, besides its segment.",
        ),
    ),
    ScoredColumn(
        "reasons",
        pa.list_(REASON),
        "list",
        texts("Motivo", "Motivo", "Reason"),
        texts(
            "Lo que más sube o baja la propensión de esta cuenta, de mayor a menor efecto.",
            "O que mais aumenta ou reduz a propensão desta conta, do maior ao menor efeito.",
            "What raises or lowers this account's propensity the most, largest effect first.",
        ),
    ),
)
