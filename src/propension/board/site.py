"""What all requests share: settings, lists, who may enter, templates."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from propension.board.access.gates import Gate
from propension.board.access.tokens import FormTokens
from propension.board.lists import Lists
from propension.board.pictures import Pictures
from propension.board.trials import Trials
from propension.config import Settings


@dataclass(frozen=True)
class Site:
    """The board of one portfolio.

    Attributes
    ----------
    settings : Settings
    lists : Lists
    gate : Gate
    tokens : FormTokens
    pictures : Pictures
    trials : Trials
    """

    settings: Settings
    lists: Lists
    gate: Gate
    trials: Trials
    tokens: FormTokens = field(default_factory=FormTokens)
    pictures: Pictures = field(default_factory=Pictures)


@cache
def templates() -> Environment:
    """Return the pages' templates; whatever is filled in is escaped."""
    return Environment(
        loader=PackageLoader("propension.board"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
