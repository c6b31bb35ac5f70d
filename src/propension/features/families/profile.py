"""Customer and calendar: what does not change, and the day itself."""

from __future__ import annotations

from propension.features.feature import Feature, words

PROFILE_FEATURES = (
    Feature(
        "tenure_days",
        "profile",
        "date_diff('day', since, as_of)",
        "customer",
        "days",
        "profile",
        words(
            "Antigüedad del cliente en días",
            "Tempo de relacionamento em dias",
            "Days since the customer joined",
        ),
    ),
    Feature(
        "customer_kind",
        "profile",
        "kind",
        "customer",
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
        "customer",
        "category",
        "profile",
        words("Sector", "Setor", "Industry"),
    ),
    Feature(
        "customer_region",
        "profile",
        "region",
        "customer",
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
        "exposure",
        "share",
        "exposure",
        words(
            "Parte vencida del saldo abierto",
            "Parte vencida do saldo em aberto",
            "Overdue share of the open balance",
        ),
    ),
    Feature(
        "balance_to_usual",
        "derived",
        "balance_overdue / nullif(debt_amount_mean, 0)",
        "exposure",
        "ratio",
        "exposure",
        words(
            "Saldo vencido frente al valor usual de sus deudas",
            "Saldo vencido em relação ao valor usual das dívidas",
            "Overdue balance against the usual amount of its debts",
        ),
    ),
    Feature(
        "paid_to_billed_90d",
        "derived",
        "paid_amount_90d / nullif(billed_amount_90d, 0)",
        "payment_behaviour",
        "ratio",
        "none",
        words(
            "Pagado frente a facturado en 90 días",
            "Pago em relação ao faturado em 90 dias",
            "Paid against billed in 90 days",
        ),
    ),
    Feature(
        "delay_trend",
        "derived",
        "delay_mean_3 - delay_mean_12",
        "payment_behaviour",
        "days",
        "none",
        words(
            "Cambio reciente de su demora",
            "Mudança recente do atraso",
            "Recent change of its delay",
        ),
    ),
    Feature(
        "delay_excess",
        "derived",
        "days_past_due - delay_mean_12",
        "payment_behaviour",
        "days",
        "none",
        words(
            "Mora por encima de su costumbre",
            "Atraso acima do costume",
            "Days past due beyond its habit",
        ),
    ),
)
