"""All features of a portfolio: the shipped ones and the ones its settings add."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from importlib.metadata import entry_points

from propension.config import ExtraFeature, Features
from propension.errors import ConfigurationError
from propension.features.families import (
    AGREEMENT_FEATURES,
    ARREARS_FEATURES,
    BEHAVIOUR_FEATURES,
    CHANNEL_FEATURES,
    CONTACT_FEATURES,
    CONTEXT_DERIVED,
    CONTEXT_FEATURES,
    DEBT_FEATURES,
    DERIVED_FEATURES,
    MONEY_FEATURES,
    PROFILE_FEATURES,
    PUNCTUALITY_FEATURES,
)
from propension.features.feature import Feature
from propension.features.streams import stream_columns
from propension.schema import parse_expression

PLUGIN_GROUP = "propension.features"

SHIPPED: tuple[Feature, ...] = (
    *DEBT_FEATURES,
    *ARREARS_FEATURES,
    *PUNCTUALITY_FEATURES,
    *BEHAVIOUR_FEATURES,
    *MONEY_FEATURES,
    *CONTACT_FEATURES,
    *CHANNEL_FEATURES,
    *AGREEMENT_FEATURES,
    *PROFILE_FEATURES,
    *CONTEXT_FEATURES,
    *DERIVED_FEATURES,
    *CONTEXT_DERIVED,
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


def catalogue(settings: Features | None = None) -> tuple[Feature, ...]:
    """Return the features of a portfolio, in the order of the model's columns.

    The shipped ones, then those of the plugins its settings name, then its own.

    Raises
    ------
    ConfigurationError
        If a feature repeats a name, is a protected attribute, uses what its stream does not
        have, or a plugin is not installed.
    """
    chosen = settings or Features()
    features = list(SHIPPED)
    for plugin in chosen.plugins:
        for feature in _from_plugin(plugin):
            _add(features, feature, f"features.plugins: {plugin}")
    for extra in chosen.extra:
        _add(features, _from_setting(extra), "features.extra")
    return tuple(features)


def _add(features: list[Feature], feature: Feature, where: str) -> None:
    # SQL does not tell upper from lower case.
    names = {known.name.lower(): known.name for known in features}
    name = feature.name
    if name.lower() in names:
        raise ConfigurationError(
            f"{where}: {name} is already a feature. Rename it in the mapping or here."
        )
    if name.lower() in _KEYS:
        raise ConfigurationError(
            f"{where}: {name} says which row it is, not what is known about a customer. Leave it out."
        )
    if is_protected(name):
        raise ConfigurationError(
            f"{where}: {name} names a protected attribute, which never scores anybody. "
            "Name it audit_... in customers to audit fairness with it, or rename the column if it "
            "says something else."
        )
    if feature.stream != "attributes":
        known = (
            set(names.values()) if feature.stream == "derived" else stream_columns(feature.stream)
        )
        grouped = feature.stream not in ("derived", "profile")
        place = f"{where}.{name}.sql"
        parsed = parse_expression(feature.sql, known, place, aggregates=grouped)
        feature = dataclasses.replace(feature, sql=parsed.sql(dialect="duckdb"))
    features.append(feature)


def _from_setting(extra: ExtraFeature) -> Feature:
    sql = extra.sql or f'"{extra.name}"'
    return Feature(extra.name, extra.stream, sql, "extra", extra.kind, "profile", extra.text)


def _from_plugin(name: str) -> Sequence[Feature]:
    found = entry_points(group=PLUGIN_GROUP, name=name)
    if not found:
        installed = ", ".join(sorted(entry_points(group=PLUGIN_GROUP).names)) or "none"
        raise ConfigurationError(
            f"features.plugins: {name} is not installed (installed: {installed}). Install the package that "
            f"offers it under the entry point group {PLUGIN_GROUP}."
        )
    offered: Sequence[Feature] = next(iter(found)).load()()
    return offered


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
