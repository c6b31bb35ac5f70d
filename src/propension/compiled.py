"""The one way inner loops are compiled here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Loop = TypeVar("Loop", bound=Callable[..., object])


def compiled(loop: Loop) -> Loop:
    """Compile a loop over arrays to machine code, once; the result is kept beside the source.

    A compiled loop may call only compiled loops of its own module: what is kept is renewed when
    its own source changes, not when another module's does.

    Exact arithmetic (no ``fastmath``): results must not depend on how a loop was vectorised.
    """
    return cast(Loop, njit(cache=True, nogil=True, error_model="numpy")(loop))
