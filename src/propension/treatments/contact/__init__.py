"""Contact rules: whether a proposed contact with a debtor is lawful, and from when it would be."""

from propension.treatments.contact.check import LOOK_AHEAD_DAYS, UNJUDGED, check_contacts
from propension.treatments.contact.pack import CapRule, Messages, Pack, Reading, Scope
from propension.treatments.contact.rulebook import Rulebook, load_rulebook

__all__ = [
    "LOOK_AHEAD_DAYS",
    "UNJUDGED",
    "CapRule",
    "Messages",
    "Pack",
    "Reading",
    "Rulebook",
    "Scope",
    "check_contacts",
    "load_rulebook",
]
