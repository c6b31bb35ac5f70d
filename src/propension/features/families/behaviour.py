"""Payment behaviour: how debts were settled before, and what was paid lately."""

from __future__ import annotations

from propension.features.feature import Feature, words

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
        "payment_behaviour",
        "count",
        "none",
        words("Deudas pagadas antes", "Dívidas pagas antes", "Debts settled before"),
        empty=0,
    ),
    Feature(
        "delay_mean_3",
        "debts",
        "avg(delay_days) FILTER (WHERE settled_rank <= 3)",
        "payment_behaviour",
        "days",
        "none",
        words(
            "Demora promedio en sus 3 últimos pagos",
            "Atraso médio nos 3 últimos pagamentos",
            "Average delay of its last 3 settled debts",
        ),
    ),
    Feature(
        "delay_mean_12",
        "debts",
        f"avg(delay_days) {_LAST_12}",
        "payment_behaviour",
        "days",
        "none",
        words(
            "Demora promedio en sus 12 últimos pagos",
            "Atraso médio nos 12 últimos pagamentos",
            "Average delay of its last 12 settled debts",
        ),
    ),
    Feature(
        "delay_max_12",
        "debts",
        f"max(delay_days) {_LAST_12}",
        "payment_behaviour",
        "days",
        "none",
        words(
            "Mayor demora en sus 12 últimos pagos",
            "Maior atraso nos 12 últimos pagamentos",
            "Longest delay of its last 12 settled debts",
        ),
    ),
    Feature(
        "delay_spread_12",
        "debts",
        _spread("delay_days", "settled_rank <= 12"),
        "payment_behaviour",
        "days",
        "none",
        words(
            "Variación de la demora en sus 12 últimos pagos",
            "Variação do atraso nos 12 últimos pagamentos",
            "Spread of the delay of its last 12 settled debts",
        ),
    ),
    Feature(
        "late_share",
        "debts",
        "count(*) FILTER (WHERE delay_days > 0)::DOUBLE / nullif(count(delay_days), 0)",
        "payment_behaviour",
        "share",
        "none",
        words(
            "Parte de sus deudas pagada con atraso",
            "Parte das dívidas paga com atraso",
            "Share of its debts settled late",
        ),
    ),
    Feature(
        "late_share_6",
        "debts",
        "count(*) FILTER (WHERE delay_days > 0 AND settled_rank <= 6)::DOUBLE / nullif(count(delay_days) FILTER (WHERE settled_rank <= 6), 0)",
        "payment_behaviour",
        "share",
        "none",
        words(
            "Parte pagada con atraso de sus 6 últimas deudas",
            "Parte paga com atraso das 6 últimas dívidas",
            "Share settled late of its last 6 debts",
        ),
    ),
    Feature(
        "payment_days_since",
        "payments",
        "min(days_ago) FILTER (WHERE NOT is_reversal)",
        "payment_behaviour",
        "days",
        "none",
        words(
            "Días desde el último pago",
            "Dias desde o último pagamento",
            "Days since the last payment",
        ),
    ),
    Feature(
        "payment_count_30d",
        "payments",
        "count(*) FILTER (WHERE NOT is_reversal AND days_ago < 30)",
        "payment_behaviour",
        "count",
        "none",
        words(
            "Pagos en los últimos 30 días",
            "Pagamentos nos últimos 30 dias",
            "Payments in the last 30 days",
        ),
        empty=0,
    ),
    Feature(
        "payment_count_90d",
        "payments",
        "count(*) FILTER (WHERE NOT is_reversal AND days_ago < 90)",
        "payment_behaviour",
        "count",
        "none",
        words(
            "Pagos en los últimos 90 días",
            "Pagamentos nos últimos 90 dias",
            "Payments in the last 90 days",
        ),
        empty=0,
    ),
    Feature(
        "paid_amount_30d",
        "payments",
        "coalesce(sum(amount) FILTER (WHERE days_ago < 30), 0)",
        "payment_behaviour",
        "amount",
        "none",
        words(
            "Pagado en los últimos 30 días", "Pago nos últimos 30 dias", "Paid in the last 30 days"
        ),
        empty=0,
    ),
    Feature(
        "paid_amount_90d",
        "payments",
        "coalesce(sum(amount) FILTER (WHERE days_ago < 90), 0)",
        "payment_behaviour",
        "amount",
        "none",
        words(
            "Pagado en los últimos 90 días", "Pago nos últimos 90 dias", "Paid in the last 90 days"
        ),
        empty=0,
    ),
    Feature(
        "partial_payment_share",
        "payments",
        "count(*) FILTER (WHERE is_partial AND NOT is_reversal)::DOUBLE / nullif(count(*) FILTER (WHERE NOT is_reversal), 0)",
        "payment_behaviour",
        "share",
        "ability",
        words(
            "Parte de sus pagos que fue parcial",
            "Parte dos pagamentos que foi parcial",
            "Share of its payments that were partial",
        ),
    ),
    Feature(
        "early_month_share",
        "payments",
        "count(*) FILTER (WHERE day_of_month <= 10 AND NOT is_reversal)::DOUBLE / nullif(count(*) FILTER (WHERE NOT is_reversal), 0)",
        "payment_behaviour",
        "share",
        "none",
        words(
            "Parte de sus pagos en los primeros 10 días del mes",
            "Parte dos pagamentos nos primeiros 10 dias do mês",
            "Share of its payments in the first 10 days of a month",
        ),
    ),
)
