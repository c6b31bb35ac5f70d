"""The packs a run judges by, and its choices: scope, reading, and caps of the company's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

from propension.config.contact import CapRule, Reading, Scope
from propension.config.loading import load_model
from propension.errors import PolicyError
from propension.treatments.contact.pack import Pack, Rule, refuse_repeated

PACKS = Path(__file__).with_name("packs")


@dataclass(frozen=True)
class Rulebook:
    """Rules by country, as one company reads them.

    Attributes
    ----------
    packs : mapping of str to Pack
        By ISO 3166 country code.
    scope : own or third_party
        Whether the company collects what it is owed itself, or what others are owed.
    reading : strict or lenient
        How ambiguous texts are read.
    extra : tuple of CapRule
        Caps of the company's own, in every country. They come after the law: they can only tighten.
    """

    packs: Mapping[str, Pack]
    scope: Scope = "own"
    reading: Reading = "strict"
    extra: tuple[CapRule, ...] = ()

    def __post_init__(self) -> None:
        # A misspelt choice would leave out the rules of every choice.
        for name, known in (("scope", get_args(Scope)), ("reading", get_args(Reading))):
            if getattr(self, name) not in known:
                raise PolicyError(
                    f"contact rules: {name} {getattr(self, name)!r} is unknown. "
                    f"Choose {' or '.join(known)}."
                )

    @property
    def memory_days(self) -> int:
        """Days over which an earlier contact may still count, at most."""
        rules: list[Rule] = list(self.extra)
        for pack in self.packs.values():
            rules += pack.rules
            rules += [rule for region in pack.regions.values() for rule in region.rules]
        return max((rule.memory_days for rule in rules), default=0)

    def rules(self, country: str, region: str = "") -> tuple[Rule, ...]:
        """Return what holds in a region of a country that has a pack, in the order of reasons."""
        law = self.packs[country].choose(region, self.scope, self.reading)
        return (*law, *(cap for cap in self.extra if cap.holds(self.scope, self.reading)))


def load_rulebook(
    *,
    reading: Reading = "strict",
    scope: Scope = "own",
    extra: Iterable[CapRule] = (),
    folder: Path = PACKS,
) -> Rulebook:
    """Read every pack of a folder; by default, those that come with propension.

    Raises
    ------
    ConfigurationError
        If a pack is refused.
    PolicyError
        If a choice is unknown, two packs are of one country, or a cap of the company's own bears the id of another rule.
    """
    packs = _read_packs(folder) if folder != PACKS else _shipped_packs()
    rulebook = Rulebook(packs, scope, reading, tuple(extra))
    for country, pack in packs.items():
        for region in ("", *pack.regions):
            try:
                refuse_repeated(rulebook.rules(country, region))
            except ValueError as error:
                raise PolicyError(
                    f"contact rules of {country}: {error}. Give your own caps other ids."
                ) from None
    return rulebook


@cache
def _shipped_packs() -> Mapping[str, Pack]:
    return _read_packs(PACKS)


def _read_packs(folder: Path) -> dict[str, Pack]:
    packs: dict[str, Pack] = {}
    for path in sorted(folder.glob("*.yaml")):
        pack = load_model(path, Pack)
        if pack.country in packs:
            raise PolicyError(f"{path.name}: {pack.country} has another pack. Keep one of the two.")
        packs[pack.country] = pack
    return packs
