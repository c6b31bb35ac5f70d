"""Contact: how often people were tried and reached."""

from __future__ import annotations

from propension.features.feature import Feature, Sentence, words

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
        says=Sentence(
            zero=words(
                "Nadie intentó contactarlo en 30 días",
                "Ninguém tentou contatá-lo em 30 dias",
                "Nobody tried to contact it in 30 days",
            )
        ),
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
        says=Sentence(
            zero=words(
                "Nadie intentó contactarlo en 90 días",
                "Ninguém tentou contatá-lo em 90 dias",
                "Nobody tried to contact it in 90 days",
            )
        ),
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
        says=Sentence(
            zero=words(
                "No se habló con el titular en 90 días",
                "Não se falou com o titular em 90 dias",
                "The debtor was not reached in 90 days",
            )
        ),
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
        says=Sentence(
            above=words(
                "Se habló con el titular hace {value}",
                "Falou-se com o titular há {value}",
                "The debtor was last reached {value} ago",
            ),
            zero=words(
                "Hoy se habló con el titular",
                "Hoje se falou com o titular",
                "The debtor was reached today",
            ),
            missing=words(
                "Nunca se habló con el titular",
                "Nunca se falou com o titular",
                "The debtor was never reached",
            ),
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
        says=Sentence(
            above=words(
                "El {value} de los intentos llegó al titular",
                "{value} das tentativas chegaram ao titular",
                "{value} of the attempts reached the debtor",
            ),
            zero=words(
                "Ningún intento llegó al titular",
                "Nenhuma tentativa chegou ao titular",
                "No attempt reached the debtor",
            ),
            missing=words(
                "Nadie ha intentado contactarlo",
                "Ninguém tentou contatá-lo",
                "Nobody has tried to contact it",
            ),
        ),
    ),
    Feature(
        "promise_count_180d",
        "contacts",
        "count(*) FILTER (WHERE outcome = 'promise' AND days_ago < 180)",
        "attitude",
        "count",
        "willingness",
        words(
            "Promesas de pago en 180 días",
            "Promessas de pagamento em 180 dias",
            "Promises to pay in 180 days",
        ),
        empty=0,
        says=Sentence(
            zero=words(
                "No ha prometido pagar en 180 días",
                "Não prometeu pagar em 180 dias",
                "It has not promised to pay in 180 days",
            )
        ),
    ),
    Feature(
        "refusal_count_180d",
        "contacts",
        "count(*) FILTER (WHERE outcome = 'refused' AND days_ago < 180)",
        "attitude",
        "count",
        "willingness",
        words(
            "Negativas a pagar en 180 días",
            "Recusas de pagamento em 180 dias",
            "Refusals to pay in 180 days",
        ),
        empty=0,
        monotone=-1,
        says=Sentence(
            zero=words(
                "No se ha negado a pagar en 180 días",
                "Não se recusou a pagar em 180 dias",
                "It has not refused to pay in 180 days",
            )
        ),
    ),
)
