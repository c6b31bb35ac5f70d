"""The output contract: every column of the scored list, in order, and words for its codes."""

from __future__ import annotations

import pyarrow as pa

from propension.config import Language, Policy, Texts
from propension.outputs.account_columns import ACCOUNT_COLUMNS
from propension.outputs.column import ScoredColumn, texts
from propension.outputs.decision_columns import DECISION_COLUMNS
from propension.outputs.score_columns import SCORE_COLUMNS

__all__ = ["SCORED_COLUMNS", "SCORED_SCHEMA", "VALUE_LABELS", "ScoredColumn", "labels_of_values"]

SCORED_COLUMNS: tuple[ScoredColumn, ...] = (*ACCOUNT_COLUMNS, *SCORE_COLUMNS, *DECISION_COLUMNS)
SCORED_SCHEMA = pa.schema([(column.name, column.type) for column in SCORED_COLUMNS])

VALUE_LABELS: dict[str, dict[str, Texts]] = {
    "stage": {
        "overdue": texts("Vencida", "Em atraso", "Overdue"),
        "upcoming": texts("Por vencer", "A vencer", "Upcoming"),
    },
    "dpd_bucket": {
        "current": texts("Al día", "Em dia", "Current"),
        "1-30": texts("1 a 30 días", "1 a 30 dias", "1 to 30 days"),
        "31-60": texts("31 a 60 días", "31 a 60 dias", "31 to 60 days"),
        "61-90": texts("61 a 90 días", "61 a 90 dias", "61 to 90 days"),
        "91-120": texts("91 a 120 días", "91 a 120 dias", "91 to 120 days"),
        "121+": texts("Más de 120 días", "Mais de 120 dias", "Over 120 days"),
    },
    "quadrant": {
        "can_wants": texts("Puede y quiere", "Pode e quer", "Can and wants to"),
        "cannot_wants": texts("Quiere, pero no puede", "Quer, mas não pode", "Wants to but cannot"),
        "can_wont": texts("Puede, pero no quiere", "Pode, mas não quer", "Can but will not"),
        "cannot_wont": texts("Ni puede ni quiere", "Nem pode nem quer", "Neither can nor will"),
        "uncertain": texts("Incierto", "Incerto", "Uncertain"),
    },
    "value_tier": {
        "high": texts("Alto", "Alto", "High"),
        "medium": texts("Medio", "Médio", "Medium"),
        "low": texts("Bajo", "Baixo", "Low"),
    },
    "likely_cause": {
        "forgetful": texts("Olvido", "Esquecimento", "Forgetfulness"),
        "dispute": texts("Reclamo", "Contestação", "Dispute"),
        "liquidity": texts("Falta de liquidez", "Falta de caixa", "Short of cash"),
        "strategic": texts("Decisión de no pagar", "Decisão de não pagar", "Chooses not to pay"),
        "unknown": texts("Sin determinar", "Não determinada", "Unknown"),
    },
    "channel": {
        "none": texts("Sin contacto", "Sem contato", "No contact"),
        "call": texts("Llamada", "Ligação", "Call"),
        "sms": texts("SMS", "SMS", "SMS"),
        "whatsapp": texts("WhatsApp", "WhatsApp", "WhatsApp"),
        "email": texts("Correo electrónico", "E-mail", "Email"),
        "letter": texts("Carta", "Carta", "Letter"),
        "visit": texts("Visita", "Visita", "Visit"),
    },
    "tone": {
        "none": texts("Sin mensaje", "Sem mensagem", "No message"),
        "friendly": texts("Amable", "Amigável", "Friendly"),
        "neutral": texts("Neutro", "Neutro", "Neutral"),
        "firm": texts("Firme", "Firme", "Firm"),
        "legal": texts("Jurídico", "Jurídico", "Legal"),
    },
    "manual": {
        "true": texts("Sí", "Sim", "Yes"),
        "false": texts("No", "Não", "No"),
    },
    "arm": {
        "treatment": texts("Gestión", "Ação", "Treatment"),
        "control": texts("Control", "Controle", "Control"),
        "explore": texts("Exploración", "Exploração", "Exploration"),
    },
    "feedback": {
        "followed": texts("Se sigue lo pedido", "Segue-se o pedido", "Followed"),
        "not_followed": texts(
            "No se pudo seguir", "Não foi possível seguir", "Could not be followed"
        ),
        "postponed": texts("Contacto pospuesto", "Contato adiado", "Contact put off"),
    },
}


def labels_of_values(policy: Policy, language: Language) -> dict[str, dict[str, str]]:
    """Return the words for every coded value, by column and code.

    Segments, flags, treatments and teams take their words from the policy, in its order; ``limit`` are the
    teams, budgets and limits of pressure that have some.
    """
    coded: dict[str, dict[str, Texts]] = {
        **VALUE_LABELS,
        "segment": {segment.name: segment.label for segment in policy.segments},
        "previous_segment": {segment.name: segment.label for segment in policy.segments},
        "flags": {name: flag.label for name, flag in policy.flags.items()},
        "treatment": {name: treatment.label for name, treatment in policy.treatments.items()},
        "limit": policy.limit_labels,
        # What no person does is sent by a channel.
        "team": VALUE_LABELS["channel"]
        | {n: t for n, t in policy.limit_labels.items() if n in policy.capacities},
    }
    return {
        column: {code: label.in_language(language) for code, label in values.items()}
        for column, values in coded.items()
    }
