"""Payment behaviour in money and rhythm: amounts, intervals, the day of the month, bounces."""

from __future__ import annotations

from propension.features.feature import Feature, Sentence, words

_PAYMENT = "NOT is_reversal"
_YEAR = f"FILTER (WHERE {_PAYMENT} AND days_ago < 365)"

MONEY_FEATURES = (
    Feature(
        "payment_count_365d",
        "payments",
        f"count(*) {_YEAR}",
        "payments",
        "count",
        "none",
        words("Pagos en el último año", "Pagamentos no último ano", "Payments in the last year"),
        empty=0,
        says=Sentence(
            zero=words(
                "No pagó nada en el último año",
                "Não pagou nada no último ano",
                "It paid nothing in the last year",
            )
        ),
    ),
    Feature(
        "payment_amount_mean",
        "payments",
        f"sum(amount) FILTER (WHERE {_PAYMENT})::DOUBLE / nullif(count(*) FILTER (WHERE {_PAYMENT}), 0)",
        "payments",
        "amount",
        "none",
        words(
            "Valor promedio de sus pagos",
            "Valor médio dos pagamentos",
            "Average amount of its payments",
        ),
        says=Sentence(
            above=words(
                "Suele pagar {value} cada vez",
                "Costuma pagar {value} de cada vez",
                "It usually pays {value} at a time",
            ),
            missing=words(
                "No consta ningún pago", "Não consta nenhum pagamento", "No payment is on record"
            ),
        ),
    ),
    Feature(
        "payment_interval_days",
        "payments",
        f"(max(days_ago) {_YEAR} - min(days_ago) {_YEAR})::DOUBLE / nullif(count(*) {_YEAR} - 1, 0)",
        "payments",
        "days",
        "none",
        words(
            "Días entre pagos, en promedio",
            "Dias entre pagamentos, em média",
            "Days between payments, on average",
        ),
        says=Sentence(
            above=words(
                "Paga cada {value} en promedio",
                "Paga a cada {value} em média",
                "It pays every {value} on average",
            ),
            missing=words(
                "No tiene dos pagos en el último año",
                "Não tem dois pagamentos no último ano",
                "It has not paid twice in the last year",
            ),
        ),
    ),
    Feature(
        "reversal_count_365d",
        "payments",
        "count(*) FILTER (WHERE is_reversal AND days_ago < 365)",
        "liquidity",
        "count",
        "ability",
        words(
            "Pagos reversados en un año",
            "Pagamentos estornados em um ano",
            "Payments reversed in a year",
        ),
        empty=0,
        says=Sentence(
            zero=words(
                "Ningún pago reversado en un año",
                "Nenhum pagamento estornado em um ano",
                "No payment taken back in a year",
            )
        ),
    ),
    Feature(
        "liquidity_day",
        "payments",
        f"avg(day_of_month) {_YEAR}",
        "liquidity",
        "number",
        "ability",
        words(
            "Día del mes en que suele pagar",
            "Dia do mês em que costuma pagar",
            "Day of the month on which it usually pays",
        ),
        says=Sentence(
            above=words(
                "Suele pagar hacia el día {value} del mes",
                "Costuma pagar por volta do dia {value} do mês",
                "It usually pays around day {value} of the month",
            ),
            missing=words(
                "No consta ningún pago en el último año",
                "Não consta nenhum pagamento no último ano",
                "No payment in the last year is on record",
            ),
        ),
    ),
    Feature(
        "liquidity_day_spread",
        "payments",
        f"CASE WHEN count(*) {_YEAR} > 1 THEN sqrt(greatest(0, (sum(day_of_month * day_of_month) {_YEAR} "
        f"- sum(day_of_month) {_YEAR} * sum(day_of_month) {_YEAR} / count(*) {_YEAR}::DOUBLE) "
        f"/ (count(*) {_YEAR} - 1))) END",
        "liquidity",
        "days",
        "ability",
        words(
            "Variación del día en que paga",
            "Variação do dia em que paga",
            "Spread of the day on which it pays",
        ),
        says=Sentence(
            above=words(
                "Su día de pago varía {value}",
                "Seu dia de pagamento varia {value}",
                "Its day of payment varies by {value}",
            ),
            zero=words(
                "Paga siempre el mismo día del mes",
                "Paga sempre no mesmo dia do mês",
                "It always pays on the same day of the month",
            ),
            missing=words(
                "No tiene dos pagos en el último año",
                "Não tem dois pagamentos no último ano",
                "It has not paid twice in the last year",
            ),
        ),
    ),
    Feature(
        "bounced_count_180d",
        "bounces",
        "count(*) FILTER (WHERE days_ago < 180)",
        "liquidity",
        "count",
        "ability",
        words(
            "Pagos rechazados en 180 días",
            "Pagamentos devolvidos em 180 dias",
            "Bounced payments in 180 days",
        ),
        empty=0,
        monotone=-1,
        says=Sentence(
            zero=words(
                "Ningún pago rechazado en 180 días",
                "Nenhum pagamento devolvido em 180 dias",
                "No bounced payment in 180 days",
            )
        ),
    ),
)
