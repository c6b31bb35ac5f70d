"""The corporate group and the calendar: what surrounds an account."""

from __future__ import annotations

from propension.features.feature import Feature, Sentence, words

CONTEXT_FEATURES = (
    Feature(
        "group_account_count",
        "groups",
        "count(DISTINCT account)",
        "group",
        "count",
        "exposure",
        words(
            "Cuentas de su grupo empresarial",
            "Contas do seu grupo empresarial",
            "Accounts of its corporate group",
        ),
        says=Sentence(
            missing=words(
                "No pertenece a un grupo empresarial",
                "Não pertence a um grupo empresarial",
                "It belongs to no corporate group",
            )
        ),
    ),
    Feature(
        "group_balance_overdue",
        "groups",
        "coalesce(sum(balance) FILTER (WHERE is_overdue), 0)",
        "group",
        "amount",
        "exposure",
        words(
            "Saldo vencido de su grupo empresarial",
            "Saldo vencido do seu grupo empresarial",
            "Overdue balance of its corporate group",
        ),
        says=Sentence(
            above=words(
                "Su grupo empresarial debe {value} vencidos",
                "Seu grupo empresarial deve {value} vencidos",
                "Its corporate group owes {value} overdue",
            ),
            zero=words(
                "Su grupo empresarial no debe nada vencido",
                "Seu grupo empresarial não deve nada vencido",
                "Its corporate group owes nothing overdue",
            ),
            missing=words(
                "No pertenece a un grupo empresarial",
                "Não pertence a um grupo empresarial",
                "It belongs to no corporate group",
            ),
        ),
    ),
    Feature(
        "group_days_past_due",
        "groups",
        "max(days_past_due)",
        "group",
        "days",
        "none",
        words(
            "Mayor mora en su grupo empresarial, en días",
            "Maior atraso no seu grupo empresarial, em dias",
            "Worst days past due in its corporate group",
        ),
        says=Sentence(
            above=words(
                "En su grupo empresarial hay una mora de {value}",
                "No seu grupo empresarial há um atraso de {value}",
                "The worst delay in its corporate group is {value}",
            ),
            zero=words(
                "En su grupo empresarial no hay mora",
                "No seu grupo empresarial não há atraso",
                "Nothing in its corporate group is past due",
            ),
            missing=words(
                "No pertenece a un grupo empresarial",
                "Não pertence a um grupo empresarial",
                "It belongs to no corporate group",
            ),
        ),
    ),
    Feature(
        "customer_product",
        "profile",
        "product_line",
        "profile",
        "category",
        "profile",
        words("Línea de producto", "Linha de produto", "Product line"),
    ),
    Feature(
        "day_of_month",
        "profile",
        "day(as_of)",
        "calendar",
        "number",
        "calendar",
        words("Día del mes", "Dia do mês", "Day of the month"),
    ),
    Feature(
        "days_to_holiday",
        "profile",
        "days_to_holiday",
        "calendar",
        "days",
        "calendar",
        words(
            "Días hasta el próximo festivo",
            "Dias até o próximo feriado",
            "Days until the next holiday",
        ),
    ),
)

CONTEXT_DERIVED = (
    Feature(
        "days_past_due_change_30d",
        "derived",
        "days_past_due - days_past_due_30d_ago",
        "arrears",
        "days",
        "none",
        words(
            "Cambio de la mora en 30 días",
            "Mudança do atraso em 30 dias",
            "Change of days past due in 30 days",
        ),
        says=Sentence(
            above=words(
                "Su mora creció {value} en 30 días",
                "Seu atraso cresceu {value} em 30 dias",
                "It fell {value} further behind in 30 days",
            ),
            zero=words(
                "Su mora es la misma que hace 30 días",
                "Seu atraso é o mesmo de 30 dias atrás",
                "It is as far behind as 30 days ago",
            ),
            below=words(
                "Su mora bajó {value} en 30 días",
                "Seu atraso caiu {value} em 30 dias",
                "It caught up {value} in 30 days",
            ),
        ),
    ),
    Feature(
        "balance_concentration",
        "derived",
        "balance_largest / nullif(balance_overdue, 0)",
        "balance",
        "share",
        "exposure",
        words(
            "Parte de la mayor deuda en el saldo vencido",
            "Parte da maior dívida no saldo vencido",
            "Share of the largest debt in the overdue balance",
        ),
        says=Sentence(
            above=words(
                "Una sola deuda es el {value} de lo vencido",
                "Uma só dívida é {value} do vencido",
                "A single debt is {value} of what is overdue",
            )
        ),
    ),
    Feature(
        "billed_growth",
        "derived",
        "billed_amount_180d / nullif(billed_amount_365d - billed_amount_180d, 0)",
        "relationship",
        "ratio",
        "profile",
        words(
            "Facturación del último semestre frente al anterior",
            "Faturamento do último semestre em relação ao anterior",
            "Billing of the last half-year against the one before",
        ),
        says=Sentence(
            above=words(
                "En el último semestre se le facturó {value} lo del anterior",
                "No último semestre foi faturado {value} o do anterior",
                "In the last half-year it was billed {value} what it was before",
            ),
            zero=words(
                "No se le facturó nada en el último semestre",
                "Nada foi faturado no último semestre",
                "Nothing was billed to it in the last half-year",
            ),
            missing=words(
                "No se le facturó nada hace más de seis meses",
                "Nada foi faturado há mais de seis meses",
                "Nothing was billed to it before the last half-year",
            ),
        ),
    ),
    Feature(
        "liquidity_day_distance",
        "derived",
        "(liquidity_day - day_of_month + 31) % 31",
        "liquidity",
        "days",
        "calendar",
        words(
            "Días hasta su día habitual de pago",
            "Dias até o dia habitual de pagamento",
            "Days until its usual day of payment",
        ),
        says=Sentence(
            above=words(
                "Faltan {value} para su día habitual de pago",
                "Faltam {value} para o dia habitual de pagamento",
                "Its usual day of payment is in {value}",
            ),
            zero=words(
                "Hoy es su día habitual de pago",
                "Hoje é o dia habitual de pagamento",
                "Today is its usual day of payment",
            ),
            missing=words(
                "No tiene un día habitual de pago",
                "Não tem um dia habitual de pagamento",
                "It has no usual day of payment",
            ),
        ),
    ),
)
