"""What is said to accounts: templates checked, rendered once per kind, and filled by the engine."""

from propension.treatments.messages.catalogue import load_templates
from propension.treatments.messages.checks import MessageFinding, check_messages
from propension.treatments.messages.statement import LIMITS, REFUSALS, messages_sql

__all__ = [
    "LIMITS",
    "REFUSALS",
    "MessageFinding",
    "check_messages",
    "load_templates",
    "messages_sql",
]
