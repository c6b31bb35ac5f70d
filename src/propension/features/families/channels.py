"""Contact by channel, its last outcome, its hour, and how much of it there was."""

from __future__ import annotations

from propension.config import Texts
from propension.features.feature import Axis, Feature, Sentence, words
from propension.schema import OUTCOMES

_CHANNELS = {
    "call": words("Llamadas en 90 días", "Ligações em 90 dias", "Calls in 90 days"),
    "sms": words("SMS en 90 días", "SMS em 90 dias", "Text messages in 90 days"),
    "whatsapp": words(
        "Mensajes de WhatsApp en 90 días",
        "Mensagens de WhatsApp em 90 dias",
        "WhatsApp messages in 90 days",
    ),
    "email": words("Correos electrónicos en 90 días", "E-mails em 90 dias", "E-mails in 90 days"),
    "letter": words("Cartas en 90 días", "Cartas em 90 dias", "Letters in 90 days"),
}

_OUTCOME_WORDS = (
    ("no_answer", words("no contestó", "não atendeu", "no answer")),
    ("invalid", words("dato inválido", "dado inválido", "invalid")),
    ("third_party", words("atendió un tercero", "atendeu um terceiro", "third party")),
    ("delivered", words("entregado", "entregue", "delivered")),
    ("read", words("leído", "lido", "read")),
    ("right_party", words("contacto con el titular", "contato com o titular", "right party")),
    ("refused", words("se negó a pagar", "recusou-se a pagar", "refused")),
    ("promise", words("prometió pagar", "prometeu pagar", "promise")),
)
_OUTCOME_NAMES = " ".join(f"WHEN {code} THEN '{name}'" for code, name in enumerate(OUTCOMES))


def _count(name: str, condition: str, text: Texts, axis: Axis = "contactability") -> Feature:
    return Feature(
        name,
        "contacts",
        f"count(*) FILTER (WHERE {condition})",
        "contact",
        "count",
        axis,
        text,
        empty=0,
    )


CHANNEL_FEATURES = (
    *(
        _count(
            f"{channel}_count_90d", f"is_attempt AND channel = '{channel}' AND days_ago < 90", text
        )
        for channel, text in _CHANNELS.items()
    ),
    _count(
        "contact_attempt_count_7d",
        "is_attempt AND days_ago < 7",
        words(
            "Intentos de contacto en 7 días",
            "Tentativas de contato em 7 dias",
            "Contact attempts in 7 days",
        ),
    ),
    _count(
        "right_party_call_count_90d",
        "is_right_party AND channel = 'call' AND days_ago < 90",
        words(
            "Llamadas en que se habló con el titular en 90 días",
            "Ligações em que se falou com o titular em 90 dias",
            "Calls that reached the debtor in 90 days",
        ),
    ),
    _count(
        "message_read_count_90d",
        "outcome = 'read' AND days_ago < 90",
        words(
            "Mensajes leídos en 90 días", "Mensagens lidas em 90 dias", "Messages read in 90 days"
        ),
    ),
    _count(
        "invalid_contact_count_180d",
        "outcome = 'invalid' AND days_ago < 180",
        words(
            "Datos de contacto inválidos en 180 días",
            "Dados de contato inválidos em 180 dias",
            "Invalid contact details in 180 days",
        ),
    ),
    _count(
        "inbound_count_90d",
        "NOT is_attempt AND days_ago < 90",
        words(
            "Veces que el cliente llamó o escribió en 90 días",
            "Vezes que o cliente ligou ou escreveu em 90 dias",
            "Times the customer called or wrote in 90 days",
        ),
        "willingness",
    ),
    Feature(
        "contact_days_since",
        "contacts",
        "min(days_ago)",
        "contact",
        "days",
        "contactability",
        words(
            "Días desde el último contacto o intento",
            "Dias desde o último contato ou tentativa",
            "Days since the last contact or attempt",
        ),
        says=Sentence(
            above=words(
                "El último contacto o intento fue hace {value}",
                "O último contato ou tentativa foi há {value}",
                "The last contact or attempt was {value} ago",
            ),
            zero=words(
                "Hoy hubo un contacto o un intento",
                "Hoje houve um contato ou uma tentativa",
                "There was a contact or an attempt today",
            ),
            missing=words(
                "Nadie ha intentado contactarlo",
                "Ninguém tentou contatá-lo",
                "Nobody has tried to contact it",
            ),
        ),
    ),
    Feature(
        "contact_last_outcome",
        "contacts",
        f"CASE max(instant_and_outcome) % 10 {_OUTCOME_NAMES} END",
        "contact",
        "category",
        "contactability",
        words(
            "Resultado del último contacto",
            "Resultado do último contato",
            "Outcome of the last contact",
        ),
        values=_OUTCOME_WORDS,
        says=Sentence(
            missing=words(
                "Nadie ha intentado contactarlo",
                "Ninguém tentou contatá-lo",
                "Nobody has tried to contact it",
            )
        ),
    ),
    Feature(
        "contact_rate_90d",
        "contacts",
        "count(*) FILTER (WHERE is_right_party AND is_attempt AND days_ago < 90)::DOUBLE / nullif(count(*) FILTER (WHERE is_attempt AND days_ago < 90), 0)",
        "contact",
        "share",
        "contactability",
        words(
            "Parte de los intentos en 90 días que llegó al titular",
            "Parte das tentativas em 90 dias que chegou ao titular",
            "Share of attempts in 90 days that reached the debtor",
        ),
        says=Sentence(
            above=words(
                "En 90 días, el {value} de los intentos llegó al titular",
                "Em 90 dias, {value} das tentativas chegaram ao titular",
                "In 90 days, {value} of the attempts reached the debtor",
            ),
            zero=words(
                "En 90 días ningún intento llegó al titular",
                "Em 90 dias nenhuma tentativa chegou ao titular",
                "In 90 days no attempt reached the debtor",
            ),
            missing=words(
                "Nadie intentó contactarlo en 90 días",
                "Ninguém tentou contatá-lo em 90 dias",
                "Nobody tried to contact it in 90 days",
            ),
        ),
    ),
    Feature(
        "right_party_morning_share",
        "contacts",
        "count(*) FILTER (WHERE is_right_party AND hour_of_day < 12)::DOUBLE / nullif(count(*) FILTER (WHERE is_right_party), 0)",
        "contact",
        "share",
        "contactability",
        words(
            "Parte de los contactos directos en la mañana",
            "Parte dos contatos diretos pela manhã",
            "Share of right-party contacts in the morning",
        ),
        says=Sentence(
            above=words(
                "El {value} de los contactos directos fue en la mañana",
                "{value} dos contatos diretos foram pela manhã",
                "{value} of the direct contacts were in the morning",
            ),
            zero=words(
                "Los contactos directos fueron después del mediodía",
                "Os contatos diretos foram depois do meio-dia",
                "The direct contacts were after midday",
            ),
            missing=words(
                "Nunca se habló con el titular",
                "Nunca se falou com o titular",
                "The debtor was never reached",
            ),
        ),
    ),
)
