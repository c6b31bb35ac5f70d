"""Who may use the board: names, roles and hashed passwords, in one file that only its owner reads."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from propension.board.access.roles import ROLES, Role, User
from propension.board.kept import KeptFile
from propension.errors import ConfigurationError

USERS_NAME = "users.json"
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 256
_NAME = re.compile(r"[\w.@-]{1,64}")
_HASHER = PasswordHasher()


class UserError(ConfigurationError):
    """A user cannot be added, changed or removed; ``key`` is of the board's texts."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


@dataclass(frozen=True)
class Entry:
    """What is kept of a user; no password where a proxy says who they are."""

    role: Role
    password: str | None = None


class Users:
    """The users of one board; the file may be changed while the board is open, and counts at once.

    Parameters
    ----------
    folder : Path
        ``settings.board_folder``.
    """

    def __init__(self, folder: Path) -> None:
        self._file = KeptFile(folder / USERS_NAME)
        _nobodys_hash()
        # Each comparison takes 64 MB: a crowd before the door waits.
        self._door = threading.Semaphore(2)

    @property
    def path(self) -> Path:
        """The file."""
        return self._file.path

    def all(self) -> Mapping[str, Entry]:
        """Return every user, by name.

        Raises
        ------
        ConfigurationError
            If others than its owner may use the file, or it is not as it was written.
        """
        return {name: self._entry(kept) for name, kept in self._file.read().items()}

    def find(self, name: str) -> Entry | None:
        """Return a user, however the name is written."""
        return self.all().get(name.casefold())

    def known(self, name: str) -> User | None:
        """Return who bears a name; None where nobody does."""
        entry = self.find(name)
        return User(name.casefold(), entry.role) if entry else None

    def fits(self, name: str, password: str) -> bool:
        """Return whether it is the user's password; a name that nobody bears takes as long."""
        entry = self.find(name)
        expected = entry.password if entry else None
        with self._door:
            try:
                _HASHER.verify(expected or _nobodys_hash(), password[:LONGEST_PASSWORD])
            except VerifyMismatchError:
                return False
        return expected is not None

    def put(self, name: str, role: Role, password: str | None = None) -> None:
        """Add a user, or give one another role and, where there is one, another password.

        Raises
        ------
        UserError
            If the name, the role or the password cannot be used.
        """
        if not _NAME.fullmatch(name):
            raise UserError(
                "access.bad_name",
                f"{name!r:.80}: not a name. Use up to 64 letters, digits, dots, hyphens, underscores and @.",
            )
        if role not in ROLES:
            raise UserError("access.bad_role", f"{role!r:.80}: not a role. Use {', '.join(ROLES)}.")
        if password is not None and not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            raise UserError(
                "access.bad_password",
                f"{name}: a password has between {SHORTEST_PASSWORD} and {LONGEST_PASSWORD} characters.",
            )
        with self._file.changing() as users:
            kept = users.get(name.casefold(), {}).get("password")
            hashed = _HASHER.hash(password) if password else kept
            users[name.casefold()] = asdict(Entry(role, hashed))

    def remove(self, name: str) -> None:
        """Remove a user; whoever is logged in by that name is not any more.

        Raises
        ------
        UserError
            If nobody bears the name.
        """
        with self._file.changing() as users:
            if users.pop(name.casefold(), None) is None:
                raise UserError("access.no_such_user", f"{name!r:.80}: nobody has this name.")

    def _entry(self, kept: Any) -> Entry:
        try:
            return Entry(**kept)
        except TypeError as error:
            raise self._file.spoilt(error) from None


@cache
def _nobodys_hash() -> str:
    """Return what a wrong name's password is compared with, so that it takes as long as a wrong password."""
    return _HASHER.hash(os.urandom(16))
