"""How often somebody may try to log in."""

from __future__ import annotations

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

# A password is guessed at one account, at many from one place, or at one from many places.
_PAIR, _ADDRESS, _NAME = parse("5/15 minutes"), parse("30/15 minutes"), parse("100/hour")


class Attempts:
    """Counts attempts to log in, by name and address; refuses those that are too many."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def count(self, name: str, address: str) -> bool:
        """Count an attempt; return whether it may be made."""
        return all(self._limiter.hit(item, *told) for item, told in _counted(name, address))

    def forget(self, name: str, address: str) -> None:
        """Let a user who got in begin anew."""
        pair, told = _counted(name, address)[0]
        self._limiter.clear(pair, *told)


def _counted(name: str, address: str) -> tuple[tuple[RateLimitItem, tuple[str, ...]], ...]:
    name = name.casefold()[:64]
    return (
        (_PAIR, ("pair", name, address)),
        (_ADDRESS, ("address", address)),
        (_NAME, ("name", name)),
    )
