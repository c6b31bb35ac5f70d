"""Exposure and delinquency: what is owed, and for how long."""

from __future__ import annotations

from propension.features.feature import Feature, Sentence, words

DEBT_FEATURES = (
    Feature(
        "days_past_due",
        "debts",
        "max(days_past_due)",
        "arrears",
        "days",
        "none",
        words(
            "Días de mora de la deuda más antigua",
            "Dias de atraso da dívida mais antiga",
            "Days past due of the oldest debt",
        ),
        monotone=-1,
        says=Sentence(
            above=words("Tiene {value} de mora", "Está {value} em atraso", "It is {value} past due")
        ),
    ),
    Feature(
        "days_past_due_weighted",
        "debts",
        "sum(days_past_due * balance) FILTER (WHERE is_overdue)::DOUBLE / sum(balance) FILTER (WHERE is_overdue)::DOUBLE",
        "arrears",
        "days",
        "none",
        words(
            "Días de mora promedio del saldo vencido",
            "Média de dias de atraso do saldo vencido",
            "Average days past due of the overdue balance",
        ),
        says=Sentence(
            above=words(
                "Su saldo vencido tiene {value} de mora en promedio",
                "Seu saldo vencido tem {value} de atraso em média",
                "Its overdue balance is {value} past due on average",
            )
        ),
    ),
    Feature(
        "days_past_due_newest",
        "debts",
        "min(days_past_due) FILTER (WHERE is_overdue)",
        "arrears",
        "days",
        "none",
        words(
            "Días de mora de la deuda vencida más reciente",
            "Dias de atraso da dívida vencida mais recente",
            "Days past due of the newest overdue debt",
        ),
        says=Sentence(
            above=words(
                "Su vencimiento impago más reciente fue hace {value}",
                "Seu vencimento não pago mais recente foi há {value}",
                "Its latest unpaid due date was {value} ago",
            )
        ),
    ),
    Feature(
        "days_to_next_due",
        "debts",
        "min(days_to_due) FILTER (WHERE is_open AND NOT is_overdue)",
        "arrears",
        "days",
        "none",
        words(
            "Días hasta el próximo vencimiento",
            "Dias até o próximo vencimento",
            "Days until the next due date",
        ),
        says=Sentence(
            above=words(
                "Su próximo vencimiento es en {value}",
                "Seu próximo vencimento é em {value}",
                "Its next due date is in {value}",
            ),
            zero=words(
                "Tiene un vencimiento hoy", "Tem um vencimento hoje", "Something falls due today"
            ),
            missing=words(
                "No tiene otros vencimientos próximos",
                "Não tem outros vencimentos próximos",
                "Nothing else falls due",
            ),
        ),
    ),
    Feature(
        "overdue_debt_count",
        "debts",
        "count(*) FILTER (WHERE is_overdue)",
        "balance",
        "count",
        "exposure",
        words("Deudas vencidas", "Dívidas vencidas", "Overdue debts"),
        empty=0,
    ),
    Feature(
        "open_debt_count",
        "debts",
        "count(*) FILTER (WHERE is_open)",
        "balance",
        "count",
        "exposure",
        words("Deudas abiertas", "Dívidas em aberto", "Open debts"),
        empty=0,
    ),
    Feature(
        "balance_overdue",
        "debts",
        "coalesce(sum(balance) FILTER (WHERE is_overdue), 0)",
        "balance",
        "amount",
        "exposure",
        words("Saldo vencido", "Saldo vencido", "Overdue balance"),
        says=Sentence(
            above=words("Debe {value} vencidos", "Deve {value} vencidos", "It owes {value} overdue")
        ),
    ),
    Feature(
        "balance_open",
        "debts",
        "sum(balance)",
        "balance",
        "amount",
        "exposure",
        words("Saldo total abierto", "Saldo total em aberto", "Open balance"),
        says=Sentence(
            above=words("Debe {value} en total", "Deve {value} no total", "It owes {value} in all")
        ),
    ),
    Feature(
        "balance_largest",
        "debts",
        "max(balance) FILTER (WHERE is_overdue)",
        "balance",
        "amount",
        "exposure",
        words(
            "Saldo de la mayor deuda vencida",
            "Saldo da maior dívida vencida",
            "Balance of the largest overdue debt",
        ),
        says=Sentence(
            above=words(
                "Su mayor deuda vencida es de {value}",
                "Sua maior dívida vencida é de {value}",
                "Its largest overdue debt is {value}",
            )
        ),
    ),
    Feature(
        "paid_share_of_open",
        "debts",
        "sum(paid) FILTER (WHERE is_open)::DOUBLE / sum(amount) FILTER (WHERE is_open)::DOUBLE",
        "payments",
        "share",
        "none",
        words(
            "Parte ya pagada de las deudas abiertas",
            "Parte já paga das dívidas em aberto",
            "Share already paid of the open debts",
        ),
        monotone=1,
        says=Sentence(
            above=words(
                "Ya pagó el {value} de sus deudas abiertas",
                "Já pagou {value} das dívidas em aberto",
                "It has already paid {value} of its open debts",
            ),
            zero=words(
                "No ha pagado nada de sus deudas abiertas",
                "Não pagou nada das dívidas em aberto",
                "It has paid nothing of its open debts",
            ),
        ),
    ),
    Feature(
        "debt_amount_mean",
        "debts",
        "sum(amount)::DOUBLE / count(*)",
        "balance",
        "amount",
        "exposure",
        words(
            "Valor promedio de sus deudas",
            "Valor médio das suas dívidas",
            "Average amount of its debts",
        ),
        says=Sentence(
            above=words(
                "Sus deudas son de {value} en promedio",
                "Suas dívidas são de {value} em média",
                "Its debts are {value} on average",
            )
        ),
    ),
    Feature(
        "debt_count_365d",
        "debts",
        "count(*) FILTER (WHERE age_days < 365)",
        "relationship",
        "count",
        "profile",
        words(
            "Deudas emitidas en el último año",
            "Dívidas emitidas no último ano",
            "Debts issued in the last year",
        ),
        empty=0,
        says=Sentence(
            zero=words(
                "No se le emitieron deudas en el último año",
                "Não houve dívidas emitidas no último ano",
                "No debt was issued to it in the last year",
            )
        ),
    ),
    Feature(
        "billed_amount_90d",
        "debts",
        "coalesce(sum(amount) FILTER (WHERE age_days < 90), 0)",
        "relationship",
        "amount",
        "profile",
        words(
            "Facturado en los últimos 90 días",
            "Faturado nos últimos 90 dias",
            "Billed in the last 90 days",
        ),
        empty=0,
        says=Sentence(
            above=words(
                "Se le facturaron {value} en 90 días",
                "Foram faturados {value} em 90 dias",
                "{value} was billed to it in 90 days",
            ),
            zero=words(
                "No se le facturó nada en 90 días",
                "Nada foi faturado em 90 dias",
                "Nothing was billed to it in 90 days",
            ),
        ),
    ),
    Feature(
        "oldest_debt_days",
        "debts",
        "max(age_days)",
        "relationship",
        "days",
        "profile",
        words(
            "Días desde su primera deuda",
            "Dias desde a sua primeira dívida",
            "Days since its first debt",
        ),
        says=Sentence(
            above=words(
                "Su primera deuda es de hace {value}",
                "Sua primeira dívida é de {value} atrás",
                "Its first debt was issued {value} ago",
            )
        ),
    ),
)
