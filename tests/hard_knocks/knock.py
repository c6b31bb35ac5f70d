"""What a hard knock is: something done to a clean portfolio, and how the command must take it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from hard_knocks.folder import Folder

COMMAND = ("score",)


@dataclass(frozen=True)
class Same:
    """The list is the clean one, row by row and column by column."""


@dataclass(frozen=True)
class Refused:
    """The command says no: the exit code, and words of the message that name place and remedy."""

    code: Literal[2, 3, 4, 1]
    place: str
    remedy: str


@dataclass(frozen=True)
class SetAside:
    """The run goes on; findings tell the rows, and everybody not ``touched`` is as on the clean list.

    Attributes
    ----------
    tells : mapping of "table.rule" to rows
        New findings of the knock's own; those that follow from them (a debt whose payment was set
        aside) may come too.
    renamed : callable
        What became of an id, where ids change everywhere alike.
    scores : bool
        Whether scores are as they were too; not where what a model needs is gone for everybody.
    """

    tells: Mapping[str, int] = field(default_factory=dict)
    renamed: Callable[[str], str] = str
    scores: bool = True


@dataclass(frozen=True)
class Knock:
    """One corruption.

    Attributes
    ----------
    name : str
    strike : callable
        Does it to a folder; may return the accounts it touched.
    expected : Same, Refused or SetAside
    form : {"csv", "parquet"}
        How the tables of the clean portfolio are written.
    command : tuple of str
    """

    name: str
    strike: Callable[[Folder], object]
    expected: Same | Refused | SetAside
    form: Literal["csv", "parquet"] = "csv"
    command: tuple[str, ...] = COMMAND
