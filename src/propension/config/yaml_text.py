"""YAML text that is safe to read: neither nested without end, nor grown by its anchors, nor with tags."""

from __future__ import annotations

import re
from typing import Any

import yaml

# The C parser where the library was built with it: ten times as fast, and as safe.
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_DEPTH = 50
# Written out, every anchor in its places; a large policy has some thousands.
MAX_VALUES = 200_000
# The language refuses to write numbers of thousands.
MAX_DIGITS = 400
_DIGITS = re.compile(r"[-+.:_0-9]+|[-+]?0[xb][_0-9a-fA-F]+")


class UnsafeYAMLError(yaml.YAMLError):
    """The text would take the reader's time or memory, or asks for more than values."""


def read_yaml(text: str) -> tuple[yaml.Node | None, Any]:
    """Return the nodes of a text and the values they stand for, in bounded time.

    Raises
    ------
    yaml.YAMLError
        If it is not YAML, or more than a file of settings can need.
    """
    _bound(text)
    try:
        return yaml.compose(text, Loader=LOADER), yaml.load(text, Loader=LOADER)  # noqa: S506 - a safe loader
    except ValueError as error:
        # 2026-02-30, for example.
        raise UnsafeYAMLError(f"{error}. Correct the value, or put it between quotes") from None


def _bound(text: str) -> None:
    """Refuse a text before anything is made of it; events come one by one."""
    open_collections: list[tuple[str | None, int]] = []
    sizes: dict[str | None, int] = {}
    values = 0
    for event in yaml.parse(text, Loader=LOADER):
        _refuse_oddities(event)
        if isinstance(event, yaml.CollectionStartEvent):
            open_collections.append((event.anchor, values))
            if len(open_collections) > MAX_DEPTH:
                raise UnsafeYAMLError(f"it is nested too deep{_at(event)}. Write it flatter")
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_collections.pop()
            sizes[anchor] = values - before
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor in (anchor for anchor, _ in open_collections):
                raise UnsafeYAMLError(f"an anchor (&) holds itself{_at(event)}. Write it out")
            values += sizes.get(event.anchor, 0)
        values += 1
        if values > MAX_VALUES:
            raise UnsafeYAMLError(
                f"with its anchors (&) it holds over {MAX_VALUES:,} values{_at(event)}. Write it out"
            )


def _refuse_oddities(event: yaml.Event) -> None:
    if (tag := getattr(event, "tag", None)) is not None:
        raise UnsafeYAMLError(f"the tag {tag!r} is not read{_at(event)}. Take it out")
    value = getattr(event, "value", "")
    if len(value) > MAX_DIGITS and _DIGITS.fullmatch(value):
        raise UnsafeYAMLError(f"a number has {len(value):,} digits{_at(event)}. Correct it")
    # No path, query or text can hold it.
    if "\0" in value:
        raise UnsafeYAMLError(f"a value holds the character U+0000{_at(event)}. Take it out")


def _at(event: yaml.Event) -> str:
    mark = event.start_mark
    return f" (line {mark.line + 1})" if mark else ""
