"""What a person may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["viewer", "manager", "admin"]
# Each may do what those before it may.
ROLES: tuple[Role, ...] = ("viewer", "manager", "admin")


@dataclass(frozen=True)
class User:
    """Somebody who is known to be there."""

    name: str
    role: Role

    def may(self, needed: Role) -> bool:
        """Return whether the role is enough.

        >>> User("ana", "manager").may("viewer")
        True
        """
        return ROLES.index(self.role) >= ROLES.index(needed)
