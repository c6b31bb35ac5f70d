"""All features of a portfolio: the shipped ones and the ones its settings add."""

from __future__ import annotations

from propension.config import ExtraFeature
from propension.errors import ConfigurationError
from propension.features.families import (
    BEHAVIOUR_FEATURES,
    CONTACT_FEATURES,
    DEBT_FEATURES,
    DERIVED_FEATURES,
    PROFILE_FEATURES,
)
from propension.features.feature import Feature

SHIPPED: tuple[Feature, ...] = (
    DEBT_FEATURES + BEHAVIOUR_FEATURES + CONTACT_FEATURES + PROFILE_FEATURES + DERIVED_FEATURES
)

# Protected attributes are never features, however they are written.
PROTECTED_WORDS = (
    "audit", "sex", "sexo", "gender", "genero", "age", "edad", "idade", "birth", "nacimiento",
    "nascimento", "race", "raza", "raca", "ethnicity", "etnia", "religion", "religiao",
    "marital", "estado_civil", "orientation", "disability", "discapacidad", "nationality",
)  # fmt: skip


def catalogue(extra: tuple[ExtraFeature, ...] = ()) -> tuple[Feature, ...]:
    """Return the features of a portfolio, in the order of the model's columns.

    Raises
    ------
    ConfigurationError
        If an extra feature repeats a name or is a protected attribute.
    """
    names = {feature.name for feature in SHIPPED}
    added = []
    for setting in extra:
        if setting.name in names:
            raise ConfigurationError(
                f"features.extra: {setting.name} is already a feature. Rename the column in the mapping."
            )
        if is_protected(setting.name):
            raise ConfigurationError(
                f"features.extra: {setting.name} is a protected attribute and never scores anybody. "
                "Name it audit_... in customers to audit fairness with it."
            )
        names.add(setting.name)
        added.append(
            Feature(
                setting.name,
                "attributes",
                f'"{setting.name}"',
                "extra",
                setting.kind,
                "profile",
                setting.text,
            )
        )
    return SHIPPED + tuple(added)


def is_protected(name: str) -> bool:
    """Say whether a column's name speaks of a protected attribute.

    >>> is_protected("customer_sex"), is_protected("average_balance")
    (True, False)
    """
    lowered = name.lower()
    parts = set(lowered.split("_"))
    return any(word in parts or (("_" in word) and word in lowered) for word in PROTECTED_WORDS)
