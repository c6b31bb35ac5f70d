"""What a list can be filtered and sorted by: each declared once, from the address to the statement.

What people write reaches a statement as a bound value only; its text comes from the declarations.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from propension.board.refused import RefusedError

# What stands for accounts without a value.
NONE_CODE = "~"
PAGE_ROWS = 50
_MOST_CODES, _LONGEST = 64, 100
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,6})?")

Condition = tuple[str, list[Any]]


@dataclass(frozen=True)
class Choice:
    """Accounts with one of several codes in a column; of flags, with any of several."""

    name: str
    column: str
    is_list: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Its names in an address."""
        return (self.name,)

    def condition(self, given: Sequence[tuple[str, str]]) -> Condition:
        """Return what the accounts must meet."""
        codes = [value for _, value in given]
        if len(codes) > _MOST_CODES:
            raise _not_understood(self.name)
        if self.is_list:
            # Faster than one function for all of them.
            return f"({' OR '.join([f'list_contains({self.column}, ?)'] * len(codes))})", codes
        missing = f" OR {self.column} IS NULL" if NONE_CODE in codes else ""
        return f"(list_contains(?, {self.column}){missing})", [codes]


@dataclass(frozen=True)
class Between:
    """Accounts whose number lies between two, both included; percent are written for shares."""

    name: str
    column: str
    kind: Literal["amount", "share"]

    @property
    def keys(self) -> tuple[str, ...]:
        """Its names in an address."""
        return f"{self.name}_from", f"{self.name}_to"

    def condition(self, given: Sequence[tuple[str, str]]) -> Condition:
        """Return what the accounts must meet."""
        parts, values = [], []
        for key, text in given:
            if not _NUMBER.fullmatch(text):
                raise _not_understood(key)
            parts.append(f"{self.column} {'>=' if key.endswith('_from') else '<='} ?")
            values.append(float(text) / 100 if self.kind == "share" else float(text))
        return " AND ".join(parts), values


@dataclass(frozen=True)
class Search:
    """Accounts whose number or name holds every word, whatever its accents and case."""

    name: str
    column: str

    @property
    def keys(self) -> tuple[str, ...]:
        """Its names in an address."""
        return (self.name,)

    def condition(self, given: Sequence[tuple[str, str]]) -> Condition:
        """Return what the accounts must meet."""
        words = plain(" ".join(text for _, text in given)).split()
        return " AND ".join(f"contains({self.column}, ?)" for _ in words) or "TRUE", words


Filter = Choice | Between | Search
CHOICES = (
    Choice("stage", "stage"),
    Choice("segment", "segment"),
    Choice("bucket", "dpd_bucket"),
    Choice("band", "risk_band"),
    Choice("quadrant", "quadrant"),
    Choice("treatment", "treatment"),
    Choice("team", "team"),
    Choice("flag", "flags", is_list=True),
    Choice("arm", "arm"),
)
RANGES = (
    Between("amount", "amount_at_stake", "amount"),
    Between("propensity", "propensity", "share"),
)
SEARCH = Search("q", "searched")
FILTERS: tuple[Filter, ...] = (SEARCH, *CHOICES, *RANGES)
_FILTER_OF = {key: one for one in FILTERS for key in one.keys}
# Columns by which a list is sorted, and whether the largest come first at the first click.
SORTS = {
    "priority": False, "account_id": False, "customer_name": False, "segment": False, "risk_band": False,
    "propensity": True, "amount_at_stake": True, "expected_recovery": True, "days_past_due": True,
    "treatment": False, "scheduled_at": False,
}  # fmt: skip
# What an address may hold besides: which list the page was of.
_OTHERS = frozenset({"sort", "page", "run"})


@dataclass(frozen=True)
class Selection:
    """Which accounts a page is about, in what order; as a statement and as an address.

    Attributes
    ----------
    given : tuple of (str, str)
        Keys and values of the filters, as in the address.
    sort : str
        A column of ``SORTS``.
    descending : bool
    page : int
        From 1.
    """

    given: tuple[tuple[str, str], ...] = ()
    sort: str = "priority"
    descending: bool = False
    page: int = 1
    where: str = field(default="TRUE", compare=False)
    values: tuple[Any, ...] = field(default=(), compare=False)

    @classmethod
    def read(cls, parameters: QueryParams) -> Selection:
        """Return what an address asks for.

        Raises
        ------
        RefusedError
            If it asks for anything that is not declared here.
        """
        given = tuple((key, text.strip()) for key, text in parameters.multi_items() if text.strip())
        for key, text in given:
            if (key not in _FILTER_OF and key not in _OTHERS) or len(text) > _LONGEST:
                raise _not_understood(key)
        sort = parameters.get("sort") or "priority"
        page = parameters.get("page") or "1"
        if sort.removeprefix("-") not in SORTS:
            raise _not_understood("sort")
        if not re.fullmatch(r"[1-9]\d{0,6}", page):
            raise _not_understood("page")
        filters = tuple(pair for pair in given if pair[0] in _FILTER_OF)
        where, values = _condition(filters)
        return cls(filters, sort.removeprefix("-"), sort.startswith("-"), int(page), where, values)

    @property
    def is_as_published(self) -> bool:
        """Whether the order is that of the list itself."""
        return self.sort == "priority" and not self.descending

    @property
    def sorted_column(self) -> str:
        """Return the column that the rows are sorted by."""
        return "place" if self.is_as_published else self.sort

    @property
    def direction(self) -> str:
        """Return which way, as SQL; accounts without a value come last."""
        return f"{'DESC' if self.descending else 'ASC'} NULLS LAST"

    def values_of(self, key: str) -> list[str]:
        """Return what was given for a key."""
        return [value for name, value in self.given if name == key]

    def query(self, **changes: Any) -> str:
        """Return the address of this selection, changed; ``without`` leaves one value of a filter out."""
        without = changes.pop("without", None)
        changed = replace(self, **changes)
        pairs = [pair for pair in changed.given if pair != without]
        if not changed.is_as_published:
            pairs.append(("sort", ("-" if changed.descending else "") + changed.sort))
        if changed.page > 1:
            pairs.append(("page", str(changed.page)))
        return urlencode(pairs)

    def sorted_by(self, column: str) -> str:
        """Return the address of the same accounts by a column; by it already, the other way round."""
        down = not self.descending if column == self.sort else SORTS[column]
        return self.query(sort=column, descending=down, page=1)


def plain(text: str) -> str:
    """Return a text without case and accents, as it is searched.

    >>> plain("Ñandú")
    'nandu'
    """
    parts = unicodedata.normalize("NFKD", text.lower())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def _condition(given: Sequence[tuple[str, str]]) -> tuple[str, tuple[Any, ...]]:
    conditions = list(_conditions(given))
    where = " AND ".join(sql for sql, _ in conditions) or "TRUE"
    return where, tuple(value for _, values in conditions for value in values)


def _conditions(given: Sequence[tuple[str, str]]) -> Iterator[Condition]:
    for one in FILTERS:
        its = [pair for pair in given if pair[0] in one.keys]
        if its:
            yield one.condition(its)


def _not_understood(what: str) -> RefusedError:
    return RefusedError(400, "shell.not_understood", what=what[:_LONGEST])
