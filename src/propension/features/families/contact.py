"""Contact: how often people were tried and reached."""

from __future__ import annotations

from propension.features.feature import Feature, words

CONTACT_FEATURES = (
    Feature(
        "contact_attempt_count_30d",
        "contacts",
        "count(*) FILTER (WHERE is_attempt AND days_ago < 30)",
        "contact",
        "count",
        "contactability",
        words(
            "Intentos de contacto en 30 días",
            "Tentativas de contato em 30 dias",
            "Contact attempts in 30 days",
        ),
        empty=0,
    ),
    Feature(
        "contact_attempt_count_90d",
        "contacts",
        "count(*) FILTER (WHERE is_attempt AND days_ago < 90)",
        "contact",
        "count",
        "contactability",
        words(
            "Intentos de contacto en 90 días",
            "Tentativas de contato em 90 dias",
            "Contact attempts in 90 days",
        ),
        empty=0,
    ),
    Feature(
        "right_party_count_90d",
        "contacts",
        "count(*) FILTER (WHERE is_right_party AND days_ago < 90)",
        "contact",
        "count",
        "contactability",
        words(
            "Contactos directos con el titular en 90 días",
            "Contatos diretos com o titular em 90 dias",
            "Right-party contacts in 90 days",
        ),
        empty=0,
    ),
    Feature(
        "right_party_days_since",
        "contacts",
        "min(days_ago) FILTER (WHERE is_right_party)",
        "contact",
        "days",
        "contactability",
        words(
            "Días desde el último contacto directo",
            "Dias desde o último contato direto",
            "Days since the last right-party contact",
        ),
    ),
    Feature(
        "contact_rate",
        "contacts",
        "count(*) FILTER (WHERE is_right_party AND is_attempt)::DOUBLE / nullif(count(*) FILTER (WHERE is_attempt), 0)",
        "contact",
        "share",
        "contactability",
        words(
            "Parte de los intentos que llegó al titular",
            "Parte das tentativas que chegou ao titular",
            "Share of attempts that reached the debtor",
        ),
    ),
    Feature(
        "promise_count_180d",
        "contacts",
        "count(*) FILTER (WHERE outcome = 'promise' AND days_ago < 180)",
        "contact",
        "count",
        "willingness",
        words(
            "Promesas de pago en 180 días",
            "Promessas de pagamento em 180 dias",
            "Promises to pay in 180 days",
        ),
        empty=0,
    ),
    Feature(
        "refusal_count_180d",
        "contacts",
        "count(*) FILTER (WHERE outcome = 'refused' AND days_ago < 180)",
        "contact",
        "count",
        "willingness",
        words(
            "Negativas a pagar en 180 días",
            "Recusas de pagamento em 180 dias",
            "Refusals to pay in 180 days",
        ),
        empty=0,
        monotone=-1,
    ),
)
