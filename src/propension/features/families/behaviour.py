"""Payment behaviour: how debts were settled before, and what was paid lately."""

from __future__ import annotations

from propension.features.feature import Feature, Sentence, words

_LAST_12 = "FILTER (WHERE settled_rank <= 12)"


def _spread(column: str, condition: str) -> str:
    # From sums of whole numbers, which are exact in any order.
    rows = f"count({column}) FILTER (WHERE {condition})"
    total = f"sum({column}) FILTER (WHERE {condition})"
    squares = f"sum({column} * {column}) FILTER (WHERE {condition})"
    variance = f"({squares} - {total} * {total} / {rows}::DOUBLE) / ({rows} - 1)"
    return f"CASE WHEN {rows} > 1 THEN sqrt(greatest(0, {variance})) END"


BEHAVIOUR_FEATURES = (
    Feature(
        "settled_debt_count",
        "debts",
        "count(*) FILTER (WHERE is_settled)",
        "punctuality",
        "count",
        "none",
        words("Deudas pagadas antes", "Dívidas pagas antes", "Debts settled before"),
        empty=0,
        says=Sentence(
            zero=words(
                "Aún no ha pagado ninguna deuda",
                "Ainda não pagou nenhuma dívida",
                "It has not settled a debt yet",
            )
        ),
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
            missing=words(
                "Aún no ha pagado ninguna deuda",
                "Ainda não pagou nenhuma dívida",
                "It has not settled a debt yet",
            ),
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
            missing=words(
                "Aún no ha pagado ninguna deuda",
                "Ainda não pagou nenhuma dívida",
                "It has not settled a debt yet",
            ),
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
            missing=words(
                "Aún no ha pagado ninguna deuda",
                "Ainda não pagou nenhuma dívida",
                "It has not settled a debt yet",
            ),
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
            missing=words(
                "Aún no ha pagado ninguna deuda",
                "Ainda não pagou nenhuma dívida",
                "It has not settled a debt yet",
            ),
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
            missing=words(
                "Aún no ha pagado ninguna deuda",
                "Ainda não pagou nenhuma dívida",
                "It has not settled a debt yet",
            ),
        ),
    ),
    Feature(
        "payment_days_since",
        "payments",
        "min(days_ago) FILTER (WHERE NOT is_reversal)",
        "payments",
        "days",
        "none",
        words(
            "Días desde el último pago",
            "Dias desde o último pagamento",
            "Days since the last payment",
        ),
        says=Sentence(
            above=words(
                "Su último pago fue hace {value}",
                "Seu último pagamento foi há {value}",
                "Its last payment was {value} ago",
            ),
            zero=words("Pagó algo hoy", "Pagou algo hoje", "It paid something today"),
            missing=words(
                "No consta ningún pago", "Não consta nenhum pagamento", "No payment is on record"
            ),
        ),
    ),
    Feature(
        "payment_count_30d",
        "payments",
        "count(*) FILTER (WHERE NOT is_reversal AND days_ago < 30)",
        "payments",
        "count",
        "none",
        words(
            "Pagos en los últimos 30 días",
            "Pagamentos nos últimos 30 dias",
            "Payments in the last 30 days",
        ),
        empty=0,
        says=Sentence(
            zero=words(
                "No pagó nada en los últimos 30 días",
                "Não pagou nada nos últimos 30 dias",
                "It paid nothing in the last 30 days",
            )
        ),
    ),
    Feature(
        "payment_count_90d",
        "payments",
        "count(*) FILTER (WHERE NOT is_reversal AND days_ago < 90)",
        "payments",
        "count",
        "none",
        words(
            "Pagos en los últimos 90 días",
            "Pagamentos nos últimos 90 dias",
            "Payments in the last 90 days",
        ),
        empty=0,
        says=Sentence(
            zero=words(
                "No pagó nada en los últimos 90 días",
                "Não pagou nada nos últimos 90 dias",
                "It paid nothing in the last 90 days",
            )
        ),
    ),
    Feature(
        "paid_amount_30d",
        "payments",
        "coalesce(sum(amount) FILTER (WHERE days_ago < 30), 0)",
        "payments",
        "amount",
        "none",
        words(
            "Pagado en los últimos 30 días", "Pago nos últimos 30 dias", "Paid in the last 30 days"
        ),
        empty=0,
        says=Sentence(
            above=words(
                "Pagó {value} en los últimos 30 días",
                "Pagou {value} nos últimos 30 dias",
                "It paid {value} in the last 30 days",
            ),
            zero=words(
                "No pagó nada en los últimos 30 días",
                "Não pagou nada nos últimos 30 dias",
                "It paid nothing in the last 30 days",
            ),
            below=words(
                "En 30 días se le revirtió más de lo que pagó",
                "Em 30 dias foi estornado mais do que pagou",
                "More was taken back than it paid in 30 days",
            ),
        ),
    ),
    Feature(
        "paid_amount_90d",
        "payments",
        "coalesce(sum(amount) FILTER (WHERE days_ago < 90), 0)",
        "payments",
        "amount",
        "none",
        words(
            "Pagado en los últimos 90 días", "Pago nos últimos 90 dias", "Paid in the last 90 days"
        ),
        empty=0,
        says=Sentence(
            above=words(
                "Pagó {value} en los últimos 90 días",
                "Pagou {value} nos últimos 90 dias",
                "It paid {value} in the last 90 days",
            ),
            zero=words(
                "No pagó nada en los últimos 90 días",
                "Não pagou nada nos últimos 90 dias",
                "It paid nothing in the last 90 days",
            ),
            below=words(
                "En 90 días se le revirtió más de lo que pagó",
                "Em 90 dias foi estornado mais do que pagou",
                "More was taken back than it paid in 90 days",
            ),
        ),
    ),
    Feature(
        "partial_payment_share",
        "payments",
        "count(*) FILTER (WHERE is_partial AND NOT is_reversal)::DOUBLE / nullif(count(*) FILTER (WHERE NOT is_reversal), 0)",
        "liquidity",
        "share",
        "ability",
        words(
            "Parte de sus pagos que fue parcial",
            "Parte dos pagamentos que foi parcial",
            "Share of its payments that were partial",
        ),
        says=Sentence(
            above=words(
                "El {value} de sus pagos fue parcial",
                "{value} dos pagamentos foram parciais",
                "{value} of its payments were partial",
            ),
            zero=words("Nunca pagó en partes", "Nunca pagou em partes", "It never paid in parts"),
            missing=words(
                "No consta ningún pago", "Não consta nenhum pagamento", "No payment is on record"
            ),
        ),
    ),
    Feature(
        "early_month_share",
        "payments",
        "count(*) FILTER (WHERE day_of_month <= 10 AND NOT is_reversal)::DOUBLE / nullif(count(*) FILTER (WHERE NOT is_reversal), 0)",
        "liquidity",
        "share",
        "none",
        words(
            "Parte de sus pagos en los primeros 10 días del mes",
            "Parte dos pagamentos nos primeiros 10 dias do mês",
            "Share of its payments in the first 10 days of a month",
        ),
        says=Sentence(
            above=words(
                "Hace el {value} de sus pagos en los primeros 10 días del mes",
                "Faz {value} dos pagamentos nos primeiros 10 dias do mês",
                "It makes {value} of its payments in the first 10 days of a month",
            ),
            zero=words(
                "Nunca paga en los primeros 10 días del mes",
                "Nunca paga nos primeiros 10 dias do mês",
                "It never pays in the first 10 days of a month",
            ),
            missing=words(
                "No consta ningún pago", "Não consta nenhum pagamento", "No payment is on record"
            ),
        ),
    ),
)
