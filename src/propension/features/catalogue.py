"""All features of a portfolio: the shipped ones and the ones its settings add."""

from __future__ import annotations

import re

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
    "audit", "sex", "sexo", "sexual", "gender", "genero", "age", "edad", "idade", "birth", "birthdate",
    "birthday", "nacimiento", "nascimento", "race", "raza", "raca", "ethnic", "ethnicity", "etnia",
    "religion", "religiao", "marital", "estado_civil", "civil_status", "orientation", "disability",
    "discapacidad", "deficiencia", "nationality", "nacionalidad", "nacionalidade",
)  # fmt: skip

# Columns that say which row it is, not what is known about a customer.
_KEYS = ("as_of", "account_id", "customer_id", "known_on")


def catalogue(extra: tuple[ExtraFeature, ...] = ()) -> tuple[Feature, ...]:
    """Return the features of a portfolio, in the order of the model's columns.

    Raises
    ------
    ConfigurationError
        If an extra feature repeats a name, is a key or is a protected attribute.
    """
    # SQL does not tell upper from lower case.
    names = {feature.name.lower() for feature in SHIPPED}
    for setting in extra:
        _refuse_unusable(setting.name, names)
        names.add(setting.name.lower())
    return SHIPPED + tuple(_extra_feature(setting) for setting in extra)


def _refuse_unusable(name: str, taken: set[str]) -> None:
    if name.lower() in taken:
        raise ConfigurationError(
            f"features.extra: {name} is already a feature. Rename the column in the mapping."
        )
    if name.lower() in _KEYS:
        raise ConfigurationError(
            f"features.extra: {name} says which row it is, not what is known about a customer. Leave it out."
        )
    if is_protected(name):
        raise ConfigurationError(
            f"features.extra: {name} names a protected attribute, which never scores anybody. "
            "Name it audit_... in customers to audit fairness with it, or rename the column if it "
            "says something else."
        )


def _extra_feature(setting: ExtraFeature) -> Feature:
    return Feature(
        setting.name,
        "attributes",
        f'"{setting.name}"',
        "extra",
        setting.kind,
        "profile",
        setting.text,
    )


def is_protected(name: str) -> bool:
    """Say whether a column's name speaks of a protected attribute.

    A word counts where it stands alone, so that a doubt is refused and said: the age of a debt
    is asked for under another name.

    >>> is_protected("customer_sex"), is_protected("CustomerSex"), is_protected("average_balance")
    (True, True, False)
    """
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    spoken = "_" + "_".join(parts).lower() + "_"
    return any(f"_{word}_" in spoken for word in PROTECTED_WORDS)
