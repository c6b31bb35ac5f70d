"""Delinquency over time: entries to and exits from arrears, the worst of the year, buckets."""

from __future__ import annotations

from propension.features.feature import Feature, Sentence, words

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
        "balance",
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
        "arrears",
        "days",
        "none",
        words(
            "Días de mora hace 30 días", "Dias de atraso há 30 dias", "Days past due 30 days ago"
        ),
        empty=0,
        says=Sentence(
            above=words(
                "Hace 30 días ya tenía {value} de mora",
                "Há 30 dias já tinha {value} de atraso",
                "30 days ago it was already {value} past due",
            ),
            zero=words(
                "Hace 30 días no tenía mora",
                "Há 30 dias não tinha atraso",
                "30 days ago it was not past due",
            ),
        ),
    ),
    Feature(
        "days_past_due_worst_365d",
        "debts",
        f"max({_LATE_DAYS})",
        "arrears",
        "days",
        "none",
        words(
            "Peor mora del último año, en días",
            "Pior atraso do último ano, em dias",
            "Worst days past due of the last year",
        ),
        empty=0,
        says=Sentence(
            above=words(
                "Su peor mora del último año fue de {value}",
                "Seu pior atraso do último ano foi de {value}",
                "Its worst delay of the last year was {value}",
            ),
            zero=words(
                "No tuvo mora en el último año",
                "Não teve atraso no último ano",
                "It had no delay in the last year",
            ),
        ),
    ),
    Feature(
        "arrears_entry_count_90d",
        "debts",
        f"count(*) FILTER (WHERE {_WENT_LATE} AND days_to_due >= -90)",
        "arrears",
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
        "arrears",
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
        "arrears",
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
        "punctuality",
        "count",
        "none",
        words(
            "Deudas seguidas pagadas a tiempo hasta la última",
            "Dívidas seguidas pagas em dia até a última",
            "Latest debts in a row that were settled on time",
        ),
        empty=0,
        says=Sentence(
            zero=words(
                "Su última deuda pagada se pagó tarde",
                "Sua última dívida paga foi paga com atraso",
                "Its last settled debt was paid late",
            )
        ),
    ),
    _bucket(1, 30),
    _bucket(31, 60),
    _bucket(61, 90),
    _bucket(91, None),
    Feature(
        "credit_term_days",
        "debts",
        "sum(days_to_due + age_days)::DOUBLE / count(*)",
        "relationship",
        "days",
        "profile",
        words(
            "Plazo promedio de sus deudas, en días",
            "Prazo médio das dívidas, em dias",
            "Average term of its debts, in days",
        ),
        says=Sentence(
            above=words(
                "Sus deudas tienen un plazo de {value} en promedio",
                "Suas dívidas têm prazo de {value} em média",
                "Its debts have a term of {value} on average",
            )
        ),
    ),
    Feature(
        "billed_amount_180d",
        "debts",
        "coalesce(sum(amount) FILTER (WHERE age_days < 180), 0)",
        "relationship",
        "amount",
        "profile",
        words(
            "Facturado en los últimos 180 días",
            "Faturado nos últimos 180 dias",
            "Billed in the last 180 days",
        ),
        empty=0,
        says=Sentence(
            above=words(
                "Se le facturaron {value} en 180 días",
                "Foram faturados {value} em 180 dias",
                "{value} was billed to it in 180 days",
            ),
            zero=words(
                "No se le facturó nada en 180 días",
                "Nada foi faturado em 180 dias",
                "Nothing was billed to it in 180 days",
            ),
        ),
    ),
    Feature(
        "billed_amount_365d",
        "debts",
        "coalesce(sum(amount) FILTER (WHERE age_days < 365), 0)",
        "relationship",
        "amount",
        "profile",
        words("Facturado en el último año", "Faturado no último ano", "Billed in the last year"),
        empty=0,
        says=Sentence(
            above=words(
                "Se le facturaron {value} en un año",
                "Foram faturados {value} em um ano",
                "{value} was billed to it in a year",
            ),
            zero=words(
                "No se le facturó nada en un año",
                "Nada foi faturado em um ano",
                "Nothing was billed to it in a year",
            ),
        ),
    ),
)
