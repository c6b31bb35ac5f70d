"""Promises kept and broken, disputes opened and closed."""

from __future__ import annotations

from propension.features.feature import Feature, Sentence, words

AGREEMENT_FEATURES = (
    Feature(
        "promise_made_count_365d",
        "promises",
        "count(*) FILTER (WHERE days_ago < 365)",
        "promises",
        "count",
        "none",
        words(
            "Promesas de pago en un año",
            "Promessas de pagamento em um ano",
            "Promises made in a year",
        ),
        empty=0,
        says=Sentence(
            zero=words(
                "No hizo promesas de pago en un año",
                "Não fez promessas de pagamento em um ano",
                "It made no promise to pay in a year",
            )
        ),
    ),
    Feature(
        "promise_kept_count_365d",
        "promises",
        "count(*) FILTER (WHERE is_kept AND days_ago < 365)",
        "promises",
        "count",
        "none",
        words(
            "Promesas cumplidas en un año",
            "Promessas cumpridas em um ano",
            "Promises kept in a year",
        ),
        empty=0,
        says=Sentence(
            zero=words(
                "No cumplió ninguna promesa en un año",
                "Não cumpriu nenhuma promessa em um ano",
                "It kept no promise in a year",
            )
        ),
    ),
    Feature(
        "promise_broken_count_365d",
        "promises",
        "count(*) FILTER (WHERE is_broken AND days_ago < 365)",
        "promises",
        "count",
        "none",
        words(
            "Promesas incumplidas en un año",
            "Promessas não cumpridas em um ano",
            "Promises broken in a year",
        ),
        empty=0,
        monotone=-1,
        says=Sentence(
            zero=words(
                "No incumplió ninguna promesa en un año",
                "Não descumpriu nenhuma promessa em um ano",
                "It broke no promise in a year",
            )
        ),
    ),
    Feature(
        "promise_open_count",
        "promises",
        "count(*) FILTER (WHERE is_open)",
        "promises",
        "count",
        "none",
        words("Promesas vigentes", "Promessas vigentes", "Open promises"),
        empty=0,
        says=Sentence(
            zero=words(
                "No tiene promesas vigentes", "Não tem promessas vigentes", "It has no open promise"
            )
        ),
    ),
    Feature(
        "promise_kept_share",
        "promises",
        "count(*) FILTER (WHERE is_kept)::DOUBLE / nullif(count(*) FILTER (WHERE is_kept OR is_broken), 0)",
        "promises",
        "share",
        "none",
        words(
            "Parte de sus promesas que cumplió",
            "Parte das promessas que cumpriu",
            "Share of its promises that were kept",
        ),
        monotone=1,
        says=Sentence(
            above=words(
                "Cumplió el {value} de sus promesas",
                "Cumpriu {value} das promessas",
                "It kept {value} of its promises",
            ),
            zero=words(
                "No cumplió ninguna de sus promesas",
                "Não cumpriu nenhuma das promessas",
                "It kept none of its promises",
            ),
            missing=words(
                "No tiene promesas ya vencidas",
                "Não tem promessas já vencidas",
                "None of its promises has come due",
            ),
        ),
    ),
    Feature(
        "dispute_count_365d",
        "disputes",
        "count(*) FILTER (WHERE days_ago < 365)",
        "disputes",
        "count",
        "none",
        words("Disputas en un año", "Disputas em um ano", "Disputes in a year"),
        empty=0,
        says=Sentence(
            zero=words(
                "No abrió disputas en un año",
                "Não abriu disputas em um ano",
                "It opened no dispute in a year",
            )
        ),
    ),
    Feature(
        "dispute_open_count",
        "disputes",
        "count(*) FILTER (WHERE is_open)",
        "disputes",
        "count",
        "none",
        words("Disputas abiertas", "Disputas em aberto", "Open disputes"),
        empty=0,
        monotone=-1,
        says=Sentence(
            zero=words(
                "No tiene disputas abiertas", "Não tem disputas em aberto", "It has no open dispute"
            )
        ),
    ),
)
