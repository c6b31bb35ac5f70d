"""What a form must bring back to show that it is of this board, and of this reader."""

from __future__ import annotations

import hmac
import secrets


class FormTokens:
    """Tokens that only this process can make, for one reader each.

    A form of another site brings none; a cookie that another site planted does not help it, for a token is of
    the log-in and the name as well.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def of(self, *reader: str) -> str:
        """Return the token of a reader, told by cookies and name."""
        return hmac.new(self._key, "\n".join(reader).encode(), "sha256").hexdigest()

    def fits(self, token: str, *reader: str) -> bool:
        """Return whether a token is of a reader."""
        return hmac.compare_digest(token.encode(), self.of(*reader).encode())
