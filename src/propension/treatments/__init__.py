"""Suppression, treatments, the law of contact, offers, messages, and an audit of whom they press."""

from propension.treatments.choose import (
    Decision,
    Occasion,
    Whole,
    choose,
    learn_policy_effects,
    pressed_groups,
    weigh,
)
from propension.treatments.decide import decide, message_findings, treatments_without_words
from propension.treatments.permits import HISTORY_SCHEMA, portfolio_clock, rulebook_of
from propension.treatments.pressure import audit_pressure
from propension.treatments.wishes import WISHES_SCHEMA

__all__ = [
    "HISTORY_SCHEMA",
    "WISHES_SCHEMA",
    "Decision",
    "Occasion",
    "Whole",
    "audit_pressure",
    "choose",
    "decide",
    "learn_policy_effects",
    "message_findings",
    "portfolio_clock",
    "pressed_groups",
    "rulebook_of",
    "treatments_without_words",
    "weigh",
]
