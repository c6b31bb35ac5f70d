"""The corporate group and the calendar: what surrounds an account."""

from __future__ import annotations

from propension.features.feature import Feature, words

CONTEXT_FEATURES = (
    Feature(
        "group_account_count",
        "groups",
        "count(DISTINCT account)",
        "exposure",
        "count",
        "exposure",
        words(
            "Cuentas de su grupo empresarial",
            "Contas do seu grupo empresarial",
            "Accounts of its corporate group",
        ),
    ),
    Feature(
        "group_balance_overdue",
        "groups",
        "coalesce(sum(balance) FILTER (WHERE is_overdue), 0)",
        "exposure",
        "amount",
        "exposure",
        words(
            "Saldo vencido de su grupo empresarial",
            "Saldo vencido do seu grupo empresarial",
            "Overdue balance of its corporate group",
        ),
    ),
    Feature(
        "group_days_past_due",
        "groups",
        "max(days_past_due)",
        "delinquency",
        "days",
        "none",
        words(
            "Mayor mora en su grupo empresarial, en días",
            "Maior atraso no seu grupo empresarial, em dias",
            "Worst days past due in its corporate group",
        ),
    ),
    Feature(
        "customer_product",
        "profile",
        "product_line",
        "customer",
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
        "delinquency",
        "days",
        "none",
        words(
            "Cambio de la mora en 30 días",
            "Mudança do atraso em 30 dias",
            "Change of days past due in 30 days",
        ),
    ),
    Feature(
        "balance_concentration",
        "derived",
        "balance_largest / nullif(balance_overdue, 0)",
        "exposure",
        "share",
        "exposure",
        words(
            "Parte de la mayor deuda en el saldo vencido",
            "Parte da maior dívida no saldo vencido",
            "Share of the largest debt in the overdue balance",
        ),
    ),
    Feature(
        "billed_growth",
        "derived",
        "billed_amount_180d / nullif(billed_amount_365d - billed_amount_180d, 0)",
        "customer",
        "ratio",
        "profile",
        words(
            "Facturación del último semestre frente al anterior",
            "Faturamento do último semestre em relação ao anterior",
            "Billing of the last half-year against the one before",
        ),
    ),
    Feature(
        "liquidity_day_distance",
        "derived",
        "(liquidity_day - day_of_month + 31) % 31",
        "calendar",
        "days",
        "calendar",
        words(
            "Días hasta su día habitual de pago",
            "Dias até o dia habitual de pagamento",
            "Days until its usual day of payment",
        ),
    ),
)
