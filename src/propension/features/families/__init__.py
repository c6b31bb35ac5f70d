"""The features the product ships, by family."""

from propension.features.families.behaviour import BEHAVIOUR_FEATURES
from propension.features.families.contact import CONTACT_FEATURES
from propension.features.families.debts import DEBT_FEATURES
from propension.features.families.profile import DERIVED_FEATURES, PROFILE_FEATURES

__all__ = [
    "BEHAVIOUR_FEATURES",
    "CONTACT_FEATURES",
    "DEBT_FEATURES",
    "DERIVED_FEATURES",
    "PROFILE_FEATURES",
]
