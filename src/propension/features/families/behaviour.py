"""Payment behaviour: what was paid lately, in parts or whole, and when in the month."""

from __future__ import annotations

from propension.features.feature import Feature, Sentence, words

BEHAVIOUR_FEATURES = (
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
