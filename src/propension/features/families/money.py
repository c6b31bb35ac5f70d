"""Payment behaviour in money and rhythm: amounts, intervals, the day of the month, bounces."""

from __future__ import annotations

from propension.features.feature import Feature, words

_PAYMENT = "NOT is_reversal"
_YEAR = f"FILTER (WHERE {_PAYMENT} AND days_ago < 365)"

MONEY_FEATURES = (
    Feature(
        "payment_count_365d",
        "payments",
        f"count(*) {_YEAR}",
        "payment_behaviour",
        "count",
        "none",
        words("Pagos en el último año", "Pagamentos no último ano", "Payments in the last year"),
        empty=0,
    ),
    Feature(
        "payment_amount_mean",
        "payments",
        f"sum(amount) FILTER (WHERE {_PAYMENT})::DOUBLE / nullif(count(*) FILTER (WHERE {_PAYMENT}), 0)",
        "payment_behaviour",
        "amount",
        "none",
        words(
            "Valor promedio de sus pagos",
            "Valor médio dos pagamentos",
            "Average amount of its payments",
        ),
    ),
    Feature(
        "payment_interval_days",
        "payments",
        f"(max(days_ago) {_YEAR} - min(days_ago) {_YEAR})::DOUBLE / nullif(count(*) {_YEAR} - 1, 0)",
        "payment_behaviour",
        "days",
        "none",
        words(
            "Días entre pagos, en promedio",
            "Dias entre pagamentos, em média",
            "Days between payments, on average",
        ),
    ),
    Feature(
        "reversal_count_365d",
        "payments",
        "count(*) FILTER (WHERE is_reversal AND days_ago < 365)",
        "payment_behaviour",
        "count",
        "ability",
        words(
            "Pagos reversados en un año",
            "Pagamentos estornados em um ano",
            "Payments reversed in a year",
        ),
        empty=0,
    ),
    Feature(
        "liquidity_day",
        "payments",
        f"avg(day_of_month) {_YEAR}",
        "payment_behaviour",
        "number",
        "ability",
        words(
            "Día del mes en que suele pagar",
            "Dia do mês em que costuma pagar",
            "Day of the month on which it usually pays",
        ),
    ),
    Feature(
        "liquidity_day_spread",
        "payments",
        f"CASE WHEN count(*) {_YEAR} > 1 THEN sqrt(greatest(0, (sum(day_of_month * day_of_month) {_YEAR} "
        f"- sum(day_of_month) {_YEAR} * sum(day_of_month) {_YEAR} / count(*) {_YEAR}::DOUBLE) "
        f"/ (count(*) {_YEAR} - 1))) END",
        "payment_behaviour",
        "days",
        "ability",
        words(
            "Variación del día en que paga",
            "Variação do dia em que paga",
            "Spread of the day on which it pays",
        ),
    ),
    Feature(
        "bounced_count_180d",
        "bounces",
        "count(*) FILTER (WHERE days_ago < 180)",
        "payment_behaviour",
        "count",
        "ability",
        words(
            "Pagos rechazados en 180 días",
            "Pagamentos devolvidos em 180 dias",
            "Bounced payments in 180 days",
        ),
        empty=0,
        monotone=-1,
    ),
)
