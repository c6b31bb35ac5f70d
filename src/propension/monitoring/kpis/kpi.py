"""What a KPI is: one declaration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from propension.config import Texts

Unit = Literal["amount", "share", "count", "days", "ratio"]
# Which way is better.
Direction = Literal["up", "down", "none"]
# What a KPI cannot be computed without, besides customers, debts and payments.
Need = Literal["contacts", "promises", "lists"]
# Of a month, the day on which accounts are put into groups.
Moment = Literal["opening", "close"]
Dimension = Literal["all", "dpd_bucket", "country", "product_line", "segment", "arm"]
DIMENSIONS: tuple[Dimension, ...] = (
    "dpd_bucket", "country", "product_line", "segment", "arm",
)  # fmt: skip
# The segment and arm of an account that no list of the month had.
UNLISTED = "unlisted"
UNLISTED_TEXTS = Texts(es="Fuera de la lista", pt="Fora da lista", en="Not on the list")
Rows = Literal["account_months", "cohort_months"]
ACCOUNT_MONTHS: Rows = "account_months"
COHORT_MONTHS: Rows = "cohort_months"


@dataclass(frozen=True)
class Kpi:
    """A figure of every month: a sum, or a ratio of two.

    Attributes
    ----------
    name : str
    numerator, denominator : str
        SQL aggregates over the columns of ``rows``. Without a denominator the figure is the numerator
        itself; where it is zero there is no figure.
    unit : Unit
    direction : Direction
    moment : Moment
        Stocks are grouped by what accounts were at the close of the month, flows by what they were
        at its opening, before anything that the figure counts.
    label, definition : Texts
    source : str
        Whose definition it is.
    needs : Need or None
    within : tuple of Dimension
        What it may be broken down by, besides the total.
    matures_days : int or None
        Days after the opening on which it is final; when None, at the close.
    rows : {"account_months", "cohort_months"}
        The second are the debts that fell due in a month, at every later close; their dimension is
        the age of the cohort.
    """

    name: str
    numerator: str
    denominator: str | None
    unit: Unit
    direction: Direction
    moment: Moment
    label: Texts
    definition: Texts
    source: str
    needs: Need | None = None
    within: tuple[Dimension, ...] = DIMENSIONS
    matures_days: int | None = None
    rows: Rows = ACCOUNT_MONTHS

    def as_dict(self) -> dict[str, Any]:
        """Return what is said of it, as plain values."""
        return {
            "name": self.name,
            "unit": self.unit,
            "direction": self.direction,
            "label": self.label.model_dump(),
            "definition": self.definition.model_dump(),
            "source": self.source,
        }
