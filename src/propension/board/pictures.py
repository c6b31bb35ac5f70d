"""Pictures that were drawn, kept while people look at them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

_MOST = 64


class Pictures:
    """The pictures drawn last, by what they show; none is drawn twice while it is kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, str] = OrderedDict()

    def drawn(self, key: Hashable, draw: Callable[[], str]) -> str:
        """Return the SVG of a key: list, language and whatever else decides what it shows.

        Parameters
        ----------
        key : hashable
        draw : callable
            Draws it where it is not kept. Matplotlib draws one picture at a time.
        """
        with self._lock:
            if key not in self._kept:
                self._kept[key] = draw()
                if len(self._kept) > _MOST:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]
