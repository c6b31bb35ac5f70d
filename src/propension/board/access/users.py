"""Who may use the board: names, roles and hashed passwords, in one file that only its owner reads."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from filelock import FileLock

from propension.board.access.roles import ROLES, Role, User
from propension.errors import ConfigurationError

USERS_NAME = "users.json"
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 256
_NAME = re.compile(r"[\w.@-]{1,64}")
_OTHERS_RIGHTS = 0o077
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
        self._path = folder / USERS_NAME
        _nobodys_hash()
        # Each comparison takes 64 MB: a crowd before the door waits.
        self._door = threading.Semaphore(2)
        self._read: tuple[object, Mapping[str, Entry]] = (None, {})

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def all(self) -> Mapping[str, Entry]:
        """Return every user, by name.

        Raises
        ------
        ConfigurationError
            If others than its owner may read the file, or it is not as it was written.
        """
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return {}
        state = found.st_ino, found.st_mtime_ns, found.st_size
        if self._read[0] != state:
            if os.name != "nt" and found.st_mode & _OTHERS_RIGHTS:
                raise ConfigurationError(
                    f"{self._path}: others than its owner may use it. Run: chmod 600 {self._path}"
                )
            self._read = state, self._parsed()
        return self._read[1]

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
        with self._changing() as users:
            before = users.get(name.casefold())
            kept = before.password if before else None
            users[name.casefold()] = Entry(role, _HASHER.hash(password) if password else kept)

    def remove(self, name: str) -> None:
        """Remove a user; whoever is logged in by that name is not any more.

        Raises
        ------
        UserError
            If nobody bears the name.
        """
        with self._changing() as users:
            if users.pop(name.casefold(), None) is None:
                raise UserError("access.no_such_user", f"{name!r:.80}: nobody has this name.")

    def _parsed(self) -> dict[str, Entry]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return {name: Entry(**entry) for name, entry in found.items()}
        except (ValueError, TypeError, AttributeError) as error:
            raise ConfigurationError(
                f"{self._path}: not as it was written ({error}). Restore it, or remove it and add the users again."
            ) from None

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Entry]]:
        folder = self._path.parent
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        with FileLock(folder / f".{USERS_NAME}.lock", mode=0o600):
            users = dict(self.all())
            yield users
            text = json.dumps({name: asdict(users[name]) for name in sorted(users)}, indent=2)
            written = self._path.with_suffix(".tmp")
            written.unlink(missing_ok=True)
            with os.fdopen(
                os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w"
            ) as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
            written.replace(self._path)


@cache
def _nobodys_hash() -> str:
    """Return what a wrong name's password is compared with, so that it takes as long as a wrong password."""
    return _HASHER.hash(os.urandom(16))
