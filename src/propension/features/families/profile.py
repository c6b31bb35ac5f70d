"""Customer and calendar: what does not change, and the day itself."""

from __future__ import annotations

from propension.features.feature import Feature, Sentence, words

PROFILE_FEATURES = (
    Feature(
        "tenure_days",
        "profile",
        "date_diff('day', since, as_of)",
        "relationship",
        "days",
        "profile",
        words(
            "Antigüedad del cliente en días",
            "Tempo de relacionamento em dias",
            "Days since the customer joined",
        ),
        says=Sentence(
            above=words(
                "Es cliente desde hace {value}",
                "É cliente há {value}",
                "It has been a customer for {value}",
            )
        ),
    ),
    Feature(
        "customer_kind",
        "profile",
        "kind",
        "profile",
        "category",
        "profile",
        words("Tipo de cliente", "Tipo de cliente", "Kind of customer"),
        values=(
            ("person", words("persona", "pessoa física", "person")),
            ("company", words("empresa", "empresa", "company")),
        ),
    ),
    Feature(
        "customer_industry",
        "profile",
        "industry",
        "profile",
        "category",
        "profile",
        words("Sector", "Setor", "Industry"),
    ),
    Feature(
        "customer_region",
        "profile",
        "region",
        "profile",
        "category",
        "profile",
        words("Región", "Região", "Region"),
    ),
    Feature(
        "month",
        "profile",
        "month(as_of)",
        "calendar",
        "month",
        "calendar",
        words("Mes del año", "Mês do ano", "Month of the year"),
    ),
    Feature(
        "days_to_month_end",
        "profile",
        "date_diff('day', as_of, last_day(as_of))",
        "calendar",
        "days",
        "calendar",
        words(
            "Días hasta el fin de mes", "Dias até o fim do mês", "Days until the end of the month"
        ),
    ),
)

DERIVED_FEATURES = (
    Feature(
        "balance_overdue_share",
        "derived",
        "balance_overdue / nullif(balance_open, 0)",
        "balance",
        "share",
        "exposure",
        words(
            "Parte vencida del saldo abierto",
            "Parte vencida do saldo em aberto",
            "Overdue share of the open balance",
        ),
        says=Sentence(
            above=words(
                "El {value} de lo que debe está vencido",
                "{value} do que deve está vencido",
                "{value} of what it owes is overdue",
            )
        ),
    ),
    Feature(
        "balance_to_usual",
        "derived",
        "balance_overdue / nullif(debt_amount_mean, 0)",
        "balance",
        "ratio",
        "exposure",
        words(
            "Saldo vencido frente al valor usual de sus deudas",
            "Saldo vencido em relação ao valor usual das dívidas",
            "Overdue balance against the usual amount of its debts",
        ),
        says=Sentence(
            above=words(
                "Lo vencido es {value} su deuda habitual",
                "O vencido é {value} a sua dívida habitual",
                "What is overdue is {value} its usual debt",
            )
        ),
    ),
    Feature(
        "paid_to_billed_90d",
        "derived",
        "paid_amount_90d / nullif(billed_amount_90d, 0)",
        "payments",
        "ratio",
        "none",
        words(
            "Pagado frente a facturado en 90 días",
            "Pago em relação ao faturado em 90 dias",
            "Paid against billed in 90 days",
        ),
        says=Sentence(
            above=words(
                "En 90 días pagó {value} lo facturado",
                "Em 90 dias pagou {value} o faturado",
                "In 90 days it paid {value} what was billed",
            ),
            zero=words(
                "En 90 días no pagó nada de lo facturado",
                "Em 90 dias não pagou nada do faturado",
                "In 90 days it paid nothing of what was billed",
            ),
            missing=words(
                "No se le facturó nada en 90 días",
                "Nada foi faturado em 90 dias",
                "Nothing was billed to it in 90 days",
            ),
        ),
    ),
    Feature(
        "delay_trend",
        "derived",
        "delay_mean_3 - delay_mean_12",
        "punctuality",
        "days",
        "none",
        words(
            "Cambio reciente de su demora",
            "Mudança recente do atraso",
            "Recent change of its delay",
        ),
        says=Sentence(
            above=words(
                "Últimamente paga {value} más tarde que antes",
                "Ultimamente paga {value} mais tarde do que antes",
                "Lately it pays {value} later than before",
            ),
            zero=words(
                "Paga con la puntualidad de siempre",
                "Paga com a pontualidade de sempre",
                "It pays as late as it always did",
            ),
            below=words(
                "Últimamente paga {value} más pronto que antes",
                "Ultimamente paga {value} mais cedo do que antes",
                "Lately it pays {value} sooner than before",
            ),
            missing=words(
                "Aún no ha pagado ninguna deuda",
                "Ainda não pagou nenhuma dívida",
                "It has not settled a debt yet",
            ),
        ),
    ),
    Feature(
        "delay_excess",
        "derived",
        "days_past_due - delay_mean_12",
        "arrears",
        "days",
        "none",
        words(
            "Mora por encima de su costumbre",
            "Atraso acima do costume",
            "Days past due beyond its habit",
        ),
        says=Sentence(
            above=words(
                "Tarda {value} más de lo que acostumbra",
                "Demora {value} a mais do que costuma",
                "It is {value} later than its habit",
            ),
            zero=words(
                "Tarda lo que acostumbra", "Demora o que costuma", "It is as late as its habit"
            ),
            below=words(
                "Aún le quedan {value} para lo que acostumbra tardar",
                "Ainda faltam {value} para o que costuma demorar",
                "It usually takes {value} longer than this",
            ),
            missing=words(
                "No hay pagos anteriores con que comparar su mora",
                "Não há pagamentos anteriores para comparar o atraso",
                "There are no earlier payments to compare its delay with",
            ),
        ),
    ),
)
