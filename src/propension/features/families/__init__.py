"""The features the product ships, by family."""

from propension.features.families.agreements import AGREEMENT_FEATURES
from propension.features.families.arrears import ARREARS_FEATURES
from propension.features.families.behaviour import BEHAVIOUR_FEATURES
from propension.features.families.channels import CHANNEL_FEATURES
from propension.features.families.contact import CONTACT_FEATURES
from propension.features.families.context import CONTEXT_DERIVED, CONTEXT_FEATURES
from propension.features.families.debts import DEBT_FEATURES
from propension.features.families.money import MONEY_FEATURES
from propension.features.families.profile import DERIVED_FEATURES, PROFILE_FEATURES
from propension.features.families.punctuality import PUNCTUALITY_FEATURES

__all__ = [
    "AGREEMENT_FEATURES",
    "ARREARS_FEATURES",
    "BEHAVIOUR_FEATURES",
    "CHANNEL_FEATURES",
    "CONTACT_FEATURES",
    "CONTEXT_DERIVED",
    "CONTEXT_FEATURES",
    "DEBT_FEATURES",
    "DERIVED_FEATURES",
    "MONEY_FEATURES",
    "PROFILE_FEATURES",
    "PUNCTUALITY_FEATURES",
]
