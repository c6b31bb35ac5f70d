"""Small things the board keeps in a file that only its owner reads."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock

from propension.errors import ConfigurationError


class KeptFile:
    """A JSON object in a file of its own; whoever changes it changes it whole, one after the other."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: tuple[object, dict[str, Any]] = (None, {})

    def read(self) -> dict[str, Any]:
        """Return what it holds now; nothing where there is no file yet. Not to be changed.

        Raises
        ------
        ConfigurationError
            If others than its owner may use the file, or it is not as it was written.
        """
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return {}
        state = found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode
        if self._read[0] != state:
            if os.name != "nt" and found.st_mode & 0o077:
                raise ConfigurationError(
                    f"{self.path}: others than its owner may use it. Run: chmod 600 {self.path}"
                )
            self._read = state, self._parsed()
        return self._read[1]

    @contextmanager
    def changing(self) -> Iterator[dict[str, Any]]:
        """Give what it holds, to be changed; it is written when nothing was raised."""
        folder = self.path.parent
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        with FileLock(folder / f".{self.path.name}.lock", mode=0o600):
            held = dict(self.read())
            yield held
            text = json.dumps(held, indent=2, sort_keys=True, ensure_ascii=False)
            written = self.path.with_suffix(".tmp")
            written.unlink(missing_ok=True)
            descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
            written.replace(self.path)

    def _parsed(self) -> dict[str, Any]:
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise self.spoilt(error) from None
        if not isinstance(found, dict):
            raise self.spoilt("not an object")
        return found

    def spoilt(self, fact: object) -> ConfigurationError:
        """Return the error that says what is wrong with it."""
        return ConfigurationError(
            f"{self.path}: not as it was written ({fact}). Restore it, or remove it and begin anew."
        )
