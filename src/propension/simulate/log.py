"""What happened, as it happens: events of the steps, kept as arrays until they become rows."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Literal

import numpy as np

from propension.arrays import Array

Events = dict[str, Array]
EventKind = Literal["payments", "works", "disputes", "spells", "assignments", "axes"]

EVENT_FIELDS: dict[EventKind, tuple[str, ...]] = {
    "payments": ("debt", "day", "amount", "bounced", "settles"),
    "works": (
        "customer", "debt", "start", "end", "offset", "made", "reached", "treatment", "channel",
        "hour", "answer", "balance", "promised_until",
    ),
    "disputes": ("debt", "opened_on", "closed_on"),
    "spells": ("customer", "day"),
    "assignments": ("customer", "as_of", "treatment", "arm", "probability"),
    "axes": ("day", "ability", "willingness"),
}  # fmt: skip


class Log:
    """Collects events; a deaf one forgets them at once.

    Parameters
    ----------
    deaf : bool
        For runs whose events nobody reads.
    """

    def __init__(self, deaf: bool = False) -> None:
        self._deaf = deaf
        self._events: dict[EventKind, list[tuple[Array, ...]]] = defaultdict(list)

    def add(self, kind: EventKind, **columns: Any) -> None:
        """Keep some events; a single number stands for a column of it."""
        if self._deaf:
            return
        arrays = np.broadcast_arrays(*(columns[name] for name in EVENT_FIELDS[kind]))
        self._events[kind].append(tuple(array.copy() for array in arrays))

    def events(self, kind: EventKind) -> Events:
        """All events of a kind, in the order in which they were added.

        Steps add every kind, be it nothing of it.
        """
        columns = zip(*self._events[kind], strict=True)
        return {
            name: np.concatenate(parts)
            for name, parts in zip(EVENT_FIELDS[kind], columns, strict=True)
        }
