"""Suppression, treatments, the law of contact, offers, messages, and an audit of whom they press."""

from propension.treatments.decide import Occasion, decide, message_findings
from propension.treatments.permits import HISTORY_SCHEMA, rulebook_of
from propension.treatments.pressure import audit_pressure

__all__ = [
    "HISTORY_SCHEMA",
    "Occasion",
    "audit_pressure",
    "decide",
    "message_findings",
    "rulebook_of",
]
