"""Contact rules: whether a proposed contact with a debtor is lawful, and from when it would be."""

from propension.config.contact import CapRule, Reading, Scope
from propension.treatments.contact.check import LOOK_AHEAD_DAYS, UNJUDGED, check_contacts
from propension.treatments.contact.local_time import country_zones, is_known_zone
from propension.treatments.contact.pack import Messages, Pack
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
    "country_zones",
    "is_known_zone",
    "load_rulebook",
]
