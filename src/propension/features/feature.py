"""What a feature is: one declaration."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from propension.config import Language, Stream, Texts

# What five reasons for a score may be five of: each family gives at most one.
Family = Literal[
    "arrears",
    "balance",
    "punctuality",
    "payments",
    "liquidity",
    "attitude",
    "promises",
    "disputes",
    "contact",
    "relationship",
    "profile",
    "group",
    "calendar",
    "extra",
]
Unit = Literal["days", "count", "share", "amount", "ratio", "number", "category", "month"]
Axis = Literal[
    "ability", "willingness", "contactability", "exposure", "profile", "calendar", "none"
]


@dataclass(frozen=True)
class Sentence:
    """How a reason says a value; ``{value}`` stands for it, and what is left out is said plainly.

    Attributes
    ----------
    above : Texts or None
        For numbers above zero, and for names.
    zero, below : Texts or None
        For zero, and for numbers below it, whose sign is left out.
    missing : Texts or None
        For accounts without a value.
    """

    above: Texts | None = None
    zero: Texts | None = None
    below: Texts | None = None
    missing: Texts | None = None


_NO_VALUE = Texts(es="sin dato", pt="sem dado", en="no data")


@dataclass(frozen=True)
class Feature:
    """One column the model sees.

    Attributes
    ----------
    name : str
        ``<subject>_<measure>[_<window>d]``.
    stream : Stream
        The rows ``sql`` aggregates, one group per account. ``derived`` is computed from
        other features; ``profile`` and ``attributes`` have one row per account.
    sql : str
        One expression over the stream's columns. Aggregates run over whole numbers and
        exact decimals only, so their result does not depend on the order of rows.
    family : Family
        What it is a matter of; a reason speaks for its family.
    unit : Unit
        How people read the value.
    axis : Axis
        What the feature speaks of.
    text : Texts
        The words for it, in tables and pictures.
    empty : int or None
        Value of an account without rows in the stream; None is missing.
    monotone : {-1, 0, 1}
        Direction the score may move when the value grows; 0 is free.
    values : tuple of (str, Texts)
        Words for the coded values of a category.
    says : Sentence
        How a reason says it; the words and the value, where it is left out.
    """

    name: str
    stream: Stream
    sql: str
    family: Family
    unit: Unit
    axis: Axis
    text: Texts
    empty: int | None = None
    monotone: Literal[-1, 0, 1] = 0
    values: tuple[tuple[str, Texts], ...] = ()
    says: Sentence = Sentence()

    @property
    def is_category(self) -> bool:
        """Say whether the value is one of a set of names."""
        return self.unit == "category"

    def sentences(self, language: Language) -> dict[str, str]:
        """Return what a reason says of a value above zero, of zero, below it, and of none."""
        label = self.text.in_language(language)
        label = label[:1].upper() + label[1:]
        plain = f"{label}: {{value}}"
        below = self.says.below.in_language(language) if self.says.below else f"{label}: -{{value}}"

        def said(text: Texts | None, otherwise: str) -> str:
            return text.in_language(language) if text else otherwise

        return {
            "above": said(self.says.above, plain),
            "zero": said(self.says.zero, said(self.says.above, plain)),
            "below": below,
            "missing": said(self.says.missing, f"{label}: {_NO_VALUE.in_language(language)}"),
        }

    @property
    def digest(self) -> str:
        """Hash of what the value depends on; a model refuses a feature that has changed."""
        said = "|".join([self.stream, " ".join(self.sql.split()), self.unit, str(self.empty)])
        return hashlib.sha256(said.encode()).hexdigest()[:12]


def words(es: str, pt: str, en: str) -> Texts:
    """Return one text in three languages."""
    return Texts(es=es, pt=pt, en=en)
