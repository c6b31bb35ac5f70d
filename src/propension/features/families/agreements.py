"""Promises kept and broken, disputes opened and closed."""

from __future__ import annotations

from propension.features.feature import Feature, words

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
    ),
    Feature(
        "dispute_count_365d",
        "disputes",
        "count(*) FILTER (WHERE days_ago < 365)",
        "disputes",
        "count",
        "willingness",
        words("Disputas en un año", "Disputas em um ano", "Disputes in a year"),
        empty=0,
    ),
    Feature(
        "dispute_open_count",
        "disputes",
        "count(*) FILTER (WHERE is_open)",
        "disputes",
        "count",
        "willingness",
        words("Disputas abiertas", "Disputas em aberto", "Open disputes"),
        empty=0,
        monotone=-1,
    ),
)
