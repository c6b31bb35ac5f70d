"""Delinquency over time: entries to and exits from arrears, the worst of the year, buckets."""

from __future__ import annotations

from propension.features.feature import Feature, words

# A debt was late when it stayed unpaid beyond its due date, whether or not it was paid since.
_WENT_LATE = "days_to_due < 0 AND (is_overdue OR delay_days > 0)"
_LATE_DAYS = (
    "CASE WHEN is_overdue THEN days_past_due WHEN delay_days > 0 AND settled_days_ago < 365 "
    "THEN delay_days ELSE 0 END"
)


def _bucket(first: int, last: int | None) -> Feature:
    upper = f" AND days_past_due <= {last}" if last else ""
    name = f"{first}_{last}" if last else f"{first}_up"
    return Feature(
        f"balance_overdue_{name}",
        "debts",
        f"coalesce(sum(balance) FILTER (WHERE is_overdue AND days_past_due >= {first}{upper}), 0)",
        "exposure",
        "amount",
        "exposure",
        words(
            f"Saldo con {first} a {last} días de mora",
            f"Saldo com {first} a {last} dias de atraso",
            f"Balance {first} to {last} days past due",
        )
        if last
        else words(
            f"Saldo con {first} días de mora o más",
            f"Saldo com {first} dias de atraso ou mais",
            f"Balance {first} or more days past due",
        ),
        empty=0,
    )


ARREARS_FEATURES = (
    Feature(
        "days_past_due_30d_ago",
        "debts",
        "max(CASE WHEN days_to_due < -30 AND (is_open OR settled_days_ago < 30) THEN -days_to_due - 30 ELSE 0 END)",
        "delinquency",
        "days",
        "none",
        words(
            "Días de mora hace 30 días", "Dias de atraso há 30 dias", "Days past due 30 days ago"
        ),
        empty=0,
    ),
    Feature(
        "days_past_due_worst_365d",
        "debts",
        f"max({_LATE_DAYS})",
        "delinquency",
        "days",
        "none",
        words(
            "Peor mora del último año, en días",
            "Pior atraso do último ano, em dias",
            "Worst days past due of the last year",
        ),
        empty=0,
    ),
    Feature(
        "arrears_entry_count_90d",
        "debts",
        f"count(*) FILTER (WHERE {_WENT_LATE} AND days_to_due >= -90)",
        "delinquency",
        "count",
        "none",
        words(
            "Deudas que entraron en mora en 90 días",
            "Dívidas que entraram em atraso em 90 dias",
            "Debts that fell into arrears in 90 days",
        ),
        empty=0,
    ),
    Feature(
        "arrears_entry_count_365d",
        "debts",
        f"count(*) FILTER (WHERE {_WENT_LATE} AND days_to_due >= -365)",
        "delinquency",
        "count",
        "none",
        words(
            "Deudas que entraron en mora en un año",
            "Dívidas que entraram em atraso em um ano",
            "Debts that fell into arrears in a year",
        ),
        empty=0,
    ),
    Feature(
        "arrears_exit_count_90d",
        "debts",
        "count(*) FILTER (WHERE delay_days > 0 AND settled_days_ago < 90)",
        "delinquency",
        "count",
        "none",
        words(
            "Deudas que salieron de mora en 90 días",
            "Dívidas que saíram do atraso em 90 dias",
            "Debts that left arrears in 90 days",
        ),
        empty=0,
    ),
    Feature(
        "on_time_streak",
        "debts",
        "coalesce(min(settled_rank) FILTER (WHERE delay_days > 0) - 1, count(*) FILTER (WHERE is_settled))",
        "payment_behaviour",
        "count",
        "none",
        words(
            "Deudas seguidas pagadas a tiempo hasta la última",
            "Dívidas seguidas pagas em dia até a última",
            "Latest debts in a row that were settled on time",
        ),
        empty=0,
    ),
    _bucket(1, 30),
    _bucket(31, 60),
    _bucket(61, 90),
    _bucket(91, None),
    Feature(
        "credit_term_days",
        "debts",
        "sum(days_to_due + age_days)::DOUBLE / count(*)",
        "customer",
        "days",
        "profile",
        words(
            "Plazo promedio de sus deudas, en días",
            "Prazo médio das dívidas, em dias",
            "Average term of its debts, in days",
        ),
    ),
    Feature(
        "billed_amount_180d",
        "debts",
        "coalesce(sum(amount) FILTER (WHERE age_days < 180), 0)",
        "customer",
        "amount",
        "profile",
        words(
            "Facturado en los últimos 180 días",
            "Faturado nos últimos 180 dias",
            "Billed in the last 180 days",
        ),
        empty=0,
    ),
    Feature(
        "billed_amount_365d",
        "debts",
        "coalesce(sum(amount) FILTER (WHERE age_days < 365), 0)",
        "customer",
        "amount",
        "profile",
        words("Facturado en el último año", "Faturado no último ano", "Billed in the last year"),
        empty=0,
    ),
    Feature(
        "delay_last",
        "debts",
        "max(delay_days) FILTER (WHERE settled_rank = 1)",
        "payment_behaviour",
        "days",
        "none",
        words(
            "Demora de su última deuda pagada",
            "Atraso da última dívida paga",
            "Delay of its last settled debt",
        ),
    ),
    Feature(
        "delay_mean_6",
        "debts",
        "avg(delay_days) FILTER (WHERE settled_rank <= 6)",
        "payment_behaviour",
        "days",
        "none",
        words(
            "Demora promedio en sus 6 últimos pagos",
            "Atraso médio nos 6 últimos pagamentos",
            "Average delay of its last 6 settled debts",
        ),
    ),
    Feature(
        "late_30_share",
        "debts",
        "count(*) FILTER (WHERE delay_days > 30)::DOUBLE / nullif(count(delay_days), 0)",
        "payment_behaviour",
        "share",
        "none",
        words(
            "Parte de sus deudas pagada con más de 30 días de atraso",
            "Parte das dívidas paga com mais de 30 dias de atraso",
            "Share of its debts settled over 30 days late",
        ),
        monotone=-1,
    ),
)
