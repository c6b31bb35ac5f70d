"""Contact rules: whether a proposed contact with a debtor is lawful, and from when it would be."""

from propension.config.contact import CapRule
from propension.treatments.contact.check import check_contacts
from propension.treatments.contact.local_time import country_zones, is_known_zone
from propension.treatments.contact.rulebook import Rulebook, load_rulebook

__all__ = [
    "CapRule",
    "Rulebook",
    "check_contacts",
    "country_zones",
    "is_known_zone",
    "load_rulebook",
]
