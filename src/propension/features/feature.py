"""What a feature is: one declaration."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from propension.config import Texts

Stream = Literal[
    "debts", "payments", "bounces", "contacts", "promises", "disputes", "groups",
    "profile", "attributes", "derived",
]  # fmt: skip
Family = Literal[
    "exposure",
    "delinquency",
    "payment_behaviour",
    "contact",
    "promises",
    "disputes",
    "customer",
    "calendar",
    "extra",
]
Unit = Literal["days", "count", "share", "amount", "ratio", "number", "category", "month"]
Axis = Literal[
    "ability", "willingness", "contactability", "exposure", "profile", "calendar", "none"
]


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
    unit : Unit
        How people read the value.
    axis : Axis
        What the feature speaks of.
    text : Texts
        The words for it, in a reason.
    empty : int or None
        Value of an account without rows in the stream; None is missing.
    monotone : {-1, 0, 1}
        Direction the score may move when the value grows; 0 is free.
    values : tuple of (str, Texts)
        Words for the coded values of a category.
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

    @property
    def is_category(self) -> bool:
        """Say whether the value is one of a set of names."""
        return self.unit == "category"

    @property
    def digest(self) -> str:
        """Hash of what the value depends on; a model refuses a feature that has changed."""
        said = "|".join([self.stream, " ".join(self.sql.split()), self.unit, str(self.empty)])
        return hashlib.sha256(said.encode()).hexdigest()[:12]


def words(es: str, pt: str, en: str) -> Texts:
    """Return one text in three languages."""
    return Texts(es=es, pt=pt, en=en)
