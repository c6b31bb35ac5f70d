"""Punctuality: how late debts were settled before."""

from __future__ import annotations

from propension.features.feature import Feature, Sentence, words

_NOTHING_SETTLED = words(
    "Aún no ha pagado ninguna deuda",
    "Ainda não pagou nenhuma dívida",
    "It has not settled a debt yet",
)
_LAST_12 = "FILTER (WHERE settled_rank <= 12)"


def _spread(column: str, condition: str) -> str:
    # From sums of whole numbers, which are exact in any order.
    rows = f"count({column}) FILTER (WHERE {condition})"
    total = f"sum({column}) FILTER (WHERE {condition})"
    squares = f"sum({column} * {column}) FILTER (WHERE {condition})"
    variance = f"({squares} - {total} * {total} / {rows}::DOUBLE) / ({rows} - 1)"
    return f"CASE WHEN {rows} > 1 THEN sqrt(greatest(0, {variance})) END"


PUNCTUALITY_FEATURES = (
    Feature(
        "delay_last",
        "debts",
        "max(delay_days) FILTER (WHERE settled_rank = 1)",
        "punctuality",
        "days",
        "none",
        words(
            "Demora de su última deuda pagada",
            "Atraso da última dívida paga",
            "Delay of its last settled debt",
        ),
        says=Sentence(
            above=words(
                "Pagó su última deuda {value} tarde",
                "Pagou a última dívida {value} depois do prazo",
                "It paid its last debt {value} late",
            ),
            zero=words(
                "Pagó su última deuda el día del vencimiento",
                "Pagou a última dívida no dia do vencimento",
                "It paid its last debt on the due date",
            ),
            below=words(
                "Pagó su última deuda {value} antes",
                "Pagou a última dívida {value} antes",
                "It paid its last debt {value} early",
            ),
            missing=_NOTHING_SETTLED,
        ),
    ),
    Feature(
        "delay_mean_6",
        "debts",
        "avg(delay_days) FILTER (WHERE settled_rank <= 6)",
        "punctuality",
        "days",
        "none",
        words(
            "Demora promedio en sus 6 últimos pagos",
            "Atraso médio nos 6 últimos pagamentos",
            "Average delay of its last 6 settled debts",
        ),
        says=Sentence(
            above=words(
                "Pagó sus 6 últimas deudas {value} tarde en promedio",
                "Pagou as 6 últimas dívidas {value} depois do prazo, em média",
                "It paid its last 6 debts {value} late on average",
            ),
            zero=words(
                "Pagó sus 6 últimas deudas a tiempo",
                "Pagou as 6 últimas dívidas em dia",
                "It paid its last 6 debts on time",
            ),
            below=words(
                "Pagó sus 6 últimas deudas {value} antes en promedio",
                "Pagou as 6 últimas dívidas {value} antes, em média",
                "It paid its last 6 debts {value} early on average",
            ),
            missing=_NOTHING_SETTLED,
        ),
    ),
    Feature(
        "late_30_share",
        "debts",
        "count(*) FILTER (WHERE delay_days > 30)::DOUBLE / nullif(count(delay_days), 0)",
        "punctuality",
        "share",
        "none",
        words(
            "Parte de sus deudas pagada con más de 30 días de atraso",
            "Parte das dívidas paga com mais de 30 dias de atraso",
            "Share of its debts settled over 30 days late",
        ),
        monotone=-1,
        says=Sentence(
            above=words(
                "Pagó el {value} de sus deudas con más de 30 días de atraso",
                "Pagou {value} das dívidas com mais de 30 dias de atraso",
                "It paid {value} of its debts over 30 days late",
            ),
            zero=words(
                "Nunca pagó con más de 30 días de atraso",
                "Nunca pagou com mais de 30 dias de atraso",
                "It never paid over 30 days late",
            ),
            missing=_NOTHING_SETTLED,
        ),
    ),
    Feature(
        "settled_debt_count",
        "debts",
        "count(*) FILTER (WHERE is_settled)",
        "punctuality",
        "count",
        "none",
        words("Deudas pagadas antes", "Dívidas pagas antes", "Debts settled before"),
        empty=0,
        says=Sentence(zero=_NOTHING_SETTLED),
    ),
    Feature(
        "delay_mean_3",
        "debts",
        "avg(delay_days) FILTER (WHERE settled_rank <= 3)",
        "punctuality",
        "days",
        "none",
        words(
            "Demora promedio en sus 3 últimos pagos",
            "Atraso médio nos 3 últimos pagamentos",
            "Average delay of its last 3 settled debts",
        ),
        says=Sentence(
            above=words(
                "Pagó sus 3 últimas deudas {value} tarde en promedio",
                "Pagou as 3 últimas dívidas {value} depois do prazo, em média",
                "It paid its last 3 debts {value} late on average",
            ),
            zero=words(
                "Pagó sus 3 últimas deudas a tiempo",
                "Pagou as 3 últimas dívidas em dia",
                "It paid its last 3 debts on time",
            ),
            below=words(
                "Pagó sus 3 últimas deudas {value} antes en promedio",
                "Pagou as 3 últimas dívidas {value} antes, em média",
                "It paid its last 3 debts {value} early on average",
            ),
            missing=_NOTHING_SETTLED,
        ),
    ),
    Feature(
        "delay_mean_12",
        "debts",
        f"avg(delay_days) {_LAST_12}",
        "punctuality",
        "days",
        "none",
        words(
            "Demora promedio en sus 12 últimos pagos",
            "Atraso médio nos 12 últimos pagamentos",
            "Average delay of its last 12 settled debts",
        ),
        says=Sentence(
            above=words(
                "Paga en promedio {value} tarde",
                "Paga em média {value} depois do prazo",
                "It pays {value} late on average",
            ),
            zero=words(
                "Paga en promedio el día del vencimiento",
                "Paga em média no dia do vencimento",
                "On average it pays on the due date",
            ),
            below=words(
                "Paga en promedio {value} antes",
                "Paga em média {value} antes",
                "It pays {value} early on average",
            ),
            missing=_NOTHING_SETTLED,
        ),
    ),
    Feature(
        "delay_max_12",
        "debts",
        f"max(delay_days) {_LAST_12}",
        "punctuality",
        "days",
        "none",
        words(
            "Mayor demora en sus 12 últimos pagos",
            "Maior atraso nos 12 últimos pagamentos",
            "Longest delay of its last 12 settled debts",
        ),
        says=Sentence(
            above=words(
                "Llegó a pagar {value} tarde",
                "Chegou a pagar {value} depois do prazo",
                "It once paid {value} late",
            ),
            zero=words(
                "Siempre pagó a más tardar el día del vencimiento",
                "Sempre pagou até o dia do vencimento",
                "It always paid by the due date",
            ),
            below=words(
                "Siempre pagó al menos {value} antes",
                "Sempre pagou pelo menos {value} antes",
                "It always paid at least {value} early",
            ),
            missing=_NOTHING_SETTLED,
        ),
    ),
    Feature(
        "delay_spread_12",
        "debts",
        _spread("delay_days", "settled_rank <= 12"),
        "punctuality",
        "days",
        "none",
        words(
            "Variación de la demora en sus 12 últimos pagos",
            "Variação do atraso nos 12 últimos pagamentos",
            "Spread of the delay of its last 12 settled debts",
        ),
        says=Sentence(
            above=words(
                "Su puntualidad varía {value} de una deuda a otra",
                "Sua pontualidade varia {value} de uma dívida para outra",
                "Its delay varies by {value} from debt to debt",
            ),
            zero=words(
                "Paga siempre con la misma puntualidad",
                "Paga sempre com a mesma pontualidade",
                "It always pays equally late or early",
            ),
            missing=words(
                "Aún no ha pagado dos deudas",
                "Ainda não pagou duas dívidas",
                "It has not settled two debts yet",
            ),
        ),
    ),
    Feature(
        "late_share",
        "debts",
        "count(*) FILTER (WHERE delay_days > 0)::DOUBLE / nullif(count(delay_days), 0)",
        "punctuality",
        "share",
        "none",
        words(
            "Parte de sus deudas pagada con atraso",
            "Parte das dívidas paga com atraso",
            "Share of its debts settled late",
        ),
        says=Sentence(
            above=words(
                "Pagó tarde el {value} de sus deudas",
                "Pagou com atraso {value} das suas dívidas",
                "It paid {value} of its debts late",
            ),
            zero=words("Nunca pagó tarde", "Nunca pagou com atraso", "It never paid late"),
            missing=_NOTHING_SETTLED,
        ),
    ),
    Feature(
        "late_share_6",
        "debts",
        "count(*) FILTER (WHERE delay_days > 0 AND settled_rank <= 6)::DOUBLE / nullif(count(delay_days) FILTER (WHERE settled_rank <= 6), 0)",
        "punctuality",
        "share",
        "none",
        words(
            "Parte pagada con atraso de sus 6 últimas deudas",
            "Parte paga com atraso das 6 últimas dívidas",
            "Share settled late of its last 6 debts",
        ),
        says=Sentence(
            above=words(
                "Pagó tarde el {value} de sus 6 últimas deudas",
                "Pagou com atraso {value} das 6 últimas dívidas",
                "It paid {value} of its last 6 debts late",
            ),
            zero=words(
                "Pagó a tiempo sus 6 últimas deudas",
                "Pagou em dia as 6 últimas dívidas",
                "It paid its last 6 debts on time",
            ),
            missing=_NOTHING_SETTLED,
        ),
    ),
)
